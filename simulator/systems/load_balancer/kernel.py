"""The traffic kernel: one loop over the events of a load balancer, compiled by Numba.

Events are ordered by (time, sequence in which they were scheduled). There are four sources of
them: the next arrival, the tournament of departures, the heap of messages on their way and of
timers, and the list of deadlines (one constant timeout, so the order of sending is the order of
the deadlines). A leg without delay takes no event: the request is there at once.

The loop can stop anywhere between two events and go on later with the very same result. It stops
early when an array is full; Python makes room (simulation.py) and calls it again.
"""

import numpy as np
from simulator.systems.load_balancer.actions import DOWN, PAUSED, REMOVED
from simulator.systems.load_balancer.admission import admit
from simulator.systems.load_balancer.attempts import goes_on, watch_attempt
from simulator.systems.load_balancer.ends import awaited, end_request, forget, give_up, release
from simulator.systems.load_balancer.fronts import do_deed, front, front_again, pin, pinned_server, set_out
from simulator.systems.load_balancer.layout import (
    AT_SERVER, BALANCER, BALANCING, CANCELLED, CHANGED, CHOOSING, CLIENT, CLIENT_BACK, CLIENT_OUT, CRASHED, FINISHED, HEAP_FULL,
    IN_SYSTEM, LEG_END, NO_SERVER, NOWHERE, OK, ON_START, OVERFLOW, PASSING, PENDING, POOL_FULL, PRIORITY, REFUSED, REJECTED, ROWS_AT_ONCE, ROWS_FULL,
    SERVER_BACK, SERVER_OUT, SHARING, TABLE_STALE, TO_BALANCER, TO_BALANCER_AGAIN, TO_CLIENT, TO_SERVER, WAITING,
)
from simulator.systems.load_balancer.legs import draws, inline, plain, travel
from simulator.systems.load_balancer.order import before, heap_drop
from simulator.systems.load_balancer.queues import free_slot, start, start_next, tie
from simulator.systems.load_balancer.sending import begin, one_more_part, send
from simulator.systems.load_balancer.servers import (
    begin_chance, enqueue, join_sharing, leave_sharing,
)
from simulator.systems.load_balancer.resilience import begin_checks, choose
from simulator.systems.load_balancer.tally import touch_node
from simulator.systems.load_balancer.timers import fire
from simulator.systems.load_balancer.truth import note_arrival, note_departure
from simulator.systems.load_balancer.upstream import give_back, has_room, take_connection
from simulator.systems.load_balancer.zones import only_zone

ARRIVAL, DEPARTURE, MESSAGE, DEADLINE = range(4)
EVENTS_AT_ONCE = 16
"""One event puts fewer than so many others into the heap."""


def run(pick, observe, served, stops, levels, victims, wake, s):
    """Run every event with time <= stops[-1]; FINISHED, or what is missing where it stopped before.

    stops: int64[i], ascending; the first `reached` of them are behind it. levels: int64[i, 1 + n], where it notes at each
    stop how many requests are in the system and at each server; or empty.
    First, at now: the requests in `victims` (int64[:]) fail because their server crashed, and server
    `wake` (-1: none), which was paused, starts what waits in its queue.
    """
    c = s.cells[0]
    c.reached = 0
    until = stops[0]
    catch_up(s, c)
    for r in victims:
        s.pool[r].answer = CRASHED
        carry(pick, observe, s, np.uint64(r), leave(served, s, np.uint64(r)))
    if wake >= 0:
        wake_up(s, c, wake)
    if c.watched < len(s.nodes):
        begin_checks(s, c)
    while True:
        kind, time = next_event(s, c)
        if time > until:
            c.now = until
            if len(levels) > 0:
                note_levels(s, c, levels[c.reached])
            c.reached += 1
            if c.reached == len(stops):
                return FINISHED
            until = stops[c.reached]
            continue
        said = wants(s, c)
        if said != FINISHED:
            return said
        c.now = time
        c.events += 1
        if kind == ARRIVAL:
            r = send(s, c)
            stage = travel(s, r, CLIENT_OUT, TO_BALANCER)
        elif kind == DEPARTURE:
            r = vacate(s, c)
            stage = leave(served, s, r)
        elif kind == MESSAGE:
            first = s.heap[0]
            event, what, sequence = first.kind, first.what, first.sequence
            heap_drop(s.heap, c.on_the_way)
            c.on_the_way -= 1
            if event == LEG_END:
                r = np.uint64(what)
                stage = s.pool[r].stage
            else:
                r, stage = fire(observe, s, event, what, sequence)
                if stage == AT_SERVER:
                    stage = leave(served, s, r)
        else:
            give_up(observe, s, c)
            continue
        carry(pick, observe, s, r, stage)


