"""How a request is sent: by the arrival law, by a client that has thought, by an attack; and its parts. Compiled by Numba."""

import numpy as np

from simulator.engine.clock import NEVER
from simulator.systems.load_balancer import laws
from simulator.systems.load_balancer.admission import deposit
from simulator.systems.load_balancer.attempts import another_attempt, watch_attempt
from simulator.systems.load_balancer.balancing import source_of
from simulator.systems.load_balancer.finding import find_balancer
from simulator.systems.load_balancer.layout import (
    AHEAD, CLIENT, CLIENT_OUT, FIRST_ATTACK, IN_SYSTEM, LEG_END, STRIKE, THOUGHT, TO_BALANCER,
)
from simulator.systems.load_balancer.legs import inline, later, plain, take_row, take_sequence, travel
from simulator.systems.load_balancer.rate_curve import reached_at
from simulator.systems.load_balancer.tally import change_in_system
from simulator.systems.load_balancer.work import (
    FIRST_THOUGHTS, class_of, demand_apart, strike_gap, strike_source, think_time,
)


@plain
def begin(s, c):
    """Before the first event: the first arrival, the first thought of every client, the first request of every attack."""
    schedule_arrival(s, c)
    for client in range(s.rules[0].closed):
        later(s, c, think_time(s.rules[0], FIRST_THOUGHTS + client), THOUGHT, client)
    for index in range(len(s.attacks)):
        strike_later(s, c, index, s.attacks[index].start)


@inline
def send(s, c):
    """The next request is sent; the one after it is scheduled."""
    r = take_row(s, c)
    put_request(s, c, r, c.next_k, source_of(s.rules[0], c.next_k), s.ahead[1, np.uint64(c.next_k & (AHEAD - 1))])
    c.next_k += 1
    schedule_arrival(s, c)
    watch_deadline(s, c, r)
    return r


@inline
def put_request(s, c, r, k, source, demand):
    """Request k sets out, now, in row r."""
    request, rules = s.pool[r], s.rules[0]
    request.k, request.sent, request.outcome = k, c.now, IN_SYSTEM
    request.at_server = request.start = request.depart = request.back = request.done = request.server = -1
    request.of, request.open, request.attempt, request.answer, request.in_flight = r, 1, 0, IN_SYSTEM, 0
    request.connected = 0
    request.source = source
    request.balancer = find_balancer(s, request)
    request.demand = demand
    if rules.kinds > 0:
        be_of_kind(s, c, r)
    if rules.several:
        expect_several(s, r)
    change_in_system(c, 1)


@plain
def be_of_kind(s, c, r):
    """Request r is of a class, or of an attack."""
    request, rules = s.pool[r], s.rules[0]
    attack = request.k >> FIRST_ATTACK
    request.kind = rules.kinds - len(s.attacks) + attack - 1 if attack > 0 else class_of(rules, s.kinds, request.k)
    kind = s.kinds[np.uint64(request.kind)]
    request.priority = kind.priority
    request.demand *= kind.demand
    kind.sent += c.now >= c.warm


@plain
def expect_several(s, r):
    """Request r may have more than one attempt."""
    request = s.pool[r]
    request.pending, request.made = s.rules[0].fan_out, 1
    request.gathered = IN_SYSTEM
    request.settled = request.given_up = request.is_retry = 0
    request.sibling = request.try_timer = request.retry_timer = request.hedge_timer = request.cancel = -1
    request.cancelled = 0
    if s.guards[0].bucket_share >= 0.0:
        deposit(s)
    if s.rules[0].retrier == CLIENT:
        watch_attempt(s, r)


@inline
def watch_deadline(s, c, r):
    """The client of request r may give up."""
    if c.timeout >= 0:
        request = s.pool[r]
        request.deadline_sequence = take_sequence(c)
        request.later, request.earlier = -1, c.last_deadline
        if c.last_deadline >= 0:
            s.pool[np.uint64(c.last_deadline)].later = r
        else:
            c.first_deadline = r
        c.last_deadline = r


