"""Random: every server is as likely as any other, whatever it is doing."""

from typing import Literal

from simulator.engine.chance import below
from simulator.engine.words import N_
from simulator.parts.options import Option
from simulator.systems.load_balancer.strategies import strategy


class Random(Option):
    name: Literal["random"] = "random"


@strategy(
    config=Random,
    title=N_("Random"),
    family=N_("At random or in turn"),
    description=N_("Every server is equally likely, whatever it is doing. Knows nothing, costs nothing."),
    source="",
)
def pick(k, now_ns, source, servers, count, in_flight, weight, truth, table, memory, shared, params, key):
    return servers[below(key, k * 64, count)]
