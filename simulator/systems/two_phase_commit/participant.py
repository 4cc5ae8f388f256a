"""The participant of two-phase commit: it votes, and once it has voted yes it does as it is told.

Gray 1978; Mohan, Lindsay, Obermarck 1986; cooperative termination after Bernstein, Hadzilacos, Goodman 1987,
section 7.4; the operator's heuristic decision after the X/Open specification of distributed transactions, 1991.
"""

from typing import NamedTuple

from simulator.engine.action import ActionRefused
from simulator.engine.words import N_
from simulator.systems.two_phase_commit.coordinator import acknowledged
from simulator.systems.two_phase_commit.locks import Lock
from simulator.systems.two_phase_commit.log import without
from simulator.systems.two_phase_commit.messages import Ack, DecisionReply, DecisionRequest, Inquiry, Vote
from simulator.systems.two_phase_commit.worker import Branch, Worker

OPERATOR = "operator"


class Heuristic(NamedTuple):
    """What the operator decided here, while nobody knew."""

    decision: str
    coordinator: str
    among: tuple[tuple[str, int], ...]


class Participant(Worker):
    """recovered: transactions in doubt since before a crash. heuristic: what the operator decided. vetoes: votes no to come."""

    def begin(self):
        """As a worker; the operator has not meddled."""
        super().begin()
        self.recovered = ()
        self.heuristic = {}
        self.vetoes = 0

    def live(self, txn):
        """An operator's decision is remembered until the true one is known."""
        return super().live(txn) or txn in self.heuristic

    # Phase 1

    def on_prepare(self, m, src):
        """Vote on a branch that is here and ready; one that is gone, by a crash or a timeout, has aborted."""
        branch = self.branches.get(m.txn)
        if branch is None or branch.number != dict(m.branches)[self.id] or branch.state == "working":
            self.refuse(m, src)
        elif branch.state == "worked":
            self.update(m.txn, among=m.branches)
            self.cancel_timer("idle", m.txn)
            self.vote(m.txn)
        elif m.txn in self.in_doubt:
            self.cast(m.txn, "yes")

    def refuse(self, m, src):
        """Say no for a branch that is not here."""
        self.send(src, Vote(m.txn, "no"))

    def vote(self, txn):
        """yes needs the log: from then on a crash changes nothing."""
        branch = self.branches[txn]
        if branch.veto or self.vetoes:
            self.vetoes -= not branch.veto
            self.write("abort", txn, force="abort" in acknowledged(self.options))
            self.cast(txn, "no")
            self.finish(txn, "abort", self.id)
        elif not branch.writes and getattr(self.options.protocol, "read_votes", False):
            self.cast(txn, "read")
            self.finish(txn, "read", self.id)
        else:
            self.update(txn, state="prepared")
            self.write("prepared", txn, branch.among, branch.writes, branch.coordinator,
                       force=self.options.faulty != "vote_is_not_forced", then="vote_logged")

    def on_vote_logged(self, txn):
        """The promise is on the disk and may be given. Now it is in doubt."""
        if txn not in self.branches:
            return  # told to abort meanwhile
        self.reach("vote_logged")
        self.in_doubt = {**self.in_doubt, txn: self.clock()}
        self.cast(txn, "yes")
        self.wait("doubt", self.patience_ms, txn)

    def cast(self, txn, vote):
        """Give the vote to the coordinator."""
        self.send(self.branches[txn].coordinator, Vote(txn, vote))

    # Phase 2

    def on_commit(self, m, src):
        """The decision is to commit."""
        self.told(m.txn, "commit", src)

    def on_abort(self, m, src):
        """The decision is to abort; for a branch that has not voted, too."""
        self.told(m.txn, "abort", src)

    def told(self, txn, decision, src):
        """Do as told, and acknowledge it: also when all is over here, for then the acknowledgement was lost."""
        branch = self.branches.get(txn)
        if txn in self.heuristic:
            self.compare(txn, decision)
        elif branch is not None and branch.state in ("prepared", "precommitted"):
            self.reach("decision_heard")
            self.learn(txn, decision, src)
        elif branch is not None and decision == "abort":
            self.finish(txn, "abort", src)
        if decision in acknowledged(self.options) and src in self.roster["coordinator"]:
            self.send(src, Ack(txn))

    def learn(self, txn, decision, by):
        """The doubt is over. What will be acknowledged is forced, for the coordinator will forget it."""
        self.write(decision, txn, by=by, force=decision in acknowledged(self.options))
        self.finish(txn, decision, by)

    def finish(self, txn, decision, by):
        """As a worker; it is not a recovered one any more."""
        self.recovered = tuple(one for one in self.recovered if one != txn)
        super().finish(txn, decision, by)

    # In doubt

    @property
    def patience_ms(self):
        """How long it waits for the decision before it asks."""
        return self.options.doubt_timeout_ms

    def on_doubt_timeout(self, txn):
        """The decision has not come. It may not decide alone: it can only ask."""
        if self.options.faulty == "decides_when_in_doubt" and txn in self.branches:
            return self.learn(txn, "abort", self.id)
        self.ask(txn)
        self.wait("doubt", self.options.doubt_timeout_ms, txn)

    def ask(self, txn):
        """Ask the coordinator, and the others, each by the name that its branch had in Prepare."""
        known = self.heuristic.get(txn) or self.branches[txn]
        self.send(known.coordinator, Inquiry(txn, known.among))
        if self.options.protocol.cooperative and txn in self.branches:
            for participant, number in known.among:
                if participant != self.id:
                    self.send(participant, DecisionRequest(txn, number))

    def on_decision_request(self, m, src):
        """Tell what is known. One that has not voted aborts now, so that the other one can."""
        branch = self.branches.get(m.txn)
        if branch is not None and branch.number == m.branch and branch.state in ("working", "worked"):
            self.finish(m.txn, "abort", self.id)
        self.send(src, DecisionReply(m.txn, self.known(m.txn, m.branch) or "uncertain"))

    def known(self, txn, number):
        """The decision, if this participant has learned it; "" otherwise. What the operator decided does not count."""
        if txn in self.heuristic:
            return ""
        ended, record = self.decided.get(txn), self.logged(txn, "commit", "abort")
        if ended is not None and ended.branch == number and ended.by != OPERATOR:
            return ended.decision if ended.decision != "read" else ""
        return record.kind if record is not None else ""

    def on_decision_reply(self, m, src):
        """Another participant knows more, or not."""
        if m.decision != "uncertain" and m.txn in self.in_doubt:
            self.note(N_("{src} knows how {txn} ended: {decision}"), src=src, txn=m.txn, decision=m.decision)
            self.learn(m.txn, m.decision, src)

    # Recovery

    def on_restart(self):
        """What is prepared in the log and not decided is in doubt again, with its locks."""
        for record in self.log:
            if record.kind == "prepared" and not self.logged(record.txn, "commit", "abort"):
                self.take_up(record)
            elif record.kind in ("operator: commit", "operator: abort") and not self.logged(record.txn, "commit", "abort"):
                prepared = self.logged(record.txn, "prepared")
                decision = record.kind.split(": ")[1]
                self.finish(record.txn, decision, OPERATOR)
                self.heuristic = {**self.heuristic, record.txn: Heuristic(decision, prepared.by, prepared.branches)}
        for txn in (*self.in_doubt, *self.heuristic):
            self.on_doubt_timeout(txn)

    def take_up(self, record):
        """In doubt since the time in the log; its locks must be held before anybody else comes."""
        number = dict(record.branches)[self.id]
        branch = Branch("prepared", record.by, number, record.keys, among=record.branches)
        self.branches = {**self.branches, record.txn: branch}
        self.in_doubt = {**self.in_doubt, record.txn: record.at_ns}
        self.recovered = (*self.recovered, record.txn)
        if self.options.faulty != "recovers_without_locks":
            self.locks = {**self.locks, **{key: Lock(True, (record.txn,)) for key in record.keys}}

    # The operator

    def do_heuristic_commit(self, txn=""):
        """The operator commits what is in doubt, because its locks are in the way."""
        return self.decide_by_hand(txn, "commit")

    def do_heuristic_abort(self, txn=""):
        """The operator aborts what is in doubt, because its locks are in the way."""
        return self.decide_by_hand(txn, "abort")

    def decide_by_hand(self, txn, decision):
        """The named transaction, or the one that has been in doubt the longest. Remembered until the truth is known."""
        if not self.in_doubt:
            raise ActionRefused("target", N_("{target} has no transaction in doubt."), target=self.id)
        txn = txn or min(self.in_doubt, key=self.in_doubt.get)
        if txn not in self.in_doubt:
            raise ActionRefused("params.txn", N_("{txn} is not in doubt at {target}."), txn=txn, target=self.id)
        branch = self.branches[txn]
        self.heuristic = {**self.heuristic, txn: Heuristic(decision, branch.coordinator, branch.among)}
        self.write(f"operator: {decision}", txn)
        self.finish(txn, decision, OPERATOR)
        self.wait("doubt", self.options.doubt_timeout_ms, txn)
        return {"txn": txn}

    def compare(self, txn, decision):
        """The true decision arrives after the operator's."""
        if self.heuristic[txn].decision != decision:
            self.note(N_("heuristic damage: the operator chose otherwise, but {txn} ends with {decision}"), txn=txn, decision=decision)
        self.heuristic = without(self.heuristic, txn)
        self.cancel_timer("doubt", txn)
        self.write(decision, txn)

    def do_veto(self):
        """The next transaction that is asked to prepare here gets a no."""
        self.vetoes += 1
