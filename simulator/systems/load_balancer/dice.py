"""The compiled twins of engine.chance: same bits, in the integer arithmetic that Numba compiles.

Importing this module tells Numba what `uniform`, `below`, `log` and `exp` of engine.chance are, so
that a strategy or a law written with them runs compiled in the kernel and plain in the oracle.
It imports Numba, so only compiled.py and kernel.py import it, and only when a Run is built.
"""

from math import ldexp

import numpy as np
from numba import types
from numba.extending import intrinsic, overload

from simulator.engine import chance

GOLDEN = np.uint64(chance.GOLDEN)
FIRST, SECOND = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)
ONE, U11, U27, U30, U31, U32 = (np.uint64(n) for n in (1, 11, 27, 30, 31, 32))
UNIT = chance.UNIT
INLINE = {"forceinline": True, "_nrt": False, "error_model": "numpy"}


def _bitcast(source, target):
    @intrinsic
    def cast(typing, x):
        def generate(context, builder, signature, args):
            return builder.bitcast(args[0], context.get_value_type(target))

        return target(source), generate

    return cast


int_from_float = _bitcast(types.float64, types.int64)
"""The 64 bits of a float as an int."""
float_from_int = _bitcast(types.int64, types.float64)
"""The float that has these 64 bits."""


def _bits(key, index):
    z = np.uint64(key) + (np.uint64(index) + ONE) * GOLDEN
    z = (z ^ (z >> U30)) * FIRST
    z = (z ^ (z >> U27)) * SECOND
    return z ^ (z >> U31)


def _uniform(key, index):
    return (np.int64(chance.bits(key, index) >> U11) + 0.5) * UNIT


def _below(key, index, n):
    return np.int64(((chance.bits(key, index) >> U32) * np.uint64(n)) >> U32)


def _log(x):
    pattern = int_from_float(x)  # frexp of a normal x > 0
    f = float_from_int((pattern & 0xFFFFFFFFFFFFF) | 0x3FE0000000000000)
    k = (pattern >> 52) - 1022
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


def _exp(x):
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
    if -1021 < k < 1023:
        return y * float_from_int((k + 1023) << 52)
    return ldexp(y, np.int32(k))


for _original, _twin in ((chance.bits, _bits), (chance.uniform, _uniform), (chance.below, _below),
                         (chance.log, _log), (chance.exp, _exp)):
    overload(_original, jit_options=INLINE, strict=False)(lambda *args, _twin=_twin: _twin)
