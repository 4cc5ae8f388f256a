"""A data node of the hashed design: it keeps shards and serves the files in those it is in charge of."""

from typing import NamedTuple

from simulator.engine.actor import Node
from simulator.engine.clock import ns_from_ms
from simulator.systems.sharded_files.files import SEEN_AT_MOST, number, rack_of
from simulator.systems.sharded_files.hashed.layouts import first, owners_in, shard_of, table
from simulator.systems.sharded_files.hashed.messages import FileReply, FileRequest, Record, Store, Stored
from simulator.systems.sharded_files.hashed.moves import Moves
from simulator.systems.sharded_files.hashed.shard import NOTHING, Shard
from simulator.systems.sharded_files.hashed.stock import stock


class Write(NamedTuple):
    """A write under way at the node in charge. left: the owners that have not written it down yet."""

    client: str
    serial: int
    record: Record
    left: tuple[str, ...]


class Keeper(Moves, Node):
    """blocks: the shards here; arriving: those on their way; _charge: those it serves. moved, moved_mb: what arrived by copies.

    _s<n>: shard n, a Shard, on the disk. _writes: (shard, file, stamp) -> Write. `counter` numbers its writes.
    """

    role = "data_node"
    durable = ("membership", "counter")

    def begin(self):
        """A machine that was there from the beginning holds its share of the files on its disk already."""
        self.membership, self.counter = None, 0
        self.rack, self.capacity_mb = rack_of(number(self.id), self.options), self.options.capacity_gb * 1000
        self.replicas, self.used_mb, self.corrupt = 0, 0.0, ()
        self.blocks, self.arriving, self._charge = (), (), ()
        self.moved, self.moved_mb = 0, 0.0
        self._writes, self._acknowledged, self._repeating = {}, None, False
        self.begin_moves()
        if self.cluster.now_ns == 0 and self.id in self.roster.get("data_node", ()):
            self.disk.store(0, self._delivered())

    def _delivered(self) -> dict:
        """What the disk held before the run."""
        membership = first(self.options, self.roster["data_node"])
        files = stock(self.cluster)
        held = {f"_s{shard}": Shard(1, owners, True, True, 1, 0, files[shard])
                for shard, owners in enumerate(table(self.options, membership.layouts[0])) if self.id in owners}
        return {"membership": membership, **held}

    def on_start(self) -> None:
        """What is on the disk is looked through; a machine that is new asks to be taken in."""
        self.__dict__.update(self.disk.holds)
        self.take_stock()
        self.resume_moves()

    def take_stock(self) -> None:
        """Count what is here."""
        held = self.held()
        ready = sorted(nth for nth, shard in held.items() if shard.ready)
        self.replicas, self.used_mb = len(ready), round(sum(held[nth].mb for nth in ready), 6)
        self.blocks = tuple(ready) if self.options.design.shards * self.options.design.replication <= SEEN_AT_MOST else None
        self._charge = tuple(nth for nth in ready if held[nth].serves(self.id))

    # Shards

    def held(self) -> dict[int, Shard]:
        """Whatever is here of each shard."""
        return {int(name[2:]): shard for name, shard in self.__dict__.items()
                if name.startswith("_s") and name[2:].isdecimal() and shard is not NOTHING}

    def shard(self, nth: int) -> Shard:
        """A shard as it is here."""
        return self.__dict__.get(f"_s{nth}", NOTHING)

    def keep(self, nth: int, shard: Shard, then: str = "", about=None) -> None:
        """Write the shard down, before anything else is sent; on_<then> is called with `about` when that is done."""
        old = self.shard(nth)
        setattr(self, f"_s{nth}", shard)
        self.persist(f"_s{nth}", then=then, about=about)
        self.used_mb = round(self.used_mb + (shard.mb if shard.ready else 0) - (old.mb if old.ready else 0), 6)
        if old.ready != shard.ready:
            self.replicas += 1 if shard.ready else -1
            if self.blocks is not None:
                self.blocks = tuple(sorted((*self.blocks, nth))) if shard.ready else tuple(one for one in self.blocks if one != nth)
        if old.serves(self.id) != shard.serves(self.id):
            self._charge = tuple(one for one in self._charge if one != nth)
            if shard.serves(self.id):
                self._charge = tuple(sorted((*self._charge, nth)))
            else:
                self._writes = {key: write for key, write in self._writes.items() if key[0] != nth}

    # Requests

    def on_file_request(self, m: FileRequest, src: str) -> None:
        """Who is in charge does it; others say who is."""
        if self.membership is None:
            return
        nth = shard_of(self.options, m.file)
        shard = self.shard(nth)
        if not shard.serves(self.id):
            return self.send(src, FileReply(m.serial, False, None, self._in_charge(nth), self.membership))
        if m.f == "read":
            return self.send(src, FileReply(m.serial, True, shard.files.get(m.file), None, None))
        self._write(nth, shard, m, src)

    def _in_charge(self, nth: int) -> str | None:
        """Who should be asked: the owner in the newest layout; where that is this node, who was in charge before."""
        owners = [nodes[0] for nodes in owners_in(self.options, self.membership, nth)]
        among = [node for node in reversed(owners) if node != self.id and node not in self.membership.expelled]
        return among[0] if among else None

    def _write(self, nth: int, shard: Shard, m: FileRequest, src: str) -> None:
        by, old = (src, m.serial), shard.files.get(m.file)
        if old is not None and old.by == by:
            return self.send(src, FileReply(m.serial, True, old, None, None))
        if any(write.record.by == by for write in self._writes.values()):
            return
        self.counter += 1
        self.persist("counter")
        mb = {"append": (old.mb if old else 0.0) + m.mb, "delete": 0.0}.get(m.f, m.mb)
        record = Record((shard.epoch, self.counter), mb, m.f == "delete", by)
        others = tuple(node for node in shard.owners if node != self.id)
        self._writes = {**self._writes, (nth, m.file, record.stamp): Write(src, m.serial, record, others)}
        self.broadcast(Store(nth, shard.epoch, m.file, record), others)
        if not others or self.options.faulty == "acknowledges_before_the_replicas":
            self._commit((nth, m.file, record.stamp))
        self.keep_at_it()

    def on_store(self, m: Store, src: str) -> None:
        """Write it down, unless a newer epoch has begun."""
        shard = self.shard(m.shard)
        if shard.takes(m.epoch):
            self.keep(m.shard, shard.with_records([(m.file, m.record)]))
            self.send(src, Stored(m.shard, m.epoch, m.file, m.record.stamp))

    def on_stored(self, m: Stored, src: str) -> None:
        """Once all owners have it, it is done."""
        key = (m.shard, m.file, m.stamp)
        write = self._writes.get(key)
        if write is None:
            return
        write = write._replace(left=tuple(node for node in write.left if node != src))
        self._writes = {**self._writes, key: write}
        if not write.left:
            self._commit(key)

    def _commit(self, key: tuple) -> None:
        nth, file, stamp = key
        write = self._writes[key]
        self._writes = {other: more for other, more in self._writes.items() if other != key}
        shard = self.shard(nth)
        if not shard.takes(stamp[0]):
            return
        self.keep(nth, shard.with_records([(file, write.record)]), then="acknowledge", about=(nth, file, write))

    def on_acknowledge(self, about: tuple) -> None:
        """It is on this node's disk, too."""
        nth, file, write = about
        self._acknowledged = (nth, file, write.record.stamp)
        self.send(write.client, FileReply(write.serial, True, write.record, None, None))

    def keep_at_it(self) -> None:
        """Have everything that is not answered asked again after a while."""
        if not self._repeating:
            self._repeating = True
            self.set_timer("repeat", ns_from_ms(self.options.design.repeat_ms))

    def on_repeat_timeout(self) -> None:
        """Whatever has not been answered is asked again."""
        self._repeating = False
        for (nth, file, stamp), write in self._writes.items():
            self.broadcast(Store(nth, stamp[0], file, write.record), write.left)
        if self.repeat_moves() or self._writes:
            self.keep_at_it()
