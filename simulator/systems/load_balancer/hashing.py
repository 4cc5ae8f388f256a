"""How strategies hash: in the part of Python that Numba compiles. The tables are made by simulator.parts."""

from simulator.engine.chance import below

POSITIONS = 2**32


def hashed(key, source):
    """The number of a source, as good as random and always the same, in 0 .. 2**32 - 1."""
    return below(key, -1 - source, POSITIONS)


def successor(table, position):
    """Where in a ring the first point at `position` or behind it stands.

    table: [n, the positions of n points in ascending order, whose they are in the same order, ...].
    """
    low, high = 0, table[0]
    while low < high:
        middle = (low + high) // 2
        if table[1 + middle] < position:
            low = middle + 1
        else:
            high = middle
    return low if low < table[0] else 0
