"""The master of primary-backup and of chains: it says who takes part, from epoch to epoch.

R. van Renesse, F. Schneider, Chain Replication for Supporting High Throughput and Availability, OSDI 2004, section 3.
There the master is itself replicated by Paxos; here it is one node with a disk: while it is down nothing is reconfigured.
"""

from simulator.engine.actor import Node
from simulator.engine.clock import ns_from_ms
from simulator.engine.words import N_
from simulator.systems.replicated_store.messages import Alive, CaughtUp, Granted, NewView, Prepare, Prepared, Recruit, View


class Master(Node):
    """view: the latest, on its disk. prepared: member -> how far it is, while the view is open.

    A member that is not heard of for the failure timeout is left out of the next view. Everybody else must agree to that
    view before it holds; who has most comes first.
    """

    role = "master"
    durable = ("view",)

    def begin(self):
        """The first view holds from the start."""
        self.view, self.prepared = View(1, self.roster["replica"]), {}
        self._heard: dict[str, int] = {}

    def on_start(self):
        """Nobody can be suspected before a whole failure timeout is over."""
        self._heard = dict.fromkeys(self.roster["replica"], self.clock())
        self.persist("view")
        self._look()

    def _look(self) -> None:
        self.set_timer("look", ns_from_ms(self.options.replication.heartbeat_ms))

    def on_alive(self, m: Alive, src: str) -> None:
        """A member's lease goes on; one that is no member is to be brought up to date."""
        self._heard = {**self._heard, src: self.clock()}
        self.send(src, Granted(m.sent_ns, self.view))
        if src not in self.view.members and not self.view.open:
            teacher = self.view.members[self.options.replication.recruits]
            self.send(teacher, Recruit(self.view.epoch, src))

    def on_look_timeout(self) -> None:
        """Leave out who is silent; ask again who has not agreed."""
        silent_ns = self.clock() - ns_from_ms(self.options.replication.failure_timeout_ms)
        left = tuple(member for member in self.view.members if self._heard[member] > silent_ns)
        if left and left != self.view.members:
            self.note(N_("leaves out {members}: not heard of for the failure timeout"),
                      members=", ".join(member for member in self.view.members if member not in left))
            self._open(left)
        elif self.view.open:
            self._ask()
        self._look()

    def _open(self, members: tuple[str, ...]) -> None:
        """A new view, which holds once all its members have agreed."""
        self.view, self.prepared = View(self.view.epoch + 1, members, True), {}
        self.persist("view")
        self._ask()

    def _ask(self) -> None:
        self.broadcast(Prepare(self.view.epoch), [member for member in self.view.members if member not in self.prepared])

    def on_prepared(self, m: Prepared, src: str) -> None:
        """Once all have agreed, the view holds: in a chain the order stays, else who has most is the primary."""
        if not self.view.open or m.epoch != self.view.epoch or src not in self.view.members:
            return
        self.prepared = {**self.prepared, src: m.at}
        if len(self.prepared) < len(self.view.members):
            return
        members = self.view.members
        if self.options.replication.name == "primary_backup":
            first = max(members, key=lambda member: (self.prepared[member], -members.index(member)))
            members = (first, *(member for member in members if member != first))
        self.view = View(self.view.epoch, members)
        self.persist("view")
        self.note(N_("view {epoch}: {members}"), epoch=self.view.epoch, members=", ".join(members))
        self.broadcast(NewView(self.view.epoch, self.view), self.roster["replica"])

    def on_caught_up(self, m: CaughtUp, src: str) -> None:
        """A recruit has everything: it takes part from the next epoch on, at the end."""
        if not self.view.open and m.epoch == self.view.epoch and m.replica not in self.view.members and src in self.view.members:
            self._open((*self.view.members, m.replica))
