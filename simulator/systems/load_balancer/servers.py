"""What a server does besides first in, first out: queues of other orders, stops, episodes of slowness, warming up.

Processor sharing keeps one virtual time for each server: the work that any request there has got so far.
A request that needs d more when it comes is done at (virtual time + d), so the order of departures never
changes, and a heap of those ends, linked through the pool, holds all. It is exact: virtual time runs
min(1, slots / requests there) / stretch as fast as the clock. Sources: L. Kleinrock, Queueing Systems 2, 1976,
section 4.4 (processor sharing); A. Parekh, R. Gallager, IEEE/ACM Trans. Networking 1(3), 1993 (virtual time).

A stop (a garbage collector that stops the world) puts off every departure of a server by its length; an
episode makes a share of a group slower at once; a server that starts or restarts is slower by a factor that
falls to 1 in WARM_STEPS equal steps. Compiled by Numba.
"""

import numpy as np

from simulator.engine.chance import log, uniform
from simulator.engine.clock import NEVER
from simulator.systems.load_balancer import laws
from simulator.systems.load_balancer.actions import DRAINING, PAUSED, REMOVED, UP
from simulator.systems.load_balancer.layout import OK, SHARING, SLOWNESS, STOP, WARMING, WARM_STEPS
from simulator.systems.load_balancer.legs import later, plain, take_sequence
from simulator.systems.load_balancer.order import tree_set
from simulator.systems.load_balancer.truth import HALTED, RESUMED, note_condition, note_stop, note_stretch

# Heaps linked through the pool


@plain
def comes_first(a, b):
    """Whether request a is before request b in its server's heap."""
    return a.finish < b.finish or (a.finish == b.finish and a.order < b.order)


@plain
def meld(pool, a, b):
    """The root of one skew heap of all that is in the heaps a and b (-1: empty)."""
    if a < 0 or b < 0:
        return max(a, b)
    if comes_first(pool[np.uint64(b)], pool[np.uint64(a)]):
        a, b = b, a
    root = a
    while True:
        top = pool[np.uint64(a)]
        child = top.right
        top.right = top.left_child
        if child < 0:
            top.left_child = b
            return root
        if comes_first(pool[np.uint64(b)], pool[np.uint64(child)]):
            child, b = b, child
        top.left_child = child
        a = child


@plain
def put(s, c, node, r, finish):
    """Request r is in its server's heap from now on."""
    request = s.pool[np.uint64(r)]
    request.finish, request.order = finish, take_sequence(c)
    request.left_child = request.right = -1
    node.head = meld(s.pool, node.head, np.int64(r))


@plain
def take_first(s, node):
    """Take the first request out of a server's heap."""
    r = np.uint64(node.head)
    node.head = meld(s.pool, s.pool[r].left_child, s.pool[r].right)
    return r


# Processor sharing


@plain
def pace(node):
    """How fast virtual time runs: the work that each request gets in 1 ns."""
    there = node.queued + node.slots - node.free
    return min(1.0, node.slots / there) / node.stretch


@plain
def catch_up(node, now):
    """Bring a server's virtual time up to now; while it is stopped, `served_to` lies ahead."""
    if now > node.served_to:
        if node.head >= 0:
            node.virtual += (now - node.served_to) * pace(node)
        node.served_to = now


@plain
def next_departure(s, c, node):
    """When the first of a server's requests will be done, as things stand: into the tournament."""
    if node.head < 0 or node.served_to == NEVER:
        tree_set(s.tree, node.first, NEVER, NEVER)
        return
    left = max(s.pool[np.uint64(node.head)].finish - node.virtual, 0.0)
    time = max(c.now, node.served_to) + laws.whole(left / pace(node))
    tree_set(s.tree, node.first, time, take_sequence(c))


@plain
def join_sharing(s, c, node, r):
    """Request r is served at once, and all others there a little slower."""
    request = s.pool[r]
    catch_up(node, c.now)
    request.start = c.now
    if node.free > 0:
        node.free -= 1
    else:
        node.queued += 1
        node.max_queue = max(node.max_queue, node.queued)
    put(s, c, node, r, node.virtual + request.demand)
    next_departure(s, c, node)


