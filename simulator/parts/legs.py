"""The four legs of a quorum operation, and how long each takes: W, A, R, S of Bailis et al., VLDB 2012, section 4."""

from typing import NamedTuple

import numpy as np

from simulator.parts.options import ConstantDelay, Delay, MixedDelay, UniformDelay


class Quorums(NamedTuple):
    """Writes go to all n replicas of a key and wait for w acknowledgements, reads wait for r responses. The legs' laws are in ms."""

    n: int
    r: int
    w: int
    write: Delay
    acknowledgement: Delay
    read: Delay
    response: Delay


def beyond(delay: Delay, ms: np.ndarray) -> np.ndarray:
    """The chance that a message takes longer than each of `ms`."""
    if isinstance(delay, ConstantDelay):
        return (ms < delay.delay_ms).astype(float)
    if isinstance(delay, UniformDelay):
        width = delay.maximum_ms - delay.minimum_ms
        return np.clip((delay.maximum_ms - ms) / width, 0, 1) if width else (ms < delay.minimum_ms).astype(float)
    if isinstance(delay, MixedDelay):
        pareto = (delay.minimum_ms / np.maximum(ms, delay.minimum_ms)) ** delay.shape if delay.minimum_ms else (ms < 0).astype(float)
        return delay.share * pareto + (1 - delay.share) * np.exp(-delay.rate_per_ms * np.maximum(0.0, ms))
    mean = delay.mean_ms - delay.minimum_ms
    return np.exp(-np.maximum(0.0, ms - delay.minimum_ms) / mean) if mean else (ms < delay.minimum_ms).astype(float)
