"""What the viewer gets to see of a run of actors: the messages and timers of each window, and samples at even times."""

from array import array

from simulator.engine.clock import NEVER
from simulator.engine.plain import plain
from simulator.engine.rows import CANCELLED, DELIVERED, DOWN, FATES, IN_FLIGHT, MESSAGE, OUTSIDE, ROW, SIZE, TIMER, WAITING
from simulator.engine.totals import latency_ms

MESSAGES_AT_MOST = 5000
"""Messages of a Segment; beyond that every second, fourth, ... by its number. None in `Recording.at_most`: all."""

NAN = float("nan")
TIMER_FATES = {IN_FLIGHT: 0, WAITING: 0, DELIVERED: 1, CANCELLED: 2, DOWN: 3}
ROWS = ("changes", "health", "network", "writes", "notes", "actions", "breaches", "reached", "operations", "joined")


class Recording:
    """Gives tables of what happened since they were last taken."""

    def __init__(self, cluster, cut):
        self._cluster, self._cut = cluster, cut
        self.at_most = MESSAGES_AT_MOST
        self.next_ns = min(cut.sample_ns, cut.duration_ns)
        self._first = 0  # rows from this one on are of this window
        self._carried: list[int] = []  # earlier ones that were not final when it began
        self._samples: list[tuple] = []
        self.known: dict = {}
        self._before = self._counts()
        self._latencies = 0

    def sample(self) -> None:
        """Note counts, latencies and gauges at next_ns."""
        cluster, now = self._cluster, self._counts()
        spent = [one - before for one, before in zip(now, self._before, strict=True)]
        in_flight = cluster.sent - sum(now[1:3]) - cluster.counts.dropped
        latencies = cluster.telling.latencies_ns[self._latencies:]
        latency = latency_ms(latencies)
        gauges = [float(measure(cluster)) for _title, _unit, measure in cluster.facts.gauges.values()]
        nothing = float("nan")
        self._samples.append((self.next_ns, *spent[:3], in_flight, *spent[3:], latency["mean"] if latencies else nothing,
                              latency["p99"] if latencies else nothing, *gauges))
        self._before, self._latencies = now, self._latencies + len(latencies)
        self.next_ns = min(self.next_ns + self._cut.sample_ns, self._cut.duration_ns) if self.next_ns < self._cut.duration_ns else NEVER

    def _counts(self) -> tuple:
        counts, outcomes = self._cluster.counts, self._cluster.telling.outcomes
        return (self._cluster.sent, counts.delivered, counts.lost + counts.cut + counts.down, outcomes["ok"], outcomes["fail"], outcomes["info"])

    def tables(self, rows: dict) -> dict:
        """The tables of the window. rows: what the Trace took, by table."""
        cluster = self._cluster
        numbers = [*self._carried, *range(self._first, cluster.next_event)]
        entries = [(number, *ROW.unpack_from(cluster.rows, (number - cluster.base) * SIZE)) for number in numbers]
        messages, meta = self._messages([entry for entry in entries if entry[8] == MESSAGE])
        timers = self._timers([entry for entry in entries if entry[8] == TIMER])
        disk = self._disks()
        self._carried = [entry[0] for entry in entries if entry[7] in (IN_FLIGHT, WAITING)]
        self._first = cluster.next_event
        self._forget_ends()
        made = {**messages, **timers, "disk": disk, "samples": self._sampled(), "meta": {"messages": meta}}
        made |= {name: rows.get(name, []) for name in ROWS}
        if self.at_most is None:
            made["others"] = self._others(entries)
        made["operations"] = made["operations"] + [operation.row() for operation in cluster.telling.open.values()]
        cluster.forget(min(self._carried[0] if self._carried else self._first, cluster.telling.hashed))
        return made

    def pass_over(self) -> None:
        """Nobody wants the tables of this window."""
        cluster = self._cluster
        numbers = [*self._carried, *range(self._first, cluster.next_event)]
        self._carried = [number for number in numbers if cluster.fate(number) in (IN_FLIGHT, WAITING)]
        self._first = cluster.next_event
        self._samples = []
        for node in cluster.ordered:
            node.disk.history.clear()
        self._forget_ends()
        cluster.forget(min(self._carried[0] if self._carried else self._first, cluster.telling.hashed))

    def _messages(self, entries: list[tuple]) -> tuple[dict, dict]:
        seen, stride = len(entries), 1
        while self.at_most is not None and len(entries) > self.at_most:
            stride *= 2
            entries = [entry for entry in entries if entry[0] % stride == 0]
        bodies = [self._cluster.bodies[entry[0] - self._cluster.base] for entry in entries]
        names = ("id", "sent_ns", "arrive_ns", "cause", "src", "dst", "kind", "fate")
        types = "dddd" + "HHHB"
        columns = {name: array(kind, [entry[place] for entry in entries])
                   for place, (name, kind) in enumerate(zip(names, types, strict=True))}
        columns["hue"] = array("i", [self.hue(m) for m in bodies])
        columns |= self._moments(entries)
        return ({"messages": columns, "bodies": [[plain(value, self.known) for value in m] for m in bodies]},
                {"seen": seen, "kept": len(entries), "stride": stride})

    def _moments(self, entries: list[tuple]) -> dict:
        """Columns that few windows need: when a message came that had to wait or was taken from its way, and when
        one was lost, cut off or dropped. Without the column, or where it is NaN, that is when it arrives."""
        came, ends = self._cluster.came, self._cluster.ends
        found = {"came_ns": [came.get(entry[0], NAN) for entry in entries], "end_ns": [ends.get(entry[0], NAN) for entry in entries]}
        return {name: array("d", column) for name, column in found.items() if any(at_ns == at_ns for at_ns in column)}

    def _disks(self) -> list[dict]:
        """What got to the disks, or was lost with them, oldest first."""
        rows = []
        for node in self._cluster.ordered:
            for at_ns, values in node.disk.history:
                row = {"at_ns": at_ns, "node": node.id, "fields": {name: plain(value, self.known) for name, value in (values or {}).items()}}
                rows.append(row | ({"wiped": True} if values is None else {}))
            node.disk.history.clear()
        return sorted(rows, key=lambda row: row["at_ns"])

    def _forget_ends(self) -> None:
        """What is over is not asked for again; what waits still is."""
        cluster, carried = self._cluster, set(self._carried)
        cluster.ends.clear()
        cluster.came = {event: at_ns for event, at_ns in cluster.came.items() if event in carried}

    def _timers(self, entries: list[tuple]) -> dict:
        """At most as many as messages, the first ones; `end_ns`: when it went off, was cancelled or died, NaN while it is set."""
        shown = entries[:self.at_most]
        ends = self._cluster.ends
        over = [entry[2] if entry[7] == DELIVERED else ends.get(entry[0], NAN) for entry in shown]
        abouts = [plain(self._cluster.bodies[entry[0] - self._cluster.base]) for entry in shown]
        return {"timers": self._timer_columns(shown) | {"end_ns": array("d", over)}} | ({"timer_abouts": abouts} if any(
            about is not None for about in abouts) else {})

    def _timer_columns(self, shown: list[tuple]) -> dict:
        return {
            "id": array("d", [entry[0] for entry in shown]), "set_ns": array("d", [entry[1] for entry in shown]),
            "due_ns": array("d", [entry[2] for entry in shown]), "cause": array("d", [entry[3] for entry in shown]),
            "node": array("H", [entry[5] for entry in shown]), "kind": array("H", [entry[6] for entry in shown]),
            "fate": array("B", [TIMER_FATES[entry[7]] for entry in shown]),
        }

    def _others(self, entries: list[tuple]) -> list[dict]:
        """Starts, Actions and what the engine did itself, for they are causes; `what` as in rows.py. Not for viewers."""
        ids = [node.id for node in self._cluster.ordered]
        return [{"event": entry[0], "at_ns": entry[2], "cause": entry[3], "node": "" if entry[5] == OUTSIDE else ids[entry[5]], "what": entry[8]}
                for entry in entries if entry[7] == DELIVERED and entry[8] not in (MESSAGE, TIMER)]

    def hue(self, m) -> int:
        """The owner of the ballot, or the term, that message `m` carries; -1 where it carries none."""
        for name in self._cluster.facts.hue:
            value = getattr(m, name, None)
            if value is not None:
                return hue_of(self._cluster, value)
        return -1

    def _sampled(self) -> dict:
        names = ("t_ns", "sent", "delivered", "lost", "in_flight", "ok", "failed", "unknown", "mean_ms", "p99_ms")
        types = "d" + "I" * 7 + "ff"
        gauges = tuple(self._cluster.facts.gauges)
        columns = {name: array(kind, [one[place] for one in self._samples]) for place, (name, kind)
                   in enumerate(zip(names + gauges, types + "f" * len(gauges), strict=True))}
        self._samples = []
        return columns

    def unfinished(self) -> bytes:
        """The packed rows that the Trace has not hashed."""
        cluster = self._cluster
        return bytes(cluster.rows[(cluster.telling.hashed - cluster.base) * SIZE:])

    def columns(self, rows) -> dict[str, list]:
        """Packed rows as columns of JSON values: of messages only."""
        cluster = self._cluster
        ids, messages = [node.id for node in cluster.ordered], [kind.__name__ for kind in cluster.facts.messages]
        found = [row for row in ROW.iter_unpack(rows) if row[7] == MESSAGE]
        return {
            "sent_ns": [row[0] for row in found], "at_ns": [row[1] for row in found],
            "src": [ids[row[3]] if row[3] != OUTSIDE else None for row in found], "dst": [ids[row[4]] for row in found],
            "kind": [messages[row[5]] for row in found], "fate": [FATES[row[6]] for row in found],
        }


def hue_of(cluster, value) -> int:
    """A ballot's owner as its place among the nodes, or the number of a term."""
    owner = getattr(value, "node", None)
    if owner is not None:
        return cluster.nodes[owner].index if owner in cluster.nodes else -1
    return value if value.__class__ is int else -1
