"""Requests through a load balancer: client, network, balancer, network, a server's queue, and back.

A request is sent at its arrival time and travels to the balancer, which picks one of the servers
it believes to be up, then to that server's queue, into one of its slots (or all that are there
share them), and back the same way. Every leg has its own delay. The client may give up after a timeout; the server
is not told. Open arrivals: a request is sent when its time has come, however the others fare. Closed
clients send again when they have their answer and have thought.

Arrivals and the demand of request k depend on the seed and on k alone, so two strategies meet the
very same traffic. Sources: L. Kleinrock, Queueing Systems 1, 1975; M. Harchol-Balter, Performance
Modeling and Design of Computer Systems, 2013; M. Mitzenmacher, IEEE TPDS 12(10), 2001.
"""

from simulator.engine.system import system
from simulator.engine.words import N_
from simulator.systems.load_balancer.actions import ACTIONS
from simulator.systems.load_balancer.config import Config
from simulator.systems.load_balancer.presets import PRESETS


def estimate(config: Config, duration_ns: int, inputs: dict) -> float:
    """How many requests a Run of `duration_ns` is expected to send, with the load unchanged."""
    from simulator.systems.load_balancer.laws import expected_requests

    return expected_requests(config, duration_ns, inputs)


def replicate(config: Config, seed: int, order):
    """One replication for an Experiment, as engine/replication.py says."""
    from simulator.systems.load_balancer.replicate import replicate

    return replicate(config, seed, order)


def losing(config: Config, path: str, count: int) -> list[dict] | None:
    """Actions that crash the first `count` servers of the group that `path` counts, at time 0; None where it counts none."""
    head, _dot, rest = path.partition(".")
    group, _dot, tail = rest.partition(".")
    if (head, tail) != ("servers", "count") or not group.isdecimal() or int(group) >= len(config.servers):
        return None
    first = sum(group.count for group in config.servers[: int(group)])
    return [{"at_ns": 0, "kind": "crash", "target": f"server-{first + number}", "params": {}} for number in range(count)]


def settles(config: Config) -> bool:
    """Whether the load is the same at all times: not where it is drawn or recorded, nor where there is an attack."""
    return config.arrivals.law not in ("curve", "recorded") and not config.attacks


@system(
    title=N_("Load balancer"),
    summary=N_("Requests arrive at a balancer, which spreads them over servers with queues."),
    config=Config,
    actions=ACTIONS,
    presets=PRESETS,
    estimate=estimate,
    replicate=replicate,
    losing=losing,
    settles=settles,
    loads=("arrivals.rate_per_s", "arrivals.low_rate_per_s", "arrivals.high_rate_per_s", "arrivals.speed_up", "arrivals.clients"),
    roles={"client": N_("Client"), "balancer": N_("Balancer"), "server": N_("Server")},
    sources=(
        "L. Kleinrock, Queueing Systems, volume 1, 1975",
        "M. Harchol-Balter, Performance Modeling and Design of Computer Systems, 2013",
        "M. Mitzenmacher, The power of two choices in randomized load balancing, IEEE TPDS 12(10), 2001",
        "Twitter Finagle, com.twitter.finagle.loadbalancer.PeakEwma",
    ),
    modelled=(
        N_("Network delay on each of the four legs, drawn for every message."),
        N_("Queues with slots and limits, first in first out or by priority; processor sharing; individual speeds."),
        N_("Servers that stop now and then (garbage collection), that are slow together, that are cold after a start."),
        N_("A rate that follows a curve (exact, by inversion of the cumulated rate); closed clients that think; attacks."),
        N_("Classes of requests with their own work, priority and group of servers (path and host routing); requests in parts, "
           "over when all have answered."),
        N_("Timeouts at the client; the server finishes the work for nothing."),
        N_("Crash, restart, slowdown, pause, drain; servers added and removed; a changing load."),
        N_("A balancer that learns of a crash or a restart only after the detection time, or by health checks that travel and fail."),
        N_("Retries with back-off and budgets, hedged and tied requests, time limits of attempts."),
        N_("Ejection of outliers by errors in a row and by success rate, panic, slow start, circuit breakers, rate limits, load shedding."),
        N_("Several balancers, each with its own counts and its own opinion of the servers; zones, and routing by zone."),
        N_("Balancers of layer 7 (cores as a queue, TLS handshakes, keep-alive, compression), layer 4 (pinned connections) and "
           "hardware (ceilings, a table of connections, a standby); a cache of answers in front."),
        N_("Connections from a balancer to its servers, and requests that wait for one; clients that find a balancer by DNS or anycast."),
        N_("A balancer that crashes loses all that it knew; what was under way is lost when it would have passed there next."),
    ),
    left_out=(
        N_("Packets: a request is one message each way; a connection carries any number of requests at once."),
        N_("Bandwidth and message loss: a message always arrives, after its delay."),
        N_("How long a connection from a balancer to a server takes to open; what a balancer thinks of servers survives its own crash."),
        N_("What a switch from one request to another costs a server that shares its processor."),
    ),
)
def build(config: Config, seed: int, cut, inputs: dict, header: dict, keep: bool = True):
    """A Simulation of `config`; Numba is imported and the kernel compiled (or found in its cache) only here.

    cut: the Plan. inputs: recordings by key. header: hashed into the Trace; its "warm_up_ns"
    (default 0) is when the statistics begin. keep: False for experiments that need no single
    request: no rows, no tables, memory that does not grow with the number of requests.
    """
    from simulator.systems.load_balancer.simulation import LoadBalancer

    return LoadBalancer(config, seed, cut, inputs, header, keep)
