"""What a balancer does before it picks a server: rate limit, circuit breaker, slow start. Compiled by Numba.

Sources: Envoy 1.31, HTTP filters, Local rate limit (a bucket of tokens); Envoy 1.31, Circuit breaking
(max_requests); Envoy 1.31, Load balancing, Slow start mode (weight times max(least weight, (time / window)
to the power of 1 / aggression), time at least 1 s); Finagle 22.12, RetryBudget (retries as a share of requests).
"""

from simulator.engine.chance import exp, log
from simulator.engine.clock import S
from simulator.systems.load_balancer.layout import CLIENT, IN_SYSTEM, LIMITED, OVERFLOW
from simulator.systems.load_balancer.legs import plain


@plain
def admit(s, b, request):
    """IN_SYSTEM where balancer b lets an attempt through, or how it ends here."""
    c, guard, watch = s.cells[0], s.guards[0], s.watch[b]
    if guard.rate >= 0.0 and (request.attempt == 0 or s.rules[0].retrier == CLIENT):
        watch.tokens = min(guard.burst, watch.tokens + (c.now - watch.filled) * guard.rate)
        watch.filled = c.now
        if watch.tokens < 1.0:
            return LIMITED
        watch.tokens -= 1.0
    if guard.in_flight_most >= 0 and s.in_flight[b].sum() >= guard.in_flight_most:
        return OVERFLOW
    if watch.ramping > 0:
        ramp(s, b)
    return IN_SYSTEM


@plain
def ramp(s, b):
    """Bring the weights up to date of servers that start slowly."""
    c, guard = s.cells[0], s.guards[0]
    for server in range(len(s.nodes)):
        standing = s.standing[b, server]
        if standing.since >= 0:
            share = float(max(c.now - standing.since, S)) / guard.slow_start
            if c.now - standing.since >= guard.slow_start:
                standing.since = -1
                s.watch[b].ramping -= 1
                share = 1.0
            share = min(1.0, max(guard.least_weight, exp(log(share) / guard.aggression)))
            s.weight[b, server] = s.capacity[server] * share


@plain
def deposit(s):
    """A new request: what it adds to the bucket of retries."""
    fill(s, s.guards[0].bucket_share)


@plain
def withdraw(s):
    """Whether the bucket has a token for one more retry, which takes it."""
    fill(s, 0.0)
    if s.bucket[0].tokens < 1.0:
        return False
    s.bucket[0].tokens -= 1.0
    return True


@plain
def fill(s, more):
    """Bring the bucket of retries up to now, and add `more`."""
    c, guard, bucket = s.cells[0], s.guards[0], s.bucket[0]
    bucket.tokens = min(guard.bucket_most, bucket.tokens + (c.now - bucket.filled) * guard.bucket_rate + more)
    bucket.filled = c.now
