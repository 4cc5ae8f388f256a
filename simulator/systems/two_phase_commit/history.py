"""What has happened so far, for the properties and the metrics: the nodes themselves may forget.

In world.ghost, by transaction: `outcomes` (participant -> Decision), `voted` (participant -> vote that was heard),
`among` (who takes part), `told` (what a coordinator told its client); by participant: `held` (what it has voted yes
on and not decided). A participant's outcome is that of the branch that was asked to prepare: a copy of a message
that makes a second branch later is nothing but a lock that is held for a while. `sums`: for means.
"""

from collections import Counter


def remember(world):
    """Bring the ghost up to date with the node whose event it is; (txn, Decision) where it has just decided one."""
    node, ghost = world.node, world.ghost
    if not ghost:
        ghost.update({name: {} for name in ("outcomes", "voted", "among", "told", "held", "latest")}, sums=Counter(), longest_ns=0, seen=None)
    if ghost["seen"] is not node.seen:  # several properties ask about one event
        ghost["seen"], ghost["ended"] = node.seen, _updated(node, ghost)
    return ghost["ended"]


def _updated(node, ghost: dict):
    if node.role == "participant":
        if node.in_doubt:
            txn = next(reversed(node.in_doubt))
            ghost["among"][txn] = node.branches[txn].among
        return _ended(node, ghost) if node.decided else None
    if getattr(node, "heard", None) is not None:
        txn, participant, vote = node.heard
        ghost["voted"].setdefault(txn, {})[participant] = vote
        if vote == "yes" and participant not in ghost["outcomes"].get(txn, {}):
            ghost["held"].setdefault(participant, {})[txn] = True
    if getattr(node, "told", None):
        _told(node, ghost)
    return None


def _ended(node, ghost: dict):
    txn, end = next(reversed(node.decided.items()))
    first = ghost["outcomes"].setdefault(txn, {}).setdefault(node.id, end)
    ghost["held"].get(node.id, {}).pop(txn, None)
    if end.decision == "read":
        ghost["voted"].setdefault(txn, {})[node.id] = "read"
    if ghost["latest"].get(node.id) != (txn, end):
        ghost["latest"][node.id] = (txn, end)
        sums = ghost["sums"]
        sums["branches"] += 1
        sums["waited_ns"] += max(0, end.waited_ns)  # a clock that jumps back makes no time negative
        if end.doubt_ns is not None:
            sums["doubts"] += 1
            sums["doubt_ns"] += max(0, end.doubt_ns)
            ghost["longest_ns"] = max(ghost["longest_ns"], end.doubt_ns)
    return (txn, end) if first is end or first.branch == end.branch else None


def _told(node, ghost: dict) -> None:
    txn, told = next(reversed(node.told.items()))
    ghost["told"].setdefault(txn, told.decision)
    if ghost["latest"].get(node.id) != (txn, told):
        ghost["latest"][node.id] = (txn, told)
        ghost["sums"][told.decision] += 1
        if told.after_ns is not None:
            ghost["sums"]["decided"] += 1
            ghost["sums"]["decided_ns"] += max(0, told.after_ns)
