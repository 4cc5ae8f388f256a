"""The traffic kernel: one loop over the events of a load balancer, compiled by Numba.

Events are ordered by (time, sequence in which they were scheduled). There are four sources of
them: the next arrival, the tournament of departures, the heap of messages on their way, and the
list of deadlines (one constant timeout, so the order of sending is the order of the deadlines).
A leg without delay takes no event: the request is there at once.

The loop can stop anywhere between two events and go on later with the very same result. It stops
early when an array is full; Python makes room (simulation.py) and calls it again.
"""

import numpy as np
from numba import njit
from numba.extending import register_jitable

from simulator.engine.clock import NEVER
from simulator.systems.load_balancer import distinct, laws
from simulator.systems.load_balancer.actions import DOWN, PAUSED, REMOVED
from simulator.systems.load_balancer.layout import (
    AHEAD, AT_SERVER, CLIENT_BACK, CLIENT_OUT, CRASHED, FINISHED, IN_SYSTEM, NO_SERVER, NOWHERE, OK, POOL_FULL, REFUSED,
    REJECTED, ROWS_FULL, SERVER_BACK, SERVER_OUT, TIMED_OUT, TO_BALANCER, TO_BALANCER_AGAIN, TO_CLIENT, TO_SERVER,
    WAITING,
)
from simulator.systems.load_balancer.order import before, heap_drop, heap_push, tree_set
from simulator.systems.load_balancer.tally import change_in_system, count_outcome, touch_node

OPTIONS = {"_nrt": False, "error_model": "numpy"}
"""No reference counts (nothing is allocated here) and no checks for division by zero (there is none)."""
inline = njit(forceinline=True, **OPTIONS)
plain = njit(**OPTIONS)
for _shared in (distinct.another, laws.whole, laws.bursty_gap, laws.exponentials, laws.gap, laws.demand, laws.delay):
    register_jitable(forceinline=True, **OPTIONS)(_shared)

ARRIVAL, DEPARTURE, MESSAGE, DEADLINE = range(4)


def run(pick, observe, until, victims, wake, s):
    """Run every event with time <= until; FINISHED, or POOL_FULL or ROWS_FULL where it stopped before.

    First, at now: the requests in `victims` (int64[:]) fail because their server crashed, and server
    `wake` (-1: none), which was paused, starts what waits in its queue.
    """
    c = s.cells[0]
    if c.arrival_sequence == 0:
        schedule_arrival(s, c)
    for r in victims:
        s.pool[r].answer = CRASHED
        carry(pick, observe, s, np.uint64(r), leave(s, np.uint64(r)))
    while wake >= 0 and s.nodes[wake].free > 0 and s.nodes[wake].queued > 0:
        node = s.nodes[wake]
        touch_node(node, c.now)
        node.free -= 1
        start_next(s, node, s.slots[node.first + node.free].free)
    while True:
        kind, time = next_event(s, c)
        if time > until:
            c.now = until
            return FINISHED
        if c.free_request < 0 and kind == ARRIVAL:
            return POOL_FULL
        if c.keep != 0 and c.rows >= len(s.rows):
            return ROWS_FULL
        c.now = time
        c.events += 1
        if kind == ARRIVAL:
            r = send(s, c)
            stage = travel(s, r, CLIENT_OUT, TO_BALANCER)
        elif kind == DEPARTURE:
            r = vacate(s, c)
            stage = leave(s, r)
        elif kind == MESSAGE:
            r = np.uint64(s.heap[0].request)
            heap_drop(s.heap, c.on_the_way)
            c.on_the_way -= 1
            stage = s.pool[r].stage
        else:
            give_up(observe, s, c)
            continue
        carry(pick, observe, s, r, stage)


@inline
def next_event(s, c):
    """(kind, time) of the earliest event."""
    kind, time, sequence = ARRIVAL, c.next_arrival, c.arrival_sequence
    first = s.tree[1]
    if before(first.time, first.sequence, time, sequence):
        kind, time, sequence = DEPARTURE, first.time, first.sequence
    if c.on_the_way > 0 and before(s.heap[0].time, s.heap[0].sequence, time, sequence):
        kind, time, sequence = MESSAGE, s.heap[0].time, s.heap[0].sequence
    if c.first_deadline >= 0:
        request = s.pool[np.uint64(c.first_deadline)]
        if before(request.sent + c.timeout, request.deadline_sequence, time, sequence):
            kind, time = DEADLINE, request.sent + c.timeout
    return kind, time


