"""The edit log: what clients are told is on the disk before.

Without a standby it is a file on the name node's disk (Shvachko et al. 2010, II.B).
"""

from simulator.engine.actor import Node
from simulator.systems.sharded_files.hdfs.namespace import Edit, reply


class EditLog(Node):
    """txid: entries that it has written, on its disk. epoch: under which number it writes.

    journal: the entries; those up to `txid` outlive a crash, as the disk has them.
    """

    durable = ("txid",)
    __slots__ = ("journal", "known", "map", "space")

    def begin(self) -> None:
        """At the beginning the log is empty."""
        self.txid, self.epoch = 0, 1
        if not hasattr(self, "journal"):
            self.journal: list[Edit] = []

    def on_restart(self) -> None:
        """Load what the disk holds: the image and the log; where replicas are is not in it."""
        del self.journal[self.txid:]
        self._know(located=False)
        for edit in self.journal:
            self.space.apply(edit)
        self.enter_safe_mode()
        self.show()
        self._watch()

    def log(self, edit: Edit, client: str) -> None:
        """Do it, write it down, and tell the client once it is on the disk."""
        self.journal.append(edit)
        self.txid += 1
        self.persist("txid")
        gone = self.space.apply(edit)
        self._done(edit, gone)
        self.show()
        if client:
            self.send(client, reply(edit))

    def _done(self, edit: Edit, gone: list[int]) -> None:
        """What an entry means for replicas."""
        for block in gone:
            for known in self.map.forget(block):
                known.held.pop(block)
                known.drops.setdefault(block, -1)
                self.wakes(known)
        if edit.block >= 0:
            self.map.edited(edit.block)
        if edit.before:
            self._finished(edit.before[0])

    def _finished(self, number: int) -> None:
        """A block is written; replicas that the pipeline has not reported yet are awaited."""
        block = self.space.blocks.get(number)
        if block is None:
            return
        until_ns = self.cluster.now_ns + round(self.options.design.pending_s * 1e9)
        for id in block.pipeline:
            known = self.known.get(id)
            if known is not None and known.number not in block.places and known.state != "dead":
                self.map.awaited.setdefault(number, {})[known.number] = until_ns
        self.look(number)
