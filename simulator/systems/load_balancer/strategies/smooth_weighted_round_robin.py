"""Smooth weighted round robin: in turns, the larger ones more often, never in bursts."""

from typing import Literal

from simulator.engine.words import N_
from simulator.parts.options import Option
from simulator.systems.load_balancer.strategies import strategy


class SmoothWeightedRoundRobin(Option):
    name: Literal["smooth_weighted_round_robin"] = "smooth_weighted_round_robin"


@strategy(
    config=SmoothWeightedRoundRobin,
    title=N_("Smooth weighted round robin"),
    family=N_("At random or in turn"),
    description=N_("One server after the other, each as often as its capacity (speed times slots) says, spread evenly: "
                   "weights 5, 1, 1 give a a b a c a a. Blind to what happens while it runs."),
    source="NGINX 1.27, ngx_http_upstream_module, round robin with weight (ngx_http_upstream_get_peer)",
)
def pick(k, now_ns, source, servers, count, in_flight, weight, truth, table, memory, shared, params, key):
    best, total = servers[0], 0.0
    for i in range(count):
        server = servers[i]
        memory[server, 0] += weight[server]
        total += weight[server]
        if memory[server, 0] > memory[best, 0]:
            best = server
    memory[best, 0] -= total
    return best
