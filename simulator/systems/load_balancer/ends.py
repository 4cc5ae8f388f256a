"""How an attempt and its request end: at the balancer, at the client, in the pool. Compiled by Numba."""

import numpy as np

from simulator.systems.load_balancer.attempts import settle, unlink
from simulator.systems.load_balancer.layout import BALANCER, CANCELLED, FIRST_ATTACK, IN_SYSTEM, NOWHERE, THOUGHT, TIMED_OUT, WAITING
from simulator.systems.load_balancer.legs import free_row, inline, later, plain
from simulator.systems.load_balancer.resilience import note_answer
from simulator.systems.load_balancer.tally import count_outcome
from simulator.systems.load_balancer.work import think_time


@inline
def awaited(s, request):
    """Whether somebody still waits for this attempt."""
    if s.rules[0].several:
        return is_awaited(s, request)
    return request.outcome == IN_SYSTEM


@plain
def is_awaited(s, request):
    """The same where a request has several attempts."""
    whole = s.pool[np.uint64(request.of)]
    settled = whole.settled and s.rules[0].retrier == BALANCER
    return whole.outcome == IN_SYSTEM and not settled and not request.given_up


@inline
def forget(observe, s, r, outcome):
    """The balancer counts attempt r as in flight no longer, and the strategy may learn from it."""
    c, request = s.cells[0], s.pool[r]
    b, server = np.uint64(request.balancer), np.uint64(request.server)
    request.in_flight = 0
    s.in_flight[b, server] -= 1
    if outcome == CANCELLED:
        return
    if s.rules[0].watches:
        note_answer(s, b, server, outcome)
    if s.rules[0].observes:
        observe(request.server, c.now, c.now - request.picked, outcome, s.in_flight[b], s.truth, s.memory[b],
                s.shared[b], s.params)


@inline
def end_request(s, p, server, outcome):
    """Request p is over for its client, now; `server` (-1: none) had the attempt that decided it."""
    whole = s.pool[p]
    whole.done = s.cells[0].now
    count_outcome(s, p, server, outcome)
    if s.cells[0].timeout >= 0:
        unlink_deadline(s, p)
    if s.rules[0].several:
        settle(s.cells[0], whole)
    if s.rules[0].closed > 0:
        think(s, whole)


@plain
def think(s, whole):
    """The client of a request thinks before it sends its next one; an attacker does not wait for answers."""
    c = s.cells[0]
    if whole.k >> FIRST_ATTACK == 0:
        later(s, c, c.now + think_time(s.rules[0], whole.k), THOUGHT, whole.source)


@plain
def give_up(observe, s, c):
    """The earliest deadline has come: its client gives up. What is under way goes on."""
    p = np.uint64(c.first_deadline)
    whole = s.pool[p]
    end_request(s, p, whole.server, TIMED_OUT)
    if whole.in_flight:
        forget(observe, s, p, TIMED_OUT)
    r = whole.sibling if s.rules[0].several else -1
    while r >= 0:
        if s.pool[np.uint64(r)].in_flight:
            forget(observe, s, np.uint64(r), TIMED_OUT)
        r = s.pool[np.uint64(r)].sibling
    if whole.open == 0:
        free_row(s, c, p)


@inline
def unlink_deadline(s, r):
    """Request r has no deadline any longer."""
    c, earlier, later = s.cells[0], s.pool[r].earlier, s.pool[r].later
    if earlier >= 0:
        s.pool[np.uint64(earlier)].later = later
    else:
        c.first_deadline = later
    if later >= 0:
        s.pool[np.uint64(later)].earlier = earlier
    else:
        c.last_deadline = earlier


@inline
def release(s, r):
    """Nothing more will happen to attempt r; its row, and that of its request, are freed when nobody needs them."""
    c, request = s.cells[0], s.pool[r]
    p = np.uint64(request.of)
    whole = s.pool[p]
    whole.open -= 1
    request.stage = WAITING
    if request.entry:
        request.entry = 0
        s.fronts[np.uint64(request.balancer)].entries -= 1
    if s.rules[0].several:
        request.try_timer = request.cancel = -1
        c.retrying -= request.is_retry
        request.is_retry = 0
        if r != p:
            request.outcome = TIMED_OUT if request.given_up else request.answer
            unlink(s, p, r)
            free_row(s, c, r)
    if whole.open == 0:
        free_row(s, c, p)
    return NOWHERE
