"""What the viewer gets to see of a Run: samples at even times, and the requests of each window."""

from collections.abc import Sequence
from operator import sub

import numpy as np

from simulator.engine.clock import MS, NEVER
from simulator.systems.load_balancer.layout import NOWHERE, OK, ROW, TOTAL

REQUESTS_AT_MOST = 5000
TOUCH_EVERY = 32
"""Samples between two times that the areas are taken out of the kernel."""
OFFSETS = ROW[2:8]
AREAS = ("queue_area", "busy_area", "sojourn")


class Recorder:
    """Takes finished requests and samples of the state, gives tables and totals.

    areas: float64[servers, 3]: request-ns in the queue, in service, and summed time at the server of
    those that left it; area, sojourn: the same of the whole system; all from the warm-up on.
    sent_before: how many requests had been sent before it.
    """

    def __init__(self, cut, keep: bool):
        self._cut, self._keep = cut, keep
        self.next_ns = min(cut.sample_ns, cut.duration_ns)
        self.areas = np.zeros((0, 3))
        self.area = self.sojourn = 0.0
        self.sent_before = 0
        self.times: list[int] = []
        self.backlog: list[np.ndarray] = []
        self._before = (0, 0, 0)
        self._latencies: list[np.ndarray] = []  # of each request that is over; -1 where it was not answered
        self._carried = np.zeros(0, np.int64)  # those since the last sample of the window before
        self._window: list[tuple] = []
        self._rows: list[np.ndarray] = []
        self._seen, self._stride = 0, 1

    def take(self, rows: np.ndarray) -> None:
        """Requests that are over: int64[n, 15], the kernel's own rows (they will be overwritten)."""
        self._latencies.append(np.where((rows[:, 9] == OK) & (rows[:, 10] == 0), rows[:, 7] - rows[:, 1], -1))
        self._seen += len(rows)
        self._rows.append(self._thinned(rows) if self._stride > 1 else rows.copy())
        self._thin()

    def sample(self, state, now_ns: int) -> None:
        """Note how things stand at now_ns, and what happened since the last sample."""
        queued, busy = state.nodes["queued"].copy(), state.nodes["slots"] - state.nodes["free"]
        self.times.append(now_ns)
        self.backlog.append((queued + busy).astype(np.int32))
        if len(self.times) % TOUCH_EVERY == 0:
            self.touch(state, now_ns)
        if self._keep:
            in_system, over = int(state.cells["in_system"][0]), self._seen + int(state.cells["rows"][0])
            self._window.append((now_ns, in_system, self._counts(state), over, queued, busy, state.in_flight.sum(axis=0)))
        self.next_ns = now_ns + self._cut.sample_ns
        if now_ns < self._cut.duration_ns:
            self.next_ns = min(self.next_ns, self._cut.duration_ns)

    @property
    def before_touch(self) -> int:
        """How many samples there will be before the next that touches the state."""
        return TOUCH_EVERY - 1 - len(self.times) % TOUCH_EVERY

    def take_samples(self, times: Sequence[int], backlog: np.ndarray) -> None:
        """What sample() would have noted at each of `times`, none of which touches; backlog: int64[i, n]."""
        assert not self._keep and len(times) <= self.before_touch, "others are taken one by one"
        self.times += times
        self.backlog += list(backlog.astype(np.int32))
        self.next_ns = min(times[-1] + self._cut.sample_ns, self._cut.duration_ns)

    def touch(self, state, now_ns: int) -> None:
        """Bring all areas up to date, and take them out of the kernel, whose integers would overflow some day."""
        cells, nodes = state.cells[0], state.nodes
        passed = now_ns - nodes["touched"]
        nodes["queue_area"] += passed * nodes["queued"]
        nodes["busy_area"] += passed * (nodes["slots"] - nodes["free"])
        cells["area"] += (now_ns - int(cells["touched"])) * int(cells["in_system"])
        nodes["touched"] = cells["touched"] = now_ns
        self._grow(len(nodes))
        for column, name in enumerate(AREAS):
            self.areas[:, column] += nodes[name]
            nodes[name] = 0
        self.area += float(cells["area"])
        self.sojourn += float(cells["sojourn"])
        cells["area"] = cells["sojourn"] = 0

    def warm_up(self, state, now_ns: int) -> None:
        """The statistics begin now: forget the areas so far and how long the queues have been."""
        self.touch(state, now_ns)
        self.areas[:] = 0.0
        self.area = self.sojourn = 0.0
        self.sent_before = sent(state)
        state.nodes["max_queue"] = state.nodes["queued"]

    def tables(self, state) -> dict:
        """The tables of the window that ends now; the next window begins."""
        samples, (requests, attempts) = self._samples(), self._requests(state)
        found = {"requests": requests, "attempts": attempts, "samples": samples, "servers": self._servers(len(state.nodes)),
                 "meta": {"requests": {"seen": self._seen, "kept": len(requests["k"]) + len(attempts["k"]), "stride": self._stride}}}
        self._window, self._rows, self._seen, self._stride = [], [], 0, 1
        return found

    def _grow(self, servers: int) -> None:
        if len(self.areas) < servers:
            self.areas = np.concatenate([self.areas, np.zeros((servers - len(self.areas), 3))])

    def _counts(self, state) -> tuple:
        """(sent, ok, failed) since the last sample."""
        outcomes = state.outcomes[TOTAL].tolist()
        now = (sent(state), outcomes[OK], sum(outcomes[OK + 1:]))
        before, self._before = self._before, now
        return tuple(map(sub, now, before))

    def _quantiles(self) -> list[tuple]:
        """(mean, p50, p90, p99) in ms of the answers between two samples, for each sample of the window."""
        latencies = np.concatenate([self._carried, *self._latencies])
        ends = [len(self._carried) + one[3] for one in self._window]
        pieces = np.split(latencies, ends)[:-1]
        self._carried, self._latencies = latencies[ends[-1] if ends else 0:], []
        return [_quantiles(piece[piece >= 0]) for piece in pieces]

    def _requests(self, state) -> tuple[dict, dict]:
        """Requests by number, and their further attempts by the time at which they were sent."""
        pool = state.pool[(state.pool["stage"] != NOWHERE) & (state.pool["attempt"] >= 0)]
        live = np.stack([pool[name] for name in ROW], axis=1)
        self._seen += len(live)
        self._rows.append(self._thinned(live))
        self._thin()
        rows = np.concatenate(self._rows)
        requests, further = rows[rows[:, 10] == 0], rows[rows[:, 10] > 0]
        further = further[np.lexsort((further[:, 10], further[:, 0], further[:, 1]))]
        return _columns(requests[np.argsort(requests[:, 0], kind="stable")]), _columns(further)

    def _thin(self) -> None:
        """Keep every second, fourth, ... request by its number once there are too many."""
        while sum(map(len, self._rows)) > REQUESTS_AT_MOST:
            self._stride *= 2
            self._rows = [self._thinned(rows) for rows in self._rows]

    def _thinned(self, rows: np.ndarray) -> np.ndarray:
        return rows[rows[:, 0] & (self._stride - 1) == 0]

    def _samples(self) -> dict:
        counts = np.array([one[2] for one in self._window], "u4").reshape(-1, 3)
        latency = np.array(self._quantiles(), "f4").reshape(-1, 4)
        return {
            "t_ns": np.array([one[0] for one in self._window], "f8"),
            "in_system": np.array([one[1] for one in self._window], "u4"),
            "queued": np.array([one[4].sum() for one in self._window], "u4"),
            "busy": np.array([one[5].sum() for one in self._window], "u4"),
            **{name: counts[:, i] for i, name in enumerate(("sent", "ok", "failed"))},
            **{name: latency[:, i] for i, name in enumerate(("mean_ms", "p50_ms", "p90_ms", "p99_ms"))},
        }

    def _servers(self, count: int) -> dict:
        """Row-major by sample; a server that was not there yet has zeros."""
        columns = {}
        for place, name in ((4, "queue"), (5, "busy"), (6, "in_flight")):
            table = np.zeros((len(self._window), count), "u4")
            for row, one in zip(table, self._window, strict=True):
                row[: len(one[place])] = one[place]
            columns[name] = table.reshape(-1)
        return columns


