"""Merkle trees: two replicas find the keys that differ by comparing a few hashes.

R. Merkle, A Digital Signature Based on a Conventional Encryption Function, CRYPTO 1987; as Dynamo uses them (section 4.7).
A tree is a dict of numbered nodes: 1 is the root, node n has the children 2n and 2n + 1, leaves are LEAVES to 2 LEAVES - 1.
A key belongs to the leaf that its fingerprint says.
"""

from collections.abc import Iterable, Mapping
from functools import lru_cache

from simulator.parts.hashing import fingerprint

LEAVES = 16


@lru_cache(maxsize=4096)
def leaf_of(key: str) -> int:
    """The number of the leaf that the key belongs to."""
    return LEAVES + fingerprint(key) % LEAVES


def tree(states: Mapping[str, object]) -> dict[int, int]:
    """Number -> hash of every node of the tree over these keys; a leaf's hash depends on its keys and their states alone."""
    texts: dict[int, list[str]] = {}
    for key in sorted(states):
        texts.setdefault(leaf_of(key), []).append(f"{key}={states[key]!r}")
    hashes = {leaf: fingerprint("\n".join(texts.get(leaf, ()))) for leaf in range(LEAVES, 2 * LEAVES)}
    for node in range(LEAVES - 1, 0, -1):
        hashes[node] = fingerprint(f"{hashes[2 * node]}/{hashes[2 * node + 1]}")
    return hashes


def differing(own: Mapping[int, int], told: Iterable[tuple[int, int]]) -> tuple[int, ...]:
    """The nodes that another tree has other hashes for."""
    return tuple(node for node, hashed in told if own[node] != hashed)


def below(own: Mapping[int, int], nodes: Iterable[int]) -> tuple[tuple[int, int], ...]:
    """(number, hash) of the children of inner nodes."""
    return tuple((child, own[child]) for node in nodes for child in (2 * node, 2 * node + 1))
