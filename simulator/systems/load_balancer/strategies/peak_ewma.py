"""Peak EWMA: two random servers, compared by how slow they have been lately times how busy they are."""

from typing import Literal

from simulator.engine.chance import exp
from simulator.engine.words import N_
from simulator.systems.load_balancer.distinct import another
from simulator.parts.options import Option, quantity
from simulator.systems.load_balancer.strategies import strategy

FINAGLE = "Twitter Finagle, com.twitter.finagle.loadbalancer.PeakEwma"
UNKNOWN = 1e18  # the cost of a busy server that has not answered yet: one probe at a time


class PeakEwma(Option):
    name: Literal["peak_ewma"] = "peak_ewma"
    decay_ms: float = quantity(10_000.0, N_("Decay time"), "ms", ge=1.0, le=3_600_000.0, source=FINAGLE,
                               about=N_("How long a measured latency is remembered: its weight falls to 1/e "
                                        "after this time."))
    choices: int = quantity(2, N_("Choices"), ge=1, le=16, source=FINAGLE,
                            about=N_("How many different random servers are compared for each request."))


def observe(server, now_ns, latency_ns, outcome, in_flight, truth, memory, shared, params):
    """Finagle's `observe`: a higher latency is believed at once, a lower one little by little."""
    keep = exp(-(now_ns - memory[server, 1]) / params[0])
    if latency_ns > memory[server, 0]:
        memory[server, 0] = latency_ns
    else:
        memory[server, 0] = memory[server, 0] * keep + latency_ns * (1.0 - keep)
    memory[server, 1] = now_ns


@strategy(
    config=PeakEwma,
    title=N_("Peak EWMA"),
    family=N_("By latency and reports"),
    description=N_("Compares random servers by a moving average of their latency, quick to rise and slow to fall, "
                   "times the requests in flight. It avoids slow servers, and for a while those that were slow."),
    source=FINAGLE,
    observe=observe,
    params=lambda config: (config.decay_ms * 1e6, config.choices),
)
def pick(k, now_ns, source, servers, count, in_flight, weight, truth, table, memory, shared, params, key):
    choices = min(int(params[1]), count)
    best, least = servers[0], 0.0
    for j in range(choices):
        server = servers[another(key, k * 64 + j, shared, j, count)]
        # Finagle's `get`: decay what is remembered, then latency times the requests there would be.
        memory[server, 0] *= exp(-(now_ns - memory[server, 1]) / params[0])
        memory[server, 1] = now_ns
        cost = memory[server, 0] * (in_flight[server] + 1)
        if memory[server, 0] == 0.0 and in_flight[server] > 0:
            cost = UNKNOWN + in_flight[server]
        if j == 0 or cost < least:
            best, least = server, cost
    return best
