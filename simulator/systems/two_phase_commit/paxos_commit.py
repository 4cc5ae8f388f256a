"""Paxos commit: the votes are chosen by Paxos, one instance for each participant, so that no single node can block.

J. Gray, L. Lamport, "Consensus on transaction commit", ACM TODS 31(1), 2006. Ballot 0 of an instance belongs to
its participant, which votes straight to the acceptors; a higher ballot belongs to a coordinator that wants to
finish the transaction, and proposes "no" where nothing can have been chosen. Not in the paper: the acceptors may
forget when everybody has acknowledged the decision.
"""

from typing import NamedTuple

from simulator.engine.actor import Node
from simulator.engine.words import N_
from simulator.parts.ballot import Ballot
from simulator.systems.two_phase_commit.coordinator import SAYS, Coordinator
from simulator.systems.two_phase_commit.log import latest, without
from simulator.systems.two_phase_commit.master import Heard, Open
from simulator.systems.two_phase_commit.messages import Forget, Inquiry, Phase1a, Phase1b, Phase2a, Phase2b
from simulator.systems.two_phase_commit.participant import Participant

OWN = Ballot(0, "")
"""The participant's own ballot."""


class Round(NamedTuple):
    """What a coordinator has heard from the acceptors at one ballot: promises, and reports of what they accepted."""

    ballot: Ballot
    promises: tuple = ()
    reports: tuple = ()


class Acceptor(Node):
    """Remembers votes. promised: txn -> Ballot. accepted: txn -> ((participant, ballot, vote), ...)."""

    role = "acceptor"
    durable = ("promised", "accepted")

    def begin(self):
        """Nothing promised, nothing accepted."""
        self.promised = {}
        self.accepted = {}
        self.forgotten = {}
        self.heard = None

    def on_phase2a(self, m, src):
        """Accept unless something higher was promised. The participants' votes are reported together, a no at once."""
        if m.txn in self.forgotten:
            return
        if m.ballot < self.promised.get(m.txn, OWN):
            return self.decline(m, src)
        accepted = {participant: (participant, ballot, vote) for participant, ballot, vote in self.accepted.get(m.txn, ())}
        for participant, vote in m.votes:
            if m.ballot > OWN or participant not in accepted:  # nobody votes twice at ballot 0
                accepted[participant] = (participant, m.ballot, vote)
                self.heard = Heard(m.txn, participant, vote) if m.ballot == OWN else self.heard
        self.accepted = {**self.accepted, m.txn: tuple(accepted.values())}
        self.promised = {**self.promised, m.txn: m.ballot}
        votes = tuple((participant, vote) for participant, ballot, vote in accepted.values() if ballot == m.ballot)
        if len(votes) == len(m.branches) or "no" in dict(votes).values():
            self.persist("promised", "accepted")
            self.send(m.leader, Phase2b(m.txn, m.ballot, votes))

    def on_phase1a(self, m, src):
        """Promise, and tell what was accepted."""
        if m.txn in self.forgotten:
            return
        if m.ballot < self.promised.get(m.txn, OWN):
            return self.decline(m, src)
        self.promised = {**self.promised, m.txn: m.ballot}
        self.persist("promised", "accepted")
        self.send(src, Phase1b(m.txn, m.ballot, self.accepted.get(m.txn, ())))

    def decline(self, m, src):
        """Tell a coordinator that there is a higher ballot; a participant need not know."""
        if m.ballot > OWN:
            self.send(src, Phase1b(m.txn, self.promised[m.txn], ()))

    def on_forget(self, m, src):
        """Nobody will ask."""
        self.promised, self.accepted = without(self.promised, m.txn), without(self.accepted, m.txn)
        self.forgotten = latest(self.forgotten, m.txn, True)
        self.persist("promised", "accepted", force=False)


