"""What a name node answers to clients."""

from simulator.engine.clock import ns_from_s
from simulator.systems.sharded_files.files import distance, home, number
from simulator.systems.sharded_files.hdfs.balancing import Balancing
from simulator.systems.sharded_files.hdfs.messages import (
    AbandonBlock, AddBlock, Append, Complete, Create, Delete, GetBlockLocations, LocatedBlocks, Place, Refused, UpdateForPipeline, UpdatePipeline)
from simulator.systems.sharded_files.hdfs.namespace import Edit
from simulator.systems.sharded_files.hdfs.spread import chooser


class Serving(Balancing):
    """Requests; each is answered once its entry is on the disk, and again if it is asked again. leases: client -> when it last wrote."""

    __slots__ = ("leases",)

    def begin(self) -> None:
        """Nobody writes."""
        super().begin()
        self.leases: dict[str, int] = {}

    def _no(self, m, src: str, reason: str) -> None:
        self.send(src, Refused(m.request, reason))

    def _may(self, m, src: str) -> bool:
        """Whether a change can be made for it; else it is told why not, or what it was told before."""
        self.leases[src] = self.cluster.now_ns
        answered = self.space.answered.get(src)
        if not self.active:
            self._no(m, src, "standby")
        elif answered is not None and answered[0] >= m.request:
            if answered[0] == m.request:
                self.answer_again(src)
        elif self.safe_mode:
            self._no(m, src, "safe mode")
        else:
            return True
        return False

    def answer_again(self, src: str) -> None:
        """The answer was lost, unless it is still to come."""
        if all(client != src for client, _gone in self.waiting.values()):
            self.send(src, self.space.answered[src][1])

    def _writes(self, m, src: str) -> bool:
        """Whether it writes the file; else it is told that it does not."""
        file = self.space.files.get(m.file)
        if file is not None and file.holder == src:
            return True
        self._no(m, src, "lease")
        return False

    def _free(self, m, src: str) -> bool:
        """Whether nobody else writes the file; a writer that has not been heard of for so long has lost its lease."""
        file = self.space.files.get(m.file)
        if file is None or not file.holder:
            return True
        since = self.leases.setdefault(file.holder, self.cluster.now_ns)
        if file.holder == src or self.cluster.now_ns - since >= ns_from_s(self.options.design.lease_s):
            self.log(Edit("lease", m.file, file.holder, self._answered(file.holder)), "")
            return True
        self._no(m, src, "lease")
        return False

    def _answered(self, client: str) -> int:
        return self.space.answered.get(client, (0, ()))[0]

    def on_create(self, m: Create, src: str) -> None:
        """A file, new or anew."""
        if not self._may(m, src):
            return
        if m.file in self.space.files and not m.overwrite:
            return self._no(m, src, "exists")
        if m.file not in self.space.files and m.overwrite:
            return self._no(m, src, "no file")
        if self._free(m, src):
            self.log(Edit("create", m.file, src, m.request), src)

    def on_append(self, m: Append, src: str) -> None:
        """More of a file."""
        if not self._may(m, src):
            return
        if m.file not in self.space.files:
            return self._no(m, src, "no file")
        if self._free(m, src):
            self.log(Edit("append", m.file, src, m.request), src)

    def on_add_block(self, m: AddBlock, src: str) -> None:
        """The next block and its pipeline."""
        if not self._may(m, src) or not self._writes(m, src):
            return
        most = self.options.design.block_mb
        without = [number(id) for id in m.without]
        chosen = chooser(self.options)(self.map.topology, self.below, lambda nth: nth in self.map.nodes and nth not in without and self.fits(self.map.nodes[nth], most),
                        home(number(src), self.options), (), self.options.design.replication, self.map.racks)
        if not chosen:
            return self._no(m, src, "no room")
        nodes = tuple(self.map.nodes[nth].id for nth in chosen)
        self.log(Edit("add", m.file, src, m.request, self.space.next_block, self.space.last_gen + 1, nodes, m.before), src)

    def on_abandon_block(self, m: AbandonBlock, src: str) -> None:
        """A block that could not be begun."""
        if self._may(m, src) and self._writes(m, src) and self._has_block(m, src):
            self.log(Edit("abandon", m.file, src, m.request, m.block), src)

    def _has_block(self, m, src: str) -> bool:
        if m.block in self.space.files[m.file].blocks:
            return True
        self._no(m, src, "lease")
        return False

    def on_update_for_pipeline(self, m: UpdateForPipeline, src: str) -> None:
        """A new stamp."""
        if self._may(m, src) and self._writes(m, src) and self._has_block(m, src):
            self.log(Edit("stamp", m.file, src, m.request, m.block, self.space.last_gen + 1), src)

    def on_update_pipeline(self, m: UpdatePipeline, src: str) -> None:
        """The pipeline goes on without those that failed."""
        if self._may(m, src) and self._writes(m, src) and self._has_block(m, src):
            self.log(Edit("pipeline", m.file, src, m.request, m.block, m.gen, m.nodes), src)

    def on_complete(self, m: Complete, src: str) -> None:
        """All is written: once one replica of each block is known (dfs.namenode.replication.min: 1)."""
        if not self._may(m, src) or not self._writes(m, src):
            return
        if all(self.space.blocks[block].places for block in self.space.files[m.file].blocks if block in m.before[:1] or not self.space.blocks[block].whole):
            self.log(Edit("close", m.file, src, m.request, before=m.before), src)
        else:
            self._no(m, src, "not yet")

    def on_delete(self, m: Delete, src: str) -> None:
        """A file goes, with its blocks."""
        if not self._may(m, src):
            return
        if m.file not in self.space.files:
            return self._no(m, src, "no file")
        self.log(Edit("delete", m.file, src, m.request), src)

    def on_get_block_locations(self, m: GetBlockLocations, src: str) -> None:
        """Where the blocks are: the nearest first, those that were not heard of last."""
        if not self.active:
            return self._no(m, src, "standby")
        file = self.space.files.get(m.file)
        if file is None:
            return self._no(m, src, "no file")
        here = home(number(src), self.options)
        found = []
        for block in file.blocks:
            info = self.space.blocks[block]
            if info.whole:
                places = sorted(info.places, key=lambda nth: (self.map.nodes[nth].state != "live", distance(here, nth, self.options)))
                found.append(Place(block, info.gen, info.mb, tuple(self.map.nodes[nth].id for nth in places)))
        self.send(src, LocatedBlocks(m.request, tuple(found)))
