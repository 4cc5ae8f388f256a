"""Ring hash with bounded loads: no server gets much more than its share, whoever its sources are."""

from typing import Literal

from simulator.engine.words import N_
from simulator.parts.options import quantity
from simulator.systems.load_balancer.hashing import hashed, successor
from simulator.systems.load_balancer.strategies import strategy
from simulator.systems.load_balancer.strategies.ring_hash import Ring, build

MIRROKNI = "V. Mirrokni, M. Thorup, M. Zadimoghaddam, Consistent hashing with bounded loads, SODA 2018"
JUMPS_AT_MOST = 64
ON = ("clockwise", "jump")


class BoundedRingHash(Ring):
    name: Literal["bounded_ring_hash"] = "bounded_ring_hash"
    balance_factor: float = quantity(
        150.0, N_("Balance factor"), "%", ge=100.0, le=10_000.0,
        source="HAProxy 3.0, hash-balance-factor; Envoy 1.31, ConsistentHashingLbConfig.hash_balance_factor (both off by default, "
               "both explain 150)",
        about=N_("A server gets no request that would give it more than this part of its share of all requests in flight."))
    then: Literal["clockwise", "jump"] = quantity(
        "clockwise", N_("Who is next"), labels={"clockwise": N_("The next on the ring"), "jump": N_("Anywhere on the ring")},
        source=MIRROKNI,
        about=N_("Where a request goes whose server is full: on along the ring (the paper, HAProxy), which may fill the next one as "
                 "well, or to places that the source's hash decides (Envoy)."))


@strategy(
    config=BoundedRingHash,
    title=N_("Bounded-load ring hash"),
    family=N_("By client"),
    description=N_("Ring hash, but a server whose requests in flight are at its bound is passed over. Popular sources spill over; "
                   "the others stay where they were."),
    source=MIRROKNI,
    build=build,
    params=lambda config: (config.points, config.minimum_ring, config.maximum_ring, config.balance_factor / 100.0,
                           ON.index(config.then)),
)
def pick(k, now_ns, source, servers, count, in_flight, weight, truth, table, memory, shared, params, key):
    requests, capacity = 1, 0.0
    for i in range(count):
        requests += in_flight[servers[i]]
        capacity += weight[servers[i]]
    bound = params[3] * requests / capacity  # for a weight of 1; the bounds of all add up to more than the requests
    points, place = table[0], hashed(key, source)
    at = successor(table, place)
    if params[4] == 1.0:
        for j in range(JUMPS_AT_MOST):
            if in_flight[table[1 + points + at]] < bound * weight[table[1 + points + at]]:
                return table[1 + points + at]
            at = successor(table, hashed(key, (place << 8) + j))
    for _ in range(points):
        server = table[1 + points + at]
        if in_flight[server] < bound * weight[server]:
            return server
        at = at + 1 if at + 1 < points else 0
    return table[1 + points + at]
