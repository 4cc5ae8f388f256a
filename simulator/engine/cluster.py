"""The actor kernel: an event loop over nodes, links and timers, and the record of what caused what.

The heap holds (time, event's number, what, message or about, handler): equal times run in the order in
which they were scheduled. Nothing is ever searched or removed in the heap: what became void is noticed
when its time comes.

Semantics of faults are in faults.py; this file keeps them.
"""

from heapq import heappop, heappush

from simulator.engine.actor import Crashed, Node, snake
from simulator.engine.agenda import BIRTH, Kinds, Later, Timer
from simulator.engine.chance import dice
from simulator.engine.disk import Disk, persist
from simulator.engine.ledger import Ledger
from simulator.engine.network import Link, Network
from simulator.engine.rows import (
    ACTION, CANCELLED, CUT, DELIVERED, DOWN, ENGINE, FATE, IN_FLIGHT, LOST, MESSAGE, OUTSIDE, ROW, SIZE, START, TIMER, WAITING, WHAT)
from simulator.engine.telling import Telling

BURST = 32_768
"""Events between two times that finished rows are hashed and, where nobody wants them, forgotten."""


class Cluster(Ledger):
    """Nodes and what is between them. What properties, gauges and metrics are given as `world`.

    nodes: id -> Node, in order, those that left included. node: whose event it is. ghost: a dict for
    history variables of properties. operation: of the client's operation that properties are asked about.
    """

    def __init__(self, facts, options, seed: int, network: Network, setup, trace):
        """facts: the System. setup: the nodes' clocks and disks (see setup.py). trace: None where nothing is told."""
        super().__init__()
        if trace is not None:
            self.ends, self.came = {}, {}
        self.facts, self.options, self.seed, self.network, self.setup = facts, options, seed, network, setup
        self.telling = Telling(trace, tuple(one for one in facts.properties if one.applies(options)), facts.cache)
        self.events = 0
        self.heap: list[tuple] = []
        self.nodes: dict[str, Node] = {}
        self.ordered: list[Node] = []
        self.cut: set[tuple[str, str]] = set()
        self.altered: dict[tuple[str, str], Link] = {}
        self.stale: dict[tuple[int, int], int] = {}  # (time, event) -> entries of the heap that are void
        self.worked: dict[int, tuple[Node, int]] = {}  # what a slow node is at, or will be -> (the node, when it is done)
        self.armed: dict[tuple[str, str], bool] = {}
        self.node = self.operation = None
        self.ghost: dict = {}
        self.message_kinds = {kind: number for number, kind in enumerate(facts.messages)}
        self.timer_kinds = {name: number for number, name in enumerate(facts.timers)}
        self.kinds_of: dict[type, Kinds] = facts.cache.setdefault("kinds", {})
        cast = facts.cast(options)
        self.roster: dict[str, tuple[str, ...]] = {}
        for id, role in cast.items():
            self.roster[role.role] = (*self.roster.get(role.role, ()), id)
        for id, role in cast.items():
            self.add(id, role)

    # Nodes

    def add(self, id: str, role: type[Node]) -> Node:
        """A new node, which starts by and by."""
        assert len(self.ordered) < OUTSIDE, "a run has at most 65,535 nodes"
        node = role()
        node.id, node.index, node.cluster, node.options, node.roster = id, len(self.ordered), self, self.options, self.roster
        node.kinds = self._kinds(role)
        node.links, node.timers, node.inbox = {}, {}, []
        node.state, node.hindered, node.random = "up", True, None
        node.handling_ns = node.free_ns = node.held_ns = 0
        node.disk = Disk(self.setup.fsync_ns, viewed=self.ends is not None)
        node.skew_ns, node.drift_ppm = self.setup.clock(self.seed, id)
        node.skew_since_ns = self.now_ns
        node.begin()
        node.seen = dict(node.__dict__)  # how it begins is in the keyframe, or in the row of its joining
        self.nodes[id] = node
        self.ordered.append(node)
        self._start(node, self.now_ns + self.setup.stagger(self.seed, id), role.on_start)
        return node

    def _start(self, node: Node, at_ns: int, handler) -> None:
        """Have it start; what arrives before that waits for it."""
        event = self.row(at_ns, OUTSIDE, node.index, 0, START)
        timer = node.timers[BIRTH] = Timer(node, BIRTH, 0, 0, event)
        heappush(self.heap, (at_ns, event, timer, None, handler))

    def _kinds(self, role: type[Node]) -> Kinds:
        if role not in self.kinds_of:
            handlers = ((kind, number, getattr(role, f"on_{snake(kind.__name__)}", None)) for kind, number in self.message_kinds.items())
            self.kinds_of[role] = Kinds({kind: (number, handler) for kind, number, handler in handlers if handler})
        return self.kinds_of[role]

    def up(self, id: str) -> bool:
        """Whether the node runs (a paused one does not)."""
        return self.nodes[id].state == "up"

    def disk(self, id: str) -> dict:
        """What the node's disk holds: durable field -> value."""
        return self.nodes[id].disk.holds

    def sent_kinds(self) -> dict[str, int]:
        """How many messages of each class have been sent so far, by the class's name."""
        return self.telling.sent(self)

    @property
    def operations(self) -> list:
        """All operations of the clients, in the order of their invocation."""
        return self.telling.operations

    def of(self, role: str) -> list[Node]:
        """The nodes of a role, in order, also those that joined, crashed or left."""
        return [node for node in self.ordered if node.role == role]

    def link(self, sender: Node, dst: str) -> Link:
        """The link from `sender` to `dst`, made at its first use."""
        link = sender.links.get(dst)
        if link is None:
            node = self.nodes[dst]
            link = sender.links[dst] = Link(sender, node, self.network, self.seed, (sender.id, dst) in self.cut)
        return link

    # The loop

    def run(self, until_ns: int) -> None:
        """Run every event with time <= until_ns; then now_ns == until_ns."""
        while self.heap and self.heap[0][0] <= until_ns:
            try:
                self._burst(until_ns)
            except Crashed:
                self._after(self.node)
            self.settle()
        self.now_ns = until_ns

    def _burst(self, until_ns: int) -> None:
        """Up to BURST events; the hot loop."""
        heap, rows, stale = self.heap, self.rows, self.stale
        events = special = 0
        fate = FATE - self.base * SIZE
        try:
            while heap and heap[0][0] <= until_ns and events < BURST:
                at, event, what, m, handler = heappop(heap)
                events += 1
                if what.__class__ is not Link or stale or what.node.hindered or what.cut:
                    special += 1
                    self._special(at, event, what, m, handler)
                    continue
                self.now_ns = at
                self.event = event
                node = self.node = what.node
                rows[event * SIZE + fate] = DELIVERED
                handler(node, m, what.sender.id)
                if node.__dict__ != node.seen:
                    self.changed(node)
        finally:
            self.counts.delivered += events - special
            self.events += events

    def _special(self, at: int, event: int, what, m, handler) -> None:
        """An event that is not a plain delivery."""
        if what.__class__ is Later:
            self.now_ns, self.event = at, event
            self.settled(event, DELIVERED)
            return what.run()
        worked = self.worked.pop(event, None)  # whatever becomes of it now, it waits no longer
        if self._void(at, event):
            return
        self.now_ns = at
        node = what.node
        if what.__class__ is Link and what.cut and self.fate(event) == IN_FLIGHT:
            return self.settled(event, CUT)
        if node.state in ("down", "removed"):
            return self.settled(event, DOWN)
        unborn = BIRTH in node.timers and (what.__class__ is Link or what.key is not BIRTH)
        if node.state == "paused" or unborn:
            self.settled(event, WAITING)
            node.inbox.append((event, what, m, handler))
            return
        if node.handling_ns and worked is None:
            return self._work(event, what, m, handler)
        self._handle(event, what, m, handler)

    def _void(self, at: int, event: int) -> bool:
        """Whether it was dropped, moved to another time, replaced, or died with its node."""
        stale = self.stale.pop((at, event), 0)
        if stale > 1:
            self.stale[(at, event)] = stale - 1
        return stale > 0 or self.fate(event) not in (IN_FLIGHT, WAITING)

    def void(self, at: int, event: int) -> None:
        """What is in the heap for `event` at that time shall not happen."""
        self.stale[(at, event)] = self.stale.get((at, event), 0) + 1

    def _work(self, event: int, what, m, handler) -> None:
        """A slow node takes one message after the other."""
        node = what.node
        node.free_ns = max(self.now_ns, node.free_ns) + node.handling_ns
        self.worked[event] = node, node.free_ns
        self.settled(event, WAITING)
        heappush(self.heap, (node.free_ns, event, what, m, handler))

    def _handle(self, event: int, what, m, handler) -> None:
        node = self.node = what.node
        self.event = event
        if self.fate(event) == WAITING:
            self.put_at(event, self.now_ns)
        self.settled(event, DELIVERED)
        if what.__class__ is Link:
            handler(node, m, what.sender.id)
        else:
            del node.timers[what.key]
            if what.key is BIRTH:
                self.resume(node)
            handler(node) if what.about is None else handler(node, what.about)
        self._after(node)

    def _after(self, node: Node) -> None:
        if node.__dict__ != node.seen:
            self.changed(node)

    def settle(self) -> None:
        """Hash the rows that are final and come before any that is not."""
        self.telling.settle(self)

    def changed(self, node: Node) -> None:
        """Note which fields of `node` changed, and ask the properties that watch them."""
        self.telling.changed(self, node)

    # What nodes ask for

    def send_specially(self, node: Node, link: Link, m) -> None:
        """Send with every option considered: a busy disk, loss, duplicates, cuts, order, bandwidth."""
        if node.held_ns:
            node.disk.outbox.append((node.held_ns, self.event, link, m))
        else:
            self.leave(link, m, self.event)

    def leave(self, link: Link, m, cause: int) -> None:
        """Message `m` leaves its node now, asked for in event `cause`."""
        lost = CUT if link.cut else LOST if link.loss and link.random() < link.loss else IN_FLIGHT
        self.on_its_way(link, m, cause, lost)
        if lost == IN_FLIGHT and link.duplicate and link.random() < link.duplicate:
            self.on_its_way(link, m, cause)

    def on_its_way(self, link: Link, m, cause: int, fate: int = IN_FLIGHT) -> int:
        """One more message on its way, or lost on it; its number."""
        kind, handler = link.kinds[m.__class__]
        arrives = link.arrival_ns(self.now_ns, m.__class__)
        event = self.row(arrives, link.sender.index, link.node.index, kind, MESSAGE, cause)
        self.bodies[event - self.base] = m
        if fate == IN_FLIGHT:
            heappush(self.heap, (arrives, event, link, m, handler))
        else:
            self.settled(event, fate)
        return event

    def set_timer(self, node: Node, name: str, after_ns: int, about) -> None:
        """See Node.set_timer."""
        key = (name, about)
        self.cancel_timer(node, key)
        self._arm(node, key, node.clock() + after_ns)

    def _arm(self, node: Node, key: tuple, due_ns: int) -> None:
        real = round(max(0, due_ns - node.clock()) / (1.0 + node.drift_ppm / 1e6))
        kind = self.timer_kinds[key[0]]
        event = self.row(self.now_ns + real, node.index, node.index, kind, TIMER)
        self.bodies[event - self.base] = key[1]
        timer = node.timers[key] = Timer(node, key, kind, due_ns, event)
        handler = getattr(type(node), f"on_{key[0]}_timeout")
        heappush(self.heap, (self.now_ns + real, event, timer, None, handler))

    def cancel_timer(self, node: Node, key: tuple) -> None:
        """See Node.cancel_timer."""
        timer = node.timers.pop(key, None)
        if timer is not None:
            self.settled(timer.event, CANCELLED)

    def clock_changed(self, node: Node, skew_ns: int, drift_ppm: float) -> None:
        """Set the clock of `node`; its timers go off by the new one."""
        node.skew_ns = node.clock() - self.now_ns + skew_ns
        node.skew_since_ns, node.drift_ppm = self.now_ns, drift_ppm
        for key, timer in list(node.timers.items()):
            if self.rows[(timer.event - self.base) * SIZE + WHAT] == TIMER:
                self.cancel_timer(node, key)
                self._arm(node, key, timer.due_ns)

    def persist(self, node: Node, fields: tuple[str, ...], force: bool, then: tuple) -> None:
        """See Node.persist."""
        persist(self, node, fields, force, then)

    def soon(self, node: Node, name: str, about) -> None:
        """Call on_<name> of `node` as an event of its own, now; not if it crashes before."""
        event = self.row(self.now_ns, node.index, node.index, 0, ENGINE)
        key = (name, about, event)
        timer = node.timers[key] = Timer(node, key, 0, 0, event)
        heappush(self.heap, (self.now_ns, event, timer, None, getattr(type(node), f"on_{name}")))

    def later(self, at_ns: int, run) -> None:
        """Have the engine itself do something: run() at `at_ns`."""
        event = self.row(at_ns, OUTSIDE, OUTSIDE, 0, ENGINE)
        heappush(self.heap, (at_ns, event, Later(run), None, None))

    def note(self, node: Node, template: str, values: dict) -> None:
        """See Node.note."""
        self.telling.note(self, node, template, values)

    def reach(self, node: Node, point: str, chance: float, restart_after_ns: int | None) -> None:
        """See Node.reach."""
        assert point in self.facts.points, f"{point} is not one of the system's points"
        by_chance = chance and dice(self.seed, f"reach/{node.id}/{point}/{self.event}").random() < chance
        if not by_chance and not self.armed.pop((node.id, point), False):
            return
        self.crash(node)
        self.telling.health(self, node, point)
        if by_chance and restart_after_ns is not None:
            self.later(self.now_ns + restart_after_ns, lambda: self.restart(node))
        raise Crashed

    def invoke(self, node: Node, f: str, key, value) -> int:
        """See Node.invoke."""
        return self.telling.invoke(self, node, f, key, value)

    def complete(self, operation: int, outcome: str, result) -> None:
        """See Node.complete."""
        self.telling.complete(self, operation, outcome, result)

    # What happens to nodes

    def crash(self, node: Node) -> None:
        """Everything that was not on the disk is lost: fields, timers, what waits for the disk or at the node."""
        for timer in node.timers.values():
            self.settled(timer.event, DOWN)
        for event, *_rest in node.inbox:
            if self.fate(event) == WAITING:  # a timer cancelled meanwhile may be forgotten already
                self.settled(event, DOWN)
        for event, at in [(event, at) for event, (slow, at) in self.worked.items() if slow is node]:
            del self.worked[event]
            if self.fate(event) == WAITING:
                self.settled(event, DOWN)
                self.void(at, event)  # it may run again, and not be slow any more, when that time comes
        node.timers, node.inbox = {}, []
        node.disk.crash()
        node.state, node.hindered, node.held_ns, node.free_ns = "down", True, 0, 0
        self.telling.abandon(self, node)

    def restart(self, node: Node, wiped: bool = False) -> None:
        """It starts again, with what the disk holds, or without its disk."""
        if node.state != "down":
            return
        if wiped:
            node.disk.wipe(self.now_ns)
        node.state, node.hindered = "up", True
        node.__dict__.clear()
        node.begin()
        node.__dict__.update(node.disk.holds)
        self.changed(node)
        self.telling.health(self, node)
        self._start(node, self.now_ns, type(node).on_restart)

    def resume(self, node: Node) -> None:
        """What waited is handled now, in its order."""
        node.state = "up"
        self.judge(node)
        waiting, node.inbox = node.inbox, []
        for event, what, m, handler in waiting:
            if self.fate(event) == WAITING:
                self.put_at(event, self.now_ns)
                heappush(self.heap, (self.now_ns, event, what, m, handler))

    def judge(self, node: Node) -> None:
        """Note whether what arrives at `node` has to be looked at before it is handled."""
        node.hindered = node.state != "up" or node.handling_ns > 0 or BIRTH in node.timers or bool(self.worked)

    def action_row(self) -> int:
        """The row of an Action that is done now; it is the cause of what follows."""
        self.event = event = self.row(self.now_ns, OUTSIDE, OUTSIDE, 0, ACTION, -1)
        self.settled(event, DELIVERED)
        return event

    def own_action(self, node: Node, kind: str, params: dict):
        """Have `node` do an Action of the system's own; what it says for the Action's `done`."""
        self.node = node
        try:
            return getattr(node, f"do_{kind}")(**params)
        except Crashed:
            return None
        finally:
            self._after(node)

    def move(self, event: int, at_ns: int) -> None:
        """A message in flight arrives at another time. One that is due now anyway stays as it is."""
        sent_ns, old_ns, cause, src, dst, kind, _fate, _what = ROW.unpack_from(self.rows, (event - self.base) * SIZE)
        if at_ns == old_ns:
            return
        link = self.link(self.ordered[src], self.ordered[dst].id)
        m = self.bodies[event - self.base]
        self.void(old_ns, event)
        self.put_at(event, at_ns)
        heappush(self.heap, (at_ns, event, link, m, link.kinds[m.__class__][1]))
