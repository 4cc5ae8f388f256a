"""What the Actions do to a running load balancer: numpy over the kernel's arrays, for Actions are rare.

An effect is a function of (run, server, params) registered for a kind; what it returns fills the
spec's sentence. `run` is the LoadBalancer.
"""

import re
from collections.abc import Callable

import numpy as np

from simulator.engine.action import Action, ActionRefused, ActionSpec, check_params
from simulator.engine.clock import MS, NEVER, S
from simulator.engine.words import N_
from simulator.systems.load_balancer import fronting, laws, state as states
from simulator.systems.load_balancer.actions import BY_KIND, CLOSED_RATE, DOWN, DRAINING, PAUSED, REMOVED, STARTING, STATES, UP
from simulator.systems.load_balancer.config import SERVERS_AT_MOST, SLOTS_AT_MOST
from simulator.systems.load_balancer.fronts import BALANCER_FROM
from simulator.systems.load_balancer.layout import AHEAD, FIFO, IN_SYSTEM, SHARING
from simulator.systems.load_balancer.rate_curve import expected_until, reached_at
from simulator.systems.load_balancer.scaling import Seen
from simulator.systems.load_balancer.strategies import NOTES
from simulator.systems.load_balancer.truth import BACK, GONE, HALTED, RESUMED
from simulator.systems.load_balancer.servers import BEGIN_LIFE, GO_ON, HALT, RESTRETCH

_effects: dict[str, Callable] = {}


def perform(run, action: Action) -> None:
    """Check `action`, do it, and write it into the Trace. ActionRefused leaves everything as it was.

    Events that it makes due at this very instant run before the next Action.
    """
    states_now = [[STATES[state] for state in array["state"]] for array in (run.state.nodes, run.state.fronts)]
    spec, server, params = check(action, *states_now)
    run.acted = True
    values = {"target": action.target} | params | (_effects[action.kind](run, server, params) or {})
    values = {name: f"{value:g}" if isinstance(value, float) else value for name, value in values.items()}
    run.trace.row("actions", {"at_ns": run.now_ns, "kind": action.kind, "target": action.target, "params": params,
                              "said": spec.done.format(**values), "values": values})
    run.kernel(run.now_ns)


def check(action: Action, server_states: list[str], balancer_states: list[str]) -> tuple[ActionSpec, int, dict]:
    """(spec, index of the server or -1, params with defaults) of an Action; ActionRefused says what is wrong.

    The index of balancer-n is BALANCER_FROM + n.
    """
    spec = BY_KIND.get(action.kind)
    if spec is None:
        kinds = ", ".join(BY_KIND)
        raise ActionRefused("kind", N_("There is no Action {kind}; there are: {kinds}."), kind=action.kind, kinds=kinds)
    server = _target(spec, action.target, server_states, balancer_states)
    return spec, server, check_params(spec, action.params)


def _target(spec: ActionSpec, target: str, server_states: list[str], balancer_states: list[str]) -> int:
    if not spec.role:
        if target:
            sentence = N_("{kind} is done to the whole system, not to {target}.")
            raise ActionRefused("target", sentence, kind=spec.kind, target=target)
        return -1
    if spec.suits("balancer") and re.fullmatch(r"balancer-(0|[1-9]\d{0,5})", target):
        b = int(target[9:])
        if b >= len(balancer_states):
            sentence = N_("There is no balancer called “{target}”; there are balancer-0 to balancer-{last}.")
            raise ActionRefused("target", sentence, target=target, last=len(balancer_states) - 1)
        return _unless_refused(spec, target, balancer_states[b], BALANCER_FROM + b)
    if not re.fullmatch(r"server-(0|[1-9]\d{0,5})", target) or int(target[7:]) >= len(server_states):
        sentence = N_("There is no server called “{target}”; there are server-0 to server-{last}.")
        raise ActionRefused("target", sentence, target=target, last=len(server_states) - 1)
    return _unless_refused(spec, target, server_states[int(target[7:])], int(target[7:]))


def _unless_refused(spec: ActionSpec, target: str, state: str, index: int) -> int:
    if spec.refused(target, state):
        raise ActionRefused("target", spec.otherwise, target=target, state=state)
    return index


