"""One shard at one node, as it is on the disk."""

from typing import NamedTuple

from simulator.systems.sharded_files.hashed.messages import Record


class Shard(NamedTuple):
    """epoch: the version of the layout in which this node owns it; owners: all of them then.

    ready: everything acknowledged in earlier epochs is here. complete: at the node in charge, the other owners have it, too.
    promised: records of older epochs are refused. copy: the version for which a copy has arrived that is not ready yet, else 0.
    """

    epoch: int = -1
    owners: tuple[str, ...] = ()
    ready: bool = False
    complete: bool = False
    promised: int = 0
    copy: int = 0
    files: dict[str, Record] = {}  # noqa: RUF012  never changed in place

    @property
    def mb(self) -> float:
        """What it takes on the disk."""
        return sum(record.mb for record in self.files.values())

    def serves(self, node: str) -> bool:
        """Whether `node`, whose shard this is, takes requests for it."""
        return self.complete and self.promised == self.epoch and self.owners[0] == node

    def takes(self, epoch: int) -> bool:
        """Whether records of this epoch may be written."""
        return self.ready and self.epoch == epoch == self.promised

    def with_records(self, files) -> "Shard":
        """With these (file, Record) pairs, where they are newer than what is here."""
        known = dict(self.files)
        for file, record in files:
            if file not in known or known[file].stamp < record.stamp:
                known[file] = record
        return self._replace(files=known)


NOTHING = Shard()
