"""Least response time: the server whose answers have been fastest, given what it has to do."""

from typing import Literal

from simulator.engine.chance import exp
from simulator.engine.words import N_
from simulator.parts.options import CHOSEN, Option, quantity
from simulator.systems.load_balancer.strategies import strategy

AVERAGE, HEARD = range(2)  # of `memory`
UNKNOWN = 1e18  # the cost of a busy server that has not answered yet: one probe at a time


class LeastResponseTime(Option):
    name: Literal["least_response_time"] = "least_response_time"
    decay_ms: float = quantity(10_000.0, N_("Decay time"), "ms", ge=1.0, le=3_600_000.0, source=CHOSEN,
                               about=N_("How long an answer counts in the average: its weight falls to 1/e after this time."))


def observe(server, now_ns, latency_ns, outcome, in_flight, truth, memory, shared, params):
    """A moving average of the time to the last byte; the first answer is believed as it is."""
    keep = exp(-(now_ns - memory[server, HEARD]) / params[0]) if memory[server, AVERAGE] > 0.0 else 0.0
    memory[server, AVERAGE] = memory[server, AVERAGE] * keep + latency_ns * (1.0 - keep)
    memory[server, HEARD] = now_ns


@strategy(
    config=LeastResponseTime,
    title=N_("Least response time"),
    family=N_("By latency and reports"),
    description=N_("The server with the lowest average response time, times the requests it would have. It looks at all, and "
                   "remembers: who was slow once is avoided until the others are busy."),
    source="NGINX Plus R32, ngx_http_upstream_module, least_time last_byte (least average response time and least number of "
           "active connections)",
    observe=observe,
    params=lambda config: (config.decay_ms * 1e6,),
)
def pick(k, now_ns, source, servers, count, in_flight, weight, truth, table, memory, shared, params, key):
    best, least = servers[0], 0.0
    for i in range(count):
        server = servers[i]
        cost = memory[server, AVERAGE] * (in_flight[server] + 1)
        if memory[server, AVERAGE] == 0.0 and in_flight[server] > 0:
            cost = UNKNOWN + in_flight[server]
        if i == 0 or cost < least:
            best, least = server, cost
    return best
