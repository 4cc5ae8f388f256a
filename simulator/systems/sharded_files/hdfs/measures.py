"""What is measured: blocks that lack replicas or are lost, what was moved, how long until all is well, balance, availability."""

from simulator.engine.clock import S
from simulator.engine.words import N_
from simulator.systems.sharded_files.hdfs.history import past

CHANGES = ("create", "write", "append", "delete")


def leader(world):
    """The active name node that is up; else the first one, as it was."""
    names = [world.nodes[id] for id in world.roster["name_node"]]
    return next((node for node in names if node.active and node.state == "up"), names[0])


def under_replicated(world) -> int:
    """Blocks with fewer replicas than wanted, as the name node knows."""
    return leader(world).under_replicated


def lost(world) -> int:
    """Blocks of which no good replica is known."""
    return leader(world).lost


def moved_mb(world) -> float:
    """What has been copied from data node to data node so far: repairs, decommission, balance."""
    return sum(node.copied_mb for node in past(world).data_nodes())


def spread(world) -> float:
    """The used share of the fullest node less that of the emptiest, of those that are up."""
    shares = [node.used_mb / node.capacity_mb for node in past(world).data_nodes() if node.state == "up"]
    return max(shares) - min(shares) if shares else 0.0


def answered(world, kinds) -> float | None:
    """The share of the operations of these kinds that ended well."""
    sums = past(world).sums
    over = sum(count for (kind, _outcome), count in sums.items() if kind in kinds)
    return sum(count for (kind, outcome), count in sums.items() if kind in kinds and outcome == "ok") / over if over else None


def metrics(world) -> list[tuple]:
    """What the summary tells beside the usual."""
    name = leader(world)
    healthy_ns = name.healthy_ns
    return [
        ("under_replicated", N_("Under-replicated blocks at the end"), under_replicated(world), ""),
        ("lost", N_("Lost blocks at the end"), lost(world), ""),
        ("most_under_replicated", N_("Under-replicated blocks, most at a time"), name.worst, ""),
        ("healthy_s", N_("Time to full health, longest"), healthy_ns / S if healthy_ns is not None else None, "s"),
        ("moved_gb", N_("Copied between data nodes"), round(moved_mb(world) / 1000, 6), "GB"),
        ("spread", N_("Used share, fullest less emptiest node"), spread(world), ""),
        ("reads", N_("Reads that were answered, share"), answered(world, ("read",)), ""),
        ("writes", N_("Changes that were answered, share"), answered(world, CHANGES), ""),
        ("recoveries", N_("Pipelines mended"), sum(node.recoveries for node in world.of("client")), ""),
        ("turns", N_("Reads that turned to another replica"), sum(node.turns for node in world.of("client")), ""),
        ("trimmed", N_("Replicas that were too many"), name.trimmed, ""),
    ]


GAUGES = {
    "under_replicated": (N_("Under-replicated blocks"), "", under_replicated),
    "lost": (N_("Lost blocks"), "", lost),
    "moved_mb": (N_("Copied between data nodes so far"), "MB", moved_mb),
    "spread": (N_("Used share, fullest less emptiest node"), "", spread),
    "dead": (N_("Data nodes taken for dead"), "", lambda world: sum(state == "dead" for state in leader(world).liveness.values())),
}
