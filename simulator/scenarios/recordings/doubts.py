"""What a person should know before trusting a recording: coarse clocks, disorder, odd demands."""

import numpy as np

from simulator.engine.clock import MAX_NS, MS, S
from simulator.engine.words import N_
from simulator.scenarios.mistake import Phrase

EQUAL_SHARE = 0.05
"""From this share of arrivals at the same time as the one before, the clock is called coarse."""

_GRAINS = (
    (60 * S, N_("whole minutes")), (S, N_("whole seconds")), (100 * MS, N_("tenths of a second")),
    (10 * MS, N_("hundredths of a second")), (MS, N_("whole milliseconds")),
)


def doubts(times_ns: np.ndarray, demands_ns: np.ndarray | None, refused: int) -> list[Phrase]:
    """Warnings about rows in the file's order; refused: how many more could not be read."""
    found = [_refused(len(times_ns), refused), _disorder(times_ns), _coarse(np.sort(times_ns)), _long(times_ns)]
    if demands_ns is not None:
        found.append(_no_work(demands_ns))
    return [warning for warning in found if warning]


def grain(times_ns: np.ndarray) -> tuple[int, str]:
    """(ns, words) of the coarsest clock on whose ticks all times lie; (0, "") where it is finer than 1 ms."""
    for tick_ns, words in _GRAINS:
        if not np.any(times_ns % tick_ns):
            return tick_ns, words
    return 0, ""


def _coarse(times_ns: np.ndarray) -> Phrase | None:
    if len(times_ns) < 2:
        return None
    equal = float(np.mean(np.diff(times_ns) == 0))
    tick_ns, words = grain(times_ns)
    if tick_ns < S and equal < EQUAL_SHARE:
        return None
    share = f"{equal:.1%}"
    if words:
        return Phrase(N_("All times are {grain}, and {share} of the requests arrive at the same time as the one "
                         "before: bursts within one tick come from the clock."), grain=Phrase(words), share=share)
    return Phrase(N_("{share} of the requests arrive at the same time as the one before: the clock may be coarse."), share=share)


def _disorder(times_ns: np.ndarray) -> Phrase | None:
    count = int(np.count_nonzero(np.diff(times_ns) < 0))
    if not count:
        return None
    return Phrase(N_("{count:,} rows are earlier than the row before; all rows were put in order of time."), count=count)


def _long(times_ns: np.ndarray) -> Phrase | None:
    if int(times_ns.max()) - int(times_ns.min()) < MAX_NS:
        return None
    return Phrase(N_("The recording is longer than 90 days: a run shows its beginning, or all of it sped up."))


def _no_work(demands_ns: np.ndarray) -> Phrase | None:
    count = int(np.count_nonzero(demands_ns == 0))
    return Phrase(N_("{count:,} requests have a demand of zero."), count=count) if count else None


def _refused(read: int, refused: int) -> Phrase | None:
    if refused <= read:
        return None
    return Phrase(N_("More rows were refused ({refused:,}) than read ({read:,}): is the mapping right?"), refused=refused, read=read)
