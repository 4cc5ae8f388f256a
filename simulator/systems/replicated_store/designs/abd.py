"""ABD: registers that survive the failure of any minority, without a leader.

H. Attiya, A. Bar-Noy, D. Dolev, Sharing Memory Robustly in Message-Passing Systems, J. ACM 42(1), 1995; with many
writers: N. Lynch, A. Shvartsman, Robust Emulation of Shared Memory Using Dynamic Quorum-Acknowledged Broadcasts,
FTCS 1997. Every operation asks a majority first and stores at a majority then; a read stores what it is going to return.
"""

from typing import Literal

from simulator.engine.clock import ns_from_ms
from simulator.engine.words import N_
from simulator.parts.options import Option, quantity
from simulator.parts.quorum import majority
from simulator.systems.replicated_store.client import Client
from simulator.systems.replicated_store.designs import design
from simulator.systems.replicated_store.messages import NOTHING, Fetch, Fetched, Store, Stored, Tag, Version
from simulator.systems.replicated_store.replica import Replica


class Abd(Option, title=N_("ABD quorums (strong)")):
    __doc__ = N_("No leader: a client asks a majority what is newest, then stores at a majority; a read stores what it is going to return.")

    name: Literal["abd"] = "abd"
    resend_ms: float = quantity(200.0, N_("Clients repeat after"), "ms", ge=1, le=3_600_000,
                                about=N_("After so long a client asks the replicas again that have not answered."))


class Reader(Client):
    """phase: "fetch", then "store". answers: replica -> its version, of this phase. chosen: what is stored."""

    def begin(self):
        """Nothing is under way."""
        super().begin()
        self.phase, self.answers, self.chosen = "", {}, NOTHING

    @property
    def quorum(self) -> int:
        """How many answers make a quorum."""
        return majority(len(self.roster["replica"])) - (self.options.faulty == "quorum_is_not_one")

    def carry_out(self) -> None:
        """The first phase: what is the newest version?"""
        self._enter("fetch")

    def _enter(self, phase: str) -> None:
        self.phase, self.answers = phase, {}
        self._send(self.roster["replica"])

    def _send(self, replicas) -> None:
        asked = self.current
        message = Fetch(asked.number, asked.key) if self.phase == "fetch" else Store(asked.number, asked.key, self.chosen)
        self.broadcast(message, replicas)
        self.set_timer("resend", ns_from_ms(self.options.replication.resend_ms))

    def on_resend_timeout(self) -> None:
        """Ask those again who have not answered."""
        if self.current is not None:
            self._send([id for id in self.roster["replica"] if id not in self.answers])

    def on_fetched(self, m: Fetched, src: str) -> None:
        """A majority has answered: a write takes the next tag, a read what is newest."""
        if self.current is None or m.number != self.current.number or self.phase != "fetch":
            return
        self.answers = {**self.answers, src: m.state}
        if len(self.answers) < self.quorum:
            return
        newest = max(self.answers.values(), key=lambda version: version.tag)
        if self.current.f == "write":
            self.chosen = Version(self.current.value, Tag(newest.tag.counter + 1, self.id, self.current.number))
            return self._enter("store")
        self.chosen = newest
        agreed = all(version.tag == newest.tag for version in self.answers.values())
        if agreed or self.options.faulty == "reads_do_not_write_back":
            return self._over()  # a majority has it already: storing it there would change nothing
        self._enter("store")

    def on_stored(self, m: Stored, src: str) -> None:
        """A majority has it."""
        if self.current is None or m.number != self.current.number or self.phase != "store":
            return
        self.answers = {**self.answers, src: self.chosen}
        if len(self.answers) >= self.quorum:
            self._over()

    def _over(self) -> None:
        self.cancel_timer("resend")
        result = self.chosen.value if self.current.f == "read" else None
        copies, self.phase, self.answers = len(self.answers), "", {}
        self.finish("ok", result, self.chosen.tag, copies=copies)

    def is_without_effect(self) -> bool:
        """Nothing is stored before the second phase."""
        return self.phase == "fetch"


@design(
    order=10,
    config=Abd,
    client=Reader,
    fresh=lambda _options: "atomic",
    causal=lambda _options: True,
    copies=lambda options: majority(options.replicas),
    twins={"reads_do_not_write_back": N_("ABD quorums: a read returns the newest version without storing it at a majority first.")},
)
class AbdReplica(Replica):
    """Keeps the newest version of each key."""

    durable = ("store",)

    def on_fetch(self, m: Fetch, src: str) -> None:
        """What it has."""
        self.send(src, Fetched(m.number, m.key, self.held(m.key)))

    def on_store(self, m: Store, src: str) -> None:
        """Keep it if it is newer; it leaves word when that is on the disk."""
        if m.state.tag > self.held(m.key).tag:
            self.store = {**self.store, m.key: m.state}
            self.save("store")
        self.send(src, Stored(m.number, m.key))