def notice(run, server: int, known_down: bool) -> None:
    """The balancer hears that a server is down, or up again."""
    if run.state.nodes["state"][server] != REMOVED:
        run.state.nodes["known_down"][server] = known_down
        run.state.standing["down"][:, server] = known_down
        if not known_down and run.state.guards["slow_start"][0] >= 0:
            run.state.watch["ramping"] += run.state.standing["since"][:, server] < 0
            run.state.standing["since"][:, server] = run.now_ns
        _changed(run, server)


def begin(run, server: int, wait_ns: int) -> None:
    """A server that was just added, or replaced, takes its first request after `wait_ns`."""
    if wait_ns > 0:
        run.state.nodes["state"][server] = STARTING
        run.note_condition(server, GONE)
        notice(run, server, True)
        run.expect(wait_ns, started, server)


def started(run, server: int) -> None:
    """A server that was starting is up, unless it was removed before. A health check finds that out by itself."""
    if run.state.nodes["state"][server] == STARTING:
        run.state.nodes["state"][server] = UP
        run.state.truth[server, NOTES:] = 0.0
        run.note_condition(server, BACK)
        run.deed(BEGIN_LIFE, server)
        if run.config.health.on:
            return _changed(run, server)
        notice(run, server, False)


def seen(run) -> list[Seen]:
    """The servers as the autoscaler sees them."""
    nodes, in_flight = run.state.nodes, run.state.in_flight.sum(axis=0).tolist()
    down = run.state.standing["down"].any(axis=0).tolist()
    return [Seen(index, STATES[node["state"]], not down[index], int(node["slots"]), int(node["slots"] - node["free"]),
                 node["queued"] == 0 and node["free"] == node["slots"] and not in_flight[index])
            for index, node in enumerate(nodes)]


def _effect(kind: str) -> Callable:
    def register(function: Callable) -> Callable:
        _effects[kind] = function
        return function

    return register


@_effect("crash")
def _crash(run, server: int, _params: dict) -> dict:
    if server >= BALANCER_FROM:
        return {"count": fronting.crash(run, server - BALANCER_FROM)}
    run.state.nodes["state"][server] = DOWN
    run.note_condition(server, GONE)
    _changed(run, server)
    run.notice_later(server, True)
    return {"count": _fail_all(run, server)}


@_effect("restart")
def _restart(run, server: int, _params: dict) -> None:
    if server >= BALANCER_FROM:
        return fronting.restart(run, server - BALANCER_FROM)
    run.state.nodes["state"][server] = UP
    run.state.truth[server, NOTES:] = 0.0
    run.note_condition(server, BACK)
    run.deed(BEGIN_LIFE, server)
    _changed(run, server)
    run.notice_later(server, False)


@_effect("slow")
def _slow(run, server: int, params: dict) -> None:
    node = run.state.nodes[server]
    node["slow"] = params["factor"]
    run.deed(RESTRETCH, server)
    _changed(run, server)


@_effect("pause")
def _pause(run, server: int, _params: dict) -> dict:
    node, slots = run.state.nodes[server], _busy_slots(run, server)
    node["state"] = PAUSED
    if node["discipline"] == SHARING:
        run.deed(HALT, server)
        _changed(run, server)
        return {"count": _there(run, server)}
    requests, base = run.state.slots["request"][slots], max(run.now_ns, int(node["served_to"]))
    run.note_condition(server, HALTED)
    node["stop_left"] = base - run.now_ns
    run.state.pool["left"][requests] = run.state.pool["depart"][requests] - base
    _depart(run, slots, np.full(len(slots), NEVER))
    run.state.pool["depart"][requests] = -1
    _changed(run, server)
    return {"count": _there(run, server)}


@_effect("resume")
def _resume(run, server: int, _params: dict) -> None:
    node, slots = run.state.nodes[server], _busy_slots(run, server)
    node["state"] = UP
    if node["discipline"] == SHARING:
        run.deed(GO_ON, server)
    else:
        node["served_to"] = run.now_ns + node["stop_left"]
        run.note_condition(server, RESUMED)
        _depart(run, slots, node["served_to"] + run.state.pool["left"][run.state.slots["request"][slots]])
        run.make_room(int(run.state.nodes["slots"][server]))
    run.kernel(run.now_ns, wake=server)
    _changed(run, server)


