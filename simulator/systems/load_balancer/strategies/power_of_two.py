"""Power of two choices: look at a few random servers, take the least loaded of them."""

from typing import Literal

from simulator.engine.chance import below
from simulator.engine.words import N_
from simulator.systems.load_balancer.distinct import another
from simulator.parts.options import Option, quantity
from simulator.systems.load_balancer.strategies import strategy

MITZENMACHER = "M. Mitzenmacher, The power of two choices in randomized load balancing, IEEE TPDS 12(10), 2001"


class PowerOfTwo(Option):
    name: Literal["power_of_two"] = "power_of_two"
    choices: int = quantity(2, N_("Choices"), ge=1, le=16, source=MITZENMACHER,
                            about=N_("How many random servers are compared for each request."))
    replacement: bool = quantity(
        False, N_("With replacement"),
        about=N_("On: the same server may be drawn twice. Off: the choices are different servers."),
    )


@strategy(
    config=PowerOfTwo,
    title=N_("Power of two choices"),
    family=N_("By load"),
    description=N_("Draws two servers at random and takes the one with fewer requests in flight. "
                   "Almost as good as looking at all of them."),
    source=MITZENMACHER,
    params=lambda config: (config.choices, config.replacement),
)
def pick(k, now_ns, source, servers, count, in_flight, weight, truth, table, memory, shared, params, key):
    replacement = params[1] == 1.0
    choices = int(params[0]) if replacement else min(int(params[0]), count)
    best = servers[another(key, k * 64, shared, 0, count)]
    for j in range(1, choices):
        server = servers[below(key, k * 64 + j, count) if replacement else another(key, k * 64 + j, shared, j, count)]
        best = server if in_flight[server] < in_flight[best] else best
    return best
