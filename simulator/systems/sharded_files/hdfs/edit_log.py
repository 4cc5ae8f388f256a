"""The edit log: what clients are told is on the disk before.

Without a standby it is a file on the name node's disk (Shvachko et al. 2010, II.B); with one it is on a majority of the
journal nodes (Hadoop, HDFS High Availability Using the Quorum Journal Manager).
"""

from simulator.engine.actor import Node
from simulator.engine.clock import S, ns_from_ms
from simulator.systems.sharded_files.hdfs.messages import Fenced, JournalEdits, Journaled
from simulator.systems.sharded_files.hdfs.namespace import Edit, reply


class EditLog(Node):
    """txid: entries that it knows, committed: those that are safe. epoch: under which it writes, and what it is listened to for.

    journal: the entries; on a disk of its own they outlive a crash up to `txid`. waiting: place -> (client, blocks that are
    no more). acked: journal node -> how far it has said that it is. parked: (data node, block) whose deletion waits.
    """

    durable = ("txid", "epoch")
    __slots__ = ("acked", "journal", "known", "map", "parked", "space", "waiting")

    def begin(self) -> None:
        """At the beginning the log is empty."""
        self.txid, self.committed, self.epoch = 0, 0, 1
        if not hasattr(self, "journal"):
            self.journal: list[Edit] = []
        self.waiting: dict[int, tuple] = {}
        self.acked: dict[str, int] = {}
        self.parked: list[tuple] = []

    @property
    def journals(self) -> tuple[str, ...]:
        """The journal nodes; () where the log is on this node's own disk."""
        return self.roster.get("journal_node", ())

    def load(self) -> None:
        """What the log says; where replicas are is not in it."""
        self._know(located=False)
        for edit in self.journal[:self.txid]:
            self.space.apply(edit)
        self.committed = self.txid

    def log(self, edit: Edit, client: str) -> None:
        """Do it, write it down, and tell the client once it is safe."""
        self.journal.append(edit)
        self.txid += 1
        gone = self.space.apply(edit)
        self.waiting[self.txid] = (client, gone)
        for block in gone:
            self.map.leave(block)
        self.applied(edit)
        if self.journals:
            self._ship()
        else:
            self.persist("txid", then="logged", about=self.txid)

    def on_logged(self, txid: int) -> None:
        """The disk has the log up to there."""
        self.commit(txid)

    def applied(self, edit: Edit) -> None:
        """What an entry means for replicas that are known."""
        if edit.block >= 0:
            self.map.edited(edit.block)
        if edit.before:
            self._finished(edit.before[0])
        self.show()

    def commit(self, upto: int) -> None:
        """Entries are safe: clients are told, and what was deleted goes."""
        for txid in range(self.committed + 1, upto + 1):
            client, gone = self.waiting.pop(txid, ("", ()))
            for block in gone:
                for known in self.map.forget(block):
                    known.held.pop(block)
                    self.unwanted(known, block)
            if client:
                self.send(client, reply(self.journal[txid - 1]))
        self.committed = max(self.committed, upto)
        if not self.waiting:
            parked, self.parked = self.parked, []
            for known, block in parked:
                if block not in self.space.blocks:
                    self.unwanted(known, block)
        self.show()

    def unwanted(self, known, block: int) -> None:
        """The node's replica belongs to no block; while entries are not safe nobody knows whether that stays so."""
        if self.waiting:
            self.parked.append((known, block))
        elif self.active:
            known.drops.setdefault(block, -1)
            self.wakes(known)

    def _finished(self, number: int) -> None:
        """A block is written; replicas that the pipeline has not reported yet are awaited."""
        block = self.space.blocks.get(number)
        if block is None:
            return
        until_ns = self.cluster.now_ns + round(self.options.design.pending_s * S)
        for id in block.pipeline:
            known = self.known.get(id)
            if known is not None and known.number not in block.places and known.state != "dead":
                self.map.awaited.setdefault(number, {})[known.number] = until_ns
        self.look(number)

    # Journal nodes

    def _ship(self) -> None:
        """Send each journal node what it lacks, and again if it does not answer."""
        for id in self.journals:
            first = min(self.acked.get(id, self.committed), self.txid)
            self.send(id, JournalEdits(self.epoch, first, tuple(self.journal[first:self.txid]), self.committed))
        self.set_timer("ship", ns_from_ms(self.options.design.retry_ms))

    def on_ship_timeout(self) -> None:
        """Entries that are not safe yet are sent again."""
        if self.committed < self.txid and (self.active or self.rises == "writing"):
            self._ship()

    def on_journaled(self, m: Journaled, src: str) -> None:
        """A journal node has the log up to there; what two of three have is safe."""
        if m.epoch != self.epoch or not (self.active or self.rises == "writing"):
            return
        self.acked[src] = m.txid
        upto = sorted((min(self.acked.get(id, 0), self.txid) for id in self.journals), reverse=True)[len(self.journals) // 2]
        if self.active:
            self.commit(max(upto, self.committed))
        elif upto >= self.txid:
            self.risen()

    def on_fenced(self, m: Fenced, _src: str) -> None:
        """Another name node has taken over."""
        if m.epoch > self.epoch:
            self.steps_down(m.epoch)
