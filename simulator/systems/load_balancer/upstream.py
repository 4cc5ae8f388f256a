"""A balancer's connections to its servers: so many to each at once, and requests that wait for one. Compiled by Numba.

The server is chosen first, and a request waits for a connection to that one, first come, first served; whoever waits
is in flight for the strategy. A connection carries one request at a time, and is held until the server has answered,
also for a request that nobody waits for any more. Where too many wait at a balancer, the next one is refused.

Sources: HAProxy 3.0, Configuration manual, 5.2 (server maxconn, and its queue); Envoy 1.31, Circuit breaking
(max_pending_requests: 503 with the flag UO, upstream overflow).
"""

import numpy as np

from simulator.systems.load_balancer.layout import LEG_END, PENDING, SERVER_OUT, TO_SERVER, WAITING
from simulator.systems.load_balancer.legs import later, plain, travel


@plain
def has_room(s, b, server):
    """Whether one more request for a server finds a connection, or may wait for one."""
    proxy = s.proxy[0]
    return s.upstream[b, server].used < proxy.connections or proxy.pending < 0 or s.fronts[b].pending < proxy.pending


@plain
def take_connection(s, r, b):
    """The stage of attempt r, which sets out for its server as soon as there is a connection."""
    request, line = s.pool[r], s.upstream[b, np.uint64(s.pool[r].server)]
    if line.used < s.proxy[0].connections:
        line.used += 1
        request.connected = 1
        return travel(s, r, SERVER_OUT, TO_SERVER)
    request.stage, request.next = PENDING, -1
    if line.head < 0:
        line.head = r
    else:
        s.pool[np.uint64(line.tail)].next = r
    line.tail = r
    s.fronts[b].pending += 1
    return WAITING


@plain
def give_back(s, r):
    """The connection of attempt r is free for the first that waits, which sets out in an event of its own, now."""
    c, request = s.cells[0], s.pool[r]
    b = np.uint64(request.balancer)
    request.connected = 0
    if request.epoch != s.fronts[b].epoch:
        return  # the balancer has forgotten it in a crash
    line = s.upstream[b, np.uint64(request.server)]
    if line.head < 0:
        line.used -= 1
        return
    first = line.head
    line.head = s.pool[np.uint64(first)].next
    s.fronts[b].pending -= 1
    s.pool[np.uint64(first)].connected = 1
    later(s, c, c.now, LEG_END, first)


@plain
def lose_pending(s, c, b):
    """Balancer b crashes: whoever waits for a connection hears of it."""
    for server in range(len(s.nodes)):
        line = s.upstream[b, server]
        r = line.head
        while r >= 0:
            following = s.pool[np.uint64(r)].next
            later(s, c, c.now, LEG_END, r)
            r = following
        line.head, line.used = -1, 0
    s.fronts[b].pending = 0
