"""What can be done to any system of actors, and what becomes of messages, timers and state.

crash          Fields, timers, lazy writes, messages that wait for the disk or at the node: all lost. What has left
               the node is still on its way. What arrives while it is down is lost ("down").
restart        Durable fields are what the disk holds; the others begin anew; on_restart is called.
restart_wiped  The same with an empty disk.
pause, resume  The node does nothing; messages and timers wait and are handled at the resume, in the order of sending and setting.
slow           It handles one message or timer after the other, each for so long. 0 ends it.
skew, drift    Its clock jumps, or runs faster or slower. Timers go off by the clock as it is then.
slow_disk      A forced write takes so long; writes under way end as planned. 0 ends it.
crash_at       It crashes when it next comes to a named point: what its handler asked for before that is done, the rest is not.
delay_link, lose, duplicate_link   What leaves on a link from now on takes longer, is lost, or arrives twice, by chance.
cut            Messages on a link are lost: those that leave and those that arrive while it is cut.
partition      Cuts every link between nodes that are in no common group; a node in two groups is a bridge;
               one that is not named keeps all its links.
heal, mend     All links, or one, are again as the Config says. What was lost stays lost.
remove         The node leaves for ever; what arrives for it is lost.
drop, duplicate, delay, deliver   One message in flight is lost, sent twice, takes longer, arrives now.
"""

from simulator.engine.action import Action, ActionRefused, ActionSpec, Param, check_params
from simulator.engine.clock import MS
from simulator.engine.network import Link
from simulator.engine.rows import DROPPED, IN_FLIGHT, MESSAGE, OUTSIDE, ROW, SIZE
from simulator.engine.words import N_

NODE, LINK, MAIL = "node", "link", "message"
PRESENT = ("up", "paused", "down")
RUNNING = ("up", "paused")
NAME = r"[a-z_]+-\d{1,5}"
CUTS_AT_MOST = 25_000
"""Of one partition, each direction for itself: every keyframe lists what is cut. A rack of ten among a thousand nodes is 20,000."""
GROUPS = rf"{NAME}(,{NAME})*(\|{NAME}(,{NAME})*)+"

_NOT_RUNNING = N_("{target} is {state}: there is nothing to stop.")
_NOT_DOWN = N_("{target} is {state}: only a crashed node restarts.")
_GONE = N_("{target} has been removed.")
_SETTLED = N_("Message {target} is not in flight any more.")
_MILLISECONDS = "ms"


def _spec(kind: str, title: str, role: str, states: tuple, otherwise: str, done: str, *params: Param, key: str = "") -> ActionSpec:
    return ActionSpec(kind, title, role, states, otherwise, params, key, done)


