"""The master: names of files, which chunks they have, where these are, and who is primary. It is on no path of data.

Its operation log is forced to the disk before anybody is answered, and made anew from a checkpoint after a while (paper, section 2.6).
"""

from simulator.engine.actor import Node
from simulator.engine.clock import S
from simulator.systems.sharded_files.gfs.first import chosen, stock
from simulator.systems.sharded_files.gfs.leases import Leases
from simulator.systems.sharded_files.gfs.messages import ChunksFound, FindChunks, Where
from simulator.systems.sharded_files.gfs.space import Entry, Space, applied, replayed
from simulator.systems.sharded_files.gfs.upkeep import Upkeep


class Master(Leases, Upkeep, Node):
    """entries: the log since the checkpoint, both on the disk. _space: what they make. given: pairs (handle, replicas) that a client was told last.

    active, safe_mode, liveness, blocks, under_replicated, lost, replicating: see the name node of HDFS; here blocks are chunks.
    """

    role = "name_node"
    durable = ("entries", "_checkpoint")

    def begin(self) -> None:
        """With the files that were there before the run."""
        self.active, self.safe_mode, self.liveness = True, False, {}
        self.blocks = self.under_replicated = self.lost = self.replicating = 0
        self.entries, self._checkpoint, self._space, self.given = (), Space(), Space(), ()
        self.begin_leases()
        self.begin_upkeep()
        if self.cluster.now_ns == 0:
            self.disk.store(0, {"entries": (), "_checkpoint": stock(self.cluster).space})

    def on_start(self) -> None:
        """It makes its state from checkpoint and log; where chunks are it learns from the heartbeats."""
        self.__dict__.update(self.disk.holds)
        self._space = replayed(self._checkpoint, self.entries)
        self._since_ns = self.clock()
        self.set_timer("upkeep", round(self.options.design.upkeep_s * S))
        self.show()

    def on_restart(self) -> None:
        """It does not know who is primary: nobody else becomes it before the leases that it granted are over."""
        self.on_start()
        self._safe_ns = self._patient_ns = self.clock() + round(self.options.design.lease_s * S)

    def log(self, entry: Entry) -> None:
        """Write it down, before anything else is sent."""
        self._space = applied(self._space, entry)
        self.entries = (*self.entries, entry)
        if len(self.entries) >= self.options.design.checkpoint_after:
            self.entries, self._checkpoint = (), self._space
            return self.persist()
        self.persist("entries")

    def choose(self, wanted: int, there: tuple[str, ...] = ()) -> tuple[str, ...]:
        """Nodes for new replicas, among those that are heard of and have room."""
        full_mb = self.options.capacity_gb * 1000 - self.options.design.chunk_mb
        among = [node for node in self._heard if self._used.get(node, 0.0) <= full_mb]
        return chosen(among, max(0, wanted), self._used, self.options, self.below, there)

    # What clients ask

    def on_find_chunks(self, m: FindChunks, src: str) -> None:
        """Names are the master's own affair; for a mutation somebody has to be primary."""
        file = self._space.files.get(m.file)
        if m.f == "create":
            if file is None:
                self.log(Entry("create", m.file))
            return self.send(src, ChunksFound(m.serial, True, ()))
        if file is None:
            return self.send(src, ChunksFound(m.serial, False, ()))
        if m.f == "delete":
            self.log(Entry("delete", m.file, number=self.clock()))
            return self.send(src, ChunksFound(m.serial, True, ()))
        if m.f == "read":
            found = [(place, handle, self.up_to_date(handle)) for place, handle in enumerate(file.chunks)]
            self.given = tuple((handle, replicas) for _place, handle, replicas in found)
            chunks = tuple(Where(place, handle, self._space.versions[handle].current, replicas, None) for place, handle, replicas in found)
            return self.send(src, ChunksFound(m.serial, True, chunks))
        self._mutation(m, src, file)

    def _mutation(self, m: FindChunks, src: str, file) -> None:
        place = m.place if m.place >= 0 else max(0, len(file.chunks) - 1)
        if place < len(file.chunks):
            return self.grant(src, m, file.chunks[place])
        targets = self.choose(self.options.design.replication)
        if place > len(file.chunks) or not targets:
            return
        handle = self._space.following
        self.log(Entry("chunk", m.file, handle))
        self._waiting = {**self._waiting, handle: ((src, m),)}
        self.raise_version(handle, "lease", targets)
