"""How a server starts what waits in its queue, throws away what has waited too long, and hears that it need not begin.

Load shedding: a request that has waited longer than `after` when its turn comes is thrown away. With an `interval`
that holds only while the queue has not been empty for as long, and until then the interval is the limit (controlled
delay). Cancelling: an attempt that has begun, or the balancer that has the answer, tells the servers of the others;
what waits there is taken out, what is on its way is thrown away when it comes.

Sources: B. Maurer, Fail at scale, ACM Queue 13(8), 2015 (controlled delay); J. Dean, L. A. Barroso, The tail
at scale, Comm. ACM 56(2), 2013 (tied requests). Compiled by Numba.
"""

import numpy as np

from simulator.engine.clock import NEVER
from simulator.systems.load_balancer import laws
from simulator.systems.load_balancer.actions import PAUSED
from simulator.systems.load_balancer.layout import (
    AT_SERVER, CANCEL, CANCELLED, FIFO, IN_SYSTEM, ON_START, SERVER_OUT, SHED, SHEDDING, WAITING,
)
from simulator.systems.load_balancer.legs import draws, inline, later, plain, take_sequence
from simulator.systems.load_balancer.order import tree_set
from simulator.systems.load_balancer.servers import take_first
from simulator.systems.load_balancer.tally import touch_node


@inline
def start(s, node, r, slot):
    """Request r begins its service in a slot."""
    c, request = s.cells[0], s.pool[r]
    request.start = c.now
    request.depart = max(c.now, node.served_to) + laws.whole(request.demand * node.stretch)
    s.slots[np.uint64(slot)].request = r
    tree_set(s.tree, slot, request.depart, take_sequence(c))
    if s.rules[0].cancels == ON_START:
        cancel_others(s, request)


@inline
def start_next(s, node, slot):
    """The first request in a server's queue begins its service, unless it is to be thrown away."""
    if s.rules[0].sheds and throws_away(s, node, slot):
        return
    start(s, node, next_in_queue(s, node), slot)


@inline
def next_in_queue(s, node):
    """Take the first request out of a server's queue."""
    if node.discipline == FIFO:
        r = np.uint64(node.head)
        node.head = s.pool[r].next
    else:
        r = take_first(s, node)
    node.queued -= 1
    return r


@inline
def free_slot(s, node, slot):
    """A slot has nothing to do."""
    s.slots[np.uint64(slot)].request = -1
    tree_set(s.tree, slot, NEVER, NEVER)
    s.slots[np.uint64(node.first + node.free)].free = slot
    node.free += 1


@plain
def throws_away(s, node, slot):
    """Whether the first request in a queue is thrown away: by an event of its own, at this very time."""
    c = s.cells[0]
    if not is_useless(s, node):
        return False
    s.slots[np.uint64(slot)].request = -1
    tree_set(s.tree, slot, NEVER, NEVER)
    later(s, c, c.now, SHEDDING, slot)
    return True


@plain
def is_useless(s, node):
    """Whether the first request in a queue has been cancelled, or has waited too long."""
    c, guard, request = s.cells[0], s.guards[0], s.pool[np.uint64(node.head)]
    if request.cancelled or guard.shed_after < 0:
        return request.cancelled == 1
    limit = guard.shed_after
    if c.now - node.waits_since < guard.shed_interval:
        limit = guard.shed_interval
    return c.now - request.at_server > limit


@plain
def shed_next(s, slot):
    """(row, stage) of the request that a server throws away; it goes on with the next one."""
    c, node = s.cells[0], s.nodes[np.uint64(s.slots[np.uint64(slot)].server)]
    touch_node(node, c.now)
    if node.queued == 0:
        free_slot(s, node, slot)
        return np.uint64(0), WAITING
    if not is_useless(s, node):
        start_next(s, node, slot)
        return np.uint64(0), WAITING
    r = next_in_queue(s, node)
    s.pool[r].answer = CANCELLED if s.pool[r].cancelled else SHED
    if node.queued > 0:
        start_next(s, node, slot)
    else:
        free_slot(s, node, slot)
    return r, AT_SERVER


@plain
def cancel_others(s, request):
    """The attempts of a request that have not begun need not: their servers will hear of it."""
    c, leg, q = s.cells[0], s.legs[SERVER_OUT], request.of
    while q >= 0:
        other = s.pool[np.uint64(q)]
        if other.attempt != request.attempt and other.server >= 0 and other.start < 0 and other.answer == IN_SYSTEM:
            wait = 0
            if leg.law != laws.NO_DELAY:
                wait = laws.delay(leg.law, leg.a, leg.b, s.rules[0].cancel_key, draws(other))
            other.cancel = later(s, c, c.now + wait, CANCEL, q)
        q = other.sibling


@plain
def tie(s, r):
    """Attempt r sets out for its server, where word comes as well of an attempt that has begun already."""
    c, leg, request = s.cells[0], s.legs[SERVER_OUT], s.pool[r]
    q = request.of
    while q >= 0:
        other = s.pool[np.uint64(q)]
        if other.start >= 0 and other.answer == IN_SYSTEM:
            if leg.law == laws.NO_DELAY:
                request.cancelled = 1
            else:
                wait = laws.delay(leg.law, leg.a, leg.b, s.rules[0].cancel_key, draws(request))
                request.cancel = later(s, c, c.now + wait, CANCEL, np.int64(r))
            return
        q = other.sibling


@plain
def cancel(s, r, sequence):
    """(row, stage) of an attempt whose server hears that it need not begin."""
    request = s.pool[r]
    if request.cancel != sequence or request.start >= 0 or request.answer != IN_SYSTEM:
        return r, WAITING
    node = s.nodes[np.uint64(request.server)]
    if request.stage != AT_SERVER or node.discipline != FIFO or node.state == PAUSED:
        request.cancelled = 1
        return r, WAITING
    take_out(s, node, r)
    request.answer = CANCELLED
    return r, AT_SERVER


@plain
def take_out(s, node, r):
    """Take request r out of the middle of a server's queue."""
    touch_node(node, s.cells[0].now)
    node.queued -= 1
    if node.head == np.int64(r):
        node.head = s.pool[r].next
        return
    before = np.uint64(node.head)
    while s.pool[before].next != np.int64(r):
        before = np.uint64(s.pool[before].next)
    s.pool[before].next = s.pool[r].next
    if node.tail == np.int64(r):
        node.tail = np.int64(before)
