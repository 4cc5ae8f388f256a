"""The messages and the roles of Paxos, in the words of "Paxos made simple"; sections are those of that paper.

Handlers answer each message as the paper says; the rest is waiting, trying again and asking again.
"""

from typing import NamedTuple

from simulator.engine.action import ActionRefused
from simulator.engine.actor import Node
from simulator.engine.clock import MS, ns_from_ms
from simulator.engine.words import N_
from simulator.parts.ballot import Ballot, lower
from simulator.systems.paxos.config import accept_quorum, promise_quorum

DOUBLINGS = 6
"""How often the range of the back-off is doubled."""

# Messages


class Proposal(NamedTuple):
    """A value under a number; what an acceptor has accepted."""

    ballot: Ballot
    value: str


class Prepare(NamedTuple):
    """Phase 1a: asks for a promise never again to accept a proposal below `ballot`."""

    ballot: Ballot


class Promise(NamedTuple):
    """Phase 1b: the promise, and the highest-numbered proposal that the acceptor has accepted."""

    ballot: Ballot
    accepted: Proposal | None


class Accept(NamedTuple):
    """Phase 2a: asks to accept a proposal."""

    ballot: Ballot
    value: str


class Accepted(NamedTuple):
    """Phase 2b: the acceptor has accepted it. Goes to all that learn."""

    ballot: Ballot
    value: str


class Preempted(NamedTuple):
    """Refuses `ballot`, for a higher one was promised: only to save time (section 2.5)."""

    ballot: Ballot
    promised: Ballot


class Ask(NamedTuple):
    """A learner asks an acceptor what it has accepted (section 2.3)."""


class Urge(NamedTuple):
    """A learner asks a proposer to issue a proposal, so that it can find out what was chosen (section 2.3)."""


class Chosen(NamedTuple):
    """Tells one that asked what was chosen."""

    value: str


# Roles


class Participant(Node):
    """What all roles share: whom to talk to."""

    @property
    def acceptors(self) -> tuple[str, ...]:
        """All that vote."""
        return self.roster.get("acceptor") or self.roster["server"]

    @property
    def audience(self) -> tuple[str, ...]:
        """All that learn."""
        return self.roster.get("server") or (*self.roster["proposer"], *self.roster.get("learner", ()))


class Acceptor(Participant):
    """Remembers the highest-numbered proposal it accepted and the highest number it promised, even if it fails."""

    role = "acceptor"
    durable = ("promised", "accepted")

    def begin(self):
        """Nothing promised, nothing accepted."""
        super().begin()
        self.promised, self.accepted = None, None

    def on_prepare(self, m: Prepare, src: str):
        """Phase 1b: promise, if the number is greater than that of any request it has responded to."""
        if self.promised is not None and m.ballot <= self.promised:
            if m.ballot < self.promised:
                self.send(src, Preempted(m.ballot, self.promised))
            return
        self.promised = m.ballot
        if self.options.faulty != "promise_is_not_persisted":
            self.persist("promised")
        self.send(src, Promise(m.ballot, self.accepted))

    def on_accept(self, m: Accept, src: str):
        """Phase 2b: accept, unless it has responded to a prepare request with a greater number."""
        if lower(m.ballot, self.promised) and self.options.faulty != "accepts_below_promise":
            return self.send(src, Preempted(m.ballot, self.promised))
        self.promised = m.ballot
        self.accepted = Proposal(m.ballot, m.value)
        self.persist("promised", "accepted")
        self.broadcast(Accepted(m.ballot, m.value), self.audience)

    def on_ask(self, m: Ask, src: str):
        """Tell again what it has accepted."""
        if self.accepted is not None:
            self.send(src, Accepted(*self.accepted))


class Learner(Participant):
    """Learns that a proposal was chosen, from the acceptors that accepted it."""

    role = "learner"

    def begin(self):
        """It has heard of nothing."""
        super().begin()
        self.reports, self.learned, self.asked = {}, None, 0

    def on_start(self):
        """From now on it asks, until it knows."""
        self.set_timer("ask", ns_from_ms(self.options.ask_ms))

    def on_accepted(self, m: Accepted, src: str):
        """A quorum under one number, and the value is chosen."""
        if self.learned is not None:
            return
        ballot = m.ballot if self.options.faulty != "counts_across_ballots" else None
        acceptors = self.reports.get(ballot, frozenset()) | {src}
        self.reports = {**self.reports, ballot: acceptors}
        if len(acceptors) >= accept_quorum(self.options):
            self.learn(m.value)

    def on_chosen(self, m: Chosen, src: str):
        """Somebody knew."""
        if self.learned is None:
            self.learn(m.value)

    def on_ask_timeout(self):
        """It may have missed something. Where acceptors fail, only another proposal can tell what was chosen."""
        self.asked += 1
        self.broadcast(Ask(), self.acceptors)
        proposers = self.roster.get("proposer") or self.roster["server"]
        if self.reports:
            self.send(proposers[self.asked % len(proposers)], Urge())
        self.set_timer("ask", ns_from_ms(self.options.ask_ms))

    def learn(self, value: str):
        """It knows now."""
        self.learned = value
        self.cancel_timer("ask")
        self.note(N_("{node} learns that {value} was chosen."), node=self.id, value=value)