@inline
def carry(pick, observe, s, r, stage):
    """Request r is at the end of the leg `stage`: take it further until something takes time."""
    while stage != WAITING and stage != NOWHERE:
        if stage == TO_BALANCER:
            stage = balance(pick, s, r)
        elif stage == TO_SERVER:
            stage = join(s, r)
        elif stage == TO_BALANCER_AGAIN:
            stage = answer(observe, s, r)
        else:
            stage = receive(s, r)


@inline
def take_sequence(c):
    """The next sequence number: events of equal time run in this order."""
    c.sequence += 1
    return c.sequence


@inline
def travel(s, r, leg, stage):
    """Request r sets out on a leg: `stage` where it is there at once, WAITING where it takes a while."""
    c, request, law = s.cells[0], s.pool[r], s.legs[leg]
    request.stage = stage
    arrival = c.now
    if law.law != laws.NO_DELAY:
        arrival += laws.delay(law.law, law.a, law.b, law.key, request.k)
        heap_push(s.heap, c.on_the_way, arrival, take_sequence(c), r)
        c.on_the_way += 1
    if leg == CLIENT_OUT:
        request.at_balancer = arrival
    elif leg == SERVER_OUT:
        request.at_server = arrival
    elif leg == SERVER_BACK:
        request.back = arrival
    elif request.outcome == IN_SYSTEM:
        request.done = arrival
    return stage if law.law == laws.NO_DELAY else WAITING


@inline
def send(s, c):
    """The client sends the next request; the one after it is scheduled."""
    r = np.uint64(c.free_request)
    request = s.pool[r]
    c.free_request = request.next
    request.k, request.sent, request.outcome = c.next_k, c.now, IN_SYSTEM
    request.at_server = request.start = request.depart = request.back = request.done = request.server = -1
    request.demand = s.ahead[1, np.uint64(c.next_k & (AHEAD - 1))]
    change_in_system(c, 1)
    c.next_k += 1
    schedule_arrival(s, c)
    if c.timeout >= 0:
        request.deadline_sequence = take_sequence(c)
        request.later, request.earlier = -1, c.last_deadline
        if c.last_deadline >= 0:
            s.pool[np.uint64(c.last_deadline)].later = r
        else:
            c.first_deadline = r
        c.last_deadline = r
    return r


@inline
def schedule_arrival(s, c):
    """When the next request will be sent, at the load there is now."""
    c.arrival_sequence = take_sequence(c)
    if c.next_k & (AHEAD - 1) == 0:
        draw_ahead(s, c)
    nominal = s.nominal[np.uint64(c.next_k & (AHEAD - 1))]
    if nominal == NEVER:
        c.next_arrival = NEVER
    elif c.factor == 1.0:
        c.next_arrival = c.base + (nominal - c.base_nominal)
    else:
        c.next_arrival = c.base + laws.whole((nominal - c.base_nominal) / c.factor)


@plain
def draw_ahead(s, c):
    """Draw the nominal arrivals and the demands of the next requests: functions of the seed and of k alone."""
    gaps, demands = s.ahead[0], s.ahead[1]
    if c.arrival_law == laws.POISSON:
        laws.exponentials(gaps, s.gaps[0], c.arrivals_key, c.next_k)
    else:
        for i in range(AHEAD):
            gaps[i] = laws.gap(c.arrival_law, s.gaps, s.recorded, c.arrivals_key, c.next_k + i)
    if c.service_law == laws.EXPONENTIAL:
        laws.exponentials(demands, s.demands[0], c.service_key, c.next_k)
    else:
        for i in range(AHEAD):
            demands[i] = laws.demand(c.service_law, s.demands, s.recorded, c.service_key, c.next_k + i)
    for i in range(AHEAD):
        exact = gaps[i] + c.carry
        ns = laws.whole(exact)
        c.carry = exact - ns
        c.drawn += ns
        s.nominal[i] = c.drawn if gaps[i] >= 0.0 else NEVER


@inline
def balance(pick, s, r):
    """Request r reaches the balancer, which picks a server, unless its client has given up."""
    c, request = s.cells[0], s.pool[r]
    if request.outcome != IN_SYSTEM:
        return release(s, r)
    if c.eligible == 0:
        request.answer = NO_SERVER
        return travel(s, r, CLIENT_BACK, TO_CLIENT)
    server = np.uint64(pick(request.k, c.now, s.eligible, c.eligible, s.in_flight, s.weight, s.memory, s.shared,
                            s.params, c.strategy_key))
    request.server = server
    s.in_flight[server] += 1
    s.nodes[server].sent += request.sent >= c.warm
    return travel(s, r, SERVER_OUT, TO_SERVER)


