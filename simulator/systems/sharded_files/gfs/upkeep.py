"""What the master does in the background: who is there, which chunks have too few replicas, what nobody needs (paper, sections 4.3 to 4.5)."""

from typing import NamedTuple

from simulator.engine.clock import S
from simulator.engine.words import N_
from simulator.systems.sharded_files.gfs.leases import CLONE
from simulator.systems.sharded_files.gfs.messages import ChunkHeartbeat, ChunkHeartbeatReply, CloneChunk, CloneDone
from simulator.systems.sharded_files.gfs.space import Entry

PATIENCE = 4
"""How many times longer than its bytes take a clone may last."""


class Clone(NamedTuple):
    """A chunk that is being copied in a version in which nobody is primary, so that nothing changes meanwhile."""

    version: int
    source: str
    target: str
    until_ns: int


class Upkeep:
    """_heard: node -> when it was last heard of, without those thought dead, which are in _gone; _used: node -> MB. clones: handle -> Clone."""

    def begin_upkeep(self) -> None:
        """Nobody has been heard of."""
        self._heard, self._used, self._gone, self.clones = {}, {}, (), {}
        self._patient_ns = self._since_ns = self._stales = 0

    def on_chunk_heartbeat(self, m: ChunkHeartbeat, src: str) -> None:
        """It is there, and has these chunks."""
        new = src not in self._heard
        self._heard = {**self._heard, src: self.clock()}
        self._gone = tuple(node for node in self._gone if node != src)
        self._used = {**self._used, src: m.used_mb}
        if m.full:
            self._forget(src)
        garbage = tuple(one for one in m.chunks if not self._wanted(src, *one))
        reported = {handle: {**self._where.get(handle, {}), src: version} for handle, version in m.chunks if (handle, version) not in garbage}
        self._where = {**self._where, **reported}
        extended = tuple((handle, version, until_ns) for handle, version in m.extend if (until_ns := self._extended(src, handle, version)))
        self.send(src, ChunkHeartbeatReply(garbage, extended, new and not m.full))

    def _forget(self, node: str) -> None:
        self._where = {handle: {other: at for other, at in nodes.items() if other != node} for handle, nodes in self._where.items()}

    def _wanted(self, node: str, handle: int, version: int) -> bool:
        """Whether the chunkserver should keep it: it belongs to a file, is not stale, and there are not too many of it."""
        versions = self._space.versions.get(handle)
        if versions is None:
            return False
        others = tuple(other for other in self.up_to_date(handle) if other != node)
        if version < versions.current:
            self._where = {**self._where, handle: {other: at for other, at in self._where.get(handle, {}).items() if other != node}}
            self._stales += 1
            return not others  # it is better than nothing, though nobody is told of it
        idle = handle not in self._raising and handle not in self.clones and not self.leased(handle)
        if idle and len(others) >= self.options.design.replication:
            self._where = {**self._where, handle: {other: at for other, at in self._where[handle].items() if other != node}}
            return False
        return True

    def _extended(self, node: str, handle: int, version: int) -> int:
        """Until when the lease goes on; 0 where it does not."""
        lease = self._leases.get(handle)
        if lease is None or (lease.version, lease.primary) != (version, node) or lease.revoked or handle in self._raising:
            return 0
        if self.clock() >= lease.until_ns:
            return 0
        lease = lease._replace(until_ns=self.clock() + round(self.options.design.lease_s * S))
        self._leases = {**self._leases, handle: lease}
        return lease.until_ns

    # The scan

    def on_upkeep_timeout(self) -> None:
        """Who is dead, what was deleted long ago, what has too few replicas."""
        after_ns = self.options.design.dead_after_s * S
        for node in [node for node, heard_ns in self._heard.items() if self.clock() - heard_ns > after_ns]:
            self.note(N_("thinks {node} dead"), node=node)
            self._heard = {other: at for other, at in self._heard.items() if other != node}
            self._gone = (*self._gone, node)
            self._forget(node)
        for handle in [handle for handle, clone in self.clones.items() if self.clock() > clone.until_ns]:
            self._cloned(handle)
        self._purge()
        self._replicate()
        self.show()
        self.set_timer("upkeep", round(self.options.design.upkeep_s * S))

    def _purge(self) -> None:
        """Files deleted long ago lose their metadata; their chunks are garbage from then on."""
        after_ns = self.options.design.keep_deleted_s * S
        for name, file in self._space.files.items():
            if file.deleted_ns is not None and self.clock() - file.deleted_ns >= after_ns:
                self.log(Entry("purge", name))
        self._where = {handle: nodes for handle, nodes in self._where.items() if handle in self._space.versions}

    def _replicate(self) -> None:
        """Begin clones: of chunks furthest from their goal first, of those whose clients wait before others, of deleted files last."""
        if self.clock() < self._patient_ns:
            return
        room = self.options.design.clones_at_most - len(self.clones) - sum(raising.purpose == CLONE for raising in self._raising.values())
        deleted = {handle: file.deleted_ns is not None for file in self._space.files.values() for handle in file.chunks}
        lacking = []
        for handle in self._space.versions:
            replicas = len(self.up_to_date(handle))
            if 0 < replicas < self.options.design.replication and handle not in self._raising and handle not in self.clones:
                lacking.append((replicas, deleted.get(handle, True), handle not in self._waiting, handle))
        for _replicas, _deleted, _waits, handle in sorted(lacking)[:max(0, room)]:
            if self.choose(1, self.up_to_date(handle)):
                self.raise_version(handle, CLONE)

    def clone(self, handle: int, version: int) -> None:
        """The version is raised and nobody is primary: copy the chunk to one more chunkserver."""
        sources = self.up_to_date(handle) if handle in self._space.versions else ()
        targets = self.choose(1, sources)
        busy = [clone.source for clone in self.clones.values()]
        source = min(sources, key=lambda node: (busy.count(node), node), default=None)
        if source is None or not targets:
            return self._wake(handle)
        design = self.options.design
        until_ns = self.clock() + round((PATIENCE * design.chunk_mb / design.clone_mb_s + 4 * design.retry_ms / 1000) * S)
        self.clones = {**self.clones, handle: Clone(version, source, targets[0], until_ns)}
        self.send(targets[0], CloneChunk(handle, version, source))

    def on_clone_done(self, m: CloneDone, src: str) -> None:
        """One replica more, if the version is still the same."""
        clone = self.clones.get(m.handle)
        if clone is None or (clone.version, clone.target) != (m.version, src):
            return
        if m.ok:
            self._where = {**self._where, m.handle: {**self._where.get(m.handle, {}), src: m.version}}
        self._cloned(m.handle)

    def _cloned(self, handle: int) -> None:
        self.clones = {other: clone for other, clone in self.clones.items() if other != handle}
        self._wake(handle)

    def _wake(self, handle: int) -> None:
        """Who waited for a primary gets one now."""
        if self._waiting.get(handle) and handle in self._space.versions:
            self.raise_version(handle, "lease")

    def show(self) -> None:
        """Bring what people see up to date."""
        live = {handle: len(self.up_to_date(handle)) for handle in self._space.versions}
        wanted = min(self.options.design.replication, len(self.cluster.of("data_node")))
        self.blocks, self.replicating = len(live), len(self.clones)
        patient = self.clock() < self._patient_ns
        self.under_replicated = 0 if patient else sum(0 < count < wanted for count in live.values())
        self.lost = 0 if patient or not self._heard else sum(
            count == 0 and self._space.versions[handle].current > 0 for handle, count in live.items())
        never = self.clock() - self._since_ns > self.options.design.dead_after_s * S
        silent = [node.id for node in self.cluster.of("data_node") if node.id not in self._heard and node.id not in self._gone] if never else []
        self.liveness = dict.fromkeys((*self._gone, *silent), "dead")
