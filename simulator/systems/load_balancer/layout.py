"""Where the kernel keeps what: the arrays of its state. Times are int64 ns; -1 stands for "not (yet)"."""

from collections import namedtuple

import numpy as np

from simulator.engine.clock import NEVER
from simulator.systems.load_balancer.strategies import MEMORY_COLUMNS, SHARED_CELLS, TRUTH_COLUMNS


def _record(whole: str, real: str = "", bits: str = "") -> np.dtype:
    fields = [(name, "<i8") for name in whole.split()] + [(name, "<f8") for name in real.split()]
    return np.dtype(fields + [(name, "<u8") for name in bits.split()], align=True)


CELLS = _record(
    "now sequence events next_k next_arrival arrival_sequence arrival_law service_law "
    "timeout first_deadline last_deadline free_request free_rows on_the_way in_system "
    "rows keep warm touched latency_min latency_max area sojourn base base_nominal drawn "
    "stale refresh watched changed deed deed_of retrying attempts retries hedges over_budget others reached",
    "factor carry base_expected",
)
"""The single numbers that change. on_the_way: size of the heap; timeout, warm: in ns (-1: no timeout); area
(request-ns in the system, brought up to date at `touched`) and sojourn (summed time in system of the
requests that count and are over) since Python last took them away. The arrivals have a clock of their
own, the nominal one, which runs `factor` times as fast as simulated time; the two showed base_nominal
and base when the load last changed; drawn, carry: the nominal time up to which arrivals are drawn, in
whole ns and the fraction. stale: the strategy's table is to be built anew; refresh: who may be chosen is to be looked
for anew; watched: servers that are checked; changed: what can be seen of the servers changed at this time less 1, and
is to be written down (0: not); deed, deed_of: what an Action asks of which server; retrying: retries under way or
waiting for their time; attempts, retries, hedges, over_budget: how many there were, and how many retries
the budget forbade; others: requests sent that are no arrivals of the law, but of attacks; reached: stops behind it
in this call; base_expected: how
many arrivals were to be expected until `base`, where the rate follows a curve."""

RULES = _record(
    "pooled fronted observes watches guarded sheds cancels zoned cross serves truthful tables several balancers placement population "
    "tries retrier retry_on try_timeout backoff backoff_most concurrent_at_least hedges hedge_after "
    "curved closed think_law fan_out kinds classes routed lookup_ttl",
    "budget skew curve_repeat curve_each think",
    "arrivals_key service_key strategy_key source_key placement_key backoff_key stop_key episode_key members_key "
    "cancel_key think_key class_key",
)
"""The single numbers that stay, from the Config. observes, serves, truthful: what the strategy wants; tables: 1 where
each balancer has a table of its own, 0 where all share one;
watches: balancers judge servers by their answers; guarded: they may turn a request away, or weights change;
sheds: servers may throw away what waits; cancels: when attempts are cancelled;
zoned: zones matter for the choice; cross: how long from one zone to another;
pooled: they have so many connections to each server;
fronted: balancers do more than choose, or one has crashed;
several: a request may have more than one attempt, or an attempt a time limit;
placement: how requests are spread over the balancers; population: of the sources (0: each request has its
own); tries: attempts at most; retrier: who tries again; retry_on: a bit for each outcome; times in ns. curved: arrivals follow a curve, which repeats
after curve_repeat ns (0: never) with curve_each arrivals to be expected each time; closed: the number of
clients that think for `think` ns on average (0: arrivals are open); fan_out: parts of a request; kinds:
classes of requests and attacks (0: all requests are alike); classes: of them, how many are classes; routed:
whether a kind is served by one group of servers only; lookup_ttl: how long a source keeps what DNS has told it."""

LEG = _record("law", "a b", "key")
"""The delay law of one leg: client to balancer, balancer to server, and back."""

