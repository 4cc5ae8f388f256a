"""What a running cluster tells: which fields changed, notes, operations, breaches, and the rows that are final.

Everything goes into the Trace's tables, each hashed in its own order, so that the digest does not depend
on how the run was cut into slices. With `trace` None nothing is kept but what properties need: that is
for searches over many seeds.
"""

from array import array
from collections import Counter

from simulator.engine.plain import plain
from simulator.engine.properties import Property
from simulator.engine.rows import FATE, IN_FLIGHT, KIND, MESSAGE, SIZE, WAITING, WHAT


class Operation:
    """What a client asked for. outcome: "ok", "fail", "info" (nobody knows whether it happened), None while it is open."""

    __slots__ = ("client", "completed_ns", "f", "id", "invoked_ns", "key", "outcome", "result", "value")

    def __init__(self, id: int, client: str, f: str, key, value, invoked_ns: int):
        self.id, self.client, self.f, self.key, self.value, self.invoked_ns = id, client, f, key, value, invoked_ns
        self.completed_ns = self.outcome = self.result = None

    def row(self) -> dict:
        """The operation as JSON."""
        return {"id": self.id, "client": self.client, "f": self.f, "key": plain(self.key), "value": plain(self.value),
                "invoked_ns": self.invoked_ns, "completed_ns": self.completed_ns, "outcome": self.outcome, "result": plain(self.result)}


class Telling:
    """The record of one cluster.

    properties: those that this run is held to.
    breaches: property's key -> its first breach, a row; reached: key of a `sometimes` -> when, in ns.
    operations: all of the clients, in the order of their invocation. latencies_ns: of those that ended ok.
    """

    def __init__(self, trace, properties: tuple[Property, ...], cache: dict):
        self.trace = trace
        self.properties = properties
        self._watching: dict[tuple, list[Property]] = cache.setdefault(("watching", tuple(one.key for one in properties)), {})
        self.breaches: dict[str, dict] = {}
        self.reached: dict[str, int] = {}
        self.operations: list[Operation] = []
        self.open: dict[int, Operation] = {}
        self.latencies_ns = array("q")
        self.outcomes = {"ok": 0, "fail": 0, "info": 0}
        self._changes: list[tuple] = []
        self._known: dict = {}
        self.hashed = 0  # rows before this one are in the digest
        self._sent = Counter()

    def changed(self, world, node) -> None:
        """See Cluster.changed."""
        seen, state = node.seen, node.__dict__
        names = [name for name, value in state.items() if name not in seen or (seen[name] is not value and seen[name] != value)]
        node.seen = dict(state)
        if not names:
            return
        if self.trace is not None:
            now, event, id = world.now_ns, world.event, node.id
            self._changes.extend((now, id, name, state[name], event) for name in names if name[0] != "_")
        self.ask(world, node, tuple(names))

    def ask(self, world, node, names: tuple[str, ...]) -> None:
        """Ask the properties that watch one of `names`, in the order of their declaration."""
        watching = self._watching.get(names)
        if watching is None:
            watching = self._watching[names] = [one for one in self.properties if any(name in names for name in one.watch)]
        for one in watching:
            if one.always:
                self._always(world, node, one)
            elif one.key not in self.reached:
                self._sometimes(world, node, one)

    def _always(self, world, node, one: Property) -> None:
        world.node = node
        breach = one.check(world)
        if breach is not None and one.key not in self.breaches:  # it is asked on, for its ghost must go on
            row = {"at_ns": world.now_ns, "property": one.key, "template": breach.template, "values": plain(breach.values),
                   "node": node.id, "event": world.event}
            self.breaches[one.key] = row
            self._row("breaches", row)

    def _sometimes(self, world, node, one: Property) -> None:
        world.node = node
        if one.check(world):
            self.reached[one.key] = world.now_ns
            self._row("reached", {"at_ns": world.now_ns, "property": one.key})

    def write(self, world, node, fields: tuple[str, ...], forced: bool, done_ns: int) -> None:
        """A write to a disk was asked for; it is done at `done_ns` unless the node crashes before."""
        if self.trace is not None:
            self._row("writes", {"at_ns": world.now_ns, "done_ns": done_ns, "node": node.id, "fields": list(fields),
                                 "forced": forced, "event": world.event})

    def note(self, world, node, template: str, values: dict) -> None:
        """A sentence for the log."""
        if self.trace is not None:
            self._row("notes", {"at_ns": world.now_ns, "node": node.id, "template": template, "values": plain(values), "event": world.event})

    def health(self, world, node, point: str = "") -> None:
        """How the node is from now on; `point`: the named point at which it crashed."""
        if self.trace is not None:
            self._row("health", {"at_ns": world.now_ns, "node": node.id, "event": world.event, **condition(node)}
                      | ({"point": point} if point else {}))
        self.ask(world, node, ("health",))

    def network(self, world) -> None:
        """Which links are cut and altered from now on."""
        if self.trace is not None:
            self._row("network", {"at_ns": world.now_ns, "event": world.event, **wiring(world)})

    def action(self, world, row: dict) -> None:
        """An Action was done."""
        self._row("actions", row | {"event": world.event})

    def joined(self, world, node) -> None:
        """A node was added."""
        if self.trace is not None:
            self._row("joined", {"at_ns": world.now_ns, "node": picture(node)})

    def invoke(self, world, node, f: str, key, value) -> int:
        """A client's operation begins."""
        operation = Operation(len(self.operations), node.id, f, key, value, world.now_ns)
        self.operations.append(operation)
        self.open[operation.id] = operation
        self._about(world, node, operation)
        return operation.id

    def complete(self, world, number: int, outcome: str, result) -> None:
        """A client's operation ends."""
        operation = self.open.pop(number, None)
        assert operation is not None, f"operation {number} has ended already"
        operation.completed_ns, operation.outcome, operation.result = world.now_ns, outcome, result
        self.outcomes[outcome] += 1
        if outcome == "ok":
            self.latencies_ns.append(world.now_ns - operation.invoked_ns)
        if self.trace is not None:
            self._row("operations", operation.row())
        self._about(world, world.nodes[operation.client], operation)

    def abandon(self, world, node) -> None:
        """The client crashed: nobody will know what became of its operations."""
        for number in [number for number, operation in self.open.items() if operation.client == node.id]:
            self.complete(world, number, "info", None)

    def _about(self, world, node, operation: Operation) -> None:
        world.operation = operation
        self.ask(world, node, ("operations",))
        world.operation = None

    def _row(self, table: str, row: dict) -> None:
        if self.trace is not None:
            self.trace.row(table, row)

    def flush(self) -> None:
        """The changes so far, as rows of the Trace."""
        if self.trace is not None:
            for at_ns, id, name, value, event in self._changes:
                self.trace.row("changes", {"at_ns": at_ns, "node": id, "field": name, "value": plain(value, self._known), "event": event})
        self._changes = []

    def settle(self, world) -> None:
        """Hash the rows that are final and before any that is not; without a Trace, forget them."""
        self.flush()
        start = max(self.hashed, world.base)
        fates = world.rows[(start - world.base) * SIZE + FATE::SIZE]
        ends = [place for place in (fates.find(IN_FLIGHT), fates.find(WAITING)) if place >= 0]
        count = min(ends, default=len(fates))
        if not count:
            return
        self.hashed = start + count
        begin = (start - world.base) * SIZE
        self._sent.update(_kinds(world.rows, begin, begin + count * SIZE))
        if self.trace is None:
            return world.forget(self.hashed)
        self.trace.block("events", world.rows[begin:begin + count * SIZE], count)

    def sent(self, world) -> dict[str, int]:
        """How many messages of each class have been sent, by the class's name."""
        counts = self._sent + Counter(_kinds(world.rows, (self.hashed - world.base) * SIZE, len(world.rows)))
        return {message.__name__: counts[kind, MESSAGE] for message, kind in world.message_kinds.items()}


