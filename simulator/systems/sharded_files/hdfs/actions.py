"""What can be done to HDFS beside the faults that every system has."""

from simulator.engine.action import ActionRefused, ActionSpec, Param
from simulator.engine.words import N_

_UP = ("up",)
_PRESENT = ("up", "paused", "down")
_NOT_UP = N_("{target} is {state}: it can do nothing.")
_GONE = N_("{target} has been removed.")
_RACK = Param("rack", N_("Rack"), 0, 0, 999, integer=True)
_BLOCK = Param("block", N_("Block (empty: any)"), "", pattern=r"\d{0,9}")

ACTIONS = (
    ActionSpec("corrupt", N_("Damage a replica"), "data_node", _UP, _NOT_UP, (_BLOCK,), "d", N_("damaged the replica of block {block} on {target}")),
    ActionSpec("decommission", N_("Decommission"), "data_node", _PRESENT, _GONE, (), "", N_("{target} is to leave: its blocks are copied first")),
    ActionSpec("recommission", N_("Recommission"), "data_node", _PRESENT, _GONE, (), "", N_("{target} is to stay")),
    ActionSpec("leave_safe_mode", N_("Leave safe mode"), "name_node", _UP, _NOT_UP, (), "", N_("{target} was told to leave safe mode")),
    ActionSpec("failover", N_("Make it active"), "name_node", _UP, _NOT_UP, (), "", N_("{target} is to be the active name node")),
    ActionSpec("balance", N_("Start the balancer"), "", (), "", (), "", N_("started the balancer")),
    ActionSpec("lose_rack", N_("Lose a rack"), "", (), "", (_RACK,), "", N_("rack {rack} is lost: {count} data nodes crashed")),
    ActionSpec("restore_rack", N_("Restore a rack"), "", (), "", (_RACK,), "", N_("rack {rack} is back: {count} data nodes restarted")),
)


def _of_rack(cluster, rack: int, states: tuple[str, ...]) -> list:
    found = [node for node in cluster.of("data_node") if node.rack == rack and node.state in states]
    if not found:
        raise ActionRefused("params.rack", N_("There is no data node in rack {rack} to which that could be done."), rack=rack)
    return found


def lose_rack(cluster, rack: int) -> dict:
    """All data nodes of a rack crash at once."""
    nodes = _of_rack(cluster, rack, ("up", "paused"))
    for node in nodes:
        cluster.crash(node)
        cluster.telling.health(cluster, node)
    return {"rack": rack, "count": len(nodes)}


def restore_rack(cluster, rack: int) -> dict:
    """All crashed data nodes of a rack restart."""
    nodes = _of_rack(cluster, rack, ("down",))
    for node in nodes:
        cluster.restart(node)
    return {"rack": rack, "count": len(nodes)}


def _tell(cluster, kind: str, **params) -> None:
    """Every name node that is up hears it from the operator."""
    names = [node for node in cluster.of("name_node") if node.state == "up"]
    if not names:
        raise ActionRefused("kind", N_("No name node is up."))
    for node in names:
        cluster.own_action(node, kind, params)


def decommission(cluster, node) -> None:
    """As an operator does it: an exclude file and refreshNodes at every name node."""
    _tell(cluster, "admit", id=node.id, admin="decommissioning")


def recommission(cluster, node) -> None:
    """It stays."""
    _tell(cluster, "admit", id=node.id, admin="")


def balance(cluster) -> None:
    """The active name node's cluster is balanced."""
    _tell(cluster, "start_balancer")


PERFORMS = {"lose_rack": lose_rack, "restore_rack": restore_rack, "decommission": decommission, "recommission": recommission, "balance": balance}
