"""The kernel's arrays as a Run finds them at time 0, and more room when they are full."""

import numpy as np

from simulator.engine.chance import key
from simulator.engine.clock import MS, NEVER, S
from simulator.systems.load_balancer import laws
from simulator.systems.load_balancer.actions import UP
from simulator.systems.load_balancer.config_work import names
from simulator.systems.load_balancer.fronting import is_fronted, new_fronts
from simulator.systems.load_balancer.layout import (
    AHEAD, ATTACK, BALANCER, BUCKETS, CELLS, DISCIPLINES, FIFO, GROUP, KIND, LEG, LEGS, MESSAGE, NODE, OUTCOMES,
    OUTCOMES_AT_MOST, RESOLVED, ROW, RULES, SLOT, State, UPSTREAM, WARM_STEPS, empty_pool, empty_strategy_memory, empty_tree,
)
from simulator.systems.load_balancer.rate_curve import cumulated
from simulator.systems.load_balancer.standing import STANDING, new_bucket, new_guard, new_standing, new_watch
from simulator.systems.load_balancer.strategies import SLOTS, strategies

PLACEMENTS = ("in_turn", "at_random", "by_source", "dns", "anycast")
RETRIERS = ("balancer", "client")
CANCELS = ("never", "on_answer", "on_start")
THINKING = ("exponential", "constant")
POOL_AT_FIRST = 1024
ROWS = 16_384


def new_state(config, seed: int, recorded: np.ndarray, asked: np.ndarray, warm_ns: int, keep: bool) -> State:
    """The State of `config` before the first event; recorded, asked: what laws.recorded_requests and recorded_keys say."""
    servers = [(group, index) for index, group in enumerate(config.servers) for _ in range(group.count)]
    strategy = strategies()[config.strategy.name]
    balancers = config.balancers.count
    memory, shared, truth = empty_strategy_memory(0, balancers)
    state = State(
        cells=_cells(config, warm_ns, keep), rules=_rules(config, seed), outcomes=np.zeros((2, OUTCOMES_AT_MOST), np.int64),
        legs=_legs(config, seed), nominal=np.zeros(AHEAD, np.int64), ahead=np.zeros((2, AHEAD)), gaps=np.zeros(8),
        demands=np.zeros(4), **_work(config, seed), pooled=np.zeros(0, np.int64), spare=np.zeros((balancers, config.zones.count)),
        recorded=recorded,
        pool=empty_pool(POOL_AT_FIRST), nodes=np.zeros(0, NODE), slots=np.zeros(0, SLOT), groups=_groups(config),
        stops=_stops(config), **new_fronts(config, seed, asked), tree=empty_tree(1),
        heap=np.zeros(2 * POOL_AT_FIRST + _closed(config), MESSAGE),
        histogram=np.zeros((BUCKETS, 2), np.int64), rows=np.zeros((ROWS if keep else 0, len(ROW)), np.int64),
        eligible=np.zeros((balancers, 0), np.int64), choice=np.zeros(balancers, np.int64),
        in_flight=np.zeros((balancers, 0), np.int64), capacity=np.zeros(0),
        weight=np.zeros((balancers, 0)), standing=np.zeros((balancers, 0), STANDING), watch=new_watch(config),
        bucket=new_bucket(config), guards=new_guard(config, seed), truth=truth,
        upstream=np.zeros((balancers, 0), UPSTREAM),
        resolved=np.zeros(config.sources.population if config.balancers.placement == "dns" else 0, RESOLVED),
        table=np.zeros((1, config.sources.population if strategy.cookies else 0), np.int64), memory=memory, shared=shared,
        params=_floats(strategy.params(config.strategy), 16))
    _laws(state, config)
    state = with_servers(state, [(s.speed, s.slots, s.queue_limit, index) for s, index in servers], 0)
    state.eligible[:], state.choice[:] = np.arange(len(servers)), len(servers)
    state.cells["refresh"] = state.rules["zoned"]
    return state