@plain
def leave_sharing(s, c, node):
    """The first of a server's requests is done."""
    catch_up(node, c.now)
    r = take_first(s, node)
    if node.queued > 0:
        node.queued -= 1
    else:
        node.free += 1
    if node.head < 0:
        node.virtual = 0.0
    next_departure(s, c, node)
    s.pool[r].answer = OK
    return r


@plain
def enqueue(s, c, node, r):
    """Request r waits behind all whose priority is as high as its own."""
    if node.queued == 0:
        node.waits_since = c.now
    put(s, c, node, r, -float(s.pool[r].priority))
    node.queued += 1
    node.max_queue = max(node.max_queue, node.queued)


# How fast a server works


@plain
def restretch(s, c, server):
    """A server's speed has changed: what it is working on takes so much longer or shorter from now on."""
    node = s.nodes[np.uint64(server)]
    stretch = node.slow * node.episode * node.warm / node.speed
    ratio = stretch / node.stretch
    if s.rules[0].truthful:
        note_stretch(s, node, server, c.now, ratio)
    if node.discipline == SHARING:
        catch_up(node, c.now)
        node.stretch = stretch
        next_departure(s, c, node)
        return
    node.stretch = stretch
    leaves, base = len(s.tree) >> 1, max(c.now, node.served_to)
    for slot in range(node.first, node.first + node.slots):
        if s.slots[slot].request >= 0:
            request = s.pool[np.uint64(s.slots[slot].request)]
            if node.state == PAUSED:
                request.left = laws.whole(request.left * ratio)
            else:
                request.depart = base + laws.whole((request.depart - base) * ratio)
                tree_set(s.tree, slot, request.depart, s.tree[slot + leaves].sequence)


@plain
def changed(c):
    """Something that can be seen has changed: Python writes it into the Trace before the next event."""
    if c.keep:
        c.changed = c.now + 1


@plain
def halt(s, c, server):
    """A server that shares its processor has been paused."""
    node = s.nodes[np.uint64(server)]
    catch_up(node, c.now)
    if s.rules[0].truthful:
        note_condition(s, server, c.now, HALTED)
    node.stop_left = max(0, node.served_to - c.now)
    node.served_to = NEVER
    next_departure(s, c, node)


@plain
def go_on(s, c, server):
    """It has been resumed."""
    node = s.nodes[np.uint64(server)]
    node.served_to = c.now + node.stop_left
    if s.rules[0].truthful:
        note_condition(s, server, c.now, RESUMED)
    next_departure(s, c, node)


@plain
def begin_life(s, c, server):
    """A server starts or restarts: it is cold, and its next stop is still to come."""
    node = s.nodes[np.uint64(server)]
    group = s.groups[np.uint64(node.group)]
    node.served_to, node.collecting = c.now, 0
    schedule_stop(s, c, server)
    if group.warm_factor > 1.0:
        node.warm = group.warm_factor
        node.warm_step = 0
        node.warm_timer = later(s, c, c.now + group.warm_every, WARMING, server)
        restretch(s, c, server)
        changed(c)


@plain
def warm(s, c, server, sequence):
    """A cold server is a step warmer."""
    node = s.nodes[np.uint64(server)]
    if node.warm_timer != sequence:
        return
    group = s.groups[np.uint64(node.group)]
    node.warm_step += 1
    node.warm = 1.0 + (group.warm_factor - 1.0) * (WARM_STEPS - node.warm_step) / WARM_STEPS
    node.warm_timer = -1
    if node.warm_step < WARM_STEPS:
        node.warm_timer = later(s, c, c.now + group.warm_every, WARMING, server)
    restretch(s, c, server)
    changed(c)


# Chance


@plain
def begin_chance(s, c):
    """The first stop of each server and the first episode of each group are drawn."""
    for server in range(len(s.nodes)):
        schedule_stop(s, c, server)
    for group in range(len(s.groups)):
        schedule_episode(s, c, group)


