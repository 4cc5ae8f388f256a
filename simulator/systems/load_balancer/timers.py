"""What happens when a timer in the kernel's heap has run out. Compiled by Numba."""

import numpy as np

from simulator.systems.load_balancer.attempts import another_attempt, goes_on, hedge, send_error, settle
from simulator.systems.load_balancer.ends import end_request, forget
from simulator.systems.load_balancer.fronts import fail_over, idle, is_lost
from simulator.systems.load_balancer.layout import (
    BALANCER, CANCEL, FAILOVER, HEDGE, IDLE, IN_SYSTEM, LOST, RETRY, SHEDDING, STOP, STRIKE, THOUGHT, TIMED_OUT, TRY_TIMEOUT, WAITING,
)
from simulator.systems.load_balancer.legs import plain
from simulator.systems.load_balancer.sending import send_after_thought, strike
from simulator.systems.load_balancer.servers import server_event
from simulator.systems.load_balancer.queues import cancel, shed_next
from simulator.systems.load_balancer.resilience import watch_servers
from simulator.systems.load_balancer.standing import CHECK


@plain
def fire(observe, s, kind, what, sequence):
    """(row, stage) of the attempt that is to be carried on; stage WAITING where there is none."""
    if kind >= STOP:
        if kind == IDLE:
            idle(s, what, sequence)
        elif kind == FAILOVER:
            fail_over(s, what, sequence)
        else:
            server_event(s, s.cells[0], kind, what, sequence)
        return np.uint64(0), WAITING
    if kind >= CHECK:
        watch_servers(s, kind, what)
        return np.uint64(0), WAITING
    if kind == SHEDDING:
        return shed_next(s, what)
    if kind == CANCEL:
        return cancel(s, np.uint64(what), sequence)
    if kind == TRY_TIMEOUT:
        return run_out(observe, s, np.uint64(what), sequence)
    if kind == THOUGHT:
        return send_after_thought(s, what)
    if kind == STRIKE:
        return strike(s, what)
    request = s.pool[np.uint64(what)]
    if kind == RETRY and request.retry_timer == sequence:
        request.retry_timer = -1
        return another_attempt(s, np.uint64(what), 1)
    if kind == HEDGE and request.hedge_timer == sequence:
        return hedge(s, np.uint64(what))
    return np.uint64(what), WAITING


@plain
def run_out(observe, s, r, sequence):
    """Whoever tries waits for attempt r no longer."""
    request, rules = s.pool[r], s.rules[0]
    if request.try_timer != sequence:
        return r, WAITING
    p = np.uint64(request.of)
    request.given_up = 1
    if request.in_flight:
        forget(observe, s, r, TIMED_OUT)
    if s.pool[p].settled or s.pool[p].outcome != IN_SYSTEM:
        return r, WAITING
    if rules.fronted and rules.retrier == BALANCER and is_lost(s, r):
        settle(s.cells[0], s.pool[p])
        return send_error(s, p, LOST)
    if goes_on(s, r, TIMED_OUT):
        return r, WAITING
    if rules.retrier == BALANCER:
        return send_error(s, p, TIMED_OUT)
    end_request(s, p, request.server, TIMED_OUT)
    return r, WAITING