def with_servers(state: State, servers: list[tuple], now_ns: int) -> State:
    """`state` with more servers: (speed, slots, queue limit or None, index of the group they are like) each."""
    first = len(state.nodes)
    nodes, slots = np.zeros(len(servers), NODE), []
    for index, (speed, count, limit, group) in enumerate(servers):
        node, place = nodes[index], len(state.slots) + len(slots)
        node["state"], node["speed"], node["slow"], node["stretch"] = UP, speed, 1.0, 1.0 / speed
        node["slots"] = node["free"] = count
        node["first"], node["limit"] = place, -1 if limit is None else limit
        node["touched"] = node["added"] = now_ns
        node["removed"] = node["stop_timer"] = node["warm_timer"] = -1
        node["group"], node["discipline"] = group, state.groups["discipline"][group]
        node["zone"] = state.groups["zone"][group]
        node["episode"] = node["warm"] = 1.0
        node["head"] = 0 if node["discipline"] == FIFO else -1
        slots += [(-1, first + index, place + count - 1 - i, 0) for i in range(count)]
    slots = np.concatenate([state.slots, np.array(slots, SLOT)])
    count, slowly = len(servers), state.guards["slow_start"][0] >= 0 and now_ns > 0
    capacity, balancers = nodes["speed"] * nodes["slots"], len(state.watch)
    state.watch["ramping"] += count if slowly else 0
    truth = _wider(state.truth, count, 0)
    truth[first:, SLOTS] = nodes["slots"]
    return state._replace(
        nodes=np.concatenate([state.nodes, nodes]), slots=slots, tree=_grown_tree(state, len(slots)),
        memory=_wider(state.memory, count, 1), truth=truth,
        in_flight=_wider(state.in_flight, count, 1), eligible=_wider(state.eligible, count, 1),
        pooled=np.zeros(first + count, np.int64), capacity=np.concatenate([state.capacity, capacity]),
        weight=np.concatenate([state.weight, np.tile(capacity, (balancers, 1))], axis=1),
        upstream=new_upstream(state, count),
        standing=np.concatenate([state.standing, new_standing(balancers, count, now_ns if slowly else -1)], axis=1))


def new_upstream(state: State, count: int) -> np.ndarray:
    """The connections to the servers there are and to `count` more, where connections have a limit."""
    more = np.zeros((len(state.upstream), count if state.rules["pooled"][0] else 0), UPSTREAM)
    more["head"] = -1
    return np.concatenate([state.upstream, more], axis=1)


def with_larger_pool(state: State) -> State:
    """`state` with room for twice as many requests in the system."""
    size = len(state.pool)
    pool = np.concatenate([state.pool, empty_pool(size, size)])
    pool["next"][-1] = state.cells["free_request"][0]
    state.cells["free_request"] = size
    state.cells["free_rows"] += size
    return with_larger_heap(state._replace(pool=pool))


def with_larger_heap(state: State) -> State:
    """`state` with room for twice as many events to come."""
    return state._replace(heap=np.concatenate([state.heap, np.zeros(len(state.heap), MESSAGE)]))


def with_more_rows(state: State, rows: int) -> State:
    """`state` with room for `rows` more finished requests at least."""
    return state._replace(rows=np.concatenate([state.rows, np.zeros((rows, state.rows.shape[1]), np.int64)]))


def with_table(state: State, strategy) -> State:
    """`state` with what the strategy builds of the servers that each balancer may choose now."""
    key = int(state.rules["strategy_key"][0])
    tables = [np.asarray(strategy.build(servers[:count], state.capacity, state.params, key), np.int64)
              for servers, count in zip(state.eligible, state.choice.tolist(), strict=True)]
    table = np.zeros((len(tables), max(map(len, tables))), np.int64)
    for row, built in zip(table, tables, strict=True):
        row[: len(built)] = built
    return state._replace(table=table)


