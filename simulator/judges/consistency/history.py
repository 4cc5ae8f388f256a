"""A History: what clients asked for and what they were told, in one order of begins and ends."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

OUTCOMES = ("ok", "fail", "info")


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation of one client.

    f: "read" (result: what was read), "write", "cas" (value: [expected, new]), "casfail" (a compare-and-set that was
    seen to fail: the register did not hold value[0]), "append" (to a list that "read" gives whole), "propose" (to a
    register that keeps its first value; result: what it holds), "nop" (constrains nothing). Others cannot be judged.
    begins, ends: places in the order of all begins and ends; ends is None where nobody knows what became of it.
    outcome: "ok", "fail" (it did not happen), "info" (it may have happened at any later time, or never).
    invoked_ns, completed_ns: for pictures only.
    """

    id: int
    client: str
    f: str
    key: str | None
    value: object
    result: object
    begins: int
    ends: int | None
    outcome: str
    invoked_ns: int
    completed_ns: int | None

    def row(self) -> dict:
        """As the rows of a Run are, as JSON."""
        return {"id": self.id, "client": self.client, "f": self.f, "key": self.key, "value": self.value, "result": self.result,
                "invoked_ns": self.invoked_ns, "completed_ns": self.completed_ns, "outcome": self.outcome}


@dataclass(frozen=True)
class History:
    """operations: in the order of their begins, ids ascending. faults: {"from_ns", "until_ns" or None, "what"}.

    timed: whether its times are real; without a clock they are the numbers of the entries.
    """

    operations: tuple[Operation, ...]
    faults: tuple[dict, ...] = ()
    initial: object = None
    timed: bool = True
    by_id: dict[int, Operation] = field(default_factory=dict, compare=False)

    def __post_init__(self):
        self.by_id.update((operation.id, operation) for operation in self.operations)


def of_rows(rows: Iterable[dict]) -> History:
    """The History of a Run: rows of its table "operations". Of one instant, ends come before begins.

    That is the order in which judges/telling/jepsen.py writes them, so that a round trip changes nothing.
    """
    rows = sorted(rows, key=lambda row: row["id"])
    moments = []
    for row in rows:
        moments.append((row["invoked_ns"], 1, row["id"], True))
        if row["outcome"] in OUTCOMES and row["completed_ns"] is not None:
            moments.append((row["completed_ns"], 2 if row["completed_ns"] == row["invoked_ns"] else 0, row["id"], False))
    begins, ends = {}, {}
    for place, (_at_ns, _rank, number, begin) in enumerate(sorted(moments)):
        (begins if begin else ends)[number] = place
    made = [_operation(row, begins[row["id"]], ends.get(row["id"])) for row in rows]
    return History(tuple(sorted(made, key=lambda operation: operation.begins)))


def _operation(row: dict, begins: int, ends: int | None) -> Operation:
    outcome = row["outcome"] if row["outcome"] in OUTCOMES else "info"
    known = outcome != "info"
    return Operation(row["id"], str(row["client"]), row["f"], row["key"] if row["key"] is None else str(row["key"]), row["value"], row["result"],
                     begins, ends if known else None, outcome, row["invoked_ns"], row["completed_ns"])


def named(value) -> str:
    """One name for equal JSON values: 1, 1.0, "1" and true have different ones."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False)


def restricted(history: History, keys: tuple) -> History:
    """Only the operations on `keys`."""
    return replace(history, operations=tuple(one for one in history.operations if one.key in keys), by_id={})
