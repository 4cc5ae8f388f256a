"""Quorums: how many of n nodes must say yes."""


def majority(n: int) -> int:
    """The least number of n nodes of which any two groups share a node."""
    return n // 2 + 1


def always_meet(one: int, other: int, n: int) -> bool:
    """Whether every group of `one` out of n nodes shares a node with every group of `other`."""
    return one + other > n
