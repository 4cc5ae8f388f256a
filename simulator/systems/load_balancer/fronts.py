"""What a balancer itself costs, refuses, remembers and answers, and what becomes of requests when it crashes.

Layer 7: a first-in first-out station of several cores; work for each request, for the TLS handshake of each
new connection, for authentication and for compressing the answer. Layer 4 and hardware: a constant delay each
way; a source's requests go to the server that its connection was given first, while that may be chosen.
Hardware: ceilings as token buckets that hold a tenth of a second, and a connection table; what is above them
is dropped. A source's connection lives until it has been idle for `keep_alive`; a request without a source has
a connection of its own, which ends when its attempt does.

A balancer that crashes loses all that it knew: what is with it, and what comes back from servers for it, is
lost, and the client hears of it when it would have passed there next; requests that arrive while it is down
are lost too. A standby with a mirrored table goes on with all that comes back after the failover. A balancer
that tries again gives up what was lost: it is the client that may try again. Compiled by Numba.
"""

import numpy as np

from simulator.engine.clock import S
from simulator.systems.load_balancer.actions import UP
from simulator.systems.load_balancer.attempts import settle
from simulator.systems.load_balancer.caching import keep_answer, key_of, look_up
from simulator.systems.load_balancer.ends import awaited, release
from simulator.systems.load_balancer.layout import (
    BALANCER, BALANCING, CHOOSING, CLIENT, CLIENT_BACK, DROPPED, FAILOVER, IDLE, LEG_END, LOST, OK, PASSING, SERVER_OUT, SHARES,
    TO_BALANCER, TO_CLIENT, TO_SERVER, WAITING,
)
from simulator.systems.load_balancer.legs import later, plain, travel
from simulator.systems.load_balancer.servers import changed, do_deed as do_server_deed
from simulator.systems.load_balancer.upstream import give_back, lose_pending


FAIL_OVER, LOSE_PENDING, BALANCER_FROM = 8, 9, 1_000_000
"""What an Action asks of the kernel, and of which balancer: their numbers are BALANCER_FROM and on."""


@plain
def front(s, r, stage):
    """Attempt r comes to its balancer, or comes out of its queue: the stage that follows; CHOOSING where a server is to be chosen."""
    request = s.pool[r]
    b = np.uint64(request.balancer)
    if stage == BALANCING and request.epoch == s.fronts[b].epoch:
        s.fronts[b].inside -= 1
    if not awaited(s, request):
        return release(s, r)
    if stage == TO_BALANCER:
        return enter(s, r, b)
    if is_lost(s, r):
        return at_once(s, r, LOST)
    if s.proxy[0].keys > 0 and is_own(s, r):
        return consult(s, r, b)
    return CHOOSING


@plain
def is_own(s, r):
    """Whether attempt r comes from the client, not from a balancer that tries again."""
    return s.pool[r].of == np.int64(r) or s.rules[0].retrier == CLIENT


@plain
def is_lost(s, r):
    """Whether the balancer that knew attempt r is down, or has lost it in a crash."""
    request = s.pool[r]
    front = s.fronts[np.uint64(request.balancer)]
    return front.state != UP or request.epoch != front.epoch


@plain
def at_once(s, r, answer):
    """The balancer, or what the client sees of it, answers attempt r itself: nobody tries again there."""
    request, rules = s.pool[r], s.rules[0]
    request.answer = answer
    if rules.several and rules.retrier == BALANCER:
        request.try_timer = -1
        whole = s.pool[np.uint64(request.of)]
        whole.gathered = answer
        settle(s.cells[0], whole)
    return travel(s, r, CLIENT_BACK, TO_CLIENT)


@plain
def enter(s, r, b):
    """Attempt r reaches the balancer: it is dropped, or waits until the balancer has done its part."""
    c, proxy, request, front = s.cells[0], s.proxy[0], s.pool[r], s.fronts[b]
    own = is_own(s, r)
    request.epoch = front.epoch if own else s.pool[np.uint64(request.of)].epoch
    if is_lost(s, r):
        return at_once(s, r, LOST)
    work = proxy.request_work
    if own:
        new = is_new(s, b, request.source)
        if not admitted(s, front, new):
            front.dropped += 1
            return at_once(s, r, DROPPED)
        work += proxy.authentication_work + new * proxy.handshake_work
        connect(s, r, b, new)
    front.inside += 1
    return until(s, r, work_done(s, b, work) + proxy.forward, BALANCING)


@plain
def until(s, r, time, stage):
    """Attempt r stays with its balancer until `time`."""
    c = s.cells[0]
    s.pool[r].stage = stage
    if time == c.now:
        return stage
    later(s, c, time, LEG_END, r)
    return WAITING


@plain
def work_done(s, b, work):
    """When a balancer's core that is free first has done `work`."""
    now = s.cells[0].now
    if work == 0 or s.cores.shape[1] == 0:
        return now
    best = 0
    for core in range(1, s.cores.shape[1]):
        if s.cores[b, core] < s.cores[b, best]:
            best = core
    s.cores[b, best] = max(now, s.cores[b, best]) + work
    if now >= s.cells[0].warm:
        s.fronts[b].worked += work
    return s.cores[b, best]


# Connections


@plain
def is_new(s, b, source):
    """Whether a request of `source` needs a connection of its own: 1 or 0."""
    if source >= s.links.shape[1]:
        return 1
    last = s.links[b, source].last
    return 1 if last < 0 or s.cells[0].now - last > s.proxy[0].keep_alive else 0


