"""What every coordinator does, whichever protocol it runs: it takes a transaction and has its participants work.

When all of them hold their locks, `prepare(txn)` begins the commit, and the protocol takes over.
"""

from typing import NamedTuple

from simulator.engine.clock import ns_from_ms
from simulator.engine.words import N_
from simulator.systems.two_phase_commit.log import Logging, latest, without
from simulator.systems.two_phase_commit.messages import Abort, Outcome, Pong, Work


class Open(NamedTuple):
    """A transaction that a coordinator has not forgotten.

    state: working, voting, precommitting, deciding (until the log has it), committing, aborting, asking.
    parts: what it wants, until its work is done. branches: of the participants that hold their locks.
    votes: (participant, vote). waits_for: whose answer is missing. asked_ns: when Prepare was sent.
    """

    state: str
    since_ns: int
    client: str = ""
    request: int = -1
    parts: tuple = ()
    branches: tuple[tuple[str, int], ...] = ()
    votes: tuple[tuple[str, str], ...] = ()
    waits_for: tuple[str, ...] = ()
    asked_ns: int | None = None


class Told(NamedTuple):
    """A decision that was told. after_ns: since Prepare was sent; None where it was not, or before a crash."""

    decision: str
    after_ns: int | None


class Heard(NamedTuple):
    """The vote that came last."""

    txn: str
    participant: str
    vote: str


class Master(Logging):
    """A coordinator as far as the work. open: its transactions. told: its latest decisions. lives: how often it started."""

    role = "coordinator"
    durable = ("log", "lives")

    def begin(self):
        """Nothing to do, nothing remembered."""
        super().begin()
        self.lives = 0
        self.begun = 0
        self.open = {}
        self.told = {}
        self.heard = None

    def on_restart(self):
        """A new life: names of transactions are never used again. Then what the log tells to do."""
        self.lives += 1
        self.persist("lives")
        self.recover()

    def recover(self):
        """Go on with what the log says is not over."""
        raise NotImplementedError

    def prepare(self, txn):
        """All participants hold their locks: begin to commit."""
        raise NotImplementedError

    def live(self, txn):
        """What is open must stay in the log."""
        return txn in self.open

    # The work

    def on_begin(self, m, src):
        """A client's transaction: send the work to the participants, to one after the other where locks are ordered."""
        self.begun += 1
        life = f"{self.lives}." if self.lives else ""
        txn = f"{chr(97 + int(self.id.split('-')[1]))}{life}{self.begun}"
        self.open = {**self.open, txn: Open("working", self.clock(), src, m.request, m.parts)}
        self.wait("work", self.options.work_timeout_ms, txn)
        self.set_to_work(txn)

    def set_to_work(self, txn):
        """Send the work to all who have not done it; where locks are ordered, only to the next one."""
        t = self.open[txn]
        missing = [part for part in t.parts if part.participant not in dict(t.branches)]
        for part in missing[:1] if self.options.locking == "ordered" else missing:
            self.send(part.participant, Work(txn, part))
        self.wait("again", self.options.resend_ms, txn)

    def on_again_timeout(self, txn):
        """The work, or the answer, was lost; or a lock is waited for, and nothing comes of it."""
        self.set_to_work(txn)

    def on_worked(self, m, src):
        """A participant holds its locks."""
        t = self.open.get(m.txn)
        if t is None or t.state != "working" or src in dict(t.branches):
            return
        t = self.update(m.txn, branches=(*t.branches, (src, m.branch)))
        if len(t.branches) == len(t.parts):
            self.stop_work(m.txn)
            self.update(m.txn, parts=())
            self.prepare(m.txn)
        elif self.options.locking == "ordered":
            self.set_to_work(m.txn)

    def stop_work(self, txn):
        """Its work is done, or given up."""
        for timer in ("work", "again"):
            self.cancel_timer(timer, txn)

    def on_ping(self, m, src):
        """A participant asks whether it holds its locks for nothing."""
        self.send(src, Pong(m.txn, m.txn in self.open))

    def on_refused(self, m, src):
        """A lock could not be had in time."""
        if m.txn in self.open and self.open[m.txn].state == "working":
            self.give_up(m.txn)

    def on_work_timeout(self, txn):
        """A participant does not answer, or waits for its locks."""
        self.note(N_("{txn} is given up: its work was not done in time"), txn=txn)
        self.give_up(txn)

    def give_up(self, txn):
        """Nobody has prepared, so nobody must be waited for. Who does not hear this will ask."""
        t = self.open[txn]
        self.stop_work(txn)
        visited = t.parts if self.options.locking == "timeout" else t.parts[:len(t.branches) + 1]
        self.broadcast(Abort(txn), [part.participant for part in visited])
        self.answer(t, False)
        self.told = latest(self.told, txn, Told("abort", None))
        self.forget(txn)

    # What the protocols share

    def update(self, txn, **changes):
        """Change a transaction's entry; a new state also notes the time."""
        if "state" in changes:
            changes["since_ns"] = self.clock()
        t = self.open[txn]._replace(**changes)
        self.open = {**self.open, txn: t}
        return t

    def forget(self, txn):
        """The transaction is over for this coordinator."""
        for timer in ("vote", "resend"):
            self.cancel_timer(timer, txn)
        self.open = without(self.open, txn)

    def answer(self, t, committed):
        """Tell the client, if it is known."""
        if t.client:
            self.send(t.client, Outcome(t.request, committed))

    def point(self, name):
        """A point at which this coordinator may crash, by an Action or by chance."""
        crashes = self.options.crashes
        self.reach(name, getattr(crashes, name), ns_from_ms(crashes.restart_after_ms))
