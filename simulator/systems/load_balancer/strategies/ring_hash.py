"""Ring hash: servers and sources on a circle; a source goes to the next server."""

from typing import Literal

import numpy as np

from simulator.engine.words import N_
from simulator.parts.options import Option, quantity
from simulator.parts.ring import points_of, ring
from simulator.systems.load_balancer.hashing import hashed, successor
from simulator.systems.load_balancer.strategies import strategy

ENVOY = "Envoy 1.31, extensions.load_balancing_policies.ring_hash.v3.RingHash"
KETAMA = "libketama 0.1 (R. Jones, 2007): 40 hashes of 4 points a server"


class Ring(Option):
    """What the strategies with a ring have in common."""

    points: int = quantity(160, N_("Points of a server"), ge=1, le=100_000, source=KETAMA,
                           about=N_("Of a server of capacity 1. The more, the more even the shares."))
    minimum_ring: int = quantity(
        1024, N_("Smallest ring"), ge=1, le=8_388_608, source=ENVOY,
        about=N_("Where all points together are fewer, each server gets more; then a change of the servers moves a few sources "
                 "between others, too."))
    maximum_ring: int = quantity(8_388_608, N_("Largest ring"), ge=1, le=8_388_608, source=ENVOY)


class RingHash(Ring):
    name: Literal["ring_hash"] = "ring_hash"


def build(servers, weight, params, key):
    """[n, the positions of n points, their servers]."""
    points = points_of([weight[server] for server in servers], params[0], int(params[1]), int(params[2]))
    positions, owners = ring(servers, points, key)
    return np.concatenate([np.array([len(owners)]), positions, owners])


@strategy(
    config=RingHash,
    title=N_("Ring hash"),
    family=N_("By client"),
    description=N_("Servers stand at many points of a circle; the hash of the client's address is a place on it, and the next point "
                   "decides. A server that comes or goes moves only its own share of the sources."),
    source=ENVOY,
    build=build,
    params=lambda config: (config.points, config.minimum_ring, config.maximum_ring),
)
def pick(k, now_ns, source, servers, count, in_flight, weight, truth, table, memory, shared, params, key):
    return table[1 + table[0] + successor(table, hashed(key, source))]