def _columns(rows: np.ndarray) -> dict:
    """int64[n, 15], as in layout.ROW, as the columns of a table; times after `sent` count from there."""
    offsets = {name: _offset(rows[:, 2 + i], rows[:, 1]) for i, name in enumerate(OFFSETS)}
    return {"k": rows[:, 0].astype("f8"), "sent_ns": rows[:, 1].astype("f8"), **offsets,
            "server": np.where(rows[:, 8] < 0, 65535, rows[:, 8]).astype("u2"),
            "attempt": rows[:, 10].astype("u2"),
            **{name: rows[:, ROW.index(name)].astype("u1") for name in ("outcome", "answer", "balancer", "kind")}}


def sent(state) -> int:
    """How many requests have been sent."""
    return int(state.cells["next_k"][0]) + int(state.cells["others"][0])


def _offset(times: np.ndarray, sent: np.ndarray) -> np.ndarray:
    return np.where((times < 0) | (times == NEVER), np.nan, times - sent).astype("f4")


def _quantiles(latencies: np.ndarray) -> tuple:
    if not len(latencies):
        return (np.nan,) * 4
    ranks = [-(-len(latencies) * q // 100) - 1 for q in (50, 90, 99)]
    ordered = np.partition(latencies, ranks)
    return tuple(float(value) / MS for value in (latencies.mean(), *ordered[ranks]))