def rebuild(tree: np.ndarray) -> None:
    """Play the whole tournament again after leaves have changed."""
    first = len(tree) // 2
    while first > 1:
        left, right = tree[first : 2 * first : 2], tree[first + 1 : 2 * first : 2]
        tie = (right["time"] == left["time"]) & (right["sequence"] < left["sequence"])
        tree[first // 2 : first] = np.where((right["time"] < left["time"]) | tie, right, left)
        first //= 2


def _cells(config, warm_ns: int, keep: bool) -> np.ndarray:
    cells = np.zeros(1, CELLS)
    cells["timeout"] = -1 if config.timeout_ms is None else laws.whole(config.timeout_ms * MS)
    cells["first_deadline"] = cells["last_deadline"] = -1
    cells["factor"], cells["keep"], cells["warm"], cells["free_rows"] = 1.0, keep, warm_ns, POOL_AT_FIRST
    cells["latency_min"] = NEVER
    return cells


def _rules(config, seed: int) -> np.ndarray:
    rules, strategy = np.zeros(1, RULES), strategies()[config.strategy.name]
    for stream in ("arrivals", "service", "strategy", "source", "placement", "backoff", "stop", "episode", "members", "cancel",
                   "think", "class"):
        rules[f"{stream}_key"] = key(seed, stream)
    rules["observes"], rules["serves"], rules["truthful"] = strategy.learns, strategy.serves, strategy.truthful
    rules["tables"] = strategy.build is not None
    rules["fronted"] = is_fronted(config)
    rules["balancers"], rules["placement"] = config.balancers.count, PLACEMENTS.index(config.balancers.placement)
    rules["lookup_ttl"] = laws.whole(config.balancers.ttl_s * S)
    rules["pooled"] = getattr(config.balancers.kind, "connections", None) is not None
    rules["population"], rules["skew"] = config.sources.population, config.sources.skew
    retries, hedging = config.retries, config.hedging
    rules["tries"], rules["retrier"] = 1 + retries.retries, RETRIERS.index(retries.retrier)
    rules["retry_on"] = sum(1 << OUTCOMES.index(outcome) for outcome in retries.retry_on)
    rules["try_timeout"] = -1 if retries.try_timeout_ms is None else laws.whole(retries.try_timeout_ms * MS)
    rules["backoff"], rules["backoff_most"] = laws.whole(retries.backoff_ms * MS), laws.whole(retries.backoff_most_ms * MS)
    rules["budget"] = -1.0 if retries.budget is None else retries.budget
    rules["concurrent_at_least"] = retries.concurrent_at_least
    rules["hedges"] = 0 if hedging.after_ms is None else hedging.hedges
    rules["hedge_after"] = 0 if hedging.after_ms is None else laws.whole(hedging.after_ms * MS)
    rules["watches"] = config.outliers.on
    routed = any(one.group is not None for one in config.classes)
    rules["zoned"] = config.zones.routing != "any" and config.zones.count > 1 and strategy.build is None and not routed
    rules["cross"] = laws.whole(config.zones.cross_ms * MS) if config.zones.count > 1 else 0
    rules["cancels"] = CANCELS.index(hedging.cancel) if retries.retrier == "balancer" and config.fan_out == 1 else 0
    rules["sheds"] = config.shedding.after_ms is not None or rules["cancels"][0] > 0
    rules["guarded"] = (config.rate_limit.rate_per_s is not None or config.breakers.max_requests is not None
                        or config.slow_start.window_ms is not None)
    _rules_of_work(rules, config)
    rules["several"] = (rules["tries"] > 1) | (rules["try_timeout"] >= 0) | (rules["hedges"] > 0) | (rules["fan_out"] > 1)
    return rules


def _groups(config) -> np.ndarray:
    groups = np.zeros(len(config.servers), GROUP)
    for group, one in zip(groups, config.servers, strict=True):
        group["zone"] = (one.zone - 1) % config.zones.count
        group["discipline"] = DISCIPLINES.index(one.discipline)
        group["stop_mean"], group["episode_mean"] = (one.stops.every_s or 0.0) * S, (one.slowness.every_s or 0.0) * S
        group["stop_law"] = laws.service_law(one.stops.length)[0]
        group["episode_length"], group["share"] = one.slowness.mean_s * S, one.slowness.share
        group["episode_factor"], group["warm_factor"] = one.slowness.factor, one.warm_up.factor
        group["warm_every"] = laws.whole(one.warm_up.time_s * S / WARM_STEPS)
    return groups


def _stops(config) -> np.ndarray:
    """Parameters of the law of the lengths of stops, of each group."""
    return np.array([_floats(laws.service_law(group.stops.length)[1], 4) for group in config.servers])


def _rules_of_work(rules: np.ndarray, config) -> None:
    rules["fan_out"], rules["kinds"] = config.fan_out, len(names(config))
    rules["classes"] = rules["kinds"] - len(config.attacks)
    rules["routed"] = any(one.group is not None for one in config.classes)
    if config.fan_out > 1:
        rules["retrier"] = BALANCER
    if config.arrivals.law == "curve":
        rules["curved"] = 1
        _, rules["curve_repeat"], rules["curve_each"] = cumulated(config.arrivals)
    if config.arrivals.law == "closed":
        rules["closed"], rules["think"] = config.arrivals.clients, config.arrivals.think_ms * MS
        rules["think_law"] = THINKING.index(config.arrivals.think)


def _closed(config) -> int:
    return config.arrivals.clients if config.arrivals.law == "closed" else 0


def _work(config, seed: int) -> dict:
    """The arrays of the work that is sent."""
    kinds, attacks = np.zeros(len(names(config)), KIND), np.zeros(len(config.attacks), ATTACK)
    for attack, one, index in zip(attacks, config.attacks, range(len(attacks)), strict=True):
        attack["start"], attack["end"] = laws.whole(one.start_s * S), laws.whole((one.start_s + one.length_s) * S)
        attack["gap"], attack["sources"], attack["key"] = S / one.rate_per_s, one.sources, key(seed, f"attack/{index}")
    kinds["demand"], kinds["group"], kinds["latency_min"] = 1.0, -1, NEVER
    for kind, one in zip(kinds, [*config.classes] or [None], strict=False):
        if one is not None:
            kind["demand"], kind["priority"], kind["group"] = one.demand, one.priority, -1 if one.group is None else one.group - 1
    shares = np.cumsum([one.share for one in config.classes])
    kinds["until"][: len(shares)] = shares / shares[-1] if len(shares) else []
    for kind, one in zip(kinds[len(kinds) - len(attacks) :], config.attacks, strict=True):
        kind["demand"], kind["priority"] = one.demand, one.priority
    return {"curve": cumulated(config.arrivals)[0] if config.arrivals.law == "curve" else np.zeros((4, 1)), "kinds": kinds,
            "by_kind": np.zeros((len(kinds), OUTCOMES_AT_MOST), np.int64), "attacks": attacks,
            "kind_latency": np.zeros((len(kinds), BUCKETS, 2), np.int64)}


def _legs(config, seed: int) -> np.ndarray:
    legs = np.zeros(4, LEG)
    delays = (config.client_delay, config.server_delay, config.server_delay, config.client_delay)
    for leg, delay, name in zip(legs, delays, LEGS, strict=True):
        leg["law"], leg["a"], leg["b"] = laws.delay_law(delay)
        leg["key"] = key(seed, f"delay/{name}")
    return legs


def _laws(state: State, config) -> None:
    cells = state.cells[0]
    cells["arrival_law"], gaps = laws.arrival_law(config.arrivals, int(state.rules["arrivals_key"][0]))
    cells["service_law"], demands = laws.service_law(config.service)
    state.gaps[: len(gaps)] = gaps
    state.demands[: len(demands)] = demands


def _wider(table: np.ndarray, count: int, axis: int) -> np.ndarray:
    """`table` with zeros for `count` servers more."""
    shape = list(table.shape)
    shape[axis] = count
    return np.concatenate([table, np.zeros(shape, table.dtype)], axis)


def _grown_tree(state: State, slots: int) -> np.ndarray:
    """A tournament of `slots` leaves with the departures of the old one."""
    tree = empty_tree(slots)
    old, new = len(state.tree) // 2, len(tree) // 2
    if len(tree) <= len(state.tree):
        return state.tree
    tree[new : new + old] = state.tree[old:]
    rebuild(tree)
    return tree


def _floats(values, size: int) -> np.ndarray:
    cells = np.zeros(size)
    cells[: len(values)] = values
    return cells