@plain
def note_levels(s, c, level):
    """How many requests are in the system and at each server."""
    level[0] = c.in_system
    for i in range(len(s.nodes)):
        node = s.nodes[i]
        level[1 + i] = node.queued + node.slots - node.free


@plain
def wake_up(s, c, server):
    """A server that was paused starts what waits in its queue."""
    node = s.nodes[server]
    touch_node(node, c.now)
    while node.free > 0 and node.queued > 0:
        node.free -= 1
        start_next(s, node, s.slots[node.first + node.free].free)


@plain
def catch_up(s, c):
    """What Python has done, or asks for, comes before all events."""
    if c.refresh:
        choose_anew(s, c)
    if c.arrival_sequence == 0:
        begin_all(s, c)
    if c.deed:
        do_deed(s, c)


@plain
def choose_anew(s, c):
    """Something was done to servers: every balancer looks at all of them again."""
    c.refresh = 0
    for b in range(len(s.watch)):
        choose(s, b)


@plain
def begin_all(s, c):
    """Before the first event: what is to be sent, then what chance does to servers."""
    begin(s, c)
    begin_chance(s, c)


@inline
def wants(s, c):
    """What Python must do before the next event; FINISHED where it need not do anything."""
    if c.free_rows < ROWS_AT_ONCE:
        return POOL_FULL
    if c.keep != 0 and c.rows + ROWS_AT_ONCE > len(s.rows):
        return ROWS_FULL
    if c.on_the_way + EVENTS_AT_ONCE > len(s.heap):
        return HEAP_FULL
    if c.stale:
        return TABLE_STALE
    return CHANGED if c.changed else FINISHED


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
        if stage == TO_BALANCER or stage == BALANCING:
            if s.rules[0].fronted:
                stage = front(s, r, stage)
                if stage != CHOOSING:
                    continue
            stage = balance(pick, s, r)
        elif stage == TO_SERVER:
            stage = join(s, r)
        elif stage == TO_BALANCER_AGAIN or stage == PASSING:
            stage = answer(observe, s, r, stage)
        elif stage == PENDING:
            stage = set_out(s, r)
        else:
            stage = receive(s, r)


@inline
def balance(pick, s, r):
    """Attempt r reaches the balancer, which picks a server, unless nobody waits for it any longer."""
    c, rules, request = s.cells[0], s.rules[0], s.pool[r]
    if not awaited(s, request):
        return release(s, r)
    if rules.several and rules.retrier == BALANCER:
        watch_attempt(s, r)
    if rules.fan_out > 1 and s.pool[np.uint64(request.of)].made < rules.fan_out:
        one_more_part(s, np.uint64(request.of))
    b = np.uint64(request.balancer)
    if rules.guarded:
        request.answer = admit(s, b, request)
        if request.answer != IN_SYSTEM:
            return pass_on(s, r)
    servers, count = s.eligible[b], s.choice[b]
    if rules.routed and s.kinds[np.uint64(request.kind)].group >= 0:
        servers, count = s.pooled, only_group(s, b, s.kinds[np.uint64(request.kind)].group)
    if rules.zoned:
        local = only_zone(s, b, request)
        if local > 0:
            servers, count = s.pooled, local
    if count == 0:
        request.answer = NO_SERVER
        return pass_on(s, r)
    chosen = pinned_server(s, b, request, servers, count) if rules.fronted else -1
    if chosen < 0:
        chosen = pick(draws(request), c.now, request.source, servers, count, s.in_flight[b], s.weight[b],
                      s.truth, s.table[np.uint64(request.balancer * rules.tables)], s.memory[b], s.shared[b], s.params,
                      rules.strategy_key)
    server = np.uint64(chosen)
    if rules.pooled and not has_room(s, b, server):
        request.answer = OVERFLOW
        return pass_on(s, r)
    request.server, request.in_flight, request.picked = server, 1, c.now
    if rules.fronted:
        pin(s, b, request)
    s.in_flight[b, server] += 1
    if rules.cancels == ON_START and request.attempt > 0:
        tie(s, r)
    s.nodes[server].sent += s.pool[np.uint64(request.of)].sent >= c.warm
    if rules.pooled:
        return take_connection(s, r, b)
    return travel(s, r, SERVER_OUT, TO_SERVER)


