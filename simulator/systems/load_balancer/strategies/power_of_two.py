"""Power of two choices: look at a few random servers, take the least loaded of them."""

from typing import Literal

from simulator.engine.chance import below
from simulator.engine.words import N_
from simulator.systems.load_balancer.options import Option, quantity
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
    description=N_("Draws two servers at random and takes the one with fewer requests in flight. "
                   "Almost as good as looking at all of them."),
    source=MITZENMACHER,
    params=lambda config: (config.choices, config.replacement),
)
def pick(k, now_ns, servers, count, in_flight, weight, memory, shared, params, key):
    choices = int(params[0])
    if params[1] == 0.0 and choices > count:
        choices = count
    first = below(key, k * 64, count)
    best, shared[0] = servers[first], first
    for j in range(1, choices):
        if params[1] == 1.0:
            position = below(key, k * 64 + j, count)
        else:  # the position-th of those not drawn yet; shared[0..j) holds the drawn ones, ascending
            position = below(key, k * 64 + j, count - j)
            i = 0
            while i < j and shared[i] <= position:
                position += 1
                i += 1
            for move in range(j, i, -1):
                shared[move] = shared[move - 1]
            shared[i] = position
        if in_flight[servers[position]] < in_flight[best]:
            best = servers[position]
    return best
