"""Random positions without replacement, for strategies: in the part of Python that Numba compiles."""

from simulator.engine.chance import below


def another(key, index, drawn, j, count):
    """One of `count` positions that differs from the j drawn before, all of those left equally likely.

    index: of the draw in the stream `key`. drawn: float64[:], the positions drawn before in drawn[0..j),
    ascending; the new one is put among them. No branches: a processor could only guess them.
    """
    position = below(key, index, count - j)
    for i in range(j):
        position += drawn[i] <= position
    larger = float(position)
    for i in range(j):
        drawn[i], larger = min(drawn[i], larger), max(drawn[i], larger)
    drawn[j] = larger
    return position
