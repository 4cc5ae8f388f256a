"""The kernel's arrays as a Run finds them at time 0, and more room when they are full."""

import numpy as np

from simulator.engine.chance import key
from simulator.engine.clock import MS, NEVER
from simulator.systems.load_balancer import laws
from simulator.systems.load_balancer.actions import UP
from simulator.systems.load_balancer.layout import (
    AHEAD, BUCKETS, CELLS, LEG, LEGS, MESSAGE, NODE, ROW, SLOT, State, empty_pool, empty_strategy_memory, empty_tree,
)
from simulator.systems.load_balancer.strategies import strategies

POOL_AT_FIRST = 1024
ROWS = 16_384


def new_state(config, seed: int, recorded: np.ndarray, warm_ns: int, keep: bool) -> State:
    """The State of `config` before the first event."""
    servers = [group for group in config.servers for _ in range(group.count)]
    strategy = strategies()[config.strategy.name]
    memory, shared = empty_strategy_memory(len(servers))
    state = State(
        cells=_cells(config, seed, warm_ns, keep, len(servers)), outcomes=np.zeros((2, 8), np.int64),
        legs=_legs(config, seed), nominal=np.zeros(AHEAD, np.int64), ahead=np.zeros((2, AHEAD)), gaps=np.zeros(8),
        demands=np.zeros(4), recorded=recorded, pool=empty_pool(POOL_AT_FIRST), nodes=np.zeros(0, NODE),
        slots=np.zeros(0, SLOT), tree=empty_tree(1), heap=np.zeros(POOL_AT_FIRST, MESSAGE),
        histogram=np.zeros((BUCKETS, 2), np.int64), rows=np.zeros((ROWS if keep else 0, len(ROW)), np.int64),
        eligible=np.arange(len(servers)), in_flight=np.zeros(0, np.int64), weight=np.zeros(0), memory=memory,
        shared=shared, params=_floats(strategy.params(config.strategy), 16))
    _laws(state, config)
    return with_servers(state, [(s.speed, s.slots, s.queue_limit) for s in servers], 0)


def with_servers(state: State, servers: list[tuple], now_ns: int) -> State:
    """`state` with more servers: (speed, slots, queue limit or None) each."""
    first = len(state.nodes)
    nodes, slots = np.zeros(len(servers), NODE), []
    for index, (speed, count, limit) in enumerate(servers):
        node, place = nodes[index], len(state.slots) + len(slots)
        node["state"], node["speed"], node["slow"], node["stretch"] = UP, speed, 1.0, 1.0 / speed
        node["slots"] = node["free"] = count
        node["first"], node["limit"] = place, -1 if limit is None else limit
        node["touched"] = node["added"] = now_ns
        node["removed"] = -1
        slots += [(-1, first + index, place + count - 1 - i) for i in range(count)]
    slots = np.concatenate([state.slots, np.array(slots, SLOT)])
    memory = np.concatenate([state.memory[:first], np.zeros((len(servers), state.memory.shape[1]))])
    return state._replace(
        nodes=np.concatenate([state.nodes, nodes]), slots=slots, tree=_grown_tree(state, len(slots)), memory=memory,
        in_flight=np.concatenate([state.in_flight, np.zeros(len(servers), np.int64)]),
        weight=np.concatenate([state.weight, nodes["speed"] * nodes["slots"]]),
        eligible=np.concatenate([state.eligible, np.zeros(first + len(servers) - len(state.eligible), np.int64)]))


def with_larger_pool(state: State) -> State:
    """`state` with room for twice as many requests in the system."""
    size = len(state.pool)
    pool = np.concatenate([state.pool, empty_pool(size, size)])
    pool["next"][-1] = state.cells["free_request"][0]
    state.cells["free_request"] = size
    return state._replace(pool=pool, heap=np.concatenate([state.heap, np.zeros(size, MESSAGE)]))


def with_more_rows(state: State, rows: int) -> State:
    """`state` with room for `rows` more finished requests at least."""
    return state._replace(rows=np.concatenate([state.rows, np.zeros((rows, state.rows.shape[1]), np.int64)]))


def rebuild(tree: np.ndarray) -> None:
    """Play the whole tournament again after leaves have changed."""
    first = len(tree) // 2
    while first > 1:
        left, right = tree[first : 2 * first : 2], tree[first + 1 : 2 * first : 2]
        tie = (right["time"] == left["time"]) & (right["sequence"] < left["sequence"])
        tree[first // 2 : first] = np.where((right["time"] < left["time"]) | tie, right, left)
        first //= 2


def _cells(config, seed: int, warm_ns: int, keep: bool, servers: int) -> np.ndarray:
    cells = np.zeros(1, CELLS)
    for stream in ("arrivals", "service", "strategy"):
        cells[f"{stream}_key"] = key(seed, stream)
    cells["timeout"] = -1 if config.timeout_ms is None else laws.whole(config.timeout_ms * MS)
    cells["first_deadline"] = cells["last_deadline"] = -1
    cells["factor"], cells["eligible"], cells["keep"], cells["warm"] = 1.0, servers, keep, warm_ns
    cells["observes"] = strategies()[config.strategy.name].learns
    cells["latency_min"] = NEVER
    return cells


def _legs(config, seed: int) -> np.ndarray:
    legs = np.zeros(4, LEG)
    delays = (config.client_delay, config.server_delay, config.server_delay, config.client_delay)
    for leg, delay, name in zip(legs, delays, LEGS, strict=True):
        leg["law"], leg["a"], leg["b"] = laws.delay_law(delay)
        leg["key"] = key(seed, f"delay/{name}")
    return legs


def _laws(state: State, config) -> None:
    cells = state.cells[0]
    cells["arrival_law"], gaps = laws.arrival_law(config.arrivals, int(cells["arrivals_key"]))
    cells["service_law"], demands = laws.service_law(config.service)
    state.gaps[: len(gaps)] = gaps
    state.demands[: len(demands)] = demands


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
