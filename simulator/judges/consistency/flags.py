"""What went wrong with what clients saw, as flags on the time line: each with its moment and the operations that show it."""

from simulator.judges.consistency.anomalies import witnesses
from simulator.judges.consistency.history import History

FLAGS_AT_MOST = 80
OPERATIONS_AT_MOST = 20_000
"""Of a history for which flags are looked for: some 0.1 s."""


def flags(history: History) -> list[dict]:
    """{"kind", "operation" (its id), "at_ns", "witness" (ids)} in order of time, evenly thinned where there are too many.

    A stale read is flagged where it was answered, a write that was lost or duplicated where it was acknowledged.
    """
    if len(history.operations) > OPERATIONS_AT_MOST:
        return []
    rows = [{"kind": kind, "operation": number, "at_ns": history.by_id[number].completed_ns, "witness": shown}
            for kind, found in witnesses(history).items() for number, shown in found.items()]
    rows = sorted((row for row in rows if row["at_ns"] is not None), key=lambda row: (row["at_ns"], row["operation"]))
    kept = min(len(rows), FLAGS_AT_MOST)
    return [rows[place * len(rows) // kept] for place in range(kept)]
