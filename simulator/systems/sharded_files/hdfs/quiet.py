"""Heartbeats that bring no news, worked out instead of sent.

A data node that has nothing new to say, over links on which nothing happens, to name nodes that are up, rests: it sets
no timer and sends nothing. When it was last heard of follows from when it last sent. Whatever could make a difference
wakes it: an Action (all nodes, before it is done), a command that waits for it, something that changes at the node. It
then goes on as if it had sent all along: what would be on its way is on its way.

This file is what stands between name node and data nodes in place of those messages, and so it alone looks at both.
"""

from heapq import heappush

from simulator.engine.agenda import BIRTH
from simulator.engine.rows import MESSAGE
from simulator.systems.sharded_files.hdfs.messages import Heartbeat


def may_rest(node) -> bool:
    """Whether nobody could tell the difference if this data node did not send its next heartbeats."""
    if node.options.design.heartbeats == "single" or node.drift_ppm or node.handling_ns or node.held_ns:
        return False
    names = node.roster["name_node"]
    return all(_calm(node.cluster.link(node, id), node.cluster.nodes[id]) for id in names)


def _calm(link, name_node) -> bool:
    return not link.special and name_node.state == "up" and not name_node.handling_ns and BIRTH not in name_node.timers and name_node.heard(link.sender)


def last_heard_ns(cluster, id: str, known_ns: int) -> int:
    """When data node `id` was last heard of, which is `known_ns` unless it rests."""
    node = cluster.nodes[id]
    if not node.rests:
        return known_ns
    period, delay = node.options.design.heartbeat_ns, node.links[node.roster["name_node"][0]].delay(None)
    beats = (cluster.now_ns - delay - node.sent_ns) // period
    return max(known_ns, node.sent_ns + beats * period + delay) if beats >= 0 else known_ns


def wake(node) -> None:
    """The data node sends again, as if it had never stopped."""
    if not node.rests:
        return
    cluster, period = node.cluster, node.options.design.heartbeat_ns
    for id in node.roster["name_node"]:
        cluster.nodes[id].was_heard(node, last_heard_ns(cluster, node.id, 0))
    node.rests = False
    beats = (cluster.now_ns - node.sent_ns) // period
    sent_ns, node.sent_ns = node.sent_ns, node.sent_ns + beats * period
    for id in node.roster["name_node"]:
        link = node.links[id]
        arrives = node.sent_ns + link.delay(None)
        if arrives > cluster.now_ns and node.sent_ns > sent_ns:
            _on_its_way(cluster, link, node.beat(), arrives)
    cluster.set_timer(node, "heartbeat", node.sent_ns + period - cluster.now_ns, None)


def _on_its_way(cluster, link, m: Heartbeat, arrives_ns: int) -> None:
    kind, handler = link.kinds[m.__class__]
    event = cluster.row(arrives_ns, link.sender.index, link.node.index, kind, MESSAGE)
    cluster.bodies[event - cluster.base] = m
    heappush(cluster.heap, (arrives_ns, event, link, m, handler))


def wake_all(cluster) -> None:
    """Something is about to be done to the system."""
    for node in cluster.ordered:
        if node.role == "data_node":
            wake(node)
