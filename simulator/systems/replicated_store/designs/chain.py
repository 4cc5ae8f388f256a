"""Chain replication: writes go in at the head and are answered by the tail, which answers all reads.

R. van Renesse, F. Schneider, Chain Replication for Supporting High Throughput and Availability, OSDI 2004. The master
takes a silent replica out: at the head, in the middle, at the tail; one that comes back is recruited by the tail.
"""

from typing import Literal

from simulator.engine.words import N_
from simulator.systems.replicated_store.client import Guest
from simulator.systems.replicated_store.designs import design
from simulator.systems.replicated_store.master import Master
from simulator.systems.replicated_store.member import Member
from simulator.systems.replicated_store.messages import Request, Shipped, View
from simulator.systems.replicated_store.viewed import Viewed


class Chain(Viewed, title=N_("Chain (strong)")):
    __doc__ = N_("Writes go in at the head, from replica to replica, and are answered by the tail, as all reads are.")

    name: Literal["chain"] = "chain"

    @property
    def recruits(self) -> int:
        """Who brings new members up to date: the place in the view."""
        return -1


@design(
    order=70,
    config=Chain,
    client=Guest,
    fresh=lambda _options: "atomic",
    causal=lambda _options: True,
    complete=lambda _options: True,
    others={"master-0": Master},
)
class Link(Member):
    """One replica of the chain. behind: up to where the tail has everything, as the one behind it says."""

    def begin(self):
        """Nothing is behind it."""
        super().begin()
        self.behind = 0

    def _adopt(self, view: View) -> None:
        self.behind = 0
        super()._adopt(view)

    def is_last(self) -> bool:
        """Whether it is the tail."""
        return self.view.members[-1] == self.id

    def answers(self) -> bool:
        """The tail does; without the check, the head answers reads too."""
        return self.is_last()

    def followers(self) -> tuple[str, ...]:
        """The next in the chain; behind the tail, who is being recruited."""
        members = self.view.members
        if self.id not in members:
            return ()
        return members[members.index(self.id) + 1:][:1] or self.learners

    def safe_now(self) -> int:
        """What the tail has."""
        if self.is_last():
            return min([self.seq, *(self.acked.get(learner, 0) for learner in self.learners)])
        return min(self.behind, self.seq)

    def heard_safe(self, follower: str, safe: int) -> None:
        """The one behind it says what the tail has."""
        if follower in self.view.members:
            self.behind = max(self.behind, safe)

    def report(self) -> None:
        """Tell the one before what the tail has."""
        place = self.view.members.index(self.id)
        if place > 0:
            self.send(self.view.members[place - 1], Shipped(self.epoch, self.seq, self.safe))

    def _belongs_to(self, m: Request) -> str:
        if m.f == "read" and self.options.faulty != "reads_without_checking":
            return self.view.members[-1]
        return self.view.members[0]
