"""A journal node: it keeps the edit log for the name node with the highest epoch, and for no other."""

from simulator.engine.actor import Node
from simulator.engine.clock import S
from simulator.systems.sharded_files.hdfs.messages import (
    Edits, Fenced, FetchEdits, GetJournalState, JournalEdits, Journaled, JournalState, NewEpoch, Ping, Promised)


class JournalNode(Node):
    """promised: the highest epoch that it has heard of; txid: entries on its disk; wrote: the epoch of the last of them.

    heard_ns: when it last heard of the active name node. safe: up to where a name node has said that it is on a majority. logs: epoch -> entries as that epoch had them; only ever
    longer, so that what the disk holds, (wrote, txid), names a log also when a later write was lost.
    """

    role = "journal_node"
    durable = ("promised", "txid", "wrote", "safe")
    __slots__ = ("heard_ns", "logs")

    def begin(self) -> None:
        """The first name node writes under epoch 1."""
        self.promised, self.txid, self.wrote, self.safe = 1, 0, 1, 0
        self.heard_ns = self.cluster.now_ns
        if not hasattr(self, "logs"):
            self.logs: dict[int, list] = {1: []}

    def on_get_journal_state(self, m: GetJournalState, src: str) -> None:
        """A name node asks before it asks for a promise: one that reaches too few of us disturbs nobody."""
        silent_ns = self.cluster.now_ns - self.heard_ns
        self.send(src, JournalState(m.attempt, self.promised, silent_ns < self.options.design.failover_s * S))

    def on_ping(self, m: Ping, _src: str) -> None:
        """The active name node is there."""
        if m.epoch >= self.promised:
            self.heard_ns = self.cluster.now_ns

    def on_new_epoch(self, m: NewEpoch, src: str) -> None:
        """A name node wants to write: older ones may not any more."""
        if m.epoch <= self.promised:
            return self.send(src, Fenced(self.promised))
        self.promised = m.epoch
        self.persist()
        self.send(src, Promised(m.epoch, self.txid, self.wrote, self.safe))

    def on_journal_edits(self, m: JournalEdits, src: str) -> None:
        """Entries: taken from who may write, where they follow what is here."""
        if m.epoch < self.promised and self.options.faulty != "missing_fence":
            return self.send(src, Fenced(self.promised))
        self.promised = max(self.promised, m.epoch)
        if m.first <= self._common(m):
            self._take(m)
            self.safe = max(self.safe, min(m.safe, self.txid))
            self.persist()
        self.send(src, Journaled(m.epoch, self._common(m)))

    def _common(self, m: JournalEdits) -> int:
        """How many of its entries are surely the writer's: all that it wrote; of others', those that are safe."""
        return self.txid if self.wrote == m.epoch else self.safe

    def _take(self, m: JournalEdits) -> None:
        upto = m.first + len(m.edits)
        if self.wrote != m.epoch:
            self.logs[m.epoch] = self.logs[self.wrote][:m.first]
        elif self.txid >= upto:
            return
        self.logs[m.epoch][m.first:] = m.edits
        self.txid, self.wrote = upto, m.epoch

    def on_fetch_edits(self, m: FetchEdits, src: str) -> None:
        """A name node reads the log: what is safe, or all of it where it is taking over."""
        upto = self.txid if m.everything else self.safe
        self.send(src, Edits(m.epoch, m.first, tuple(self.logs[self.wrote][m.first:upto])))