REQUEST = _record(
    "k sent at_balancer at_server start depart back done server outcome attempt answer balancer source kind "
    "stage next later earlier deadline_sequence left in_flight given_up ahead is_retry try_timer "
    "of open pending made settled sibling retry_timer hedge_timer cancel cancelled priority gathered order left_child right "
    "picked epoch entry connected", "demand finish",
)
"""An attempt of a request in the system. answer: what it is coming back with; next: behind it in a queue
or in the list of free rows; later, earlier: its neighbours in the list of deadlines; left: what remained of
its service when its server was paused; in_flight: its balancer counts it; given_up: whoever tried waits for
it no longer; ahead: how many were at its server when it came, with itself; kind: its class or attack;
priority: the higher goes first, at servers that go by priority.

Attempt 0 stands for the request: `of` of each attempt is its row, and only there one finds the outcome of
the request; open: attempts and waits that still need the row; pending: attempts that may still bring the
answer; made: attempts so far; finish, order: its place in the heap of its server, where that has one; left_child,
right: what hangs below it there; picked: when its balancer chose a server; epoch: how often its balancer had
crashed when it came there; entry: it has an entry of its own in the table of connections; connected: it has a connection from its balancer to its server; settled: whoever tries
has the answer it will pass on; cancel: the event
at which its server hears that it need not begin; cancelled: it is to be thrown away there; sibling: the newest
other attempt, and there the one before (-1: none); gathered: what the parts of a request that fans out have
brought so far. A timer is the sequence number of its event, -1 where
there is none: an event of another number is void."""
ROW = REQUEST.names[:15]
"""What is kept of an attempt that is over, in this order; -1 as `attempt`: only an error on its way, not kept."""

NODE = _record(
    "state slots first free head tail queued limit touched sent ok failed max_queue left added removed known_down "
    "queue_area busy_area sojourn discipline group served_to stop_left stop_timer stops stopped collecting warm_timer warm_step waits_since drain zone",
    "stretch speed slow episode warm virtual",
)
"""A server. first: its first slot; free: idle slots; head, tail: of its queue; limit: of the queue (-1:
none); group: of the Config, the first where it was added later; sent .. failed: requests that count; left: how many left it;
queue_area, busy_area (in request-ns), sojourn (summed time at the server of those that left it): since
Python last took them away; waits_since: when its queue was empty last; drain: how often it was drained; stretch: ns a demand of 1 ns takes, slow * episode * warm / speed: what an Action, an
episode of its group and being cold make of its speed. served_to: later than now while it is stopped (NEVER: an
Action has paused it), and the time up to which `virtual`, its virtual time, is right; stop_left: what an Action
that paused it left of a stop; stops: how many; stopped: for how long in all; collecting: it is stopped now; head: the
root of its heap (-1: empty) where its order is not that of arrival."""

GROUP = _record("discipline stop_law slowed episodes warm_every zone",
                "stop_mean episode_mean episode_length share episode_factor warm_factor")
"""A group of servers that are alike. slowed: in an episode of slowness now; episodes: how many are over."""

KIND = _record("priority group sent latency_min latency_max", "until demand")
"""A class of requests, or an attack. group: whose servers it is served by (-1: all); sent: requests that count; until:
the share of requests that are of this class or one before it; demand: how many times the work it is."""

ATTACK = _record("start end sent sources", "gap", "key")
"""Requests on top of those of the arrival law: from start to end (ns), one every `gap` ns on average."""

PROXY = _record("cores keep_alive pins table standby mirrored failover request_work handshake_work authentication_work "
                "answer_work forward transfer packets keys keys_recorded capacity lru ttl refresh connections pending",
                "packet_rate connection_rate handshake_rate", "keys_key")
"""What all balancers do besides choosing, from the Config. pins: a source's requests go to one server; table: size of
the table of connections, ttl, capacity: of the cache (-1: no limit); connections: to a server, pending: that wait for one (-1: no limit); *_work: ns of a core; forward, transfer: ns; packets:
of a request; keys: how many there are (0: no cache); keys_recorded: they are in `asked`; rates: ceilings, per s (0: none)."""

FRONT = _record("state epoch inside entries made dropped lookups hits lookups_counted hits_counted worked filled failover_timer "
                "newest oldest held announced pending", "packets connections handshakes")
