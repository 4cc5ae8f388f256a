"""The arrays of the balancers as a Run finds them, what an Action does to one, and what is told of them."""

import numpy as np

from simulator.engine.chance import exp, key, log
from simulator.engine.clock import MS, S
from simulator.systems.load_balancer import laws
from simulator.systems.load_balancer.actions import DOWN, STATES, UP
from simulator.systems.load_balancer.fronts import BALANCER_FROM, FAIL_OVER, LOSE_PENDING
from simulator.systems.load_balancer.layout import BALANCING, CACHED, FRONT, IN_SYSTEM, LINK, NOWHERE, PROXY, SHARES


def new_fronts(config, seed: int, asked: np.ndarray) -> dict:
    """The arrays of the balancers at time 0, by name; asked: the recorded keys."""
    proxy, balancers = _proxy(config, seed, asked), config.balancers.count
    fronts = np.zeros(balancers, FRONT)
    fronts["failover_timer"] = fronts["newest"] = fronts["oldest"] = -1
    fronts["announced"] = 1
    one = proxy[0]
    fronts["packets"] = one["packet_rate"] * SHARES + one["packets"]
    fronts["connections"], fronts["handshakes"] = one["connection_rate"] * SHARES + 1.0, one["handshake_rate"] * SHARES + 1.0
    keys = int(one["keys"])
    connected = config.balancers.kind.name != "ideal"
    return {"proxy": proxy, "fronts": fronts, "cores": np.zeros((balancers, int(one["cores"])), np.int64),
            "links": _links(balancers, config.sources.population if connected else 0),
            "cached": _cached(balancers, keys), "popularity": popularity(config), "asked": asked}


def is_fronted(config) -> bool:
    """Whether balancers do more than choose."""
    return config.balancers.kind.name != "ideal" or config.balancers.cache.on


def _links(balancers: int, sources: int) -> np.ndarray:
    links = np.zeros((balancers, sources), LINK)
    for name in LINK.names:
        links[name] = -1
    return links


def _cached(balancers: int, keys: int) -> np.ndarray:
    cached = np.zeros((balancers, keys), CACHED)
    cached["expires"] = -1
    return cached


def popularity(config) -> np.ndarray:
    """How popular the keys up to each are together; empty where all are alike."""
    cache = config.balancers.cache
    if not cache.on or cache.keys.law != "zipf":
        return np.zeros(0)
    return np.cumsum([exp(-cache.keys.exponent * log(float(i))) for i in range(1, cache.keys.count + 1)])


def _proxy(config, seed: int, asked: np.ndarray) -> np.ndarray:
    proxy, kind, cache = np.zeros(1, PROXY), config.balancers.kind, config.balancers.cache
    one = proxy[0]
    one["table"] = one["ttl"] = one["capacity"] = one["connections"] = one["pending"] = -1
    if kind.name == "layer_7":
        one["cores"] = kind.cores
        one["connections"] = -1 if kind.connections is None else kind.connections
        one["pending"] = -1 if kind.pending is None else kind.pending
        one["request_work"], one["handshake_work"] = _ns(kind.request_ms), _ns(kind.handshake_ms)
        one["authentication_work"], one["answer_work"] = _ns(kind.authentication_ms), _ns(kind.compression_ms or 0.0)
        one["transfer"] = _ns(kind.transfer_ms * (1.0 if kind.compression_ms is None else kind.compressed_to))
    elif kind.name != "ideal":
        one["forward"], one["pins"] = _ns(kind.forward_ms), 1
    if kind.name != "ideal":
        one["keep_alive"] = laws.whole(kind.keep_alive_s * S)
    if kind.name == "hardware":
        one["table"], one["packets"] = -1 if kind.table is None else kind.table, kind.packets_per_request
        one["packet_rate"], one["connection_rate"] = kind.packets_per_s or 0.0, kind.connections_per_s or 0.0
        one["handshake_rate"] = kind.handshakes_per_s or 0.0
        one["standby"], one["mirrored"], one["failover"] = kind.standby, kind.mirrored, laws.whole(kind.failover_s * S)
    if cache.on:
        one["keys_recorded"] = cache.keys.law == "recorded"
        one["keys"] = int(asked.max()) + 1 if one["keys_recorded"] else cache.keys.count
        one["capacity"] = -1 if cache.capacity is None else cache.capacity
        one["lru"], one["refresh"] = cache.evict == "lru", cache.refresh
        one["ttl"] = -1 if cache.ttl_s is None else laws.whole(cache.ttl_s * S)
    one["keys_key"] = key(seed, "keys")
    return proxy


def _ns(ms: float) -> int:
    return laws.whole(ms * MS)


