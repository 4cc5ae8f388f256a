"""How a client writes: block after block, packet after packet down a pipeline, and what it does when a node of it fails."""

from simulator.systems.sharded_files.files import pieces
from simulator.systems.sharded_files.hdfs.messages import (
    AbandonBlock, AddBlock, Append, Complete, Create, Done, LocatedBlock, Packet, PacketAck, Stamped, UpdateForPipeline, UpdatePipeline)
from simulator.systems.sharded_files.hdfs.storing import patience_ns
from simulator.systems.sharded_files.workload import Workload


class Pipeline:
    """The block that is being written. mb: of the block; at_mb: acknowledged; seq: of the packet under way; recovers: it is being mended."""

    __slots__ = ("at_mb", "block", "gen", "mb", "nodes", "recovers", "seq")

    def __init__(self, block: int, gen: int, nodes: tuple[str, ...], mb: float):
        self.block, self.gen, self.nodes, self.mb = block, gen, nodes, mb
        self.at_mb, self.seq, self.recovers = 0.0, 0, False


class Writing(Workload):
    """recoveries: pipelines that it has mended. begun: whether something of the operation may have happened. wrote: (block, MB, nodes of its pipeline) of this operation, for promises.

    ahead: MB of the blocks to come. before: (block, MB) that is to be said finished. line: the Pipeline. without: nodes that have failed.
    """

    __slots__ = ("ahead", "before", "begun", "line", "then", "without")

    def begin(self) -> None:
        """Nothing is written."""
        super().begin()
        self._wrote, self.recoveries = (), 0
        self.ahead, self.before, self.begun, self.line, self.then, self.without = [], (), False, None, "", ()

    def create(self, file: str, mb: float) -> None:
        """A new file."""
        self._open(mb, Create, file, False)

    def write(self, file: str, mb: float) -> None:
        """The file anew."""
        self._open(mb, Create, file, True)

    def append(self, file: str, mb: float) -> None:
        """More of it."""
        self._open(mb, Append, file)

    def _open(self, mb: float, kind: type, *parts) -> None:
        self.ahead, self.before, self.begun, self.line, self.without, self._wrote = pieces(mb, self.options.design.block_mb), (), False, None, (), ()
        self.then = "next"
        self.call(kind, *parts)

    @property
    def file(self) -> str:
        """What it writes."""
        return self.doing.split(" ")[1]

    def over(self, outcome: str, result=None) -> None:
        """Nothing is under way any more."""
        if self.line is not None:
            self.cancel_timer("ack", (self.line.block, self.line.gen, self.line.seq))
        self.line, self.begun, self.then = None, False, ""
        super().over(outcome, result)

    def on_done(self, m: Done, _src: str) -> None:
        """The name node has it in its log."""
        if not self.answered(m):
            return
        if self.then == "next":
            self.begun = True
            self._next()
        elif self.then == "resume":
            self.recoveries += 1
            self.line.recovers = False
            self.line.seq += 1
            self._packet()
        else:
            kind = self.doing.split(" ")[0]
            self.over("ok", None if kind == "delete" else round(sum(mb for _block, mb, _nodes in self._wrote), 3))

    def _next(self) -> None:
        """The next block, or the end."""
        self.line = None
        if self.ahead:
            self.then = "block"
            self.call(AddBlock, self.file, self.before, self.without)
        else:
            self.then = "over"
            self.call(Complete, self.file, self.before)

    def on_located_block(self, m: LocatedBlock, _src: str) -> None:
        """Write it."""
        if self.answered(m):
            self.before = ()
            self.line = Pipeline(m.block, m.gen, m.nodes, self.ahead[0])
            self._packet()

    def _packet(self) -> None:
        """The next part of the block, down the pipeline."""
        line = self.line
        mb = round(min(line.mb / self.options.design.packets, line.mb - line.at_mb), 3)
        if line.mb - line.at_mb - mb < 0.0015:
            mb = round(line.mb - line.at_mb, 3)
        last = round(line.at_mb + mb, 3) >= line.mb
        self._send(Packet(line.block, line.gen, line.seq, line.at_mb, 0.0 if line.recovers else mb, last and not line.recovers, line.recovers, line.nodes[1:]))

    def _send(self, m: Packet) -> None:
        self.send(self.line.nodes[0], m)
        self.set_timer("ack", patience_ns(self.options, len(self.line.nodes)), (m.block, m.gen, m.seq))

    def on_packet_ack(self, m: PacketAck, _src: str) -> None:
        """The whole pipeline has it, or one node has failed."""
        line = self.line
        if line is None or (m.block, m.gen, m.seq) != (line.block, line.gen, line.seq) or ("ack", (m.block, m.gen, m.seq)) not in self.timers:
            return
        self.cancel_timer("ack", (m.block, m.gen, m.seq))
        if m.bad:
            return self._fails(m.bad)
        if line.recovers:
            self.then = "resume"
            return self.call(UpdatePipeline, self.file, line.block, line.gen, line.nodes)
        mb = min(line.mb / self.options.design.packets, line.mb - line.at_mb)
        line.at_mb = line.mb if line.mb - line.at_mb - mb < 0.0015 else round(line.at_mb + round(mb, 3), 3)
        line.seq += 1
        if line.at_mb < line.mb:
            return self._packet()
        self._wrote = (*self._wrote, (line.block, line.mb, line.nodes))
        self.before, self.ahead = (line.block, line.mb), self.ahead[1:]
        self._next()

    def on_ack_timeout(self, about: tuple) -> None:
        """Nobody has answered: it is the first node that does not."""
        line = self.line
        if line is not None and about == (line.block, line.gen, line.seq):
            self._fails(line.nodes[0])

    def _fails(self, bad: str) -> None:
        """Go on without the node: under a new stamp, or, if nothing is written yet, with another block."""
        line = self.line
        self.without = (*self.without, bad)
        line.nodes = tuple(node for node in line.nodes if node != bad)
        if not line.at_mb and not line.recovers:
            self.line, self.then = None, "next"
            return self.call(AbandonBlock, self.file, line.block)
        if not line.nodes:
            return self.lost()
        line.recovers = True
        if self.options.faulty == "generation_stamp_not_bumped":
            line.seq += 1
            return self._packet()
        self.then = "stamp"
        self.call(UpdateForPipeline, self.file, line.block)

    def on_stamped(self, m: Stamped, _src: str) -> None:
        """The nodes that are left go on under it."""
        if self.answered(m):
            self.line.gen = m.gen
            self.line.seq += 1
            self._packet()
