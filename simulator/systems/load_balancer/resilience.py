"""What balancers think of servers: active health checks, ejection of outliers, panic. Compiled by Numba.

A check sets out every interval, travels as requests do, and is answered by a server that runs, whatever waits
there, once it has not stopped; what is not answered in time has failed. An outlier is a server whose answers are errors `consecutive` times
in a row, or whose share of good answers in an interval is too many standard deviations below the mean of all.

Sources: HAProxy 3.0, Configuration Manual, 5.2, inter, rise, fall; Envoy 1.31, Outlier detection, and
config.cluster.v3.OutlierDetection; Envoy 1.31, Load balancing, Panic threshold.
"""

from math import sqrt

from simulator.systems.load_balancer import laws
from simulator.systems.load_balancer.actions import DOWN, DRAINING, PAUSED, REMOVED, STARTING
from simulator.systems.load_balancer.layout import OK, SERVER_BACK, SERVER_OUT
from simulator.systems.load_balancer.legs import later, plain
from simulator.systems.load_balancer.servers import changed
from simulator.systems.load_balancer.zones import further, share_out
from simulator.systems.load_balancer.standing import (
    BALANCER_BITS, CHECK, CHECK_BACK, CHECK_LATE, CHECK_THERE, SERVER_BITS, SWEEP,
)

NUMBER = SERVER_BITS + BALANCER_BITS


@plain
def choose(s, b):
    """Write down anew which servers balancer b may choose: those not known to be down nor ejected; in a panic, all."""
    c, healthy, there = s.cells[0], 0, 0
    for server in range(len(s.nodes)):
        if is_member(s, server):
            there += 1
            if s.standing[b, server].down == 0 and s.standing[b, server].ejected == 0:
                s.eligible[b, healthy] = server
                healthy += 1
    panics = healthy < s.guards[0].panic_share * there
    if panics:
        healthy = 0
        for server in range(len(s.nodes)):
            if is_member(s, server):
                s.eligible[b, healthy] = server
                healthy += 1
    s.choice[b] = healthy
    if s.rules[0].zoned:
        share_out(s, b, panics)
    c.stale = 1
    changed(c)


@plain
def is_member(s, server):
    """Whether a server belongs to those that requests are spread over."""
    return s.nodes[server].state != REMOVED and s.nodes[server].state != DRAINING