@plain
def schedule_stop(s, c, server):
    """When a server will stop next."""
    node = s.nodes[np.uint64(server)]
    mean = s.groups[np.uint64(node.group)].stop_mean
    if mean > 0.0:
        wait = -mean * log(uniform(s.rules[0].stop_key, ((server << 32) + 2 * node.stops) * 64))
        node.stop_timer = later(s, c, c.now + laws.whole(wait), STOP, server)


@plain
def stop(s, c, server, sequence):
    """A server stops for a while, or has stopped for long enough."""
    node = s.nodes[np.uint64(server)]
    if node.stop_timer != sequence or node.state == REMOVED:
        return
    if node.collecting:
        node.collecting = 0
        schedule_stop(s, c, server)
        return changed(c)
    group = s.groups[np.uint64(node.group)]
    length = laws.whole(laws.demand(group.stop_law, s.stops[np.uint64(node.group)], s.recorded, s.rules[0].stop_key,
                                    (server << 32) + 2 * node.stops + 1))
    node.stops += 1
    if node.state != UP and node.state != DRAINING:
        return schedule_stop(s, c, server)
    put_off(s, c, node, length)
    if s.rules[0].truthful:
        note_stop(s, node, server, c.now, length)
    node.collecting = 1
    if c.now >= c.warm:
        node.stopped += length
    node.stop_timer = later(s, c, c.now + length, STOP, server)
    changed(c)


@plain
def put_off(s, c, node, length):
    """All that a server is working on will be done `length` later."""
    if node.discipline == SHARING:
        catch_up(node, c.now)
        node.served_to = c.now + length
        return next_departure(s, c, node)
    node.served_to = c.now + length
    leaves = len(s.tree) >> 1
    for slot in range(node.first, node.first + node.slots):
        if s.slots[slot].request >= 0:
            request = s.pool[np.uint64(s.slots[slot].request)]
            request.depart += length
            tree_set(s.tree, slot, request.depart, s.tree[slot + leaves].sequence)


@plain
def schedule_episode(s, c, g):
    """When the next episode of slowness of a group begins, or the one that has begun ends."""
    group = s.groups[np.uint64(g)]
    mean = group.episode_length if group.slowed else group.episode_mean
    if mean > 0.0:
        wait = -mean * log(uniform(s.rules[0].episode_key, (g << 32) + 2 * group.episodes + group.slowed))
        later(s, c, c.now + laws.whole(wait), SLOWNESS, g)


@plain
def episode(s, c, g):
    """An episode of slowness begins: a share of the group's servers, drawn anew; or it ends."""
    group = s.groups[np.uint64(g)]
    group.slowed = 1 - group.slowed
    members = count_members(s, g)
    wanted = max(1, int(group.share * members + 0.5))
    first = ((np.int64(g) << 40) + (group.episodes << 12)) * 64
    for server in range(len(s.nodes)):
        node = s.nodes[server]
        if node.group != g or node.state == REMOVED:
            continue
        slower = group.slowed and uniform(s.rules[0].members_key, first + server) * members < wanted
        members -= 1
        wanted -= slower
        factor = group.episode_factor if slower else 1.0
        if node.episode != factor:
            node.episode = factor
            restretch(s, c, server)
    if not group.slowed:
        group.episodes += 1
    schedule_episode(s, c, g)
    changed(c)


@plain
def count_members(s, g):
    """How many servers of group g there are."""
    members = 0
    for server in range(len(s.nodes)):
        members += s.nodes[server].group == g and s.nodes[server].state != REMOVED
    return members


@plain
def server_event(s, c, kind, what, sequence):
    """A timer of a server or of a group has run out."""
    if kind == STOP:
        stop(s, c, what, sequence)
    elif kind == WARMING:
        warm(s, c, what, sequence)
    else:
        episode(s, c, what)


RESTRETCH, HALT, GO_ON, BEGIN_LIFE = range(1, 5)
"""What an Action asks of the kernel."""


@plain
def do_deed(s, c):
    """What an Action asks for is done."""
    deed, server = c.deed, c.deed_of
    c.deed = 0
    if deed == RESTRETCH:
        restretch(s, c, server)
    elif deed == HALT:
        halt(s, c, server)
    elif deed == GO_ON:
        go_on(s, c, server)
    else:
        begin_life(s, c, server)
