"""Three-phase commit: a phase more, so that nobody is in doubt while another has decided.

D. Skeen, "Nonblocking commit protocols", SIGMOD 1981; the rules of the termination protocol are those of
Bernstein, Hadzilacos, Goodman 1987, section 7.5 (TR1 to TR5). Right as long as nodes only crash and a crash is
noticed by a timeout; wrong when the network is cut, for then both sides think that the other one has crashed.
"""

from simulator.engine.words import N_
from simulator.systems.two_phase_commit.coordinator import SAYS, Coordinator
from simulator.systems.two_phase_commit.log import without
from simulator.systems.two_phase_commit.master import Open
from simulator.systems.two_phase_commit.messages import PreAck, PreCommit, StateReply, StateRequest
from simulator.systems.two_phase_commit.participant import Participant


class StagedCoordinator(Coordinator):
    """Between the votes and the decision it lets everybody know that all have voted yes."""

    def prepare(self, txn):
        """Before anybody can vote, the log knows whom to ask after a crash."""
        self.point("before_prepare")
        self.write("begun", txn, self.open[txn].branches)
        self.ask_for_votes(txn)

    def all_voted(self, txn):
        """Phase 2: everybody is to know it."""
        self.point("all_voted_yes")
        self.cancel_timer("vote", txn)
        t = self.update(txn, state="precommitting", waits_for=self.yes(self.open[txn]))
        self.write("precommit", txn, t.branches, force=False)
        self.broadcast(PreCommit(txn), t.waits_for)
        self.wait("precommit", self.options.vote_timeout_ms, txn)

    def on_pre_ack(self, m, src):
        """Phase 3 when all know it."""
        t = self.open.get(m.txn)
        if t is None or t.state != "precommitting" or src not in t.waits_for:
            return
        t = self.update(m.txn, waits_for=tuple(one for one in t.waits_for if one != src))
        if not t.waits_for:
            self.decide(m.txn, "commit")

    def on_precommit_timeout(self, txn):
        """Who has not answered must have crashed, and will ask when it is back."""
        self.decide(txn, "commit")

    def forget(self, txn):
        """As in two phases."""
        for timer in ("precommit", "ask"):
            self.cancel_timer(timer, txn)
        super().forget(txn)

    def on_inquiry(self, m, src):
        """Nothing is ever presumed."""
        if m.txn in self.open and self.open[m.txn].state in ("committing", "aborting"):
            self.send(src, SAYS[self.decision(m.txn)](m.txn))

    def decision(self, txn):
        """What this coordinator knows of the decision; "" where it does not."""
        state = self.open[txn].state if txn in self.open else ""
        record = self.logged(txn, "commit", "abort")
        return {"committing": "commit", "aborting": "abort"}.get(state) or (record.kind if record else "")

    # After a crash the participants may have decided without it: it is the one that asks

    def recover(self):
        """Decisions are told again. About the rest the participants are asked."""
        super().recover()
        for record in self.log:
            if record.kind == "begun" and record.txn not in self.open and not self.logged(record.txn, "commit", "abort", "end"):
                self.open = {**self.open, record.txn: Open("asking", self.clock(), branches=record.branches)}
                self.on_ask_timeout(record.txn)

    def on_ask_timeout(self, txn):
        """Ask them all, again and again."""
        self.broadcast(StateRequest(txn), dict(self.open[txn].branches))
        self.wait("ask", self.options.doubt_timeout_ms, txn)

    def on_state_request(self, m, src):
        """A participant wants to know whether this coordinator is there, and how far."""
        t = self.open.get(m.txn)
        crashed = t is None or t.state == "asking"
        self.send(src, StateReply(m.txn, self.decision(m.txn) or "waiting", crashed))

    def on_state_reply(self, m, src):
        """A participant knows how it ended: that is the decision here, too."""
        t = self.open.get(m.txn)
        if t is None or t.state != "asking" or m.state not in SAYS:
            return
        self.cancel_timer("ask", m.txn)
        self.update(m.txn, state="deciding", waits_for=tuple(dict(t.branches)))
        self.log_decision(m.txn, m.state, t.branches)


