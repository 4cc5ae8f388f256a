"""What a change of the layout costs, beside the least that it could cost."""

from simulator.engine.words import N_
from simulator.parts.placement import copied
from simulator.systems.sharded_files.hashed.layouts import first, table
from simulator.systems.sharded_files.hashed.properties import keepers


def moved(world) -> int:
    """Copies of shards that have arrived so far."""
    return sum(node.moved for node in keepers(world))


def on_their_way(world) -> int:
    """Copies of shards that nodes wait for."""
    return sum(len(node.arriving) for node in keepers(world) if node.state == "up")


def balance(world) -> float:
    """What the fullest node has, over the mean of all that are up and hold anything: 1 is even."""
    used = [node.used_mb for node in keepers(world) if node.state == "up" and node.replicas]
    return max(used) * len(used) / sum(used) if used and sum(used) else 1.0


def layouts(world) -> list:
    """Every layout there has been, in order, as the properties saw them."""
    first_one = first(world.options, world.roster["data_node"]).layouts[0]
    seen = {1: first_one} | world.ghost.get("layouts", {})
    return [seen[version] for version in sorted(seen)]


def planned(world) -> tuple[int, float]:
    """(copies that the layouts so far ask for, least copies that as many joins and leaves could cost with even shares).

    The least: a node that joins gets one share of all replicas, a node that leaves had one.
    """
    replicas = world.options.design.shards * world.options.design.replication
    asked, least, all_layouts = 0, 0.0, layouts(world)
    for old, new in zip(all_layouts, all_layouts[1:], strict=False):
        asked += copied(table(world.options, old), table(world.options, new))
        least += replicas * abs(len(new.nodes) - len(old.nodes)) / max(len(new.nodes), len(old.nodes))
    return asked, least


def metrics(world) -> list[tuple]:
    """Of the whole run. Shares are of all replicas of all shards."""
    replicas = world.options.design.shards * world.options.design.replication
    asked, least = planned(world)
    return [
        ("moved", N_("Shards copied to another node"), moved(world), ""),
        ("moved_share", N_("Share of all replicas that was copied"), moved(world) / replicas, ""),
        ("planned_share", N_("Share that the placement asks to copy"), asked / replicas, ""),
        ("least_share", N_("Least share that could be copied"), least / replicas, ""),
        ("moved_mb", N_("Copied"), sum(node.moved_mb for node in keepers(world)), "MB"),
        ("balance", N_("Fullest node over the mean"), balance(world), ""),
        ("redirected", N_("Requests sent elsewhere"), sum(client.redirected for client in world.of("client")), ""),
    ]


GAUGES = {
    "moved": (N_("Shards copied so far"), "", moved),
    "arriving": (N_("Shards on their way"), "", on_their_way),
    "balance": (N_("Fullest node over the mean"), "", balance),
}
