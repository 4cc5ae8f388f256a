"""Prequal: probe a few servers with each request, and choose later among the answers, by load first, then by latency."""

from typing import Literal

from simulator.engine.chance import below, uniform
from simulator.engine.clock import MS, NEVER
from simulator.engine.words import N_
from simulator.parts.options import Option, quantity
from simulator.systems.load_balancer.distinct import another
from simulator.systems.load_balancer.layout import OK
from simulator.systems.load_balancer.strategies import BUSY_UNTIL, LOAD, NOTES, strategy

WYDROWSKI = "B. Wydrowski et al., Load is not what you should balance: introducing Prequal, NSDI 2024"
STEPS = (1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128)  # of load: a server remembers RECENT latencies for each
RECENT = 4  # the newest first, from NOTES + RECENT x step on; 0: none
SIZE, SEEN, FRACTION, TURN = 64, 65, 66, 67  # of `shared`; before them, scratch space of another()
POOL, WIDTH, POOL_AT_MOST = 70, 5, 32  # the pool, oldest first: server, load, latency, time, uses left
SERVER, RIF, LATENCY, TIME, USES = range(WIDTH)
WINDOW = 128  # loads seen lately
IN_TURN, SORTED = POOL + WIDTH * POOL_AT_MOST, POOL + WIDTH * POOL_AT_MOST + WINDOW
SIZE_WANTED, RATE, REMOVALS, QUANTILE, AGE, DELTA = range(6)  # of `params`


class Prequal(Option):
    name: Literal["prequal"] = "prequal"
    pool: int = quantity(16, N_("Probe pool"), ge=2, le=POOL_AT_MOST, source=WYDROWSKI,
                         about=N_("How many answers of probes a balancer keeps."))
    probe_rate: float = quantity(3.0, N_("Probes for a request"), ge=0.0, le=16.0, source=WYDROWSKI,
                                 about=N_("To different random servers; their answers are for requests to come."))
    remove_rate: float = quantity(1.0, N_("Removals for a request"), ge=0.0, le=16.0, source=WYDROWSKI,
                                  about=N_("Answers that are dropped, the oldest and the worst in turn."))
    q_rif: float = quantity(0.8408964152537145, N_("Quantile of hot"), ge=0.0, le=1.0, source=WYDROWSKI,
                            about=N_("A server is hot if it has more requests in flight than this part of the servers probed lately. "
                                     "0: only the load counts; 1: only the latency. Default: 2 ^ -0.25."))
    age_ms: float = quantity(1000.0, N_("Longest age of an answer"), "ms", ge=0.001, le=3_600_000.0, source=WYDROWSKI)
    delta: float = quantity(1.0, N_("Net rate of growth"), ge=0.0, le=100.0, source=WYDROWSKI,
                            about=N_("An answer may be used (1 + this) / ((1 - pool / servers) x probes - removals) times."))


def step_of(load):
    """Which step of STEPS a load belongs to."""
    step = 0
    while step + 1 < len(STEPS) and STEPS[step + 1] <= load:
        step += 1
    return step


def served(server, now_ns, sojourn_ns, load, outcome, truth, memory, params, key):
    """A server remembers how long its latest requests took, apart for how many were there when each came."""
    if outcome == OK:
        first = NOTES + RECENT * step_of(load)
        for i in range(first + RECENT - 1, first, -1):
            truth[server, i] = truth[server, i - 1]
        truth[server, first] = sojourn_ns + 1.0


def median(server, first, truth):
    """Of the latencies remembered from `first` on; 0 where there are none."""
    known = 0
    while known < RECENT and truth[server, first + known] > 0.0:
        known += 1
    for i in range(first, first + known):
        less = 0
        for j in range(first, first + known):
            less += truth[server, j] < truth[server, i] or (truth[server, j] == truth[server, i] and j < i)
        if less == (known - 1) // 2:
            return truth[server, i]
    return 0.0


def estimate(server, truth):
    """What a server says of its latency: that of requests which met as many as it has now, or nearly as many."""
    here = step_of(truth[server, LOAD] + 1.0)
    for away in range(len(STEPS)):
        if here - away >= 0:
            latency = median(server, NOTES + RECENT * (here - away), truth)
            if latency > 0.0:
                return latency
        if here + away < len(STEPS):
            latency = median(server, NOTES + RECENT * (here + away), truth)
            if latency > 0.0:
                return latency
    return 0.0


def remember_load(rif, shared):
    """One more load in the window of those seen lately, which is kept in order of time and in order of size."""
    seen = int(shared[SEEN])
    count = min(seen, WINDOW)
    if count == WINDOW:
        gone, at = shared[IN_TURN + seen % WINDOW], 0
        while shared[SORTED + at] != gone:
            at += 1
        for i in range(at, count - 1):
            shared[SORTED + i] = shared[SORTED + i + 1]
        count -= 1
    shared[IN_TURN + seen % WINDOW] = rif
    at = count
    while at > 0 and shared[SORTED + at - 1] > rif:
        shared[SORTED + at] = shared[SORTED + at - 1]
        at -= 1
    shared[SORTED + at] = rif
    shared[SEEN] += 1.0