@_effect("drain")
def _drain(run, server: int, _params: dict) -> dict:
    run.state.nodes["state"][server] = DRAINING
    _changed(run, server)
    if run.config.drain_limit_ms is not None:
        run.state.nodes["drain"][server] += 1
        run.expect(laws.whole(run.config.drain_limit_ms * MS), cut_off, server, int(run.state.nodes["drain"][server]))
    return {"count": _there(run, server)}


def cut_off(run, server: int, drain: int) -> None:
    """A server has drained for as long as it may: what is left there fails."""
    node = run.state.nodes[server]
    if node["state"] == DRAINING and node["drain"] == drain:
        run.note_condition(server, BACK)
        _fail_all(run, server)
        _changed(run, server)


@_effect("undrain")
def _undrain(run, server: int, _params: dict) -> None:
    run.state.nodes["state"][server] = UP
    _changed(run, server)


@_effect("remove")
def _remove(run, server: int, _params: dict) -> dict:
    run.state.nodes["state"][server] = REMOVED
    run.state.nodes["removed"][server] = run.now_ns
    run.note_condition(server, GONE)
    _changed(run, server)
    return {"count": _fail_all(run, server)}


@_effect("resize")
def _resize(run, server: int, params: dict) -> dict:
    run.state.nodes["state"][server] = DOWN
    run.note_condition(server, GONE)
    _changed(run, server)
    count = _fail_all(run, server)
    run.state.nodes["speed"][server] = params["speed"]
    run.state.capacity[server] = run.state.weight[:, server] = params["speed"] * run.state.nodes["slots"][server]
    run.deed(RESTRETCH, server)
    begin(run, server, max(1, round(params["downtime_s"] * S)))
    return {"count": count}


@_effect("add_server")
def _add_server(run, _server: int, params: dict) -> dict:
    count = len(run.state.nodes)
    if count >= SERVERS_AT_MOST:
        raise ActionRefused("kind", N_("There may be {most:,} servers in all at most."), most=SERVERS_AT_MOST)
    if len(run.state.slots) + params["slots"] > SLOTS_AT_MOST:
        raise ActionRefused("params.slots", N_("There may be {most:,} slots in all at most."), most=SLOTS_AT_MOST)
    run.state = states.with_servers(run.state, [(params["speed"], params["slots"], None, 0)], run.now_ns)
    run.deed(BEGIN_LIFE, count)
    _changed(run, count)
    return {"target": f"server-{count}"}


@_effect("rate")
def _rate(run, _server: int, params: dict) -> None:
    cells, factor = run.cells, params["factor"]
    if run.state.rules["closed"][0]:
        raise ActionRefused("kind", CLOSED_RATE)
    cells["base_nominal"] += _nominal_since(run)
    cells["base"], cells["factor"] = run.now_ns, factor
    nominal = int(run.state.nominal[int(cells["next_k"]) % AHEAD])
    cells["sequence"] += 1
    cells["arrival_sequence"] = cells["sequence"]
    cells["next_arrival"] = NEVER
    if nominal != NEVER and factor > 0.0:
        cells["base_nominal"] = min(int(cells["base_nominal"]), nominal)
        cells["next_arrival"] = _arrival(run, nominal - int(cells["base_nominal"]))
    run.trace.row("rates", {"at_ns": run.now_ns, "factor": factor})


def _nominal_since(run) -> int:
    """By how much the nominal clock has moved since the load last changed."""
    cells = run.cells
    if not run.state.rules["curved"][0]:
        return laws.whole((run.now_ns - int(cells["base"])) * float(cells["factor"]))
    expected = expected_until(*_curve(run), float(run.now_ns))
    since, cells["base_expected"] = expected - float(cells["base_expected"]), expected
    return laws.whole(since * float(cells["factor"]) * S)


def _arrival(run, ahead: int) -> int:
    """When the next request is sent, which is `ahead` on the nominal clock."""
    cells = run.cells
    if not run.state.rules["curved"][0]:
        return run.now_ns + laws.whole(ahead / float(cells["factor"]))
    at_ns = reached_at(*_curve(run), float(cells["base_expected"]) + ahead / (float(cells["factor"]) * 1e9))
    return max(run.now_ns, laws.whole(at_ns)) if at_ns >= 0.0 else NEVER


