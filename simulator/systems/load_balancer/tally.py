"""What the kernel counts: areas under queues, outcomes, latencies. Compiled by Numba."""

import numpy as np
from numba import njit

from simulator.systems.load_balancer.dice import int_from_float
from simulator.systems.load_balancer.layout import COUNTED, OK, SUB_BUCKETS, TOTAL

inline = njit(forceinline=True, _nrt=False, error_model="numpy")
plain = njit(_nrt=False, error_model="numpy")
LOWEST = 1023 * SUB_BUCKETS  # the exponent of 1.0 as a float stores it


@inline
def touch_node(node, now):
    """Bring the areas under a server's queue and its busy slots up to now, before either changes."""
    passed = now - node.touched
    node.queue_area += passed * node.queued
    node.busy_area += passed * (node.slots - node.free)
    node.touched = now


@inline
def change_in_system(c, by):
    """`by` requests more are in the system from now on."""
    c.area += (c.now - c.touched) * c.in_system
    c.touched = c.now
    c.in_system += by


@inline
def count_outcome(s, r, server, outcome):
    """Request r is over for its client, now; `server` (-1: none) had the attempt that decided it."""
    c, request = s.cells[0], s.pool[r]
    request.outcome = outcome
    change_in_system(c, -1)
    s.outcomes[TOTAL, outcome] += 1
    if request.sent < c.warm:
        return
    s.outcomes[COUNTED, outcome] += 1
    latency = c.now - request.sent
    c.sojourn += latency
    if s.rules[0].kinds > 0:
        count_kind(s, request.kind, outcome, latency)
    if server >= 0:
        node = s.nodes[np.uint64(server)]
        node.ok += outcome == OK
        node.failed += outcome != OK
    if outcome == OK:
        bucket = bucket_of(latency)
        s.histogram[bucket, 0] += 1
        s.histogram[bucket, 1] += latency
        c.latency_min = min(c.latency_min, latency)
        c.latency_max = max(c.latency_max, latency)


@plain
def count_kind(s, kind, outcome, latency):
    """A request of a kind is over."""
    k = np.uint64(kind)
    s.by_kind[k, outcome] += 1
    if outcome == OK:
        bucket = bucket_of(latency)
        s.kind_latency[k, bucket, 0] += 1
        s.kind_latency[k, bucket, 1] += latency
        s.kinds[k].latency_min = min(s.kinds[k].latency_min, latency)
        s.kinds[k].latency_max = max(s.kinds[k].latency_max, latency)


@inline
def bucket_of(ns):
    """The histogram's bucket of a latency: 512 equal ones between a power of two and the next."""
    return np.uint64(max(0, (int_from_float(np.float64(ns)) >> 43) - LOWEST))
