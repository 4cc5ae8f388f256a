"""What every participant does, whichever protocol it runs: it locks what a transaction needs, and lets go.

Until it has voted it may abort its part of a transaction whenever it likes: it simply lets go.
"""

from typing import NamedTuple

from simulator.engine.words import N_
from simulator.systems.two_phase_commit.locks import Waiting, free, granted, next_in_turn, released
from simulator.systems.two_phase_commit.log import Logging, latest, without
from simulator.systems.two_phase_commit.messages import Ping, Refused, Worked


class Branch(NamedTuple):
    """A participant's part of a transaction.

    state: working, worked, prepared, precommitted. number: its name. needs: (key, to write) that it has not locked
    yet. among: (participant, branch) of all, known from Prepare on. pinged: it has asked whether anybody still wants it.
    """

    state: str
    coordinator: str
    number: int
    writes: tuple[str, ...]
    needs: tuple[tuple[str, bool], ...] = ()
    veto: bool = False
    waited_ns: int = 0
    among: tuple[tuple[str, int], ...] = ()
    pinged: bool = False


class Decision(NamedTuple):
    """How a branch ended: commit, abort or read. by: who told, itself, or "operator".

    doubt_ns: how long it was in doubt; None where it never was. waited_ns: how long it waited for locks.
    """

    decision: str
    by: str
    branch: int
    doubt_ns: int | None
    waited_ns: int


class Worker(Logging):
    """A participant as far as the work.

    branches: txn -> Branch. locks: key -> Lock. waiting: txn -> Waiting, in the order of the queue.
    in_doubt: txn -> since when, by its own clock. decided: how the latest branches ended.
    """

    role = "participant"

    def begin(self):
        """Nothing locked, nothing promised."""
        super().begin()
        self.branches = {}
        self.locks = {}
        self.waiting = {}
        self.in_doubt = {}
        self.decided = {}

    def live(self, txn):
        """What has not ended must stay in the log."""
        return txn in self.branches

    # Locks

    def on_work(self, m, src):
        """A transaction wants locks here. Its branch gets a name of its own: the network may deliver twice."""
        known = self.branches.get(m.txn)
        if known is not None:
            if known.state != "working":
                self.send(src, Worked(m.txn, known.number))
            return
        if m.txn in self.decided:
            return
        needs = (*((key, False) for key in m.part.reads), *((key, True) for key in m.part.writes))
        branch = Branch("working", src, self.clock(), m.part.writes, needs, m.part.veto)
        self.branches = {**self.branches, m.txn: branch}
        self.wait("idle", self.options.idle_timeout_ms, m.txn)
        self.take_locks(m.txn)

    def take_locks(self, txn):
        """Lock one key after the other; stop at one that is not free, and wait."""
        branch = self.branches[txn]
        for number, (key, write) in enumerate(branch.needs):
            if not free(self.locks, self.waiting, key, write):
                self.update(txn, needs=branch.needs[number:])
                self.waiting = {**self.waiting, txn: Waiting(key, write, self.clock())}
                return self.wait("lock", self.options.lock_timeout_ms, txn)
            self.locks = granted(self.locks, txn, key, write)
        self.update(txn, state="worked", needs=())
        self.send(branch.coordinator, Worked(txn, branch.number))

    def serve_queue(self):
        """Give what is free now to those whose turn it is."""
        while (txn := next_in_turn(self.locks, self.waiting)) is not None:
            key, write, since_ns = self.waiting[txn]
            self.cancel_timer("lock", txn)
            self.waiting = without(self.waiting, txn)
            self.locks = granted(self.locks, txn, key, write)
            branch = self.branches[txn]
            self.update(txn, needs=branch.needs[1:], waited_ns=branch.waited_ns + self.clock() - since_ns)
            self.take_locks(txn)

    def on_lock_timeout(self, txn):
        """Perhaps a deadlock: nobody can know. It lets go what it has."""
        coordinator = self.branches[txn].coordinator
        self.note(N_("{txn} has waited too long for {key} and is aborted"), txn=txn, key=self.waiting[txn].key)
        self.finish(txn, "abort", self.id)
        self.send(coordinator, Refused(txn))

    def on_idle_timeout(self, txn):
        """Nobody has asked for its vote: perhaps the coordinator waits for others, perhaps it has crashed."""
        branch = self.branches[txn]
        if branch.pinged:
            return self.let_go(txn)
        self.update(txn, pinged=True)
        self.send(branch.coordinator, Ping(txn))
        self.wait("idle", self.options.idle_timeout_ms, txn)

    def on_pong(self, m, src):
        """The transaction goes on, or it does not."""
        branch = self.branches.get(m.txn)
        if branch is None or branch.state not in ("working", "worked"):
            return
        if not m.known:
            return self.let_go(m.txn)
        self.update(m.txn, pinged=False)
        self.wait("idle", self.options.idle_timeout_ms, m.txn)

    def let_go(self, txn):
        """It has promised nothing, so it may abort by itself."""
        self.note(N_("{txn} was never asked to prepare, and is aborted here"), txn=txn)
        self.finish(txn, "abort", self.id)

    # The end of a branch

    def finish(self, txn, decision, by):
        """Let the locks go, and let others have them."""
        branch, since_ns, now = self.branches[txn], self.in_doubt.get(txn), self.clock()
        for timer in ("idle", "lock", "doubt"):
            self.cancel_timer(timer, txn)
        waits = self.waiting.get(txn)
        waited_ns = branch.waited_ns + (now - waits.since_ns if waits else 0)
        self.branches, self.in_doubt = without(self.branches, txn), without(self.in_doubt, txn)
        self.waiting, self.locks = without(self.waiting, txn), released(self.locks, txn)
        doubt_ns = None if since_ns is None else now - since_ns
        self.decided = latest(self.decided, txn, Decision(decision, by, branch.number, doubt_ns, waited_ns))
        self.serve_queue()

    def update(self, txn, **changes):
        """Change a branch's entry."""
        self.branches = {**self.branches, txn: self.branches[txn]._replace(**changes)}