class StagedParticipant(Participant):
    """Asked by nobody for long enough, the participants find a decision among themselves.

    states: txn -> what the others have answered. leads: transactions that this participant is about to commit.
    unconfirmed: what must stay in the log because the coordinator has not told the decision itself.
    """

    def begin(self):
        """As in two phases; nothing has been asked."""
        super().begin()
        self.states = {}
        self.leads = ()
        self.unconfirmed = ()

    def live(self, txn):
        """Where the coordinator did not tell the decision, it will ask for it."""
        return super().live(txn) or txn in self.unconfirmed

    @property
    def patience_ms(self):
        """Longer than the coordinator can take for both of its phases while it lives."""
        return 2 * self.options.vote_timeout_ms + self.options.doubt_timeout_ms

    def on_pre_commit(self, m, src):
        """All have voted yes."""
        branch = self.branches.get(m.txn)
        if branch is None or branch.state not in ("prepared", "precommitted"):
            return
        if branch.state == "prepared":
            self.update(m.txn, state="precommitted")
            self.write("precommit", m.txn, by=src, force=False)
        if src in self.roster["coordinator"]:
            self.send(src, PreAck(m.txn))
            self.wait("doubt", self.patience_ms, m.txn)

    # The termination protocol

    def ask(self, txn):
        """Ask everybody where they stand, and look at the answers when all who are there have had time to answer."""
        known = self.heuristic.get(txn) or self.branches[txn]
        others = [participant for participant, _number in known.among if participant != self.id]
        self.states = {**self.states, txn: ()}
        self.broadcast(StateRequest(txn), [known.coordinator, *others])
        self.wait("gather", self.options.doubt_timeout_ms / 2, txn)

    def on_state_request(self, m, src):
        """Say where this participant stands."""
        branch = self.branches.get(m.txn)
        state = branch.state if branch is not None else self.known(m.txn, None) or "nothing"
        self.send(src, StateReply(m.txn, state, m.txn in self.recovered))

    def on_state_reply(self, m, src):
        """Who knows the decision settles it at once (TR1, TR2)."""
        if m.txn in self.heuristic and m.state in SAYS:
            self.compare(m.txn, m.state)
        if m.txn not in self.in_doubt:
            return
        if m.state in SAYS:
            self.note(N_("{src} knows how {txn} ended: {decision}"), src=src, txn=m.txn, decision=m.state)
            return self.learn(m.txn, m.state, src)
        if m.txn in self.states:
            self.states = {**self.states, m.txn: (*(one for one in self.states[m.txn] if one[0] != src), (src, m.state, m.recovered))}

    def on_gather_timeout(self, txn):
        """The first in doubt of those who have not crashed leads the others; after a total failure the first of all."""
        if txn not in self.in_doubt:
            return
        branch = self.branches[txn]
        answers = (*self.states[txn], (self.id, branch.state, txn in self.recovered))
        running = [one for one in answers if not one[2]]
        if any(node == branch.coordinator for node, _state, _recovered in running):
            return  # it leads
        total = len(answers) == len(branch.among) + 1 and not running
        able = [one for one in (answers if total else running) if one[0] != branch.coordinator]
        doubting = [node for node, state, _recovered in able if state in ("prepared", "precommitted")]
        if doubting and self.id == min(doubting, key=self.roster["participant"].index):
            self.lead(txn, able)

    def lead(self, txn, able):
        """TR3: if nobody knows that all have voted yes, abort. TR4: otherwise let all know it, and commit after that."""
        others = [participant for participant, _number in self.branches[txn].among if participant != self.id]
        if all(state != "precommitted" for _node, state, _recovered in able):
            self.note(N_("{count} are there and none knows of a decision: {txn} is aborted"), count=len(able), txn=txn)
            self.broadcast(SAYS["abort"](txn), others)
            return self.learn(txn, "abort", self.id)
        self.note(N_("{count} are there and one knows that all voted yes: {txn} is committed"), count=len(able), txn=txn)
        self.update(txn, state="precommitted")
        self.broadcast(PreCommit(txn), others)
        self.leads = (*self.leads, txn)
        self.wait("lead", self.options.doubt_timeout_ms / 2, txn)

    def on_lead_timeout(self, txn):
        """All that are there know it by now."""
        self.leads = tuple(one for one in self.leads if one != txn)
        if txn in self.in_doubt:
            others = [participant for participant, _number in self.branches[txn].among if participant != self.id]
            self.learn(txn, "commit", self.id)
            self.broadcast(SAYS["commit"](txn), others)

    def learn(self, txn, decision, by):
        """As in two phases; the coordinator will ask, where it was not the one that told."""
        if by not in self.roster["coordinator"]:
            self.unconfirmed = (*self.unconfirmed, txn)
        super().learn(txn, decision, by)

    def told(self, txn, decision, src):
        """As in two phases."""
        if src in self.roster["coordinator"]:
            self.unconfirmed = tuple(one for one in self.unconfirmed if one != txn)
        super().told(txn, decision, src)

    def finish(self, txn, decision, by):
        """As in two phases; nobody needs to be asked any more."""
        for timer in ("gather", "lead"):
            self.cancel_timer(timer, txn)
        self.states, self.leads = without(self.states, txn), tuple(one for one in self.leads if one != txn)
        super().finish(txn, decision, by)

    def on_restart(self):
        """What the coordinator has not told itself stays known."""
        self.unconfirmed = tuple(record.txn for record in self.log if record.kind in ("commit", "abort") and record.by in self.roster["participant"])
        super().on_restart()
