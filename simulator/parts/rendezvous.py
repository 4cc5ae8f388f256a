"""Rendezvous hashing: a key belongs to the node with the highest score for it. No table, and nothing else moves.

D. Thaler, C. Ravishankar, Using name-based mappings to increase hit rates, IEEE/ACM ToN 6(1), 1998; weights: C.
Schindelhauer, G. Schomaker, Weighted distributed hash tables, SPAA 2005.
"""

from collections.abc import Sequence

from simulator.engine.chance import log, uniform

NODES_AT_MOST = 4096


def score(key, item, node, weight):
    """Of a node for an item (a number below 2**50): the highest of several is a node's in proportion to its weight."""
    return -weight / log(uniform(key, item * NODES_AT_MOST + node))


def rendezvous(key: int, item: int, nodes: Sequence[int], weights: Sequence[float]) -> int:
    """The node of an item, in proportion to the weights; among equals the first."""
    return max(zip(nodes, weights, strict=True), key=lambda pair: score(key, item, *pair))[0]