@inline
def join(s, r):
    """Request r reaches its server: it starts, waits, is rejected, or finds nobody there."""
    request = s.pool[r]
    node = s.nodes[np.uint64(request.server)]
    if node.state == DOWN or node.state == REMOVED:
        request.answer = REFUSED
        return reply(s, r)
    idle = node.state != PAUSED and node.free > 0
    if not idle and node.limit >= 0 and node.queued >= node.limit:
        request.answer = REJECTED
        return reply(s, r)
    touch_node(node, s.cells[0].now)
    request.stage = AT_SERVER
    if idle:
        node.free -= 1
        start(s, node, r, s.slots[np.uint64(node.first + node.free)].free)
        return WAITING
    if node.queued > 0:
        s.pool[np.uint64(node.tail)].next = r
    else:
        node.head = r
    node.tail = r
    node.queued += 1
    node.max_queue = max(node.max_queue, node.queued)
    return WAITING


@inline
def start(s, node, r, slot):
    """Request r begins its service in a slot."""
    c, request = s.cells[0], s.pool[r]
    request.start = c.now
    request.depart = c.now + laws.whole(request.demand * node.stretch)
    s.slots[np.uint64(slot)].request = r
    tree_set(s.tree, slot, request.depart, take_sequence(c))


@inline
def start_next(s, node, slot):
    """The first request in a server's queue begins its service."""
    r = np.uint64(node.head)
    node.head = s.pool[r].next
    node.queued -= 1
    start(s, node, r, slot)


@inline
def vacate(s, c):
    """The earliest departure: its request, whose slot goes to the next in the queue or falls idle."""
    index = s.tree[1].slot
    slot = s.slots[np.uint64(index)]
    r, node = np.uint64(slot.request), s.nodes[np.uint64(slot.server)]
    s.pool[r].answer = OK
    touch_node(node, c.now)
    if node.queued > 0:
        start_next(s, node, index)
        return r
    slot.request = -1
    tree_set(s.tree, index, NEVER, NEVER)
    s.slots[np.uint64(node.first + node.free)].free = index
    node.free += 1
    return r


@inline
def leave(s, r):
    """Request r leaves its server, done or failed."""
    c, request = s.cells[0], s.pool[r]
    if request.at_server >= c.warm:
        node = s.nodes[np.uint64(request.server)]
        node.sojourn += c.now - request.at_server
        node.left += 1
    return reply(s, r)


@inline
def reply(s, r):
    """The server's answer, or the error that stands for it, sets out for the balancer."""
    s.pool[r].depart = s.cells[0].now
    return travel(s, r, SERVER_BACK, TO_BALANCER_AGAIN)


@inline
def answer(observe, s, r):
    """The answer reaches the balancer, which passes it on, unless the client has given up."""
    if s.pool[r].outcome != IN_SYSTEM:
        return release(s, r)
    forget(observe, s, r, s.pool[r].answer)
    return travel(s, r, CLIENT_BACK, TO_CLIENT)


@inline
def forget(observe, s, r, outcome):
    """The balancer counts request r as in flight no longer, and the strategy may learn from it."""
    c, request = s.cells[0], s.pool[r]
    s.in_flight[np.uint64(request.server)] -= 1
    if c.observes:
        observe(request.server, c.now, c.now - request.at_balancer, outcome, s.in_flight, s.memory, s.params)


@inline
def receive(s, r):
    """The answer reaches the client, which has perhaps given up."""
    if s.pool[r].outcome == IN_SYSTEM:
        count_outcome(s, r, s.pool[r].answer)
        if s.cells[0].timeout >= 0:
            unlink_deadline(s, r)
    return release(s, r)


@inline
def give_up(observe, s, c):
    """The earliest deadline has come: its client gives up. The request itself goes on."""
    r = np.uint64(c.first_deadline)
    request = s.pool[r]
    unlink_deadline(s, r)
    count_outcome(s, r, TIMED_OUT)
    request.done = c.now
    if TO_SERVER <= request.stage <= TO_BALANCER_AGAIN:
        forget(observe, s, r, TIMED_OUT)


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
    """Nothing more will happen to request r: write its row, free its place in the pool."""
    c, request = s.cells[0], s.pool[r]
    if c.keep:
        write_row(s.rows[np.uint64(c.rows)], request)
        c.rows += 1
    request.stage = NOWHERE
    request.next = c.free_request
    c.free_request = r
    return NOWHERE


@inline
def write_row(row, request):
    """Copy what is kept of a request."""
    row[0], row[1], row[2], row[3] = request.k, request.sent, request.at_balancer, request.at_server
    row[4], row[5], row[6], row[7] = request.start, request.depart, request.back, request.done
    row[8], row[9] = request.server, request.outcome