FAULTS = (
    _spec("crash", N_("Crash"), NODE, RUNNING, _NOT_RUNNING, N_("crashed {target}"), key="c"),
    _spec("restart", N_("Restart"), NODE, ("down",), _NOT_DOWN, N_("restarted {target}"), key="c"),
    _spec("restart_wiped", N_("Restart without its disk"), NODE, ("down",), _NOT_DOWN, N_("restarted {target} without its disk"), key="w"),
    _spec("pause", N_("Pause"), NODE, ("up",), N_("{target} is {state}: only a node that is up can pause."), N_("paused {target}"), key="z"),
    _spec("resume", N_("Resume"), NODE, ("paused",), N_("{target} is {state}: only a paused node resumes."), N_("resumed {target}"), key="z"),
    _spec("isolate", N_("Isolate"), NODE, PRESENT, _GONE, N_("isolated {target}"), key="i"),
    _spec("slow", N_("Slow down"), NODE, PRESENT, _GONE, N_("{target} now takes {handling_ms} ms for each message"),
          Param("handling_ms", N_("Time for each message"), 20.0, 0.0, 600_000.0, _MILLISECONDS), key="s"),
    _spec("slow_disk", N_("Slow disk"), NODE, PRESENT, _GONE, N_("forced writes of {target} now take {fsync_ms} ms"),
          Param("fsync_ms", N_("Time for a forced write"), 50.0, 0.0, 600_000.0, _MILLISECONDS), key="k"),
    _spec("skew", N_("Move the clock"), NODE, PRESENT, _GONE, N_("the clock of {target} jumped by {ms} ms"),
          Param("ms", N_("By"), 1000.0, -86_400_000.0, 86_400_000.0, _MILLISECONDS), key="t"),
    _spec("drift", N_("Let the clock drift"), NODE, PRESENT, _GONE, N_("the clock of {target} now runs {ppm} millionths too fast"),
          Param("ppm", N_("Millionths too fast"), 10_000.0, -500_000.0, 500_000.0, "ppm")),
    _spec("remove", N_("Remove"), NODE, PRESENT, _GONE, N_("removed {target}"), key="Delete"),
    _spec("cut", N_("Cut this direction"), LINK, ("open", "altered"), N_("{target} is cut already."), N_("cut {target}"), key="x"),
    _spec("mend", N_("Mend"), LINK, ("cut", "altered"), N_("{target} is as it should be."), N_("mended {target}"), key="h"),
    _spec("delay_link", N_("Delay its messages"), LINK, (), "", N_("messages on {target} now take {ms} ms more"),
          Param("ms", N_("By"), 100.0, 0.0, 86_400_000.0, _MILLISECONDS)),
    _spec("lose", N_("Lose messages"), LINK, (), "", N_("{target} now loses {share} of its messages"),
          Param("share", N_("Share"), 0.5, 0.0, 1.0)),
    _spec("duplicate_link", N_("Duplicate messages"), LINK, (), "", N_("{target} now duplicates {share} of its messages"),
          Param("share", N_("Share"), 0.5, 0.0, 1.0)),
    _spec("partition", N_("Partition the network"), "", (), "", N_("the network is cut: {groups}"),
          Param("groups", N_("Groups"), "", pattern=GROUPS), key="p"),
    _spec("heal", N_("Heal the network"), "", (), "", N_("the network is whole again"), key="h"),
    _spec("drop", N_("Drop it"), MAIL, ("in flight",), _SETTLED, N_("dropped message {target}"), key="Delete"),
    _spec("duplicate", N_("Duplicate it"), MAIL, ("in flight",), _SETTLED, N_("duplicated message {target}"), key="d"),
    _spec("delay", N_("Delay it"), MAIL, ("in flight",), _SETTLED, N_("delayed message {target} by {ms} ms"),
          Param("ms", N_("By"), 100.0, 0.001, 86_400_000.0, _MILLISECONDS), key="l"),
    _spec("deliver", N_("Deliver it now"), MAIL, ("in flight",), _SETTLED, N_("delivered message {target} at once"), key="Enter"),
)


def specs(points, joins, own: tuple[ActionSpec, ...]) -> tuple[ActionSpec, ...]:
    """All Actions of a system: the faults, crash points and joins that it has, and its own."""
    more = []
    if points:
        more.append(_spec("crash_at", N_("Crash at a point"), NODE, RUNNING, _NOT_RUNNING, N_("{target} will crash at: {point}"),
                          Param("point", N_("Point"), next(iter(points)), choices=tuple(points))))
    more += [ActionSpec(f"add_{role}", N_("Add a node"), done=N_("added {target}"), shortcut="a") for role in joins]
    return (*own, *FAULTS, *more)


def perform(cluster, spec: ActionSpec, action: Action, by: str = "") -> None:
    """Do `action` now and write it into the Trace; ActionRefused where it makes no sense or would change nothing."""
    if action.kind in cluster.facts.refuses:
        raise ActionRefused("kind", cluster.facts.refuses[action.kind])
    params = check_params(spec, action.params)
    target = _target(cluster, spec, action.target)
    state = _state(cluster, spec.role, target)
    if spec.states and state not in spec.states:
        raise ActionRefused("target", spec.otherwise, target=action.target, state=state)
    if cluster.facts.disturbed is not None:
        cluster.facts.disturbed(cluster)
    cluster.action_row()
    values = {"target": action.target, **params} | (_doing(cluster, spec)(cluster, target, **params) or {})
    row = action.document() | {"params": params, "said": spec.done.format(**values), "values": values}
    cluster.telling.action(cluster, row | ({"by": by} if by else {}))


