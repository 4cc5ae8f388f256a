"""Operations of clients as a history the way Jepsen writes it: what was invoked, and how it ended, in order of time.

Each entry has :index, :type (:invoke, :ok, :fail, :info), :process, :f, :value, :time in ns, :client, and :key where
operations have keys. Jepsen's own tools pass over what they do not know. A process is a number; after an :info it takes a new one, for that operation may still be under way
(Kingsbury, github.com/jepsen-io/history). Operations still open at the end are never completed.
"""

import json
import re
from collections.abc import Iterable, Iterator

ENDS = ("ok", "fail", "info")
KEYWORD = re.compile(r"[A-Za-z*!_?<>=.+-][A-Za-z0-9*!_?<>=.+#/-]*")


def entries(operations: Iterable[dict]) -> list[dict]:
    """The history as dicts. operations: rows of a story, in the order of their invocation."""
    moments = []
    for operation in operations:
        moments.append((operation["invoked_ns"], 1, operation["id"], "invoke", operation))
        if operation["outcome"] in ENDS:
            # At one instant what ends comes before what begins, but for an operation that takes no time.
            instant = operation["completed_ns"] == operation["invoked_ns"]
            moments.append((operation["completed_ns"], 2 if instant else 0, operation["id"], operation["outcome"], operation))
    moments.sort(key=lambda moment: moment[:3])
    processes = _Processes()
    return [_entry(index, at_ns, kind, operation, processes) for index, (at_ns, _rank, _id, kind, operation) in enumerate(moments)]


def edn_lines(operations: Iterable[dict]) -> Iterator[str]:
    """The history in EDN, an entry a line, as in Jepsen's history.edn."""
    for entry in entries(operations):
        keywords = entry | {"type": Keyword(entry["type"]), "f": Keyword(entry["f"])}
        yield edn({Keyword(name): value for name, value in keywords.items()}) + "\n"


def json_lines(operations: Iterable[dict]) -> Iterator[str]:
    """The history in JSON, an entry a line."""
    for entry in entries(operations):
        yield json.dumps(entry) + "\n"


class Keyword(str):
    """A text that is a keyword in EDN."""


def edn(value) -> str:
    """A JSON value in EDN: keys of objects that look like names become keywords."""
    if value is None or isinstance(value, bool):
        return {None: "nil", True: "true", False: "false"}[value]
    if isinstance(value, Keyword) and KEYWORD.fullmatch(value):
        return f":{value}"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_edn_key(key)} {edn(inner)}" for key, inner in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + " ".join(map(edn, value)) + "]"
    return json.dumps(value, ensure_ascii=False)


def _edn_key(key: str) -> str:
    return f":{key}" if KEYWORD.fullmatch(key) else edn(str(key))


class _Processes:
    """Numbers for clients; a client whose operation ended in :info, or began another meanwhile, is a new process."""

    def __init__(self):
        self._count = 0
        self._of: dict[str, int] = {}
        self._busy: dict[int, int] = {}

    def invoke(self, operation: dict) -> int:
        process = self._of.get(operation["client"])
        if process is None or process in self._busy.values():
            process = self._of[operation["client"]] = self._count
            self._count += 1
        self._busy[operation["id"]] = process
        return process

    def end(self, operation: dict) -> int:
        process = self._busy.pop(operation["id"])
        if operation["outcome"] == "info" and self._of[operation["client"]] == process:
            del self._of[operation["client"]]
        return process


def _entry(index: int, at_ns: int, kind: str, operation: dict, processes: _Processes) -> dict:
    process = processes.invoke(operation) if kind == "invoke" else processes.end(operation)
    value = operation["result"] if kind == "ok" and operation["result"] is not None else operation["value"]
    entry = {"index": index, "type": kind, "process": process, "f": operation["f"], "value": value, "time": at_ns, "client": operation["client"]}
    return entry if operation["key"] is None else entry | {"key": operation["key"]}