def _curve(run) -> tuple:
    return run.state.curve, float(run.state.rules["curve_repeat"][0]), float(run.state.rules["curve_each"][0])


def _changed(run, server: int) -> None:
    """The server's new condition goes into the Trace; the kernel looks anew who may be chosen."""
    run.cells["refresh"] = 1
    _write(run, server, run.now_ns)


def write_changes(run) -> None:
    """Write into the Trace which servers have stopped, go on, have another speed or are avoided, other than it says."""
    at_ns, run.cells["changed"] = int(run.cells["changed"]) - 1, 0
    fronting.tell_changes(run, at_ns)
    standing = run.state.standing
    run.state.nodes["known_down"] = ((standing["down"] != 0) | (standing["ejected"] != 0)).any(axis=0)
    for server in range(len(run.state.nodes)):
        if run.shown.get(server, (STATES[UP], 1.0, False)) != condition(run.state.nodes[server]):
            _write(run, server, at_ns)


def condition(node) -> tuple[str, float, bool]:
    """(state, how many times slower than its speed, whether it is avoided) of a server, as a viewer sees it.

    A stop of its own looks like a pause.
    """
    state = PAUSED if node["collecting"] and node["state"] in (UP, DRAINING) else node["state"]
    return STATES[state], float(node["slow"] * node["episode"] * node["warm"]), bool(node["known_down"])


def _write(run, server: int, at_ns: int) -> None:
    state, slow, known_down = run.shown[server] = condition(run.state.nodes[server])
    run.trace.row("changes", {"at_ns": at_ns, "server": server, "state": state, "slow": slow, "known_down": known_down})


def _busy_slots(run, server: int) -> np.ndarray:
    node = run.state.nodes[server]
    slots = np.arange(node["first"], node["first"] + node["slots"])
    return slots[run.state.slots["request"][slots] >= 0]


def _linked(state, node) -> list[int]:
    """The rows of the requests that wait at a server, first to last."""
    found, waiting = [], int(node["head"])
    for _ in range(node["queued"]):
        found.append(waiting)
        waiting = int(state.pool["next"][waiting])
    return found


def _heaped(state, node) -> list[int]:
    """The rows of the requests in a server's heap, in the order in which they came; it is empty from now on."""
    found, below = [], [int(node["head"])]
    while below:
        row = below.pop()
        if row >= 0:
            found.append(row)
            below += [int(state.pool["left_child"][row]), int(state.pool["right"][row])]
    node["head"] = -1
    return sorted(found, key=lambda row: int(state.pool["order"][row]))


def _there(run, server: int) -> int:
    node = run.state.nodes[server]
    return int(node["queued"] + node["slots"] - node["free"])


def _depart(run, slots: np.ndarray, times: np.ndarray) -> None:
    """What is in `slots` departs at `times` now; among equal times, in the order in which it started."""
    tree = run.state.tree
    run.state.pool["depart"][run.state.slots["request"][slots]] = times
    tree["time"][slots + len(tree) // 2] = times
    states.rebuild(tree)


def _fail_all(run, server: int) -> int:
    """All that is at the server fails now, in the order in which it started or came; how many clients that concerns."""
    state = run.state
    node, slots, leaves = state.nodes[server], _busy_slots(run, server), len(state.tree) // 2
    slots = slots[np.argsort(state.tree["sequence"][slots + leaves])]
    victims = state.slots["request"][slots].tolist()
    victims += _linked(state, node) if node["discipline"] == FIFO else _heaped(state, node)
    run.recorder.touch(state, run.now_ns)
    every = np.arange(node["first"], node["first"] + node["slots"])
    state.tree["time"][every + leaves] = state.tree["sequence"][every + leaves] = NEVER
    states.rebuild(state.tree)
    state.slots["request"][every], state.slots["free"][every] = -1, every[::-1]
    node["free"], node["queued"] = node["slots"], 0
    node["collecting"], node["stop_timer"], node["warm_timer"], node["virtual"] = 0, -1, -1, 0.0
    node["served_to"] = run.now_ns
    failed = int((state.pool["outcome"][state.pool["of"][victims]] == IN_SYSTEM).sum())
    run.make_room(len(victims))
    run.kernel(run.now_ns, victims=np.array(victims, np.int64))
    return failed