@inline
def schedule_arrival(s, c):
    """When the next request will be sent, at the load there is now."""
    c.arrival_sequence = take_sequence(c)
    if c.next_k & (AHEAD - 1) == 0:
        draw_ahead(s, c)
    nominal = s.nominal[np.uint64(c.next_k & (AHEAD - 1))]
    if nominal == NEVER:
        c.next_arrival = NEVER
    elif s.rules[0].curved:
        c.next_arrival = follow_curve(s, c, nominal)
    elif c.factor == 1.0:
        c.next_arrival = c.base + (nominal - c.base_nominal)
    else:
        c.next_arrival = c.base + laws.whole((nominal - c.base_nominal) / c.factor)


@plain
def follow_curve(s, c, nominal):
    """When the cumulated rate has reached what the nominal clock will show."""
    rules = s.rules[0]
    expected = c.base_expected + (nominal - c.base_nominal) / (c.factor * 1e9)
    time = reached_at(s.curve, rules.curve_repeat, rules.curve_each, expected)
    return max(c.now, laws.whole(time)) if time >= 0.0 else NEVER


@plain
def draw_ahead(s, c):
    """Draw the nominal arrivals and the demands of the next requests: functions of the seed and of k alone."""
    gaps, demands = s.ahead[0], s.ahead[1]
    if c.arrival_law == laws.POISSON:
        laws.exponentials(gaps, s.gaps[0], s.rules[0].arrivals_key, c.next_k)
    else:
        for i in range(AHEAD):
            gaps[i] = laws.gap(c.arrival_law, s.gaps, s.recorded, s.rules[0].arrivals_key, c.next_k + i)
    if c.service_law == laws.EXPONENTIAL:
        laws.exponentials(demands, s.demands[0], s.rules[0].service_key, c.next_k)
    else:
        for i in range(AHEAD):
            demands[i] = laws.demand(c.service_law, s.demands, s.recorded, s.rules[0].service_key, c.next_k + i)
    for i in range(AHEAD):
        exact = gaps[i] + c.carry
        ns = laws.whole(exact)
        c.carry = exact - ns
        c.drawn += ns
        s.nominal[i] = c.drawn if gaps[i] >= 0.0 else NEVER


@plain
def send_after_thought(s, client):
    """(row, stage): a client has thought and sends a request."""
    c = s.cells[0]
    r = take_row(s, c)
    put_request(s, c, r, c.next_k, client, s.ahead[1, np.uint64(c.next_k & (AHEAD - 1))])
    c.next_k += 1
    schedule_arrival(s, c)
    watch_deadline(s, c, r)
    return r, travel(s, r, CLIENT_OUT, TO_BALANCER)


@plain
def strike(s, index):
    """(row, stage): an attack sends its next request; the one after it is scheduled."""
    c, rules, attack = s.cells[0], s.rules[0], s.attacks[index]
    j = attack.sent
    k = ((index + 1) << FIRST_ATTACK) + j
    r = take_row(s, c)
    demand = demand_apart(c.service_law, s.demands, s.recorded, rules.service_key, k, 0)
    put_request(s, c, r, k, strike_source(attack, index, j), demand)
    attack.sent += 1
    c.others += 1
    strike_later(s, c, index, c.now)
    watch_deadline(s, c, r)
    return r, travel(s, r, CLIENT_OUT, TO_BALANCER)


@plain
def strike_later(s, c, index, since):
    """The next request of an attack, the one before it sent at `since`, if it is not over by then."""
    attack = s.attacks[index]
    time = since + strike_gap(attack, attack.sent)
    if time < attack.end:
        later(s, c, time, STRIKE, index)


@plain
def one_more_part(s, p):
    """The next part of request p, which fans out, reaches the balancer at once, as an event of its own."""
    c, rules = s.cells[0], s.rules[0]
    s.pool[p].open += 1
    r, stage = another_attempt(s, p, 0)
    request = s.pool[r]
    request.demand = demand_apart(c.service_law, s.demands, s.recorded, rules.service_key, request.k, request.attempt)
    if rules.kinds > 0:
        request.demand *= s.kinds[np.uint64(request.kind)].demand
    request.stage = stage
    later(s, c, c.now, LEG_END, np.int64(r))