@plain
def only_group(s, b, group):
    """Into `pooled`, those servers of a group that balancer b may choose; how many they are."""
    count = 0
    for i in range(s.choice[b]):
        if s.nodes[np.uint64(s.eligible[b, i])].group == group:
            s.pooled[count] = s.eligible[b, i]
            count += 1
    return count


@inline
def join(s, r):
    """Request r reaches its server: it starts, waits, is rejected, or finds nobody there."""
    request = s.pool[r]
    node = s.nodes[np.uint64(request.server)]
    if node.state == DOWN or node.state >= REMOVED:
        request.answer = REFUSED
        return reply(s, r)
    if s.rules[0].cancels and request.cancelled:
        request.answer = CANCELLED
        return reply(s, r)
    idle = node.state != PAUSED and node.free > 0
    if not idle and node.limit >= 0 and node.queued >= node.limit:
        request.answer = REJECTED
        return reply(s, r)
    touch_node(node, s.cells[0].now)
    request.stage = AT_SERVER
    if s.rules[0].truthful:
        note_arrival(s, r)
    if node.discipline == SHARING:
        join_sharing(s, s.cells[0], node, r)
        return WAITING
    if idle:
        node.free -= 1
        start(s, node, r, s.slots[np.uint64(node.first + node.free)].free)
        return WAITING
    if node.discipline == PRIORITY:
        enqueue(s, s.cells[0], node, r)
        return WAITING
    if node.queued > 0:
        s.pool[np.uint64(node.tail)].next = r
    else:
        node.head = r
        node.waits_since = s.cells[0].now
    node.tail = r
    node.queued += 1
    node.max_queue = max(node.max_queue, node.queued)
    return WAITING


@inline
def vacate(s, c):
    """The earliest departure: its request, whose slot goes to the next in the queue or falls idle."""
    index = s.tree[1].slot
    slot = s.slots[np.uint64(index)]
    node = s.nodes[np.uint64(slot.server)]
    touch_node(node, c.now)
    if node.discipline == SHARING:
        return leave_sharing(s, c, node)
    r = np.uint64(slot.request)
    s.pool[r].answer = OK
    if node.queued > 0:
        start_next(s, node, index)
    else:
        free_slot(s, node, index)
    return r


@inline
def leave(served, s, r):
    """Attempt r leaves its server, done or failed."""
    c, rules, request = s.cells[0], s.rules[0], s.pool[r]
    if request.at_server >= c.warm:
        node = s.nodes[np.uint64(request.server)]
        node.sojourn += c.now - request.at_server
        node.left += 1
    if rules.truthful:
        note_departure(s, r)
        if rules.serves:
            served(request.server, c.now, c.now - request.at_server, request.ahead, request.answer, s.truth, s.memory,
                   s.params, rules.strategy_key)
    return reply(s, r)


@inline
def reply(s, r):
    """The server's answer, or the error that stands for it, sets out for the balancer."""
    s.pool[r].depart = s.cells[0].now
    return travel(s, r, SERVER_BACK, TO_BALANCER_AGAIN)


@inline
def answer(observe, s, r, stage):
    """The answer reaches the balancer, which passes it on, unless nobody waits for it any longer."""
    request = s.pool[r]
    if request.in_flight:
        forget(observe, s, r, request.answer)
    if s.rules[0].pooled and request.connected:
        give_back(s, r)
    if not awaited(s, request):
        return release(s, r)
    if s.rules[0].fronted:
        stage = front_again(s, r, stage)
        if stage != CHOOSING:
            return stage
    return pass_on(s, r)


@inline
def pass_on(s, r):
    """The balancer passes on what attempt r has brought, unless it tries again."""
    rules = s.rules[0]
    if rules.several and rules.retrier == BALANCER and goes_on(s, r, s.pool[r].answer):
        return release(s, r)
    return travel(s, r, CLIENT_BACK, TO_CLIENT)


@inline
def receive(s, r):
    """The answer reaches the client, which may have given up, or tries again."""
    rules, request = s.rules[0], s.pool[r]
    p = np.uint64(request.of)
    if s.pool[p].outcome != IN_SYSTEM:
        return release(s, r)
    if rules.several and rules.retrier == CLIENT and (request.given_up or goes_on(s, r, request.answer)):
        return release(s, r)
    if rules.fan_out > 1:
        end_request(s, p, -1, s.pool[p].gathered)
    else:
        end_request(s, p, request.server, request.answer)
    return release(s, r)
