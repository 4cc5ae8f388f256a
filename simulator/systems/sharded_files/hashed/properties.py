"""What the hashed design promises, whatever breaks while fewer nodes are given up at a time than there are replicas."""

from simulator.engine.properties import Breach, always, sometimes
from simulator.engine.words import N_
from simulator.systems.sharded_files.hashed.shard import NOTHING

OLDER = N_("{node} is in charge of shard {shard}, and its {file} is older than what a client was told is written.")


class History:
    """acknowledged: shard -> file -> stamp of the newest write that was acknowledged. charge: shard -> (epoch, node) of who serves it in
    the newest epoch so far. given_up: shards all of whose owners were given up, for whose files nobody vouches. blocks: node -> what it held."""

    def __init__(self):
        self.acknowledged: dict[int, dict[str, tuple]] = {}
        self.charge: dict[int, tuple[int, str]] = {}
        self.blocks: dict[str, tuple[int, ...]] = {}
        self.while_moving = False


def history(world) -> History:
    """The history of this run so far."""
    if "hashed" not in world.ghost:
        world.ghost["hashed"] = History()
    return world.ghost["hashed"]


def keepers(world) -> list:
    """The data nodes, where they are of this design."""
    return [node for node in world.of("data_node") if hasattr(node, "_charge")]


def lacking(shard, acknowledged: dict) -> str | None:
    """A file of the shard that is older here than what was acknowledged."""
    for file, stamp in acknowledged.items():
        if file not in shard.files or shard.files[file].stamp < stamp:
            return file
    return None


def on_disk(world, node, number: int):
    """A shard as the disk of a node holds it."""
    return world.disk(node.id).get(f"_s{number}", NOTHING)


@always(N_("A move loses no acknowledged write: who takes charge of a shard has them all."), watch=("_charge",))
def who_is_in_charge_has_everything(world):
    node, past = world.node, history(world)
    for number in node._charge:
        shard = node.shard(number)
        if past.charge.get(number, (-1, ""))[0] >= shard.epoch:
            continue
        past.charge[number] = (shard.epoch, node.id)
        file = lacking(shard, past.acknowledged.get(number, {}))
        if file is not None:
            return Breach(OLDER, node=node.id, shard=number, file=file)
    return None


@always(N_("What is acknowledged is on the disks of all owners, and with who is in charge in a newer epoch."), watch=("_acknowledged",))
def acknowledged_is_everywhere(world):
    node, past = world.node, history(world)
    if node._acknowledged is None:
        return None
    number, file, stamp = node._acknowledged
    known = past.acknowledged.setdefault(number, {})
    known[file] = max(stamp, known.get(file, stamp))
    past.while_moving = past.while_moving or any(number in other.arriving for other in keepers(world))
    epoch, charged = past.charge.get(number, (stamp[0], node.id))
    for owner in dict.fromkeys((*node.shard(number).owners, charged)):
        held = on_disk(world, world.nodes[owner], number)
        if held.epoch in (stamp[0], epoch) and lacking(held, {file: stamp}) and owner != node.id:
            return Breach(N_("{node} acknowledged {file}, which {owner} has not written down."), node=node.id, file=file, owner=owner)
    return None


@always(N_("Nobody forgets a shard before another node has everything that was acknowledged in it."), watch=("blocks",))
def forgotten_when_others_have_it(world):
    node, past = world.node, history(world)
    if node.blocks is None or not hasattr(node, "_charge"):
        return None
    before = past.blocks.get(node.id, ())
    past.blocks[node.id] = tuple(number for number in dict.fromkeys((*before, *node.blocks)) if on_disk(world, node, number).ready)
    for number in before:
        if number in past.blocks[node.id] or node.id in (node.membership.expelled if node.membership else ()):
            continue
        acknowledged = past.acknowledged.get(number, {})
        others = [on_disk(world, other, number) for other in keepers(world) if other is not node and other.state != "removed"]
        if not any(shard.ready and lacking(shard, acknowledged) is None for shard in others):
            return Breach(N_("{node} forgot shard {shard}, and no other node has all that was acknowledged in it."), node=node.id, shard=number)
    return None


@always(N_("One change after the other: until all shards are where the newest layout wants them, no more nodes are taken in, and fewer "
           "are given up than there are replicas (one, where there is one)."), watch=("membership",))
def one_change_at_a_time(world):
    node = world.node
    if node.role != "administrator":
        return None
    layouts, past = node.membership.layouts, world.ghost.setdefault("layouts", {})
    past.update((layout.version, layout) for layout in layouts)
    planned = [new for old, new in zip(layouts, layouts[1:], strict=False) if len(new.nodes) > len(old.nodes)]
    if len(planned) > 1 or len(node.membership.expelled) > max(1, world.options.design.replication - 1):
        return Breach(N_("{node} began a change while another one was under way."), node=node.id)
    return None


@sometimes(N_("A shard arrives at another node."), watch=("moved",))
def a_shard_moved(world):
    return world.node.moved > 0 and hasattr(world.node, "_charge")


@sometimes(N_("All shards are where a new layout wants them."), watch=("membership",))
def a_change_is_over(world):
    known = world.node.membership if world.node.role == "administrator" else None
    return known is not None and len(known.layouts) == 1 < known.layouts[0].version


@sometimes(N_("A write is acknowledged while its shard is on its way to another node."), watch=("_acknowledged",))
def a_write_during_a_move(world):
    return history(world).while_moving


PROPERTIES = (who_is_in_charge_has_everything, acknowledged_is_everywhere, forgotten_when_others_have_it, one_change_at_a_time, a_shard_moved, a_change_is_over,
              a_write_during_a_move)