class Proposer(Learner):
    """Issues proposals with ever higher numbers until it learns that one was chosen.

    wanted: what its client proposes. number: the highest it has used. ballot, value: what it is trying.
    phase: idle, preparing, accepting, preempted or done. refused: how often an acceptor refused.
    """

    role = "proposer"
    durable = ("number", "wanted")

    def begin(self):
        """Nothing to propose, no number used."""
        super().begin()
        self.phase, self.number, self.tries = "idle", 0, 0
        self.refused = 0
        self.ballot, self.value, self.promises = None, None, {}
        self.wanted, self.operation = None, None

    def on_start(self):
        """Its client comes when it is that one's turn."""
        super().on_start()
        place = self.roster[self.role].index(self.id)
        if place < self.options.clients and self.wanted is None:
            self.set_timer("client", place * ns_from_ms(self.options.client_gap_ms))

    def on_restart(self):
        """What it had to propose is still to be chosen, for all it knows."""
        self.on_start()
        if self.wanted is not None:
            self.prepare()

    def on_client_timeout(self):
        """Its client wants a value chosen, named after the proposer's place: A, B, ..."""
        if self.wanted is None:
            self.propose("ABCDE"[self.roster[self.role].index(self.id)])

    def do_propose(self, value: str) -> None:
        """A client proposes `value` here."""
        if self.wanted is not None:
            raise ActionRefused("target", N_("{node} has a value to propose already: {value}."), node=self.id, value=self.wanted)
        self.propose(value)

    def propose(self, value: str):
        """A client wants `value` chosen."""
        self.wanted, self.operation = value, self.invoke("propose", value=value)
        if self.learned is not None:
            return self.complete(self.operation, "ok", self.learned)
        self.prepare()

    def prepare(self):
        """Phase 1a, with a number that it remembers even if it fails."""
        self.number += 1
        self.tries += 1
        self.ballot, self.value, self.promises, self.phase = Ballot(self.number, self.id), None, {}, "preparing"
        self.persist(*Proposer.durable)
        self.broadcast(Prepare(self.ballot), self.acceptors)
        self.set_timer("retry", self.wait_ns())

    def wait_ns(self) -> int:
        """How long until the next try: always the same, or more by chance."""
        backoff = self.options.backoff_ms * 2 ** min(self.tries - 1, DOUBLINGS)
        return int((self.options.retry_ms + (backoff * self.uniform() if backoff else 0)) * MS)

    def on_promise(self, m: Promise, src: str):
        """Phase 2a, once a quorum has promised."""
        if m.ballot != self.ballot or self.phase != "preparing":
            return
        self.promises = {**self.promises, src: m.accepted}
        if len(self.promises) < promise_quorum(self.options):
            return
        self.reach("promised")
        self.value = self.pick()
        if self.value is None:  # a learner urged it, and nothing was accepted
            self.phase = "idle"
            return self.cancel_timer("retry")
        self.phase = "accepting"
        self.broadcast(Accept(self.ballot, self.value), self.acceptors)
        self.reach("asked")

    def pick(self) -> str | None:
        """The value of the highest-numbered proposal among the responses, or its own if they report none."""
        accepted = [proposal for proposal in self.promises.values() if proposal is not None]
        if not accepted or self.options.faulty == "ignores_accepted" and self.wanted is not None:
            return self.wanted
        return accepted[0].value if self.options.faulty == "adopts_any_value" else max(accepted).value

    def on_preempted(self, m: Preempted, src: str):
        """Abandon the proposal: the next one needs a higher number."""
        self.refused += 1
        if m.ballot != self.ballot or self.phase not in ("preparing", "accepting"):
            return
        self.number = max(self.number, m.promised.number)
        self.phase = "preempted"

    def on_retry_timeout(self):
        """It knows of no choice yet."""
        self.prepare()

    def on_urge(self, m: Urge, src: str):
        """A learner wants to know: tell it, or find out by a proposal."""
        if self.learned is not None:
            self.send(src, Chosen(self.learned))
        elif self.phase == "idle":
            self.prepare()

    def learn(self, value: str):
        """It can stop, and its client has an answer."""
        super().learn(value)
        self.phase = "done"
        self.cancel_timer("retry")
        if self.operation is not None:
            self.complete(self.operation, "ok", value)


class Server(Proposer, Acceptor):
    """All roles in one: as in "each process plays the role of proposer, acceptor, and learner" (section 2.5)."""

    role = "server"
    durable = (*Proposer.durable, *Acceptor.durable)