class Leader(Coordinator):
    """A coordinator that learns the votes from the acceptors. It needs no log: what it forgets they remember.

    rounds: txn -> Round. highest: the number of its highest ballot, on the disk before the ballot begins.
    """

    durable = ("log", "lives", "highest")

    def begin(self):
        """As in two phases."""
        super().begin()
        self.rounds = {}
        self.highest = 0

    @property
    def majority(self):
        """How many acceptors make a choice."""
        return len(self.roster["acceptor"]) // 2 + 1

    def prepare(self, txn):
        """Ask for votes; they go to the acceptors."""
        self.point("before_prepare")
        self.rounds = {**self.rounds, txn: Round(OWN)}
        self.ask_for_votes(txn)

    def on_phase2b(self, m, src):
        """A vote is chosen when a majority has accepted it at one ballot."""
        t, round = self.open.get(m.txn), self.rounds.get(m.txn)
        if t is None or t.state != "voting" or round.ballot != m.ballot:
            return
        reports = (*(one for one in round.reports if one[0] != src), (src, m.votes))
        self.rounds = {**self.rounds, m.txn: round._replace(reports=reports)}
        heard = [vote for _acceptor, votes in reports for vote in votes]
        chosen = tuple(vote for vote in dict.fromkeys(heard) if heard.count(vote) >= self.majority)
        missing = tuple(participant for participant, _number in t.branches if participant not in dict(chosen))
        self.update(m.txn, votes=chosen, waits_for=missing)
        if "no" in dict(chosen).values():
            self.decide(m.txn, "abort")
        elif not missing:
            self.all_voted(m.txn)

    # A vote is missing, or a coordinator

    def on_vote_timeout(self, txn):
        """Begin a ballot of its own, for all votes at once."""
        self.begin_ballot(txn, self.rounds[txn].ballot.number)

    def on_inquiry(self, m, src):
        """A participant in doubt: tell it, or find out in the stead of the coordinator that began."""
        t = self.open.get(m.txn)
        if t is None:
            self.note(N_("{txn} is taken over"), txn=m.txn)
            self.open = {**self.open, m.txn: Open("voting", self.clock(), branches=m.branches)}
            self.begin_ballot(m.txn, 0)
        elif t.state in ("committing", "aborting"):
            self.send(src, SAYS["commit" if t.state == "committing" else "abort"](m.txn))

    def begin_ballot(self, txn, above):
        """A ballot that nobody has used, also not this coordinator before a crash."""
        self.highest = max(self.highest, above) + 1
        self.persist("highest")
        ballot = Ballot(self.highest, self.id)
        self.rounds = {**self.rounds, txn: Round(ballot)}
        self.broadcast(Phase1a(txn, ballot), self.roster["acceptor"])
        self.wait("vote", self.options.vote_timeout_ms * (1 + self.uniform()), txn)

    def on_phase1b(self, m, src):
        """With promises of a majority: propose what may have been chosen, and "no" where nothing can have been."""
        t, round = self.open.get(m.txn), self.rounds.get(m.txn)
        if t is None or t.state != "voting":
            return
        if m.ballot > round.ballot:
            self.highest = max(self.highest, m.ballot.number)  # the next one will be above
        if m.ballot != round.ballot or len(round.promises) >= self.majority or src in dict(round.promises):
            return
        round = round._replace(promises=(*round.promises, (src, m.accepted)))
        self.rounds = {**self.rounds, m.txn: round}
        if len(round.promises) == self.majority:
            votes = tuple((participant, self.safe(round, participant)) for participant, _number in t.branches)
            self.broadcast(Phase2a(m.txn, round.ballot, votes, t.branches, self.id), self.roster["acceptor"])

    def safe(self, round, participant):
        """The vote that was accepted at the highest ballot, or "no" if there is none."""
        heard = [(ballot, vote) for _acceptor, accepted in round.promises for one, ballot, vote in accepted if one == participant]
        return max(heard)[1] if heard else "no"

    # The decision is in the acceptors' memory; nothing is logged here

    def decide(self, txn, decision):
        """What was chosen is decided."""
        self.cancel_timer("vote", txn)
        everybody = tuple(dict(self.open[txn].branches))
        self.update(txn, state="deciding", waits_for=everybody)
        if decision == "commit":
            self.on_commit_logged(txn)
        else:
            self.on_abort_logged(txn)

    def all_know(self, txn):
        """The acceptors may forget."""
        self.broadcast(Forget(txn), self.roster["acceptor"])

    def forget(self, txn):
        """As in two phases."""
        self.rounds = without(self.rounds, txn)
        super().forget(txn)

    def recover(self):
        """Nothing to do: who is in doubt will ask."""


class ResourceManager(Participant):
    """A participant that votes to the acceptors. asked: how often it has asked for each transaction."""

    def begin(self):
        """As in two phases."""
        super().begin()
        self.asked = {}

    def refuse(self, m, src):
        """A branch that is gone says nothing: it may have voted, and nobody votes twice. The leader will propose no."""

    def cast(self, txn, vote):
        """The vote at ballot 0, to the acceptors."""
        branch = self.branches[txn]
        message = Phase2a(txn, OWN, ((self.id, vote),), branch.among, branch.coordinator)
        self.broadcast(message, self.roster["acceptor"])

    def ask(self, txn):
        """Ask one coordinator after the other, the next one first: the own one would have told."""
        known = self.heuristic.get(txn) or self.branches[txn]
        coordinators = self.roster["coordinator"]
        times = self.asked.get(txn, 0) + 1
        self.asked = {**self.asked, txn: times}
        turn = coordinators.index(known.coordinator) + times
        self.send(coordinators[turn % len(coordinators)], Inquiry(txn, known.among))

    def finish(self, txn, decision, by):
        """As in two phases."""
        self.asked = without(self.asked, txn)
        super().finish(txn, decision, by)
