"""Rendezvous hash: for each source the server with the highest score."""

from typing import Literal

from simulator.engine.words import N_
from simulator.parts.options import Option
from simulator.parts.rendezvous import score
from simulator.systems.load_balancer.hashing import hashed
from simulator.systems.load_balancer.strategies import strategy


class Rendezvous(Option):
    name: Literal["rendezvous"] = "rendezvous"


@strategy(
    config=Rendezvous,
    title=N_("Rendezvous hash"),
    family=N_("By client"),
    description=N_("Each pair of a source and a server has a score, and the highest wins (weighted by capacity). No table; only the "
                   "sources of a server that goes are spread anew. It looks at every server for every request."),
    source="D. Thaler, C. Ravishankar, Using name-based mappings to increase hit rates, IEEE/ACM ToN 6(1), 1998",
)
def pick(k, now_ns, source, servers, count, in_flight, weight, truth, table, memory, shared, params, key):
    item, best, highest = hashed(key, source), servers[0], -1.0
    for i in range(count):
        value = score(key, item, servers[i], weight[servers[i]])
        if value > highest:
            best, highest = servers[i], value
    return best