@plain
def begin_checks(s, c):
    """Checks of the servers that have none yet, one by one; with the first of them, the search for outliers."""
    guard, balancers, servers = s.guards[0], len(s.watch), len(s.nodes)
    every = balancers * (servers - c.watched)
    if guard.outliers and c.watched == 0:
        for b in range(balancers):
            later(s, c, c.now + guard.sweep, SWEEP, b << SERVER_BITS)
    if guard.checks:
        for i in range(every):
            b, server = i // (servers - c.watched), c.watched + i % (servers - c.watched)
            later(s, c, c.now + guard.check_interval * (i + 1) // every, CHECK, b << SERVER_BITS | server)
    c.watched = servers


@plain
def watch_servers(s, kind, what):
    """An event that concerns no request."""
    b, server = (what >> SERVER_BITS) & ((1 << BALANCER_BITS) - 1), what & ((1 << SERVER_BITS) - 1)
    if kind == SWEEP:
        sweep(s, b)
    elif s.nodes[server].state == REMOVED:
        return
    elif kind == CHECK:
        send_check(s, b, server)
    elif kind == CHECK_THERE:
        answer_check(s, b, server, what)
    else:
        end_check(s, b, server, what >> NUMBER, kind == CHECK_BACK)


@plain
def send_check(s, b, server):
    """Balancer b checks a server."""
    c, guard, standing, leg = s.cells[0], s.guards[0], s.standing[b, server], s.legs[SERVER_OUT]
    standing.check += 1
    standing.waits = 1
    what = standing.check << NUMBER | b << SERVER_BITS | server
    later(s, c, c.now + guard.check_interval, CHECK, b << SERVER_BITS | server)
    later(s, c, c.now + guard.check_timeout, CHECK_LATE, what)
    there = c.now + further(s, b, server)
    if leg.law != laws.NO_DELAY:
        there += laws.delay(leg.law, leg.a, leg.b, guard.check_out_key, what)
    if there == c.now:
        answer_check(s, b, server, what)
    else:
        later(s, c, there, CHECK_THERE, what)


@plain
def answer_check(s, b, server, what):
    """A check reaches its server, which answers unless it is down or paused."""
    c, guard, node, leg = s.cells[0], s.guards[0], s.nodes[server], s.legs[SERVER_BACK]
    if node.state == DOWN or node.state == PAUSED or node.state == STARTING:
        return
    back = further(s, b, server) + max(c.now, node.served_to) + laws.whole(guard.check_answer * node.stretch)
    if leg.law != laws.NO_DELAY:
        back += laws.delay(leg.law, leg.a, leg.b, guard.check_back_key, what)
    later(s, c, back, CHECK_BACK, what)


@plain
def end_check(s, b, server, number, passed):
    """A check is answered, or it is too late for that."""
    guard, standing = s.guards[0], s.standing[b, server]
    if standing.waits == 0 or standing.check != number:
        return
    standing.waits = 0
    standing.passes = standing.passes + 1 if passed else 0
    standing.fails = 0 if passed else standing.fails + 1
    if standing.down == 0 and standing.fails >= guard.fall:
        standing.down = 1
        choose(s, b)
    elif standing.down and standing.passes >= guard.rise:
        standing.down = 0
        start_slowly(s, b, server)
        choose(s, b)
    if passed and standing.down == 0 and standing.ejected and guard.check_unejects:
        take_back(standing)
        choose(s, b)


@plain
def start_slowly(s, b, server):
    """A server has come back: its weight begins to grow anew."""
    standing = s.standing[b, server]
    if s.guards[0].slow_start >= 0:
        s.watch[b].ramping += standing.since < 0
        standing.since = s.cells[0].now


@plain
def note_answer(s, b, server, outcome):
    """What an answer says about its server."""
    standing = s.standing[b, server]
    standing.whole += 1
    if outcome == OK:
        standing.right += 1
        standing.consecutive = 0
        return
    standing.consecutive += 1
    if standing.consecutive == s.guards[0].consecutive and standing.ejected == 0:
        standing.consecutive = 0
        eject(s, b, server)


@plain
def eject(s, b, server):
    """Balancer b ejects a server, unless too many are ejected already."""
    c, guard, standing, ejected, there = s.cells[0], s.guards[0], s.standing[b, server], 0, 0
    for other in range(len(s.nodes)):
        if is_member(s, other):
            there += 1
            ejected += s.standing[b, other].ejected
    if ejected >= guard.ejected_share * there or not is_member(s, server):
        return
    standing.ejected = 1
    standing.ejected_at = c.now
    if standing.ejections * guard.base_ejection < guard.longest_ejection + guard.base_ejection:
        standing.ejections += 1
    choose(s, b)


@plain
def take_back(standing):
    """A server is ejected no longer."""
    standing.ejected = 0
    standing.consecutive = 0


@plain
def sweep(s, b):
    """Balancer b ends ejections that have lasted long enough, and ejects by success rate."""
    c, guard = s.cells[0], s.guards[0]
    later(s, c, c.now + guard.sweep, SWEEP, b << SERVER_BITS)
    for server in range(len(s.nodes)):
        standing = s.standing[b, server]
        if standing.ejected == 0:
            standing.ejections = max(standing.ejections - 1, 0)
        elif standing.ejected_at + min(guard.longest_ejection, guard.base_ejection * standing.ejections) <= c.now:
            take_back(standing)
            choose(s, b)
    if guard.success_rate:
        compare_success(s, b)
    for server in range(len(s.nodes)):
        s.standing[b, server].right = s.standing[b, server].whole = 0


@plain
def compare_success(s, b):
    """Eject the servers whose share of good answers is too far below the mean."""
    guard, count, total, squares = s.guards[0], 0, 0.0, 0.0
    for server in range(len(s.nodes)):
        if is_compared(s, b, server):
            count += 1
            total += success(s.standing[b, server])
    if count < guard.minimum_hosts:
        return
    mean = total / count
    for server in range(len(s.nodes)):
        if is_compared(s, b, server):
            squares += (success(s.standing[b, server]) - mean) ** 2
    least = mean - guard.deviations * sqrt(squares / count)
    for server in range(len(s.nodes)):
        if is_compared(s, b, server) and success(s.standing[b, server]) < least:
            eject(s, b, server)


@plain
def is_compared(s, b, server):
    """Whether a server has had enough answers since the last sweep, and is not ejected."""
    standing = s.standing[b, server]
    return is_member(s, server) and standing.ejected == 0 and standing.whole >= s.guards[0].request_volume


@plain
def success(standing):
    """The share of good answers since the last sweep."""
    return float(standing.right) / float(standing.whole)
