"""Weighted least connections: the fewest requests in flight for its capacity."""

from typing import Literal

from simulator.engine.words import N_
from simulator.parts.options import Option
from simulator.systems.load_balancer.strategies import strategy


class WeightedLeastConnections(Option):
    name: Literal["weighted_least_connections"] = "weighted_least_connections"


@strategy(
    config=WeightedLeastConnections,
    title=N_("Weighted least connections"),
    family=N_("By load"),
    description=N_("The server with the fewest requests in flight for its capacity (speed times slots). "
                   "Among equals, smooth weighted round robin decides."),
    source="NGINX 1.27, ngx_http_upstream_module, least_conn",
)
def pick(k, now_ns, source, servers, count, in_flight, weight, truth, table, memory, shared, params, key):
    least, equals = servers[0], 1
    for i in range(1, count):
        server = servers[i]
        ours, theirs = in_flight[server] * weight[least], in_flight[least] * weight[server]
        if ours < theirs:
            least, equals = server, 1
        elif ours == theirs:
            equals += 1
    if equals == 1:
        return least
    best, total = least, 0.0
    for i in range(count):
        server = servers[i]
        if in_flight[server] * weight[least] == in_flight[least] * weight[server]:
            memory[server, 0] += weight[server]
            total += weight[server]
            if memory[server, 0] > memory[best, 0]:
                best = server
    memory[best, 0] -= total
    return best
