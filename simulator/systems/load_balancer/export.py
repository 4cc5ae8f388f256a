"""Single requests as other tools read them."""

import numpy as np

from simulator.engine.clock import NEVER
from simulator.systems.load_balancer.layout import NOWHERE, OUTCOMES, ROW

TIMES = slice(1, 8)
"""Columns of a row that are times, from `sent` to `done`."""


def columns(rows: np.ndarray) -> dict[str, list]:
    """int64[n, 15], as in layout.ROW, as columns of JSON values; a time that was not reached is None."""
    times = {f"{name}_ns": [None if at_ns < 0 or at_ns == NEVER else at_ns for at_ns in column.tolist()]
             for name, column in zip(ROW[TIMES], rows.T[TIMES], strict=True)}
    servers = [f"server-{server}" if server >= 0 else None for server in rows[:, 8].tolist()]
    return {"k": rows[:, 0].tolist(), **times, "server": servers,
            "outcome": [OUTCOMES[outcome] for outcome in rows[:, 9].tolist()], "attempt": rows[:, 10].tolist(),
            "balancer": [f"balancer-{balancer}" for balancer in rows[:, 12].tolist()],
            "source": rows[:, 13].tolist(), "class": rows[:, 14].tolist()}


def unfinished(pool: np.ndarray, now_ns: int) -> np.ndarray:
    """The rows of the requests in the system, by number; a time still to come is none that was reached: -1."""
    there = pool[(pool["stage"] != NOWHERE) & (pool["attempt"] >= 0)]
    rows = np.stack([there[name] for name in ROW], axis=1)
    times = rows[:, TIMES]
    times[times > now_ns] = -1
    return rows[np.lexsort((rows[:, 10], rows[:, 0]))]