@plain
def admitted(s, front, new):
    """Whether the balancer's ceilings let one more request in, with a new connection or without."""
    proxy = s.proxy[0]
    if new and proxy.table >= 0 and front.entries >= proxy.table:
        return False
    passed = (s.cells[0].now - front.filled) / S
    front.filled = s.cells[0].now
    front.packets = min(proxy.packet_rate * SHARES + proxy.packets, front.packets + passed * proxy.packet_rate)
    front.connections = min(proxy.connection_rate * SHARES + 1.0, front.connections + passed * proxy.connection_rate)
    front.handshakes = min(proxy.handshake_rate * SHARES + 1.0, front.handshakes + passed * proxy.handshake_rate)
    if proxy.packet_rate > 0.0 and front.packets < proxy.packets:
        return False
    if new and proxy.connection_rate > 0.0 and front.connections < 1.0:
        return False
    if new and proxy.handshake_rate > 0.0 and front.handshakes < 1.0:
        return False
    front.packets -= proxy.packets
    front.connections -= new
    front.handshakes -= new
    return True


@plain
def connect(s, r, b, new):
    """Attempt r uses its source's connection, or a new one."""
    c, proxy, request, front = s.cells[0], s.proxy[0], s.pool[r], s.fronts[b]
    front.made += new
    if request.source >= s.links.shape[1]:
        if proxy.table >= 0:
            front.entries += 1
            request.entry = 1
        return
    link = s.links[b, request.source]
    link.last = c.now
    if new:
        link.server = -1
        if proxy.table >= 0:
            front.entries += 1
            link.timer = later(s, c, c.now + proxy.keep_alive, IDLE, np.int64(b) * s.links.shape[1] + request.source)


@plain
def idle(s, what, sequence):
    """A connection in the table may have been idle for long enough."""
    c, proxy = s.cells[0], s.proxy[0]
    b, source = np.uint64(what // s.links.shape[1]), what % s.links.shape[1]
    link = s.links[b, source]
    if link.timer != sequence:
        return
    if link.last + proxy.keep_alive > c.now:
        link.timer = later(s, c, link.last + proxy.keep_alive, IDLE, what)
        return
    link.last = link.server = link.timer = -1
    s.fronts[b].entries -= 1


@plain
def pinned_server(s, b, request, servers, count):
    """The server that a source's connection was given, where it may still be chosen; -1: none."""
    if not s.proxy[0].pins or request.attempt > 0 or request.source >= s.links.shape[1]:
        return -1
    server = s.links[b, request.source].server
    for i in range(count):
        if servers[i] == server:
            return server
    return -1


@plain
def pin(s, b, request):
    """The connection of a request goes to its server from now on."""
    if s.proxy[0].pins and request.source < s.links.shape[1] and s.links[b, request.source].last >= 0:
        s.links[b, request.source].server = request.server


@plain
def set_out(s, r):
    """The stage of attempt r, which has waited for its connection, or is lost with its balancer."""
    request = s.pool[r]
    if awaited(s, request) and not is_lost(s, r):
        return travel(s, r, SERVER_OUT, TO_SERVER)
    if request.connected:
        give_back(s, r)
    return at_once(s, r, LOST) if awaited(s, request) else release(s, r)


# The cache, and the way back


@plain
def consult(s, r, b):
    """A request that the balancer has the answer to is answered; all others go on."""
    request, front = s.pool[r], s.fronts[b]
    key = key_of(s, request.k)
    if key < 0:
        return CHOOSING
    counts = s.pool[np.uint64(request.of)].sent >= s.cells[0].warm
    front.lookups += 1
    front.lookups_counted += counts
    if not look_up(s, b, key):
        return CHOOSING
    front.hits += 1
    front.hits_counted += counts
    request.answer = OK
    return until(s, r, s.cells[0].now + s.proxy[0].transfer, PASSING)


@plain
def front_again(s, r, stage):
    """The answer to attempt r is with the balancer: the stage that follows; CHOOSING where it may be passed on."""
    request, proxy = s.pool[r], s.proxy[0]
    b = np.uint64(request.balancer)
    if is_lost(s, r):
        return at_once(s, r, LOST)
    if stage == PASSING:
        return CHOOSING
    if s.rules[0].retrier == BALANCER:
        request.try_timer = -1
    if request.answer != OK:
        time = s.cells[0].now + proxy.forward
    else:
        if proxy.keys > 0:
            key = key_of(s, request.k)
            if key >= 0:
                keep_answer(s, b, key)
        time = work_done(s, b, proxy.answer_work) + proxy.forward + proxy.transfer
    return until(s, r, time, PASSING) if time > s.cells[0].now else CHOOSING


# Crashes


@plain
def fail_over(s, b, sequence):
    """The standby has taken over."""
    front = s.fronts[np.uint64(b)]
    if front.failover_timer == sequence:
        front.failover_timer = -1
        front.state = UP
        changed(s.cells[0])


@plain
def begin_failover(s, c, b):
    """A balancer with a standby has crashed."""
    s.fronts[np.uint64(b)].failover_timer = later(s, c, c.now + s.proxy[0].failover, FAILOVER, b)


@plain
def do_deed(s, c):
    """What an Action asks for is done, to a balancer or to a server."""
    if c.deed == FAIL_OVER:
        c.deed = 0
        return begin_failover(s, c, c.deed_of - BALANCER_FROM)
    if c.deed == LOSE_PENDING:
        c.deed = 0
        return lose_pending(s, c, c.deed_of - BALANCER_FROM)
    do_server_deed(s, c)
