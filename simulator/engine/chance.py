"""Chance comes from named streams, so that a new die never shifts an old one.

A stream is a 64-bit key. Draw number `index` of a stream is a pure function of (key, index):
SplitMix64 used as a counter-based generator (Steele, Lea, Flood, "Fast splittable pseudorandom
number generators", OOPSLA 2014; Salmon et al., "Parallel random numbers: as easy as 1, 2, 3",
SC 2011). So request k's demand depends on the seed and on k alone, whatever the strategy did.

`log` and `exp` are fdlibm's (Sun Microsystems, 1993), in plain IEEE arithmetic: the C library's
differ in the last bit between machines, and one bit is enough to change a digest.
"""

import random
from hashlib import sha256
from math import floor, frexp, ldexp

MASK = 0xFFFFFFFFFFFFFFFF
GOLDEN = 0x9E3779B97F4A7C15
UNIT = 1.0 / 9007199254740992.0  # 2**-53


def key(seed: int, name: str) -> int:
    """The 64-bit key of the stream `name` ("arrivals", "link/a->b") of a Run with `seed`."""
    return int.from_bytes(sha256(f"{seed}/{name}".encode()).digest()[:8], "little")


def bits(stream_key: int, index: int) -> int:
    """Draw number `index` as 64 uniform bits."""
    z = (stream_key + (index + 1) * GOLDEN) & MASK
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
    return z ^ (z >> 31)


def uniform(stream_key: int, index: int) -> float:
    """Draw number `index` as a float in the open interval (0, 1): never 0, so its log exists."""
    return ((bits(stream_key, index) >> 11) + 0.5) * UNIT


def below(stream_key: int, index: int, n: int) -> int:
    """Draw number `index` as an int in 0..n-1, for n < 2**32 (bias below n / 2**32)."""
    return ((bits(stream_key, index) >> 32) * n) >> 32


class Stream:
    """A stream that counts its own draws, for code whose draws have no natural number."""

    __slots__ = ("index", "key")

    def __init__(self, seed: int, name: str):
        self.key = key(seed, name)
        self.index = 0

    def uniform(self) -> float:
        """The next draw in (0, 1)."""
        self.index += 1
        return uniform(self.key, self.index - 1)

    def below(self, n: int) -> int:
        """The next draw in 0..n-1."""
        self.index += 1
        return below(self.key, self.index - 1, n)

    def exponential(self, mean: float) -> float:
        """The next draw of the exponential law, in the unit of `mean`."""
        return -mean * log(self.uniform())


def stream(seed: int, name: str) -> Stream:
    """The stream `name` of a Run with `seed`; made at its first use, by whoever uses it."""
    return Stream(seed, name)


def dice(seed: int, name: str) -> random.Random:
    """The stream `name` as a Mersenne Twister, for code that draws many times: a draw costs a tenth of a Stream's.

    Only its `random()` may be used: the other methods are not the same in every version of Python.
    """
    return random.Random(key(seed, name))


def log(x: float) -> float:
    """Natural logarithm of x > 0, the same bits on every machine. Error below 1 ulp."""
    f, k = frexp(x)
    if f < 0.7071067811865476:
        f = f * 2.0
        k = k - 1
    f = f - 1.0
    s = f / (2.0 + f)
    z = s * s
    w = z * z
    even = w * (0.3999999999940942 + w * (0.22222198432149784 + w * 0.15313837699209373))
    odd = z * (0.6666666666666735 + w * (0.2857142874366239 + w * (0.1818357216161805 + w * 0.14798198605116586)))
    half = 0.5 * f * f
    low = s * (half + (even + odd)) + k * 1.9082149292705877e-10
    return k * 0.6931471803691238 - ((half - low) - f)


def exp(x: float) -> float:
    """e to the power x, the same bits on every machine. Error below 1 ulp. 0.0 below -745."""
    if x < -745.0:
        return 0.0
    k = int(x * 1.4426950408889634 + (0.5 if x >= 0.0 else -0.5))
    high = x - k * 0.6931471803691238
    low = k * 1.9082149292705877e-10
    r = high - low
    t = r * r
    c = r - t * (0.16666666666666602 + t * (-0.0027777777777015593 + t * (
        6.613756321437934e-05 + t * (-1.6533902205465252e-06 + t * 4.1381367970572385e-08))))
    y = 1.0 - ((low - (r * c) / (2.0 - c)) - high)
    return ldexp(y, k)


def _layers() -> list[float]:
    """The right edges of 256 layers of equal area under e^-x."""
    area, edge = 0.003949659822581572, 7.69711747013104972
    edges = [area / exp(-edge), edge]
    while len(edges) < 256:
        edges.append(-log(area / edges[-1] + exp(-edges[-1])))
    return [*edges, 0.0]


LAYERS = _layers()
TAIL = LAYERS[1]


def exponential(draw) -> float:
    """A draw of the exponential law with mean 1, from a `draw` of uniform floats in [0, 1).

    Marsaglia and Tsang, "The ziggurat method for generating random variables", J. Stat. Soft. 5(8), 2000:
    in 99 of 100 cases one uniform draw, no logarithm.
    """
    scaled = draw() * 256.0
    layer = floor(scaled)
    x = (scaled - layer) * LAYERS[layer]
    if x < LAYERS[layer + 1]:
        return x
    if layer == 0:
        return TAIL + exponential(draw)
    low, high = exp(-LAYERS[layer]), exp(-LAYERS[layer + 1])
    return x if low + (high - low) * draw() < exp(-x) else exponential(draw)
