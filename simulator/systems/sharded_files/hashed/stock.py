"""What the nodes hold when a run begins."""

from simulator.systems.sharded_files.files import first_sizes
from simulator.systems.sharded_files.hashed.layouts import shard_of
from simulator.systems.sharded_files.hashed.messages import Record


def stock(cluster) -> tuple[dict[str, Record], ...]:
    """The files of every shard; worked out once for a run."""
    if "stock" not in cluster.ghost:
        held: list[dict[str, Record]] = [{} for _shard in range(cluster.options.design.shards)]
        for nth, mb in enumerate(first_sizes(cluster.options, cluster.seed)):
            held[shard_of(cluster.options, f"f{nth}")][f"f{nth}"] = Record((0, 0), mb, False, ("", 0))
        cluster.ghost["stock"] = tuple(held)
    return cluster.ghost["stock"]
