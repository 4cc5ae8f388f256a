"""A client of GFS: it asks the master where chunks are, and chunkservers for everything else (paper, sections 3.1 to 3.3)."""

from typing import NamedTuple

from simulator.engine.clock import S, ns_from_ms
from simulator.systems.sharded_files.files import number, pieces, rack_of
from simulator.systems.sharded_files.gfs.messages import ChunkData, ChunksFound, DataHeld, FindChunks, Mutate, Mutated, PushData, ReadChunk, Where
from simulator.systems.sharded_files.workload import Workload

RECORDS_IN_A_CHUNK = 4
"""A record has at most a quarter of a chunk (section 3.3), so that little is padded; an operation that appends more appends several."""


class Task(NamedTuple):
    """A step of an operation. kind: "create", "delete", "find", "read", "write", "record". place: of the chunk, -1 the last; id: of the data."""

    kind: str
    place: int = -1
    mb: float = 0.0
    id: str = ""
    where: Where | None = None


class GfsClient(Workload):
    """_tasks: what is left of the operation. _where: the chunk that a task is at, _held: who has the data, _tries: of the data so far."""

    durable = ("serial",)

    def begin(self) -> None:
        """Nothing is known of any chunk."""
        super().begin()
        self.serial, self.retried = 0, 0
        self._tasks, self._where, self._held, self._tries, self._failed, self._until_ns = (), None, (), 0, -1, 0
        self._known: dict[str, Where] = {}

    # Operations

    def create(self, file: str, mb: float) -> None:
        """A new file, written chunk by chunk."""
        self._begin(mb, Task("create"), *self._writes(mb))

    def write(self, file: str, mb: float) -> None:
        """At the beginning of the file, chunk by chunk."""
        self._begin(mb, *self._writes(mb))

    def append(self, file: str, mb: float) -> None:
        """Records, each at least once, at an offset that GFS chooses."""
        cut = pieces(mb, self.options.design.chunk_mb / RECORDS_IN_A_CHUNK)
        self._begin(mb, *(Task("record", -1, one, self._name()) for one in cut))

    def read(self, file: str) -> None:
        """All of its chunks."""
        self._begin(0.0, Task("find"))

    def delete(self, file: str) -> None:
        """Its name, at once; the rest is collected later."""
        self._begin(0.0, Task("delete"))

    def _writes(self, mb: float) -> list[Task]:
        name = self._name()
        return [Task("write", place, one, f"{name}/{place}") for place, one in enumerate(pieces(mb, self.options.design.chunk_mb))]

    def _name(self) -> str:
        """Of data that nobody else writes."""
        self._count()
        return f"{self.id}.{self.serial}"

    def _count(self) -> None:
        self.serial += 1
        self.persist("serial")

    def _begin(self, mb: float, *tasks: Task) -> None:
        self._until_ns = self.clock() + round(mb / self.options.network_mb_s * S) + ns_from_ms(self.options.client_timeout_ms)
        self._tasks = tasks
        self._next()

    @property
    def _file(self) -> str:
        return self.doing.split(" ")[1]

    def _next(self) -> None:
        """Begin the first of the tasks that are left."""
        self._tries, self._failed, self._held = 0, -1, ()
        if not self._tasks:
            self.cancel_timer("retry")
            return self.over("ok")
        task = self._tasks[0]
        self._where = task.where or (self._known.get(self._file) if task.kind == "record" else None)
        self._go()

    def _go(self) -> None:
        """Do what the task needs first."""
        task = self._tasks[0]
        if self._where is None:
            self._find()
        elif task.kind == "read":
            self._read()
        else:
            self._push()

    def _done(self) -> None:
        self._tasks = self._tasks[1:]
        self._next()

    # The master

    def _find(self) -> None:
        task = self._tasks[0]
        f = {"create": "create", "delete": "delete", "find": "read"}.get(task.kind, "mutate")
        self._count()
        self.broadcast(FindChunks(self.serial, f, self._file, task.place, self._failed), self.roster["name_node"])
        self._patiently(0)

    def _patiently(self, more_ns: int) -> None:
        self.set_timer("retry", ns_from_ms(self.options.design.retry_ms) + more_ns)

    def on_chunks_found(self, m: ChunksFound, src: str) -> None:
        """The master has answered."""
        if not self._tasks or m.serial != self.serial or self._where is not None:
            return
        task = self._tasks[0]
        if not m.ok:
            self._known = {file: where for file, where in self._known.items() if file != self._file}
            return self._give_up("fail")
        if task.kind in ("create", "delete"):
            return self._done()
        if task.kind == "find":
            self._tasks = (task, *(Task("read", where=where) for where in m.chunks))
            return self._done()
        self._where = m.chunks[0]
        if task.kind == "record":
            self._known = {**self._known, self._file: self._where}
        self._push()

    # Data and control

    def _push(self) -> None:
        """The data first, along a chain: its bytes take their time once, however long the chain (section 3.2)."""
        task = self._tasks[0]
        self._held = ()
        self._count()
        through_ns = round(task.mb / self.options.network_mb_s * S)
        self.set_timer("through", through_ns, self.serial)
        self._patiently(through_ns)

    def on_through_timeout(self, serial: int) -> None:
        """The bytes are through: of data to the first of the chain, or of a chunk that was read."""
        if not self._tasks or serial != self.serial or self._where is None:
            return
        if self._tasks[0].kind == "read":
            return self._done()
        chain = self._chain(self._where.replicas)
        self.send(chain[0], PushData(self._tasks[0].id, self.id, chain[1:]))

    def _chain(self, replicas: tuple[str, ...]) -> tuple[str, ...]:
        """Each passes it on to the nearest of those that have not got it."""
        left, chain = list(replicas), []
        rack = self.index % self.options.racks
        while left:
            nearest = min(left, key=lambda node: (rack_of(number(node), self.options) != rack, left.index(node)))
            rack = rack_of(number(nearest), self.options)
            left.remove(nearest)
            chain.append(nearest)
        return tuple(chain)

    def on_data_held(self, m: DataHeld, src: str) -> None:
        """When all replicas have the data, the primary is asked to apply it."""
        if not self._tasks or self._where is None or m.data != self._tasks[0].id or src in self._held:
            return
        self._held = (*self._held, src)
        if all(node in self._held for node in self._where.replicas):
            task, where = self._tasks[0], self._where
            self.send(where.primary, Mutate(self.serial, where.handle, where.version, task.kind, 0.0, task.mb, task.id))
            self._patiently(ns_from_ms(self.options.design.apply_ms))

    def on_mutated(self, m: Mutated, src: str) -> None:
        """All replicas have it; or the chunk is full; or it is not certain who has it."""
        if not self._tasks or self._where is None or m.serial != self.serial:
            return
        if m.outcome == "ok":
            self._done()
        elif m.outcome == "full":
            task, place = self._tasks[0], self._where.place + 1
            self._known = {file: where for file, where in self._known.items() if file != self._file}
            self._tasks = (task._replace(place=place), *self._tasks[1:])
            self._where = None
            self._find()
        else:
            self._once_more()

    def _read(self) -> None:
        replicas = self._chain(self._where.replicas)
        self._count()
        if replicas:
            self.send(replicas[self._tries % len(replicas)], ReadChunk(self.serial, self._where.handle, self._where.version))
        self._patiently(0)

    def on_chunk_data(self, m: ChunkData, src: str) -> None:
        """The bytes of a chunk begin to come."""
        if not self._tasks or m.serial != self.serial or self._tasks[0].kind != "read":
            return
        if not m.ok:
            return self._once_more()
        through_ns = round(m.mb / self.options.network_mb_s * S)
        self.set_timer("through", through_ns, self.serial)
        self._patiently(through_ns)

    # What goes wrong

    def on_retry_timeout(self) -> None:
        """No answer in time."""
        if self._tasks:
            self._once_more()

    def _once_more(self) -> None:
        """The same again, from the data on; after some tries the master is asked again, who may choose another primary."""
        if self.clock() >= self._until_ns:
            return self._give_up("fail" if self._tasks[0].kind in ("find", "read") else "info")
        task = self._tasks[0]
        self._tries, self.retried = self._tries + 1, self.retried + 1
        if task.kind == "read" and self._tries >= self.options.design.tries * max(1, len(self._where.replicas)):
            self._tasks = (Task("find"),)
            return self._next()
        if task.kind in ("write", "record") and self._where is not None and self._tries >= self.options.design.tries:
            self._failed, self._where, self._tries = self._where.version, None, 0
            self._known = {file: where for file, where in self._known.items() if file != self._file}
        self._go()

    def _give_up(self, outcome: str) -> None:
        self.cancel_timer("retry")
        self._tasks, self._where = (), None
        self.over(outcome)
