"""How the kernel puts events into its heap, and how an attempt sets out on a leg. Compiled by Numba."""

import numpy as np
from numba import njit
from numba.extending import register_jitable

from simulator.parts import rendezvous
from simulator.systems.load_balancer import balancing, distinct, hashing, laws, rate_curve, work
from simulator.systems.load_balancer.layout import (
    ATTEMPT_DRAWS, CLIENT_OUT, IN_SYSTEM, LEG_END, NOWHERE, SERVER_BACK, SERVER_OUT, WAITING,
)
from simulator.systems.load_balancer.order import heap_push

OPTIONS = {"_nrt": False, "error_model": "numpy"}
"""No reference counts (nothing is allocated here) and no checks for division by zero (there is none)."""
INNER = OPTIONS | {"no_cpython_wrapper": True, "no_cfunc_wrapper": True}
"""Nobody calls them but compiled code: a way in from Python, which unpacks all arrays, costs more to compile than they do."""
inline = njit(forceinline=True, **INNER)
plain = njit(**INNER)
for _shared in (distinct.another, laws.whole, laws.bursty_gap, laws.exponentials, laws.gap, laws.demand, laws.delay,
                balancing.balancer_of, balancing.source_of):
    register_jitable(forceinline=True, **INNER)(_shared)
for _shared in (balancing.spread, balancing.drawn_source, rate_curve.last_not_above, rate_curve.expected_until, rate_curve.reached_at,
                work.think_time, work.class_of, work.strike_gap, work.strike_source, work.demand_apart, hashing.hashed,
                hashing.successor, rendezvous.score):
    register_jitable(**INNER)(_shared)


@inline
def take_sequence(c):
    """The next sequence number: events of equal time run in this order."""
    c.sequence += 1
    return c.sequence


@inline
def later(s, c, time, kind, what):
    """An event of `kind` concerning `what` will happen at `time`; its sequence number."""
    sequence = take_sequence(c)
    heap_push(s.heap, c.on_the_way, time, sequence, what, kind)
    c.on_the_way += 1
    return sequence


@inline
def travel(s, r, leg, stage):
    """Attempt r sets out on a leg: `stage` where it is there at once, WAITING where it takes a while."""
    c, request, law = s.cells[0], s.pool[r], s.legs[leg]
    request.stage = stage
    arrival, at_once = c.now, law.law == laws.NO_DELAY
    if not at_once:
        arrival += laws.delay(law.law, law.a, law.b, law.key, draws(request))
    if (leg == SERVER_OUT or leg == SERVER_BACK) and s.rules[0].cross > 0:
        if s.nodes[np.uint64(request.server)].zone != request.balancer % s.guards[0].zones:
            arrival, at_once = arrival + s.rules[0].cross, False
    if not at_once:
        later(s, c, arrival, LEG_END, r)
    if leg == CLIENT_OUT:
        request.at_balancer = arrival
    elif leg == SERVER_OUT:
        request.at_server = arrival
    elif leg == SERVER_BACK:
        request.back = arrival
    elif request.outcome == IN_SYSTEM:
        request.done = arrival
    return stage if at_once else WAITING


@inline
def draws(request):
    """The number under which an attempt draws."""
    return request.k + (request.attempt << ATTEMPT_DRAWS)


@inline
def take_row(s, c):
    """A free row of the pool."""
    r = np.uint64(c.free_request)
    c.free_request = s.pool[r].next
    c.free_rows -= 1
    return r


@inline
def free_row(s, c, r):
    """Nobody needs row r of the pool any longer: write down what is kept of it."""
    request = s.pool[r]
    if c.keep != 0 and request.attempt >= 0:
        write_row(s.rows[np.uint64(c.rows)], request)
        c.rows += 1
    request.stage = NOWHERE
    request.next = c.free_request
    c.free_request = r
    c.free_rows += 1


@inline
def write_row(row, request):
    """Copy what is kept of an attempt."""
    row[0], row[1], row[2], row[3] = request.k, request.sent, request.at_balancer, request.at_server
    row[4], row[5], row[6], row[7] = request.start, request.depart, request.back, request.done
    row[8], row[9], row[10], row[11] = request.server, request.outcome, request.attempt, request.answer
    row[12], row[13], row[14] = request.balancer, request.source, request.kind