def limit(shared, quantile):
    """The load above which a server is hot."""
    count = min(int(shared[SEEN]), WINDOW)
    at = int(quantile * count + 0.999999999)
    if at <= 0:
        return -1.0
    return shared[SORTED + at - 1]


def drop(i, shared):
    """Answer i leaves the pool."""
    size = int(shared[SIZE])
    for cell in range(POOL + i * WIDTH, POOL + (size - 1) * WIDTH):
        shared[cell] = shared[cell + WIDTH]
    shared[SIZE] -= 1.0


def better(i, j, shared, hot):
    """Whether answer i of the pool beats answer j: cold before hot, the cold by latency, the hot by load."""
    mine, theirs = POOL + i * WIDTH, POOL + j * WIDTH
    if (shared[mine + RIF] > hot) != (shared[theirs + RIF] > hot):
        return shared[mine + RIF] <= hot
    if shared[mine + RIF] > hot:
        return shared[mine + RIF] < shared[theirs + RIF]
    return shared[mine + LATENCY] < shared[theirs + LATENCY]


def extreme(shared, hot, worst):
    """The best answer of the pool, or the worst; among equals the oldest."""
    found = 0
    for i in range(1, int(shared[SIZE])):
        if better(found, i, shared, hot) if worst else better(i, found, shared, hot):
            found = i
    return found


def forget_old(now_ns, servers, count, shared, age):
    """Drop what is too old, and what is said of a server that may not be chosen any more."""
    i = 0
    while i < int(shared[SIZE]):
        low, high, server = 0, count, shared[POOL + i * WIDTH + SERVER]
        while low < high:
            middle = (low + high) // 2
            if servers[middle] < server:
                low = middle + 1
            else:
                high = middle
        gone = low == count or servers[low] != server
        if gone or now_ns - shared[POOL + i * WIDTH + TIME] > age:
            drop(i, shared)
        else:
            i += 1


def probe(server, now_ns, uses, truth, shared, most):
    """Ask a server; a newer answer takes the place of an older one of the same server, or else of the oldest."""
    if truth[server, BUSY_UNTIL] >= NEVER:
        return  # it does not answer
    for i in range(int(shared[SIZE])):
        if shared[POOL + i * WIDTH + SERVER] == server:
            drop(i, shared)
            break
    if shared[SIZE] >= most:
        drop(0, shared)
    at = POOL + int(shared[SIZE]) * WIDTH
    shared[at + SERVER], shared[at + RIF], shared[at + LATENCY] = server, truth[server, LOAD], estimate(server, truth)
    shared[at + TIME], shared[at + USES] = now_ns, uses
    shared[SIZE] += 1.0
    remember_load(truth[server, LOAD], shared)


def uses_of_an_answer(u, count, params):
    """How often an answer may be used: the budget of reuse, rounded up or down at random."""
    growth = (1.0 - params[SIZE_WANTED] / count) * params[RATE] - params[REMOVALS]
    budget = max(1.0, (1.0 + params[DELTA]) / growth) if growth > 0.0 else 1e15
    return float(int(budget)) + (1.0 if u < budget - int(budget) else 0.0)


def take(shared, hot):
    """The server of the best answer, which is noted to have one request more."""
    chosen = extreme(shared, hot, False)
    at = POOL + chosen * WIDTH
    server = int(shared[at + SERVER])
    shared[at + RIF] += 1.0
    shared[at + USES] -= 1.0
    if shared[at + USES] <= 0.0:
        drop(chosen, shared)
    return server


@strategy(
    config=Prequal,
    title=N_("Prequal"),
    family=N_("By latency and reports"),
    description=N_("With each request a few servers are probed for their requests in flight and the latency they expect; the next requests "
                   "choose among the answers: of the servers that are not hot the fastest, else the least loaded. An answer to a probe "
                   "is there at once."),
    source=WYDROWSKI,
    served=served,
    params=lambda config: (config.pool, config.probe_rate, config.remove_rate, config.q_rif, config.age_ms * MS, config.delta),
)
def pick(k, now_ns, source, servers, count, in_flight, weight, truth, table, memory, shared, params, key):
    forget_old(now_ns, servers, count, shared, params[AGE])
    hot = limit(shared, params[QUANTILE])
    chosen = take(shared, hot) if shared[SIZE] >= 2.0 else servers[below(key, k * 64, count)]
    shared[TURN] += params[REMOVALS]
    while shared[TURN] >= 1.0:
        shared[TURN] -= 1.0
        shared[TURN + 1] = 1.0 - shared[TURN + 1]
        if shared[SIZE] > 0.0:
            drop(0 if shared[TURN + 1] == 1.0 else extreme(shared, hot, True), shared)
    shared[FRACTION] += params[RATE]
    probes = min(int(shared[FRACTION]), count)
    shared[FRACTION] -= int(shared[FRACTION])
    uses = uses_of_an_answer(uniform(key, k * 64 + 63), count, params)
    for j in range(probes):
        probe(servers[another(key, k * 64 + 1 + j, shared, j, count)], now_ns, uses, truth, shared, params[SIZE_WANTED])
    return chosen