def _kinds(rows: bytearray, begin: int, end: int):
    """(kind, what) of each row from `begin` to `end`."""
    return zip(rows[begin + KIND:end:SIZE], rows[begin + WHAT:end:SIZE], strict=True)


def condition(node) -> dict:
    """How a node is, as JSON."""
    return {"state": node.state, "slow_ms": node.handling_ns / 1e6, "skew_ms": node.skew_ns / 1e6, "drift_ppm": node.drift_ppm,
            "fsync_ms": node.disk.fsync_ns / 1e6}


def picture(node, known: dict | None = None) -> dict:
    """A node as a keyframe holds it. known: see plain."""
    return {"id": node.id, "role": node.role, **condition(node), "fields": shown(node.__dict__, known),
            "durable": shown(node.disk.holds, known)}


def shown(fields: dict, known: dict | None = None) -> dict:
    """The fields that people see, as JSON."""
    return {name: plain(value, known) for name, value in fields.items() if name[0] != "_"}


def wiring(world) -> dict:
    """Which links are cut and altered, in order, as JSON."""
    links = [{"src": src, "dst": dst, "extra_ms": link.extra_ns / 1e6, "loss": link.loss, "duplicate": link.duplicate}
             for (src, dst), link in sorted(world.altered.items()) if link.altered]
    return {"cut": [list(pair) for pair in sorted(world.cut)], "links": links}