def _target(cluster, spec: ActionSpec, target: str):
    """The Node, the pair of ids, or the message's number that `target` names; None for the whole system."""
    if spec.role == "":
        return None
    if spec.role == LINK:
        src, _arrow, dst = target.partition("->")
        if src in cluster.nodes and dst in cluster.nodes and src != dst:
            return src, dst
        raise ActionRefused("target", N_('target must be a link such as "{example}".'), example="->".join(list(cluster.nodes)[:2]))
    if spec.role == MAIL:
        if target.isdecimal() and len(target) < 16 and int(target) < cluster.next_event:
            return int(target)
        raise ActionRefused("target", N_("target must be the number of a message in flight."))
    node = cluster.nodes.get(target)
    if node is None or not spec.suits(node.role):
        raise ActionRefused("target", N_("There is no such node here: {target}."), target=target)
    return node


def _state(cluster, role: str, target) -> str:
    if role == LINK:
        link = cluster.altered.get(target)
        return "cut" if target in cluster.cut else "altered" if link is not None and link.altered else "open"
    if role == MAIL:
        return "in flight" if in_flight(cluster, target) else "settled"
    return target.state if role else ""


def in_flight(cluster, event: int) -> bool:
    """Whether the row is a message that is on its way."""
    if cluster.fate(event) != IN_FLIGHT:
        return False
    return cluster.rows[(event - cluster.base) * SIZE + SIZE - 1] == MESSAGE


def _doing(cluster, spec: ActionSpec):
    """The function (cluster, target, **params) that does it."""
    if spec.kind in _DOING:
        return _DOING[spec.kind]
    if spec.kind in cluster.facts.performs:
        done = cluster.facts.performs[spec.kind]
        return (lambda cluster, node, **params: done(cluster, node, **params)) if spec.role else (lambda cluster, _target, **params: done(cluster, **params))
    if spec.kind.startswith("add_") and spec.kind[4:] in cluster.facts.joins:
        return lambda cluster, _target: _join(cluster, spec.kind[4:])
    return lambda cluster, node, **params: cluster.own_action(node, spec.kind, params)


def _join(cluster, role: str) -> dict:
    made = cluster.facts.joins[role]
    node = cluster.add(f"{role}-{len(cluster.of(role))}", made if isinstance(made, type) else made(cluster.options))
    cluster.telling.joined(cluster, node)
    return {"target": node.id}


def _crash(cluster, node) -> None:
    cluster.crash(node)
    cluster.telling.health(cluster, node)


def _restart(cluster, node) -> None:
    cluster.restart(node)


def _restart_wiped(cluster, node) -> None:
    cluster.restart(node, wiped=True)


def _pause(cluster, node) -> None:
    node.state = "paused"
    cluster.judge(node)
    cluster.telling.health(cluster, node)


def _resume(cluster, node) -> None:
    cluster.resume(node)
    cluster.telling.health(cluster, node)


def _remove(cluster, node) -> None:
    cluster.crash(node)
    node.state = "removed"
    cluster.telling.health(cluster, node)


def _slow(cluster, node, handling_ms: float) -> None:
    node.handling_ns = round(handling_ms * MS)
    cluster.judge(node)
    cluster.telling.health(cluster, node)


def _slow_disk(cluster, node, fsync_ms: float) -> None:
    node.disk.fsync_ns = round(fsync_ms * MS)
    cluster.telling.health(cluster, node)


def _skew(cluster, node, ms: float) -> None:
    cluster.clock_changed(node, round(ms * MS), node.drift_ppm)
    cluster.telling.health(cluster, node)


def _drift(cluster, node, ppm: float) -> None:
    cluster.clock_changed(node, 0, ppm)
    cluster.telling.health(cluster, node)


def _crash_at(cluster, node, point: str) -> None:
    cluster.armed[(node.id, point)] = True


def _isolate(cluster, node) -> None:
    others = [id for id in cluster.nodes if id != node.id]
    _cut_all(cluster, [(node.id, id) for id in others] + [(id, node.id) for id in others])


def _cut(cluster, pair) -> None:
    _cut_all(cluster, [pair])


