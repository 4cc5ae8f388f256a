"""Segments as a worker would store them, made up in a few lines: what the stage is tested with where no server runs.

A plain FIFO simulation with one slot a server; it follows the wire format, not the kernel.
"""

import random
import zlib

import msgpack
import numpy as np

S = 1_000_000_000
OFFSETS = ("at_balancer", "at_server", "start", "depart", "back", "done")
OK, TIMEOUT, CRASHED, REFUSED = 1, 2, 3, 4
LOST, NO_SERVER = 12, 65535


class Traffic:
    """Requests through `servers` queues; `crashes`: [(server, from_s, until_s)], `slow`: [(server, from_s, until_s, factor)];
    `balancers` stand before them and take requests in turn; `fronts`: [(balancer, from_s, until_s)]: their crashes."""

    def __init__(self, servers=10, rate=100.0, service_s=0.08, delay_s=0.02, seconds=20, crashes=(), slow=(),
                 strategy="random", seed=1, balancers=1, fronts=()):
        self.n, self.seconds, self.crashes, self.slow = servers, seconds, crashes, slow
        self.balancers, self.fronts = balancers, fronts
        draw, choose = random.Random(seed), random.Random(seed + 1)
        free = [0.0] * servers
        work: list[list[float]] = [[] for _ in range(servers)]
        self.rows, now, k = [], 0.0, 0
        while True:
            now += draw.expovariate(rate)
            if now >= seconds:
                break
            demand = draw.expovariate(1 / service_s)
            server = self._pick(strategy, choose, work, now)
            self.rows.append(self._request(k, now, demand, server, delay_s, free, work))
            k += 1

    def _pick(self, strategy, choose, work, now):
        if strategy == "random":
            return choose.randrange(self.n)
        two = [choose.randrange(self.n), choose.randrange(self.n)]
        for server in two:
            work[server] = [end for end in work[server] if end > now]
        return min(two, key=lambda server: len(work[server]))

    def _request(self, k, sent, demand, server, delay, free, work):
        there = sent + 2 * delay
        if self._front(k % self.balancers, sent + delay) == "down":
            return (k, sent, delay, np.nan, np.nan, np.nan, np.nan, 2 * delay, NO_SERVER, LOST)
        down = next((c for c in self.crashes if c[0] == server and c[1] <= there < c[2]), None)
        if down:
            return (k, sent, delay, 2 * delay, np.nan, np.nan, 3 * delay, 4 * delay, server, REFUSED)
        factor = next((s[3] for s in self.slow if s[0] == server and s[1] <= there < s[2]), 1.0)
        start = max(there, free[server])
        end = start + demand * factor
        hit = next((c for c in self.crashes if c[0] == server and there < c[1] < end), None)
        if hit:
            free[server] = hit[2]
            lost = hit[1] - sent
            begun = start - sent if start < hit[1] else np.nan
            return (k, sent, delay, 2 * delay, begun, np.nan, lost + delay, lost + 2 * delay, server, CRASHED)
        free[server] = end
        work[server].append(end + delay)
        gone = end - sent
        return (k, sent, delay, 2 * delay, start - sent, gone, gone + delay, gone + 2 * delay, server, OK)

    def segments(self, window_s=1.0):
        """The payloads of all Segments, in order."""
        columns = [np.array(column, dtype=float) for column in zip(*self.rows)]
        names = ("k", "sent", *OFFSETS, "server", "outcome")
        table = dict(zip(names, columns))
        return [payload(self._segment(table, number, window_s)) for number in range(int(np.ceil(self.seconds / window_s)))]

    def _segment(self, table, number, window):
        begin, end = number * window, min((number + 1) * window, self.seconds)
        alive = (table["sent"] <= end) & (table["sent"] + table["done"] > begin)
        requests = {"k": table["k"][alive], "sent_ns": np.round(table["sent"][alive] * S)}
        for name in OFFSETS:
            requests[name] = (table[name][alive] * S).astype("f4")
        over = table["sent"][alive] + table["done"][alive] <= end
        requests["server"] = table["server"][alive].astype("u2")
        requests["balancer"] = (table["k"][alive] % self.balancers).astype("u1")
        requests["outcome"] = np.where(over, table["outcome"][alive], 0).astype("u1")
        times = begin + (np.arange(20) + 1) * (end - begin) / 20
        return {
            "v": 1, "number": number, "from_ns": round(begin * S), "until_ns": round(end * S),
            "keyframe": self._keyframe(table, begin), "meta": {"requests": {"seen": int(alive.sum()), "kept": int(alive.sum()), "stride": 1}},
            "tables": {"requests": requests, **self._samples(table, times, begin), **self.happened(begin, end)},
        }

    def tables(self, begin, end, t):
        """{"in_system", "queue": per server} at time t, a sample of the window from begin to end."""
        columns = [np.array(column, dtype=float) for column in zip(*self.rows)]
        table = dict(zip(("k", "sent", *OFFSETS, "server", "outcome"), columns))
        times = begin + (np.arange(20) + 1) * (end - begin) / 20
        sampled = self._samples(table, times, begin)
        row = int(np.argmin(np.abs(times - t)))
        queue = sampled["servers"]["queue"].reshape(20, self.n)[row]
        return {"in_system": int(sampled["samples"]["in_system"][row]), "queue": [int(n) for n in queue]}

    def _state(self, server, t):
        down = any(c[0] == server and c[1] <= t < c[2] for c in self.crashes)
        factor = next((s[3] for s in self.slow if s[0] == server and s[1] <= t < s[2]), 1.0)
        noticed = any(c[0] == server and c[1] + 0.5 <= t < c[2] + 0.5 for c in self.crashes)
        return {"state": "down" if down else "up", "slow": factor, "known_down": noticed}

    def _front(self, balancer, t):
        return "down" if any(c[0] == balancer and c[1] <= t < c[2] for c in self.fronts) else "up"

    def fronted(self, t):
        """The balancers' part of the keyframe at time t."""
        def carried(balancer):
            return sum(row[0] % self.balancers == balancer and row[1] + row[2] <= t and not t >= row[1] + row[6]
                       and not t >= row[1] + row[7] for row in self.rows)
        return [{"id": f"balancer-{b}", "state": self._front(b, t - 1e-9), "in_flight": carried(b), "may_choose": self.n, "busy_cores": 1, "cores": 4,
                 "inside": 0, "entries": 0, "made": 0, "dropped": 0, "lookups": 0, "hits": 0, "held": 0} for b in range(self.balancers)]

    def _keyframe(self, table, t):
        done = table["sent"] + table["done"] <= t
        outcome = table["outcome"]
        count = lambda code: int((done & (outcome == code)).sum())  # noqa: E731
        servers = [{"id": f"server-{i}", "speed": 1.0, "slots": 1, "queue_limit": None, **self._state(i, t - 1e-9)} for i in range(self.n)]
        totals = {"sent": int((table["sent"] <= t).sum()) if t else 0, "ok": count(OK), "timeout": count(TIMEOUT),
                  "crashed": count(CRASHED), "refused": count(REFUSED), "rejected": 0, "no_server": 0, "lost": count(LOST)}
        return {"servers": servers, "balancers": self.fronted(t), "rate_factor": 1.0, "totals": totals, "in_system": 0}

    def _samples(self, table, times, begin):
        sent, at, start = table["sent"], table["sent"] + table["at_server"], table["sent"] + table["start"]
        depart, done = table["sent"] + table["depart"], table["sent"] + table["done"]
        server, m = table["server"].astype(int), len(times)
        queue, busy, flying = (np.zeros((m, self.n), "u4") for _ in range(3))
        rows = {name: np.zeros(m, "u4") for name in ("in_system", "queued", "busy", "sent", "ok", "failed")}
        rows |= {name: np.full(m, np.nan, "f4") for name in ("mean_ms", "p50_ms", "p90_ms", "p99_ms")}
        before = begin
        for i, t in enumerate(times):
            waiting = (at <= t) & ~(start <= t) & (done > t) & ~np.isnan(start)
            serving = (start <= t) & ~(depart <= t) & (done > t) & ~np.isnan(depart)
            inside = (sent <= t) & (done > t)
            for out, mask in ((queue, waiting), (busy, serving), (flying, inside)):
                out[i] = np.bincount(server[mask & (server < self.n)], minlength=self.n)
            ended = (done > before) & (done <= t)
            good = ended & (table["outcome"] == OK)
            rows["in_system"][i], rows["queued"][i], rows["busy"][i] = inside.sum(), waiting.sum(), serving.sum()
            rows["sent"][i], rows["ok"][i], rows["failed"][i] = ((sent > before) & (sent <= t)).sum(), good.sum(), (ended & ~good).sum()
            if good.any():
                took = table["done"][good] * 1000
                rows["mean_ms"][i] = took.mean()
                rows["p50_ms"][i], rows["p90_ms"][i], rows["p99_ms"][i] = np.percentile(took, [50, 90, 99])
            before = t
        samples = {"t_ns": np.round(times * S), **rows}
        return {"samples": samples, "servers": {"queue": queue.ravel(), "busy": busy.ravel(), "in_flight": flying.ravel()}}

    def happened(self, begin, end):
        """The tables of what was done and what it changed."""
        actions, changes = [], []
        for server, at, until in self.crashes:
            for t, kind in ((at, "crash"), (until, "restart")):
                actions.append({"at_ns": round(t * S), "kind": kind, "target": f"server-{server}", "params": {}, "said": f"{kind} server-{server}"})
                changes += [{"at_ns": round(x * S), "server": server, **self._state(server, x)} for x in (t, t + 0.5)]
        for server, at, until, factor in self.slow:
            for t, value in ((at, factor), (until, 1.0)):
                actions.append({"at_ns": round(t * S), "kind": "slow", "target": f"server-{server}", "params": {"factor": value}, "said": ""})
                changes.append({"at_ns": round(t * S), "server": server, **self._state(server, t)})
        fronts = [{"at_ns": round(x * S), "balancer": b, "state": self._front(b, x)} for b, *times in self.fronts for x in times]
        actions += [{"at_ns": round(x * S), "kind": kind, "target": f"balancer-{b}", "params": {}, "said": ""}
                    for b, *times in self.fronts for x, kind in zip(times, ("crash", "restart"), strict=True)]
        inside = lambda row: begin * S <= row["at_ns"] < end * S  # noqa: E731
        order = lambda row: row["at_ns"]  # noqa: E731
        return {"actions": sorted(filter(inside, actions), key=order), "changes": sorted(filter(inside, changes), key=order),
                "balancer_changes": sorted(filter(inside, fronts), key=order), "rates": []}


def payload(segment: dict) -> bytes:
    """A Segment on the wire."""
    tables = {name: {column: {"t": array.dtype.str[1:], "b": array.tobytes()} for column, array in table.items()} if isinstance(table, dict) else table
              for name, table in segment["tables"].items()}
    return zlib.compress(msgpack.packb({**segment, "tables": tables}), 1)
