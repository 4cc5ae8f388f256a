"""Primary and backups: one replica takes all writes, the others follow its updates in their order.

P. Alsberg, J. Day, A Principle for Resilient Sharing of Distributed Resources, ICSE 1976; N. Budhiraja, K. Marzullo,
F. Schneider, S. Toueg, The Primary-Backup Approach, 1993. Asynchronous, semi-synchronous and synchronous as in MySQL
(manual 8.0, 19.4.10) and PostgreSQL (manual 16, synchronous_commit). Fenced by leases (C. Gray, D. Cheriton, SOSP 1989) and epochs.
"""

from typing import Literal

from simulator.engine.words import N_
from simulator.parts.options import quantity
from simulator.systems.replicated_store.client import Guest
from simulator.systems.replicated_store.designs import design
from simulator.systems.replicated_store.master import Master
from simulator.systems.replicated_store.member import Member
from simulator.systems.replicated_store.messages import Request
from simulator.systems.replicated_store.viewed import Viewed


class PrimaryBackup(Viewed, title=N_("Primary and backups")):
    __doc__ = N_("One replica takes all reads and writes; backups follow it. A master names another one when it is silent.")

    name: Literal["primary_backup"] = "primary_backup"
    acknowledge: Literal["async", "semi_sync", "sync"] = quantity("sync", N_("Acknowledged when"), labels={
        "async": N_("the primary has it (asynchronous)"), "semi_sync": N_("one backup has it, too (semi-synchronous)"),
        "sync": N_("every backup has it (synchronous)")}, source="MySQL 8.0 manual, 19.4.10")

    @property
    def recruits(self) -> int:
        """Who brings new members up to date: the place in the view."""
        return 0


@design(
    order=60,
    config=PrimaryBackup,
    client=Guest,
    fresh=lambda options: "atomic" if options.replication.acknowledge == "sync" else "",
    causal=lambda options: options.replication.acknowledge == "sync",
    complete=lambda options: options.replication.acknowledge == "sync",
    others={"master-0": Master},
)
class PrimaryOrBackup(Member):
    """Takes reads and writes where it is first in the view."""

    def answers(self) -> bool:
        """The primary does."""
        return self.is_first()

    def followers(self) -> tuple[str, ...]:
        """All backups of the primary."""
        return (*self.view.members[1:], *self.learners) if self.is_first() else ()

    def safe_now(self) -> int:
        """As many backups as the mode wants have it."""
        mode = self.options.replication.acknowledge
        has = [self.acked.get(follower, 0) for follower in self.followers()]
        if not self.is_first():
            return 0
        if mode == "async" or not has:
            return self.seq
        return max(has) if mode == "semi_sync" else min(has)

    def copies(self) -> int:
        """The primary's own, and those of the backups that it waited for."""
        return {"async": 1, "semi_sync": min(2, 1 + len(self.followers())), "sync": 1 + len(self.followers())}[self.options.replication.acknowledge]

    def _belongs_to(self, m: Request) -> str:
        return self.view.members[0]
