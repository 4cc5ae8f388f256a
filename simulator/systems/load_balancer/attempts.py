"""More than one attempt of a request: the time an attempt is given, retries with back-off and budget, hedges.

Whoever tries (the balancer, or the client) waits `try_timeout` for an attempt. When an attempt has failed
and no other is under way, it tries again after a random wait, as long as attempts are left and the budget
of retries allows it. A hedge is one more attempt while the first is still under way; the first good answer
counts. An attempt that nobody waits for any more still goes its way and costs its server the work.

Sources: Envoy 1.31, "Router", x-envoy-max-retries and x-envoy-upstream-rq-per-try-timeout-ms (fully jittered
back-off: a random part of (2^n - 1) times the base, before retry n) and "Circuit breakers", retry budget;
J. Dean, L. A. Barroso, The tail at scale, Comm. ACM 56(2), 2013 (hedged requests). Compiled by Numba.
"""

import numpy as np

from simulator.engine.chance import uniform
from simulator.systems.load_balancer import laws
from simulator.systems.load_balancer.admission import withdraw
from simulator.systems.load_balancer.finding import find_balancer
from simulator.systems.load_balancer.layout import (
    ATTEMPT_DRAWS, BALANCER, CLIENT_BACK, CLIENT_OUT, HEDGE, IN_SYSTEM, OK, RETRY, TO_BALANCER, TO_CLIENT, TRY_TIMEOUT,
)
from simulator.systems.load_balancer.legs import later, plain, take_row, travel
from simulator.systems.load_balancer.queues import cancel_others


@plain
def watch_attempt(s, r):
    """Whoever tries begins to wait for attempt r."""
    c, rules, request = s.cells[0], s.rules[0], s.pool[r]
    if rules.try_timeout >= 0:
        request.try_timer = later(s, c, c.now + rules.try_timeout, TRY_TIMEOUT, r)
    if request.attempt == 0 and rules.hedges > 0:
        request.hedge_timer = later(s, c, c.now + rules.hedge_after, HEDGE, r)


@plain
def goes_on(s, r, answer):
    """Attempt r has brought `answer` to whoever tries: whether that is not the end of its request."""
    c, rules, request = s.cells[0], s.rules[0], s.pool[r]
    whole = s.pool[np.uint64(request.of)]
    request.try_timer = -1
    whole.pending -= 1
    if rules.fan_out > 1:
        return gather(s, c, request, whole, answer)
    if answer != OK:
        if whole.pending > 0:
            return True
        if whole.made < rules.tries and (rules.retry_on >> answer) & 1:
            if within_budget(s):
                try_later(s, c, rules, whole)
                return True
            c.over_budget += 1
    elif rules.cancels:
        cancel_others(s, request)
    settle(c, whole)
    return False


@plain
def gather(s, c, request, whole, answer):
    """A part of a request that fans out has brought `answer`: whether others are still to come."""
    if whole.gathered <= OK:
        whole.gathered = answer
    if request.server >= 0 and whole.sent >= c.warm:
        node = s.nodes[np.uint64(request.server)]
        node.ok += answer == OK
        node.failed += answer != OK
    if whole.pending > 0:
        return True
    settle(c, whole)
    return False


@plain
def within_budget(s):
    """Whether one more retry may be under way; it takes its token, where there is a bucket."""
    c, rules, guard = s.cells[0], s.rules[0], s.guards[0]
    if rules.budget >= 0.0:
        if c.retrying >= max(float(rules.concurrent_at_least), rules.budget * c.in_system):
            return False
    elif guard.retries_most >= 0 and c.retrying >= guard.retries_most:
        return False
    return guard.bucket_share < 0.0 or withdraw(s)


@plain
def try_later(s, c, rules, whole):
    """Retry number `made` will begin after its back-off."""
    most = min((2.0 ** whole.made - 1.0) * rules.backoff, float(rules.backoff_most))
    wait = laws.whole(most * uniform(rules.backoff_key, whole.k + (whole.made << ATTEMPT_DRAWS)))
    whole.pending += 1
    whole.open += 1
    whole.hedge_timer = -1
    c.retrying += 1
    c.retries += 1
    whole.retry_timer = later(s, c, c.now + wait, RETRY, whole.of)


@plain
def settle(c, whole):
    """There will be no more attempts of a request."""
    whole.settled = 1
    whole.hedge_timer = -1
    if whole.retry_timer >= 0:
        whole.retry_timer = -1
        whole.open -= 1
        c.retrying -= 1


@plain
def another_attempt(s, p, is_retry):
    """(row, stage) of a new attempt of request p, which sets out now."""
    c, rules = s.cells[0], s.rules[0]
    r = take_row(s, c)
    request, whole = s.pool[r], s.pool[p]
    request.k, request.sent, request.demand, request.source = whole.k, c.now, whole.demand, whole.source
    request.priority = whole.priority
    request.outcome = request.answer = IN_SYSTEM
    request.at_server = request.start = request.depart = request.back = request.done = request.server = -1
    request.in_flight = request.given_up = request.connected = 0
    request.is_retry, request.try_timer, request.retry_timer, request.hedge_timer = is_retry, -1, -1, -1
    request.cancel, request.cancelled = -1, 0
    request.of, request.attempt = p, whole.made
    request.balancer, request.kind, request.priority = whole.balancer, whole.kind, whole.priority
    request.sibling, whole.sibling = whole.sibling, r
    whole.made += 1
    c.attempts += 1
    if rules.retrier == BALANCER:
        request.at_balancer, request.stage = c.now, TO_BALANCER
        return r, TO_BALANCER
    request.balancer = find_balancer(s, request)
    watch_attempt(s, r)
    return r, travel(s, r, CLIENT_OUT, TO_BALANCER)


@plain
def hedge(s, p):
    """(row, stage) of a hedge of request p."""
    c, rules, whole = s.cells[0], s.rules[0], s.pool[p]
    whole.hedge_timer = -1
    whole.pending += 1
    whole.open += 1
    c.hedges += 1
    if whole.made < rules.hedges:
        whole.hedge_timer = later(s, c, c.now + rules.hedge_after, HEDGE, p)
    return another_attempt(s, p, 0)


@plain
def send_error(s, p, answer):
    """(row, stage) of an error that the balancer sends to the client of request p, whose attempts are all elsewhere."""
    c = s.cells[0]
    r = take_row(s, c)
    request, whole = s.pool[r], s.pool[p]
    request.k, request.of, request.attempt, request.answer, request.outcome = whole.k, p, -1, answer, IN_SYSTEM
    request.server, request.in_flight, request.given_up, request.is_retry, request.try_timer = -1, 0, 0, 0, -1
    request.cancel, request.connected = -1, 0
    request.sibling, whole.sibling = whole.sibling, r
    request.balancer = whole.balancer
    whole.open += 1
    return r, travel(s, r, CLIENT_BACK, TO_CLIENT)


@plain
def unlink(s, p, r):
    """Attempt r is no longer a sibling of request p."""
    before = p
    while s.pool[np.uint64(before)].sibling != np.int64(r):
        before = np.uint64(s.pool[np.uint64(before)].sibling)
    s.pool[np.uint64(before)].sibling = s.pool[r].sibling