# Actions


def crash(run, b: int) -> int:
    """Balancer b crashes; how many requests are lost with it."""
    state = run.state
    front, lost = state.fronts[b], 0
    front["state"] = DOWN
    if not (state.proxy["mirrored"][0] and state.proxy["standby"][0]):
        lost = _forget_all(run, b)
    if state.rules["pooled"][0]:
        run.make_room(int(front["pending"]))
        run.deed(LOSE_PENDING, BALANCER_FROM + b)
    _announce_later(run, b)
    if state.proxy["standby"][0]:
        _announce_later(run, b, int(state.proxy["failover"][0]))
        run.deed(FAIL_OVER, BALANCER_FROM + b)
    tell(run, b)
    return lost


def restart(run, b: int) -> None:
    """Balancer b is there again and knows nothing."""
    run.state.fronts["state"][b], run.state.fronts["failover_timer"][b] = UP, -1
    _announce_later(run, b)
    tell(run, b)


def _announce_later(run, b: int, after_ns: int = 0) -> None:
    """DNS and routers look at balancer b again, as long after a change as noticing it takes."""
    if run.config.balancers.placement in ("dns", "anycast"):
        run.expect(after_ns + laws.whole(run.config.balancers.notice_s * S), _announce, b)


def _announce(run, b: int) -> None:
    run.state.fronts["announced"][b] = run.state.fronts["state"][b] == UP


def _forget_all(run, b: int) -> int:
    """All that balancer b knew is lost; how many requests that concerns."""
    state = run.state
    front, pool = state.fronts[b], state.pool
    if not state.rules["fronted"][0]:
        state.rules["fronted"] = 1
        pool["epoch"] = 0
    here = (pool["balancer"] == b) & (pool["stage"] != NOWHERE) & ((pool["in_flight"] == 1) | (pool["stage"] == BALANCING))
    whole = np.unique(pool["of"][here & (pool["epoch"] == front["epoch"])])
    front["epoch"] += 1
    pool["in_flight"][pool["balancer"] == b] = 0
    for array in (state.in_flight, state.memory, state.shared, state.cores):
        array[b] = 0
    for name in LINK.names:
        state.links[name][b] = -1
    state.cached["expires"][b] = -1
    pool["entry"][pool["balancer"] == b] = 0
    front["inside"] = front["entries"] = front["held"] = 0
    front["newest"] = front["oldest"] = -1
    return int((pool["outcome"][whole] == IN_SYSTEM).sum())


def tell(run, b: int) -> None:
    """Write a balancer's state into the Trace."""
    state = STATES[run.state.fronts["state"][b]]
    run.told[b] = state
    run.trace.row("balancer_changes", {"at_ns": run.now_ns, "balancer": b, "state": state})


def tell_changes(run, at_ns: int) -> None:
    """Write into the Trace which balancers have another state than it says."""
    for b, state in enumerate(run.state.fronts["state"].tolist()):
        if run.told.get(b, STATES[UP]) != STATES[state]:
            run.told[b] = STATES[state]
            run.trace.row("balancer_changes", {"at_ns": at_ns, "balancer": b, "state": STATES[state]})


# What is told


def keyframe(run) -> list[dict]:
    """The visible state of each balancer."""
    state = run.state
    busy = (state.cores > run.now_ns).sum(axis=1).tolist()
    names = ("inside", "entries", "made", "dropped", "lookups", "hits", "held")
    return [{"id": f"balancer-{b}", "state": STATES[front["state"]], "in_flight": int(state.in_flight[b].sum()),
             "may_choose": int(state.choice[b]), "busy_cores": busy[b], "cores": state.cores.shape[1]}
            | {name: int(front[name]) for name in names}
            | ({"pending": int(front["pending"])} if state.rules["pooled"][0] else {}) for b, front in enumerate(state.fronts)]


def summary(run, span_s: float) -> list[dict]:
    """The numbers of each balancer since the warm-up."""
    cores = run.state.cores.shape[1]
    return [{"id": f"balancer-{b}", "dropped": int(front["dropped"]), "connections": int(front["made"]),
             "utilisation": int(front["worked"]) / (span_s * S * cores) if span_s and cores else 0.0,
             "lookups": int(front["lookups_counted"]), "hits": int(front["hits_counted"])}
            for b, front in enumerate(run.state.fronts)]


def hit_ratio(run) -> float | None:
    """The share of look-ups that the caches answered; None where nothing was looked up."""
    lookups = int(run.state.fronts["lookups_counted"].sum())
    return int(run.state.fronts["hits_counted"].sum()) / lookups if lookups else None
