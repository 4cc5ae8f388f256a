"""Source hash: the address of the client, modulo the number of servers."""

from typing import Literal

from simulator.engine.words import N_
from simulator.parts.options import Option
from simulator.systems.load_balancer.hashing import hashed
from simulator.systems.load_balancer.strategies import strategy

WEIGHT_AT_MOST = 256


class SourceHash(Option):
    name: Literal["source_hash"] = "source_hash"


def build(servers, weight, params, key):
    """[length, every server as often as its weight says, the lightest once]."""
    lightest = min((weight[server] for server in servers), default=1.0)
    places = [server for server in servers for _ in range(min(round(weight[server] / lightest), WEIGHT_AT_MOST))]
    return [len(places), *places]


@strategy(
    config=SourceHash,
    title=N_("Source hash"),
    family=N_("By client"),
    description=N_("A hash of the client's address modulo the number of servers (weighted by capacity): a source always meets the "
                   "same server, until their number changes; then nearly all sources move."),
    source="HAProxy 3.0, balance source with hash-type map-based (the default)",
    build=build,
)
def pick(k, now_ns, source, servers, count, in_flight, weight, truth, table, memory, shared, params, key):
    return table[1 + hashed(key, source) % table[0]]
