"""Round robin: one after the other."""

from typing import Literal

from simulator.engine.words import N_
from simulator.parts.options import Option
from simulator.systems.load_balancer.strategies import strategy


class RoundRobin(Option):
    name: Literal["round_robin"] = "round_robin"


@strategy(
    config=RoundRobin,
    title=N_("Round robin"),
    family=N_("At random or in turn"),
    description=N_("One server after the other, in order. Blind to slow servers and long queues."),
    source="",
)
def pick(k, now_ns, source, servers, count, in_flight, weight, truth, table, memory, shared, params, key):
    previous = shared[0] - 1.0  # the cell starts at 0: nobody was chosen yet
    low, high = 0, count
    while low < high:  # the first eligible server after the previous one
        middle = (low + high) // 2
        if servers[middle] > previous:
            high = middle
        else:
            low = middle + 1
    server = servers[low if low < count else 0]
    shared[0] = server + 1.0
    return server