"""A balancer. epoch: how often it crashed and forgot all; inside: attempts it works on or that wait for a core; entries: in
its table of connections; made: new connections; worked: ns of all cores; packets .. handshakes: tokens, as of `filled`;
newest, oldest, held: of its cache; announced: DNS and routers give it out; pending: attempts that wait for a connection."""

LINK = _record("last server timer")
"""The connection of a source to a balancer: its last request (-1: none), the server it is pinned to, its IDLE timer."""

UPSTREAM = _record("used head tail")
"""The connections of a balancer to a server: how many are used, and who waits for one, from head (-1: nobody) to tail."""

RESOLVED = _record("balancer until")
"""What DNS has told a source, and how long that holds."""

CACHED = _record("newer older expires")
"""An answer in a balancer's cache, by key. expires: -1 where it is not there."""
SHARES = 0.1
"""A token bucket holds so many seconds."""

SLOT = _record("request server free until")
"""A slot of a server. free: not of this slot, but of the server's stack of idle slots. until: when the slot will have
done all that was given to the server so far (truth.py), in no order."""

MATCH = _record("time sequence slot")
"""A node of the tournament of departures."""

MESSAGE = _record("time sequence what kind")
"""A node of the heap of what is to happen: messages on their way and timers. what: of an attempt, its row."""

State = namedtuple("State", (
    "cells",       # CELLS[1]
    "rules",       # RULES[1]
    "outcomes",    # int64[2, 8]: requests over, by outcome; and those of them that count
    "legs",        # LEG[4]
    "nominal",     # int64[256]: nominal arrivals of the next requests, drawn ahead; request k in cell k % 256
    "ahead",       # float64[2, 256]: their nominal gaps and their demands
    "gaps",        # float64[8]: parameters and memory of the arrival law
    "demands",     # float64[4]: parameters of the service law
    "curve",       # float64[4, c]: pieces of the cumulated rate, as in rate_curve.py
    "kinds",       # KIND[i]
    "by_kind",     # int64[i, 16]: requests that count and are over, by kind and outcome
    "kind_latency",  # int64[i, b, 2]: the histogram of each kind
    "attacks",     # ATTACK[a]
    "pooled",      # int64[n]: scratch space for the servers of one group, or zone
    "spare",       # float64[b, z]: see zones.py
    "recorded",    # int64[2, m]: nominal arrival and demand of each recorded request
    "pool",        # REQUEST[p]
    "nodes",       # NODE[n]
    "slots",       # SLOT[l]
    "groups",      # GROUP[g]
    "proxy",       # PROXY[1]
    "fronts",      # FRONT[b]
    "cores",       # int64[b, c]: until when each core of each balancer is busy
    "links",       # LINK[b, sources]
    "cached",      # CACHED[b, keys]
    "upstream",    # UPSTREAM[b, n], or [b, 0] where connections have no limit
    "resolved",    # RESOLVED[sources], or [0] where nobody asks DNS
    "popularity",  # float64[keys]: of the keys up to each, together; empty where all are alike
    "asked",       # int64[m]: key of each recorded request
    "stops",       # float64[g, 4]: parameters of the law of the lengths of stops
    "tree",        # MATCH[2 * 2**i]
    "heap",        # MESSAGE[p]
    "histogram",   # int64[b, 2]: count and sum of the latencies in each bucket
    "rows",        # int64[q, 15]: requests that are over, until Python takes them away
    "eligible",    # int64[b, n]: servers that each balancer may choose, ascending
    "choice",      # int64[b]: how many they are
    "in_flight",   # int64[b, n]: as each balancer counts
    "capacity",    # float64[n]: speed times slots
    "weight",      # float64[b, n]: the same, less while a server starts slowly
    "standing",    # STANDING[b, n]: what each balancer thinks of each server
    "watch",       # WATCH[b]
    "bucket",      # BUCKET[1]
    "guards",      # GUARD[1]: see standing.py
    "truth",       # float64[n, 64]: what only the server knows
    "table",       # int64[b, t]: what the strategy has built of the servers that may be chosen; or int64[1, t]: of cookies
    "memory",      # float64[b, n, 4]: the strategy's, of each server
    "shared",      # float64[b, 512]: the strategy's, as a whole
    "params",      # float64[16]: the strategy's options
))

