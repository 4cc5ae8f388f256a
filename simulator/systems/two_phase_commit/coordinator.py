"""The coordinator of two-phase commit, with the three presumptions.

Gray 1978; Mohan, Lindsay, Obermarck 1986, sections 2 (presumed nothing, the paper's "2P") and 3 (presumed
abort, presumed commit). What a participant must acknowledge it also forces, and the coordinator remembers
its decision until all have: so the presumption is only ever asked about transactions that ended so.
"""

from simulator.engine.words import N_
from simulator.systems.two_phase_commit.log import latest
from simulator.systems.two_phase_commit.master import Heard, Master, Open, Told
from simulator.systems.two_phase_commit.messages import Abort, Commit, Prepare

ACKNOWLEDGED = {"nothing": ("commit", "abort"), "abort": ("commit",), "commit": ("abort",)}
"""Presumption -> the decisions that participants force and acknowledge."""

SAYS = {"commit": Commit, "abort": Abort}
DOES = {"commit": "committing", "abort": "aborting"}


def acknowledged(options) -> tuple[str, ...]:
    """Which decisions are forced and acknowledged; where nothing is presumed, both."""
    return ACKNOWLEDGED[getattr(options.protocol, "presume", "nothing")]


class Coordinator(Master):
    """Collects votes, decides, logs, tells, and remembers until it may forget."""

    # Phase 1

    def prepare(self, txn):
        """Ask everybody for a vote. Where commit is presumed, the log must first know whom to abort after a crash."""
        self.point("before_prepare")
        if self.presumes_commit:
            self.write("collecting", txn, self.open[txn].branches)
        self.ask_for_votes(txn)

    def ask_for_votes(self, txn):
        """Send Prepare to all who take part."""
        t = self.update(txn, state="voting", asked_ns=self.clock(), waits_for=tuple(dict(self.open[txn].branches)))
        self.broadcast(Prepare(txn, t.branches), t.waits_for)
        self.wait("vote", self.options.vote_timeout_ms, txn)

    def on_vote(self, m, src):
        """A vote. The decision waits for all of them, so that nobody who voted no is told."""
        t = self.open.get(m.txn)
        if t is None or t.state != "voting" or src not in t.waits_for:
            return
        self.heard = Heard(m.txn, src, m.vote)
        t = self.update(m.txn, votes=(*t.votes, (src, m.vote)), waits_for=tuple(one for one in t.waits_for if one != src))
        if self.options.faulty == "majority_is_enough" and 2 * len(self.yes(t)) > len(t.branches):
            self.all_voted(m.txn)
        elif not t.waits_for:
            self.all_voted(m.txn) if "no" not in dict(t.votes).values() else self.decide(m.txn, "abort")

    def on_vote_timeout(self, txn):
        """A vote is missing. Until the decision is logged the coordinator may abort whenever it likes."""
        self.note(N_("{txn} is aborted: no vote from {missing}"), txn=txn, missing=", ".join(self.open[txn].waits_for))
        self.decide(txn, "abort")

    def all_voted(self, txn):
        """The end of phase 1."""
        self.point("all_voted_yes")
        self.decide(txn, "commit")

    # The decision, and phase 2

    def decide(self, txn, decision):
        """Log the decision; it holds from the moment at which the disk has it."""
        self.cancel_timer("vote", txn)
        t = self.open[txn]
        to = self.yes(t) if decision == "commit" else (*self.yes(t), *t.waits_for)
        self.update(txn, state="deciding", waits_for=to)
        self.log_decision(txn, decision, tuple(one for one in t.branches if one[0] in to))

    def log_decision(self, txn, decision, branches):
        """Write it down, so that it is on the disk before it is told; not forced where the presumption says the same."""
        if decision == "commit" and not branches and not self.presumes_commit:
            return self.on_commit_logged(txn)  # everybody has only read
        forced = bool(branches) if decision == "commit" else self.presumes == "nothing"
        self.write(decision, txn, branches, force=forced and self.options.faulty != "decision_is_not_forced", then=f"{decision}_logged")

    def on_commit_logged(self, txn):
        """The log holds the commit record: this is the moment at which the transaction is committed."""
        self.point("decision_logged")
        self.tell(txn, "commit")

    def on_abort_logged(self, txn):
        """The abort is in the log, or need not be there."""
        self.tell(txn, "abort")

    def tell(self, txn, decision):
        """Phase 2: tell those who wait, then the client; remember until all have acknowledged that must."""
        t = self.update(txn, state=DOES[decision])
        self.told = latest(self.told, txn, Told(decision, None if t.asked_ns is None else self.clock() - t.asked_ns))
        for number, participant in enumerate(t.waits_for):
            self.send(participant, SAYS[decision](txn))
            if number == 0 and decision == "commit":
                self.point("some_told")
        self.answer(t, decision == "commit")
        if decision not in acknowledged(self.options) or not t.waits_for or self.options.faulty == "forgets_too_early":
            return self.forget(txn)
        self.wait("resend", self.options.resend_ms, txn)

    def on_ack(self, m, src):
        """When the last one has acknowledged, nobody will ever ask: the transaction can be forgotten."""
        t = self.open.get(m.txn)
        if t is None or t.state not in ("committing", "aborting") or src not in t.waits_for:
            return
        t = self.update(m.txn, waits_for=tuple(one for one in t.waits_for if one != src))
        if not t.waits_for:
            self.forget(m.txn)
            self.all_know(m.txn)

    def all_know(self, txn):
        """A record that nothing is left to do; if a crash loses it, the decision is told once more."""
        self.write("end", txn, force=False)

    def on_resend_timeout(self, txn):
        """Some have not acknowledged: tell them again."""
        t = self.open[txn]
        self.broadcast(Commit(txn) if t.state == "committing" else Abort(txn), t.waits_for)
        self.wait("resend", self.options.resend_ms, txn)

    # Recovery

    def on_inquiry(self, m, src):
        """A participant in doubt asks. What is not decided yet has no answer; what is not known is presumed."""
        t = self.open.get(m.txn)
        if t is None:
            presumed = self.presumption()
            self.note(N_("nothing is known of {txn}: {presumed} is presumed"), txn=m.txn, presumed=presumed)
            self.send(src, SAYS[presumed](m.txn))
        elif t.state in ("committing", "aborting"):
            self.send(src, Commit(m.txn) if t.state == "committing" else Abort(m.txn))

    def presumption(self):
        """What holds where nothing is known."""
        right = "commit" if self.presumes_commit else "abort"
        if self.options.faulty == "presumes_wrongly":
            return "abort" if self.presumes_commit else "commit"
        return right

    def recover(self):
        """Decisions in the log that not all have acknowledged are told again; what was only begun is aborted."""
        for txn in dict.fromkeys(record.txn for record in self.log):
            if self.logged(txn, "end"):
                continue
            commit, abort, begun = (self.logged(txn, kind) for kind in ("commit", "abort", "collecting"))
            if commit and not self.presumes_commit:
                self.resume(txn, "committing", commit.branches)
            elif abort and self.presumes == "nothing":
                self.resume(txn, "aborting", abort.branches)
            elif begun and not commit:
                self.resume(txn, "aborting", begun.branches)

    def resume(self, txn, state, branches):
        """Take up phase 2 again where a crash broke it off."""
        to = tuple(dict(branches))
        self.note(N_("{txn} is taken up again from the log: {state}"), txn=txn, state=state)
        self.open = {**self.open, txn: Open(state, self.clock(), branches=branches, waits_for=to)}
        self.on_resend_timeout(txn)

    # Small things

    @property
    def presumes(self):
        """What is presumed of a transaction of which nothing is known; the other protocols presume nothing."""
        return getattr(self.options.protocol, "presume", "nothing")

    @property
    def presumes_commit(self):
        """Whether a transaction of which nothing is known has committed."""
        return self.presumes == "commit"

    def yes(self, t):
        """Who has voted yes."""
        return tuple(participant for participant, vote in t.votes if vote == "yes")
