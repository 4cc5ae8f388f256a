"""Is more work offered than can be done? Known from the laws alone, whatever the luck of a seed.

A queue that is offered at least as much work as it can do has no steady state (Loynes 1962): its mean and its
percentiles only say when one stopped looking, even where a short or a lucky run does not show it. At exactly 100 % this
holds as soon as anything is random; only clockwork keeps up then.
"""

from collections.abc import Sequence

import numpy as np

from simulator.engine.words import N_
from simulator.judges.stability import Stability

ROUNDING = 1e-9

OFFERED = N_("Unstable: {load} % of the work that the servers can do is asked of them, so the queues grow for as long as it lasts.")
OFFERED_ONE = N_("Unstable: {server} is given {load} % of the work that it can do, so its queue grows for as long as it lasts.")
OFFERED_SOME = N_("Unstable: {count} servers are given more work than they can do; {server} most, {load} % of what it can.")
SENTENCES = (OFFERED, OFFERED_ONE, OFFERED_SOME)


def overload(offered: float, capacity, shares=None, random: bool = True, names: Sequence[str] | None = None) -> Stability | None:
    """The verdict "unstable" where the work cannot be done, else None: that says nothing, for a strategy may still misdirect it.

    offered: work that arrives, in seconds of a server of speed 1 a second, on average. capacity [n]: work that each server
    can do a second (speed x slots). shares [n], adding up to 1: the part of the work that each server gets whatever
    its queue, or None where that depends on the queues. random: whether anything is (see above). names: as in stability.judge.
    """
    capacity = np.asarray(capacity, dtype=np.float64)
    whole = offered / capacity.sum()
    if _too_much(whole, random):
        return _verdict("overload", OFFERED, whole)
    if shares is None:
        return None
    loads = offered * np.asarray(shares, dtype=np.float64) / capacity
    guilty = _too_much(loads, random)
    if not guilty.any():
        return None
    worst, count = int(loads.argmax()), int(guilty.sum())
    name = names[worst] if names is not None else f"server-{worst}"
    if count == 1:
        return _verdict("one_server", OFFERED_ONE, loads[worst], worst, {"server": name})
    return _verdict("some_servers", OFFERED_SOME, loads[worst], worst, {"server": name, "count": count})


def _too_much(load, random: bool):
    return load >= 1.0 - ROUNDING if random else load > 1.0 + ROUNDING


def _verdict(code: str, template: str, load: float, server: int | None = None, params: dict | None = None) -> Stability:
    params = {**(params or {}), "load": f"{100.0 * load:.4g}"}
    return Stability(False, template.format(**params), server, code, template, params)