TO_BALANCER, TO_SERVER, AT_SERVER, TO_BALANCER_AGAIN, TO_CLIENT, NOWHERE, WAITING = range(7)
BALANCING, PASSING, CHOOSING, PENDING = range(7, 11)
"""stage of a request. NOWHERE: the pool's row is free. WAITING is only said of one that now waits for an event."""
CLIENT_OUT, SERVER_OUT, SERVER_BACK, CLIENT_BACK = range(4)
LEGS = ("client_out", "server_out", "server_back", "client_back")

IN_SYSTEM, OK, TIMED_OUT, CRASHED, REFUSED, REJECTED, NO_SERVER, OVERFLOW, LIMITED, SHED, CANCELLED, DROPPED, LOST = range(13)
OUTCOMES = ("in_system", "ok", "timeout", "crashed", "refused", "rejected", "no_server", "overflow", "limited", "shed",
            "cancelled", "dropped", "lost")
OUTCOMES_AT_MOST = 16
BALANCER, CLIENT = range(2)
"""retrier."""
NEVER_CANCELLED, ON_ANSWER, ON_START = range(3)
"""cancels."""
IN_TURN, AT_RANDOM, BY_SOURCE, DNS, ANYCAST = range(5)
"""placement."""
ATTEMPT_DRAWS = 44
"""Attempt a of request k draws as request k + a * 2**44 would."""
LEG_END, TRY_TIMEOUT, RETRY, HEDGE, SHEDDING, CANCEL, THOUGHT, STRIKE = range(8)
STOP, SLOWNESS, WARMING, IDLE, FAILOVER = range(32, 37)
"""kind of an event in the heap; from STOP on those of servers and balancers."""
FIRST_ATTACK = 40
"""The requests of attack i are numbered from (i + 1) << 40 on, and come from sources numbered so."""
FIFO, SHARING, PRIORITY = range(3)
DISCIPLINES = ("fifo", "sharing", "priority")
WARM_STEPS = 10
TOTAL, COUNTED = range(2)
"""Rows of `outcomes`."""

SUB_BUCKETS = 512
BUCKETS = 64 * SUB_BUCKETS
"""The histogram is log-linear: 512 equal buckets between a power of two and the next."""

AHEAD = 256
"""Gaps and demands are drawn for so many requests at once: off the critical path, and vectorized."""

ROWS_AT_ONCE = 2
"""One event takes so many rows of the pool at most, and writes as many of those that are over."""
FINISHED, POOL_FULL, ROWS_FULL, HEAP_FULL, TABLE_STALE = range(5)
CHANGED = 16
"""What the kernel says when it stops."""


def empty_pool(rows: int, first: int = 0) -> np.ndarray:
    """Free rows of a pool, numbered from `first`, each linked to the next, the last to none."""
    pool = np.zeros(rows, REQUEST)
    pool["stage"] = NOWHERE
    pool["next"] = np.arange(first + 1, first + rows + 1)
    pool["next"][-1] = -1
    return pool


def empty_tree(slots: int) -> np.ndarray:
    """A tournament in which no slot has a departure."""
    leaves = 1 << max(0, (slots - 1).bit_length())
    tree = np.zeros(2 * leaves, MATCH)
    tree["time"] = tree["sequence"] = NEVER
    tree["slot"][leaves:] = np.arange(leaves)
    return tree


def empty_strategy_memory(servers: int, balancers: int = 1) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(memory, shared, truth) of a strategy that has seen nothing."""
    return (np.zeros((balancers, servers, MEMORY_COLUMNS)), np.zeros((balancers, SHARED_CELLS)),
            np.zeros((servers, TRUTH_COLUMNS)))
