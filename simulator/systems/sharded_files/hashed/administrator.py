"""Who says which nodes belong to the hashed design. It is on no path of data, and nobody waits for it to read or write."""

from simulator.engine.action import ActionRefused
from simulator.engine.actor import Node
from simulator.engine.clock import S, ns_from_ms
from simulator.engine.words import N_
from simulator.systems.sharded_files.hashed.layouts import first, joined, left
from simulator.systems.sharded_files.hashed.messages import Admission, Alive, Layout, Members, MembersKnown

FEWEST = 1
"""Nodes that must be left."""


class Administrator(Node):
    """Makes one change after the other: the next one begins when all shards are where the last one wants them.

    Nodes that are silent for too long are given up at once, but fewer than there are replicas until the shards are whole again.
    changes: ("add" or "retire", node) that wait. liveness: node -> "dead" or "leaving", where it is not simply there.
    """

    role = "administrator"
    durable = ("membership", "changes")

    def begin(self):
        """It knows the nodes that the run began with."""
        self.membership, self.changes, self.liveness = first(self.options, self.roster["data_node"]), (), {}
        self._heard, self._editions, self._settled = {}, {}, {}

    def on_start(self) -> None:
        """Say who belongs, and watch them."""
        self._heard = {node: self.clock() for node in self._present()}
        self._say()
        self.set_timer("watch", ns_from_ms(self.options.design.alive_ms))

    def _present(self) -> list[str]:
        """All nodes of the layouts that were not given up."""
        found = dict.fromkeys(node for layout in self.membership.layouts for node in layout.nodes)
        return [node for node in found if node not in self.membership.expelled]

    def _say(self) -> None:
        self.broadcast(Members(self.membership), self._present())

    def _become(self, **changes) -> None:
        """A new edition."""
        self.membership = self.membership._replace(edition=self.membership.edition + 1, **changes)
        self.persist()
        self._settled = {}
        self._say()
        self._show()

    def _show(self) -> None:
        newest = self.membership.layouts[-1].nodes
        dead = {node: "dead" for node in (*self.membership.expelled, *self._silent())}
        self.liveness = {node: "leaving" for node in self._present() if node not in newest} | dead

    # Changes

    def on_admission(self, _m: Admission, src: str) -> None:
        """A machine that wants to belong; one that was given up, once the others are whole without it."""
        if src not in (*self._present(), *self.membership.expelled, *self.membership.retired):
            self._queue("add", src)
        self.send(src, Members(self.membership))

    def do_retire(self, node: str) -> None:
        """A node is to leave once others have what it holds."""
        if node not in self.membership.layouts[-1].nodes:
            raise ActionRefused("target", N_("{target} is not in the newest layout."), target=node)
        if len(self.membership.layouts[-1].nodes) <= FEWEST:
            raise ActionRefused("target", N_("{target} is the last node of the layout."), target=node)
        self._queue("retire", node)

    def _queue(self, how: str, node: str) -> None:
        if (how, node) not in self.changes:
            self.changes = (*self.changes, (how, node))
            self.persist()
        self._next()

    def _next(self) -> None:
        """Begin the next change, unless one is under way."""
        while self.changes and len(self.membership.layouts) == 1:
            (how, node), self.changes = self.changes[0], self.changes[1:]
            layout = self.membership.layouts[-1]
            if how == "add" and node not in layout.nodes:
                self._heard = {**self._heard, node: self.clock()}
                self._begin(joined(self.options, layout, node))
            if how == "retire" and node in layout.nodes and len(layout.nodes) > FEWEST:
                self._begin(left(self.options, layout, node))

    def _begin(self, layout: Layout) -> None:
        self._become(layouts=(*self.membership.layouts, layout))

    # Who is there

    def on_alive(self, m: Alive, src: str) -> None:
        """It is there; if it is behind, tell it."""
        self._heard = {**self._heard, src: self.clock()}
        if m.edition < self.membership.edition:
            self.send(src, Members(self.membership))

    def _silent(self) -> list[str]:
        after_ns = self.options.design.dead_after_s * S
        return [node for node in self._present() if self.clock() - self._heard.get(node, 0) > after_ns]

    def on_watch_timeout(self) -> None:
        """Give up who has been silent for too long, and repeat what somebody has not heard."""
        for node in self._silent() if self.options.design.gives_up else ():
            self._give_up(node)
        for node in self._present():
            if self._editions.get(node, 0) < self.membership.edition:
                self.send(node, Members(self.membership))
        self._show()
        self.set_timer("watch", ns_from_ms(self.options.design.alive_ms))

    def _give_up(self, node: str) -> None:
        """The others go on without it, if they hold what it holds."""
        known, newest = self.membership, self.membership.layouts[-1]
        if len(known.expelled) >= max(1, self.options.design.replication - 1) or len(newest.nodes) <= FEWEST:
            return
        layout = left(self.options, newest, node)
        self.note(N_("gives up {node}"), node=node)
        self._become(layouts=(*known.layouts, layout), expelled=(*known.expelled, node))

    def on_members_known(self, m: MembersKnown, src: str) -> None:
        """When all shards are where the newest layout wants them, the older ones are forgotten."""
        known, newest = self.membership, self.membership.layouts[-1]
        self._editions = {**self._editions, src: m.edition}
        self._settled = {**self._settled, src: m.settled}
        if len(known.layouts) > 1 and all(self._settled.get(node) == newest.version for node in newest.nodes):
            leaving = tuple(node for node in self._present() if node not in newest.nodes)
            self._say_last(leaving)

    def _say_last(self, leaving: tuple[str, ...]) -> None:
        newest = self.membership.layouts[-1]
        self.note(N_("all shards are where layout {version} wants them"), version=newest.version)
        self._become(layouts=(newest,), expelled=(), retired=(*self.membership.retired, *leaving))
        self.broadcast(Members(self.membership), leaving)
        self._next()
