"""A client of HDFS: it asks the name node where, and data nodes for data.

This file: requests and reads; writing.py: pipelines.
"""

from simulator.engine.clock import ns_from_ms
from simulator.systems.sharded_files.hdfs.messages import BadBlock, BlockData, Delete, GetBlockLocations, LocatedBlocks, NoReplica, ReadBlock, Refused
from simulator.systems.sharded_files.hdfs.writing import Writing

TIMES = 3
"""How often a request, a refused completion, or the places of a block are tried."""


class HdfsClient(Writing):
    """turns: how often it had to turn to another replica. request: number of its last request; it outlives a crash, as HDFS's clients have names that nobody had before.

    asked: the request that is not answered, sent to name node number `turn`; tries: how often it was. got: (block, MB, node) of the
    last data that it read.
    """

    __slots__ = ("left", "places", "read_mb", "request", "seeks")

    def begin(self) -> None:
        """Nothing asked."""
        super().begin()
        if not hasattr(self, "request"):
            self.request = 0
        self.turns = 0
        self._asked, self._turn, self._tries, self._got = None, 0, 0, None
        self.left, self.places, self.read_mb, self.seeks = [], [], 0.0, 0

    # Requests to the name node

    def call(self, kind: type, *parts) -> None:
        """Ask the name node."""
        self.request += 1
        self._asked, self._tries = kind(self.request, *parts), 0
        self._try()

    def _try(self) -> None:
        names = self.roster["name_node"]
        self._tries += 1
        self.send(names[self._turn % len(names)], self._asked)
        self.set_timer("patience", ns_from_ms(self.options.client_timeout_ms))

    def on_patience_timeout(self) -> None:
        """No answer: the other name node, or the same again."""
        self._turn += 1
        if self._tries < TIMES * len(self.roster["name_node"]):
            self._try()
        else:
            self.lost()

    def answered(self, m) -> bool:
        """Whether this answers what it has asked; then it is not asked any more."""
        if self._asked is None or m.request != self._asked.request:
            return False
        self.cancel_timer("patience")
        self.cancel_timer("again")
        self._asked = None
        return True

    def on_refused(self, m: Refused, _src: str) -> None:
        """No, or not yet, or not here."""
        if self._asked is None or m.request != self._asked.request:
            return
        self.cancel_timer("patience")
        if m.reason in ("standby", "not yet") and self._tries < 10 * TIMES:
            self._turn += m.reason == "standby"
            return self.set_timer("again", ns_from_ms(self.options.design.retry_ms))
        self._asked = None
        if self.begun:
            return self.lost()
        self.over("fail", m.reason)

    def on_again_timeout(self) -> None:
        """It asks again."""
        self._try()

    def lost(self) -> None:
        """Nobody can say what became of it; nothing, where it only read."""
        self._asked = None
        self.over("fail" if self.doing.startswith("read") else "info")

    # Deleting and reading

    def delete(self, file: str) -> None:
        """Ask for it."""
        self.call(Delete, file)

    def read(self, file: str) -> None:
        """Ask where it is."""
        self.seeks, self.read_mb, self.left = 0, 0.0, None
        self.call(GetBlockLocations, file)

    def on_located_blocks(self, m: LocatedBlocks, _src: str) -> None:
        """Here is what it has; go on where reading stopped."""
        if self.answered(m):
            blocks = list(m.blocks)
            if self.left is not None:
                blocks = [one for one in blocks if one.block in [other.block for other in self.left]]
            self.left = blocks
            self._next_block()

    def _next_block(self) -> None:
        if not self.left:
            return self.over("ok", self.read_mb)
        self.places = list(self.left[0].nodes)
        self._next_place()

    def _next_place(self) -> None:
        """The nearest replica that was not tried; when there is none, ask again where they are (dfs.client.max.block.acquire.failures: 3)."""
        if self.places:
            self.request += 1
            self.send(self.places[0], ReadBlock(self.request, self.left[0].block, self.left[0].gen))
            return self.set_timer("data", ns_from_ms(self.options.client_timeout_ms), self.request)
        self.seeks += 1
        if self.seeks < TIMES:
            return self.set_timer("seek", ns_from_ms(self.options.design.retry_ms))
        self.over("fail", "no replica")

    def on_seek_timeout(self) -> None:
        """Perhaps it is somewhere else by now."""
        self.call(GetBlockLocations, self.doing.split(" ")[1])

    def on_data_timeout(self, request: int) -> None:
        """The data node does not answer."""
        self._failed(request)

    def on_no_replica(self, m: NoReplica, _src: str) -> None:
        """It does not have it."""
        self._failed(m.request)

    def _failed(self, request: int) -> None:
        if request == self.request and self.doing.startswith("read ") and self.places:
            self.cancel_timer("data", request)
            self.places = self.places[1:]
            self.turns += bool(self.places)
            self._next_place()

    def on_block_data(self, m: BlockData, src: str) -> None:
        """Data: if its checksums do not fit, that is reported, and another replica is read."""
        if m.request != self.request or not self.places or not self.doing.startswith("read "):
            return
        if not m.sound:
            self.broadcast(BadBlock(m.block, self.left[0].gen, src), self.roster["name_node"])
            return self._failed(m.request)
        self.cancel_timer("data", m.request)
        self._got = (m.block, m.mb, src)
        self.read_mb = round(self.read_mb + m.mb, 3)
        self.left, self.places = self.left[1:], []
        self._next_block()