def _partition(cluster, _target, groups: str) -> None:
    parts = [part.split(",") for part in groups.split("|")]
    for id in (id for part in parts for id in part):
        if id not in cluster.nodes:
            raise ActionRefused("params.groups", N_("groups names {id}, which is no node of this run."), id=id)
    together = {(a, b) for part in parts for a in part for b in part}
    named = list(dict.fromkeys(id for part in parts for id in part))
    pairs = [(a, b) for a in named for b in named if a != b and (a, b) not in together]
    if len(pairs) > CUTS_AT_MOST:
        raise ActionRefused("params.groups", N_("groups would cut {count:,} ways from node to node; at most {most:,} can be cut at once."),
                            count=len(pairs), most=CUTS_AT_MOST)
    _cut_all(cluster, pairs)


def _cut_all(cluster, pairs: list) -> None:
    for pair in pairs:
        cluster.cut.add(pair)
        link = _link(cluster, pair)
        link.cut = True
        link.judge()
    cluster.telling.network(cluster)


def _mend(cluster, pair) -> None:
    _mended(cluster, pair)
    cluster.telling.network(cluster)


def _heal(cluster, _target) -> None:
    if not cluster.cut and not any(link.altered for link in cluster.altered.values()):
        raise ActionRefused("kind", N_("The network is whole: there is nothing to heal."))
    for pair in sorted(cluster.cut | set(cluster.altered)):
        _mended(cluster, pair)
    cluster.telling.network(cluster)


def _mended(cluster, pair) -> None:
    cluster.cut.discard(pair)
    cluster.altered.pop(pair, None)
    link = _link(cluster, pair)
    link.cut, link.extra_ns = False, 0
    link.loss, link.duplicate = link.network.loss, link.network.duplicate
    link.judge()


def _delay_link(cluster, pair, ms: float) -> None:
    _alter(cluster, pair).extra_ns = round(ms * MS)
    _altered(cluster, pair)


def _lose(cluster, pair, share: float) -> None:
    _alter(cluster, pair).loss = share
    _altered(cluster, pair)


def _duplicate_link(cluster, pair, share: float) -> None:
    _alter(cluster, pair).duplicate = share
    _altered(cluster, pair)


def _alter(cluster, pair) -> Link:
    return cluster.altered.setdefault(pair, _link(cluster, pair))


def _altered(cluster, pair) -> None:
    cluster.altered[pair].judge()
    cluster.telling.network(cluster)


def _link(cluster, pair) -> Link:
    return cluster.link(cluster.nodes[pair[0]], pair[1])


def _drop(cluster, event: int) -> None:
    planned_ns = cluster.at_ns(event)
    if cluster.came is not None:
        cluster.came.setdefault(event, planned_ns)
    cluster.void(planned_ns, event)
    cluster.put_at(event, cluster.now_ns)
    cluster.settled(event, DROPPED)


def _delay(cluster, event: int, ms: float) -> None:
    _sent, at_ns, *_rest = ROW.unpack_from(cluster.rows, (event - cluster.base) * SIZE)
    cluster.move(event, at_ns + round(ms * MS))


def _deliver(cluster, event: int) -> None:
    cluster.move(event, cluster.now_ns)


def _duplicate(cluster, event: int) -> dict:
    row = ROW.unpack_from(cluster.rows, (event - cluster.base) * SIZE)
    assert row[3] != OUTSIDE, "a message has a sender"
    sender, receiver = cluster.ordered[row[3]], cluster.ordered[row[4]]
    copy = cluster.on_its_way(cluster.link(sender, receiver.id), cluster.bodies[event - cluster.base], row[2])
    return {"copy": copy}


_DOING = {
    "crash": _crash, "restart": _restart, "restart_wiped": _restart_wiped, "pause": _pause, "resume": _resume, "remove": _remove,
    "isolate": _isolate, "slow": _slow, "slow_disk": _slow_disk, "skew": _skew, "drift": _drift, "crash_at": _crash_at,
    "cut": _cut, "mend": _mend, "delay_link": _delay_link, "lose": _lose, "duplicate_link": _duplicate_link,
    "partition": _partition, "heal": _heal, "drop": _drop, "delay": _delay, "deliver": _deliver, "duplicate": _duplicate,
}
