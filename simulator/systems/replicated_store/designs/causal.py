"""Causal: every replica takes reads and writes by itself, and shows a write only after everything it depends on.

M. Ahamad, G. Neiger, J. Burns, P. Kohli, P. Hutto, Causal Memory: Definitions, Implementation and Programming, Distributed
Computing 9(1), 1995; with one winner of concurrent writes for all (the later Lamport clock): W. Lloyd, M. Freedman, M. Kaminsky,
D. Andersen, Don't Settle for Eventual, SOSP 2011. The dependencies of a write are the whole vector clock of its replica.
"""

from typing import Literal

from simulator.engine.clock import ns_from_ms
from simulator.engine.words import N_
from simulator.parts.options import Option, quantity
from simulator.systems.replicated_store.client import Guest
from simulator.systems.replicated_store.designs import design
from simulator.systems.replicated_store.messages import Answer, Request, Seen, Spread, Tag, Update, Version
from simulator.systems.replicated_store.replica import Replica

AT_ONCE = 50
"""Updates in one message at most."""


class Causal(Option, title=N_("Vector clocks (causal)")):
    __doc__ = N_("Every replica answers by itself and tells the others; a write is shown only where all that it depends on has been.")

    name: Literal["causal"] = "causal"
    gossip_ms: float = quantity(250.0, N_("Vector clocks are exchanged every"), "ms", ge=1, le=86_400_000, about=N_(
        "What was lost on the way is sent again after that."))


@design(
    order=40,
    config=Causal,
    client=Guest,
    causal=lambda _options: True,
    twins={"does_not_wait_for_dependencies": N_("Causal: a replica shows a write as soon as it arrives, also before the writes that it depends on.")},
)
class CausalReplica(Replica):
    """vector: how many writes of each replica it has applied. log: writes that others may lack. known: peer -> its vector.

    pending: updates that wait for what they depend on; requests: those of sessions that have seen more than this replica.
    lamport: above that of every write it has seen. applied: the update applied last.
    """

    durable = ("store", "vector", "log", "lamport", "sessions")

    def begin(self):
        """It has seen nothing."""
        super().begin()
        self.vector = (0,) * len(self.roster["replica"])
        self.log, self.lamport, self.sessions = (), 0, {}
        self.known, self.pending, self.requests, self.applied = {}, (), (), None

    def on_start(self):
        """Exchange vector clocks from time to time."""
        super().on_start()
        self.set_timer("gossip", ns_from_ms(self.options.replication.gossip_ms * self.uniform()))

    @property
    def place(self) -> int:
        """Its own place in vector clocks."""
        return self.roster["replica"].index(self.id)

    def on_request(self, m: Request, src: str) -> None:
        """Answer, once this replica has seen what the session has."""
        self.requests = (*self.requests, m)
        self._serve()

    def _serve(self) -> None:
        ready = [m for m in self.requests if self._has(m.after) or self.options.faulty == "forgets_sessions"]
        if ready:
            self.requests = tuple(m for m in self.requests if m not in ready)
        for m in ready:
            if m.f == "read":
                version = self.held(m.key)
                self.send(m.client, Answer(m.number, True, version.value, version.tag, None, self.vector))
            elif m.number > self.sessions.get(m.client, -1):
                self._write(m)

    def _has(self, after: tuple | None) -> bool:
        return after is None or all(own >= other for own, other in zip(self.vector, after, strict=True))

    def _write(self, m: Request) -> None:
        number = self.vector[self.place] + 1
        update = Update(self.place, number, m.key, Version(m.value, Tag(self.lamport + 1, self.id, number)), self.vector)
        self.sessions = {**self.sessions, m.client: m.number}
        self._apply(update)
        self.save(*self.durable)
        self.send(m.client, Answer(m.number, True, None, update.version.tag, None, self.vector))
        self.broadcast(Spread((update,)), self.peers)

    def _apply(self, update: Update) -> None:
        """Show it; of two writes that know nothing of each other the one with the later Lamport clock stays."""
        origin = update.origin
        vector = list(self.vector)
        vector[origin] = max(vector[origin], update.number)
        self.vector, self.applied = tuple(vector), update
        self.lamport = max(self.lamport, update.version.tag.counter)
        if update.version.tag > self.held(update.key).tag:
            self.store = {**self.store, update.key: update.version}
        self.log = (*self.log, update)

    def on_spread(self, m: Spread, src: str) -> None:
        """Keep them until all that they depend on is here."""
        fresh = tuple(update for update in m.updates if update.number > self.vector[update.origin] and update not in self.pending)
        self.pending = (*self.pending, *fresh)
        applied = False
        while update := next((update for update in self.pending if self._is_due(update)), None):
            self.pending = tuple(one for one in self.pending if one != update and one.number > self.vector[one.origin])
            self._apply(update)
            applied = True
        if applied:
            self.pending = tuple(one for one in self.pending if one.number > self.vector[one.origin])
            self.save(*self.durable)
            self._serve()
            if len(m.updates) == AT_ONCE:
                self.send(src, Seen(self.vector))  # there is more

    def _is_due(self, update: Update) -> bool:
        if self.options.faulty == "does_not_wait_for_dependencies":
            return True
        return update.number == self.vector[update.origin] + 1 and self._has(update.after)

    def on_gossip_timeout(self) -> None:
        """Say what it has seen, and forget what everybody has."""
        self.broadcast(Seen(self.vector), self.peers)
        if len(self.known) == len(self.peers):
            everywhere = tuple(min(column) for column in zip(self.vector, *self.known.values(), strict=True))
            kept = tuple(update for update in self.log if update.number > everywhere[update.origin])
            if len(kept) < len(self.log):
                self.log = kept
        self.set_timer("gossip", ns_from_ms(self.options.replication.gossip_ms))

    def on_seen(self, m: Seen, src: str) -> None:
        """Send what the other lacks."""
        before = self.known.get(src, m.clock)
        self.known = {**self.known, src: tuple(max(one, other) for one, other in zip(before, m.clock, strict=True))}
        lacking = tuple(update for update in self.log if update.number > m.clock[update.origin])
        if lacking:
            self.send(src, Spread(lacking[:AT_ONCE]))
