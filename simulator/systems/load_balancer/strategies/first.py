"""First: fill one server, then the next, so that the rest may sleep."""

from typing import Literal

from simulator.engine.words import N_
from simulator.parts.options import Option, quantity
from simulator.systems.load_balancer.strategies import SLOTS, strategy

HAPROXY = "HAProxy 3.0, balance first"


class First(Option):
    name: Literal["first"] = "first"
    maxconn: int | None = quantity(None, N_("Requests at a server"), ge=1, le=1_000_000, source=HAPROXY,
                                   about=N_("So many before the next server is used. Empty: as many as it has slots."))


@strategy(
    config=First,
    title=N_("First (pack)"),
    family=N_("By load"),
    description=N_("The first server that is not full, so that as few as possible are in use and the rest can be switched off. Where all "
                   "are full, the one with the fewest requests for its places."),
    source=HAPROXY,
    truthful=True,
    params=lambda config: (config.maxconn or 0,),
)
def pick(k, now_ns, source, servers, count, in_flight, weight, truth, table, memory, shared, params, key):
    best, least = servers[0], 0.0
    for i in range(count):
        server = servers[i]
        most = params[0] if params[0] > 0.0 else truth[server, SLOTS]
        if in_flight[server] < most:
            return server
        if i == 0 or in_flight[server] / most < least:
            best, least = server, in_flight[server] / most
    return best
