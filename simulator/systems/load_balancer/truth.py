"""What only the servers know, kept up for the strategies that look at it (or ask for it). Compiled by Numba.

BUSY_UNTIL is kept as a server with one queue would know it who was told each demand: every slot has a time at
which it will have done all that was given to it, and what comes is given to the slot that is done first. As long as
requests are served in the order in which they came, that is exactly what happens. A stop puts those times off, another
speed stretches what is left of them (rounded to ns slot by slot), a pause keeps what is left until it is over; what
leaves the queue unserved is taken from the slot that is done last (with one slot, exactly what happens). Where
requests share a processor or have priorities, it is when the same work would be done in the order of arrival: with
one slot the very same time.
"""

import numpy as np

from simulator.engine.clock import NEVER
from simulator.systems.load_balancer import laws
from simulator.systems.load_balancer.actions import DOWN, PAUSED, REMOVED, STARTING
from simulator.systems.load_balancer.legs import plain
from simulator.systems.load_balancer.strategies import BUSY_UNTIL, LOAD, SLOTS, WORKED, WORKED_AT

LONGEST = int(laws.LONGEST)
HALTED, RESUMED, GONE, BACK = range(4)


@plain
def note_arrival(s, r):
    """Attempt r has been let in by its server."""
    now, request = s.cells[0].now, s.pool[r]
    server = np.uint64(request.server)
    node, truth = s.nodes[server], s.truth[server]
    note_work(truth, now)
    truth[LOAD] += 1.0
    request.ahead = int(truth[LOAD])
    work = laws.whole(request.demand * node.stretch)
    if node.state == PAUSED:
        give(s.slots, node, 0, work)
    else:
        truth[BUSY_UNTIL] = give(s.slots, node, max(now, node.served_to), work)


@plain
def note_departure(s, r):
    """Attempt r leaves its server."""
    now, request = s.cells[0].now, s.pool[r]
    server = np.uint64(request.server)
    node, truth = s.nodes[server], s.truth[server]
    note_work(truth, now)
    truth[LOAD] -= 1.0
    if request.start < 0 and is_there(node):  # it leaves without having been served
        work = laws.whole(request.demand * node.stretch)
        if node.state == PAUSED:
            take_back(s.slots, node, 0, work)
        else:
            truth[BUSY_UNTIL] = take_back(s.slots, node, max(now, node.served_to), work)


@plain
def is_there(node):
    """Whether a server is alive, though it may be paused."""
    return node.state != DOWN and node.state != REMOVED and node.state != STARTING


@plain
def note_work(truth, now):
    """Bring WORKED of a server up to now, before LOAD changes."""
    truth[WORKED] += (now - truth[WORKED_AT]) * min(truth[LOAD], truth[SLOTS])
    truth[WORKED_AT] = now


@plain
def give(slots, node, base, work):
    """The slot that is done first gets so much work more, which begins at `base` at the earliest; when the next is done."""
    chosen, least, second = node.first, NEVER, NEVER
    for i in range(node.first, node.first + node.slots):
        until = slots[np.uint64(i)].until
        if until < least:
            chosen, least, second = i, until, least
        else:
            second = min(second, until)
    until = min(max(base, least) + work, LONGEST)
    slots[np.uint64(chosen)].until = until
    return float(max(base, min(second, until)))


@plain
def take_back(slots, node, base, work):
    """The slot that is done last has so much work less; when the first is done."""
    chosen, latest, earliest = node.first, np.int64(-1), NEVER
    for i in range(node.first, node.first + node.slots):
        until = slots[np.uint64(i)].until
        if until > latest:
            chosen, latest = i, until
    slots[np.uint64(chosen)].until = max(base, latest - work)
    for i in range(node.first, node.first + node.slots):
        earliest = min(earliest, slots[np.uint64(i)].until)
    return float(max(base, earliest))


@plain
def note_stretch(s, node, server, now, ratio):
    """A server takes `ratio` times as long from now on."""
    base, earliest = max(now, node.served_to), NEVER
    for i in range(node.first, node.first + node.slots):
        slot = s.slots[np.uint64(i)]
        if node.state == PAUSED:
            slot.until = min(laws.whole(slot.until * ratio), LONGEST)
        elif slot.until > base:
            slot.until = min(base + laws.whole((slot.until - base) * ratio), LONGEST)
        earliest = min(earliest, slot.until)
    if node.state != PAUSED and is_there(node):
        s.truth[server, BUSY_UNTIL] = float(max(base, earliest))


@plain
def note_stop(s, node, server, now, length):
    """A server stops for so long; `served_to` says so already."""
    earliest = NEVER
    for i in range(node.first, node.first + node.slots):
        slot = s.slots[np.uint64(i)]
        if slot.until > now:
            slot.until = min(slot.until + length, LONGEST)
        earliest = min(earliest, slot.until)
    s.truth[server, BUSY_UNTIL] = float(max(now + length, earliest))


@plain
def note_condition(s, server, now, what):
    """A server is paused (`until` of its slots is what is left from now on), resumed, gone, or back from a crash."""
    node = s.nodes[np.uint64(server)]
    base, earliest = now if what == BACK else max(now, node.served_to), NEVER
    for i in range(node.first, node.first + node.slots):
        slot = s.slots[np.uint64(i)]
        if what == HALTED:
            slot.until = max(slot.until - base, 0)
        elif what == RESUMED:
            slot.until = min(base + slot.until, LONGEST)
        else:
            slot.until = 0
        earliest = min(earliest, slot.until)
    alive = what == RESUMED or what == BACK
    s.truth[np.uint64(server), BUSY_UNTIL] = float(max(base, earliest)) if alive else float(NEVER)
