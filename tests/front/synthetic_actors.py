"""Segments of an actor system as a worker would store them, made up in a few lines: what the browser's modules are
tested with where no kernel runs.

A plain event loop: clients ask a proposer, which asks all acceptors twice, hears their answers and replies.
It follows the wire format, not the kernel, and not quite any paper.
"""

import heapq
import random
import uuid

import numpy as np

from tests.front.synthetic import S, payload

MS = 1_000_000
OUTSIDE = 65535
FLYING, DELIVERED, LOST, CUT, DOWN = 0, 1, 2, 3, 4
KINDS = [("request", "Request", ["op", "value"]), ("prepare", "Prepare", ["ballot"]), ("promise", "Promise", ["ballot", "accepted"]),
         ("accept", "Accept", ["ballot", "value"]), ("accepted", "Accepted", ["ballot"]), ("reply", "Reply", ["op", "result"]),
         ("heartbeat", "Heartbeat", ["ballot"])]
REQUEST, PREPARE, PROMISE, ACCEPT, ACCEPTED, REPLY, HEARTBEAT = range(len(KINDS))
TIMERS = ["election", "heartbeat", "retry"]
SAMPLES = 20


class Actors:
    """`crashes`: [(node id, from_s, until_s)], `cuts`: [([ids], from_s, until_s)]: those ids from all others, both ways.

    every_ms: a client begins an operation this often; delay_ms: mean of a message's way; idle: [(from_s, until_s)] without operations.
    """

    def __init__(self, acceptors=5, proposers=2, clients=2, seconds=4, every_ms=60.0, delay_ms=6.0, loss=0.02, heartbeat_ms=100.0,
                 crashes=(), cuts=(), idle=(), breaches=(), seed=1):
        roles = (("client", clients), ("proposer", proposers), ("acceptor", acceptors))
        self.nodes = [(f"{role}-{n}", role) for role, count in roles for n in range(count)]
        self.index = {name: place for place, (name, _) in enumerate(self.nodes)}
        self.clients = range(clients)
        self.proposers = range(clients, clients + proposers)
        self.acceptors = range(clients + proposers, len(self.nodes))
        self.seconds, self.end, self.delay, self.loss, self.every = seconds, seconds * S, delay_ms * MS, loss, every_ms * MS
        self.heartbeat, self.crashes, self.cuts, self.idle, self.breaches = heartbeat_ms * MS, crashes, cuts, idle, breaches
        self.draw, self.heap, self.ids, self.order = random.Random(seed), [], 0, 0
        self.messages, self.timers, self.changes, self.notes, self.operations = [], [], [], [], []
        self.fields = [{} for _ in self.nodes]
        self.votes: dict[int, list[int]] = {}
        self.cache: dict = {}
        self._play()

    # Playing

    def _play(self):
        for client in self.clients:
            self._at(self.draw.random() * self.every, self._begin, client, self._next())
        for node in self.proposers:
            self._timer(0.0, node, 1, self.heartbeat * (1 + self.draw.random()), self._next())
        while self.heap and self.heap[0][0] < self.end:
            at, _, what, arguments = heapq.heappop(self.heap)
            what(at, *arguments)

    def _next(self):
        self.ids += 1
        return self.ids

    def _at(self, at, what, *arguments):
        self.order += 1
        heapq.heappush(self.heap, (at, self.order, what, arguments))

    def down(self, node, at):
        """True while `node` is crashed."""
        return any(self.index[name] == node and start * S <= at < until * S for name, start, until in self.crashes)

    def is_cut(self, src, dst, at):
        """True while nothing gets from `src` to `dst`."""
        return any((self.nodes[src][0] in ids) != (self.nodes[dst][0] in ids) and start * S <= at < until * S for ids, start, until in self.cuts)

    def _send(self, at, src, dst, kind, body, cause, hue=-1):
        way = 0.0 if src == dst else self.delay * (0.4 + 0.6 * self.draw.expovariate(1))
        row = {"id": self._next(), "sent_ns": at, "arrive_ns": at + way, "src": src, "dst": dst, "kind": kind, "fate": DELIVERED,
               "cause": cause, "hue": hue, "body": body}
        self.messages.append(row)
        if self.is_cut(src, dst, at) or self.is_cut(src, dst, at + way):
            row["fate"] = CUT
        elif self.draw.random() < self.loss and src != dst:
            row["fate"] = LOST
        elif self.down(dst, at + way):
            row["fate"] = DOWN
        else:
            self._at(at + way, self._receive, row)

    def _timer(self, at, node, kind, after, cause):
        row = {"id": self._next(), "set_ns": at, "due_ns": at + after, "node": node, "kind": kind, "fate": 1, "cause": cause}
        self.timers.append(row)
        self._at(at + after, self._fire, row)

    def _set(self, at, node, field, value, event):
        if self.fields[node].get(field) != value:
            self.fields[node][field] = value
            self.changes.append({"at_ns": round(at), "node": node, "field": field, "value": value, "event": event})

    def _fire(self, at, timer):
        node = timer["node"]
        self._timer(at, node, 1, self.heartbeat, timer["id"])
        if self.down(node, at):
            timer["fate"] = 3
            return
        for other in self.proposers:
            self._send(at, node, other, HEARTBEAT, [[1, node]], timer["id"])

    def _begin(self, at, client, cause):
        self._at(at + self.every, self._begin, client, cause)
        if any(start * S <= at < until * S for start, until in self.idle):
            return
        proposer = self.draw.choice(list(self.proposers))
        op = {"id": len(self.operations), "client": self.nodes[client][0], "f": "write", "key": self.draw.choice(["x", "y"]),
              "value": self.draw.randrange(100), "invoked_ns": round(at), "completed_ns": None, "outcome": None, "result": None}
        self.operations.append(op)
        self._send(at, client, proposer, REQUEST, [op["id"], op["value"]], cause)
        self._at(at + self.delay * 12, self._give_up, op)

    def _give_up(self, at, op):
        if op["completed_ns"] is None:
            op |= {"completed_ns": round(at), "outcome": self.draw.choice(["info", "fail"])}

    def _receive(self, at, row):
        src, dst, kind, event, body, hue = (row[name] for name in ("src", "dst", "kind", "id", "body", "hue"))
        if kind == REQUEST:
            ballot = body[0]
            self._set(at, dst, "ballot", [ballot, dst], event)
            for acceptor in self.acceptors:
                self._send(at, dst, acceptor, PREPARE, [[ballot, dst]], event, hue=dst)
        elif kind == PREPARE:
            self._set(at, dst, "promised", body[0], event)
            self._send(at, dst, src, PROMISE, [body[0], None], event, hue)
        elif kind == PROMISE:
            self._vote(at, dst, body[0][0], event, hue)
        elif kind == ACCEPT:
            self._set(at, dst, "accepted", body[1], event)
            self._send(at, dst, src, ACCEPTED, [body[0]], event, hue)
        elif kind == ACCEPTED:
            self._vote(at, dst, -1 - body[0][0], event, hue)
        elif kind == REPLY:
            op = self.operations[body[0]]
            if op["completed_ns"] is None:
                op |= {"completed_ns": round(at), "outcome": "ok", "result": op["value"]}

    def _vote(self, at, proposer, phase, event, hue):
        votes = self.votes.setdefault(phase, [])
        votes.append(event)
        if len(votes) != len(self.acceptors) // 2 + 1:
            return
        op = self.operations[phase if phase >= 0 else -1 - phase]
        if phase >= 0:
            for acceptor in self.acceptors:
                self._send(at, proposer, acceptor, ACCEPT, [[op["id"], proposer], op["value"]], event, hue)
            return
        self.notes.append({"at_ns": round(at), "node": proposer, "template": "chose {value}", "values": {"value": op["value"]}, "event": event})
        self._send(at, proposer, proposer, HEARTBEAT, [[op["id"], proposer]], event, hue)
        self._send(at, proposer, self.index[op["client"]], REPLY, [op["id"], op["value"]], event)

    # The wire

    def segments(self, window_s=1.0):
        """The payloads of all Segments, in order."""
        count = int(np.ceil(self.seconds / window_s))
        return [payload(self.segment(number, window_s)) for number in range(count)]

    def segment(self, number, window_s=1.0):
        """Segment `number` before it is packed."""
        begin, end = number * window_s * S, min((number + 1) * window_s * S, self.end)
        alive = self._alive(self.messages, "sent_ns", "arrive_ns", begin, end)
        timers = self._alive(self.timers, "set_ns", "due_ns", begin, end)
        inside = lambda rows: [row for row in rows if begin <= row["at_ns"] < end]  # noqa: E731
        health, network, actions = self._faults()
        return {
            "v": 1, "number": number, "from_ns": round(begin), "until_ns": round(end), "keyframe": self._keyframe(begin),
            "meta": {"messages": {"seen": len(alive), "kept": len(alive), "stride": 1}},
            "tables": {"messages": self._columns(alive, end, "arrive_ns"), "bodies": [row["body"] for row in alive],
                       "timers": self._columns(timers, end, "due_ns"), "changes": inside(self.changes), "health": inside(health),
                       "network": inside(network), "writes": [], "notes": inside(self.notes), "actions": inside(actions),
                       "breaches": inside(self._breaches()), "reached": [], "joined": [], "operations": self._operations(begin, end),
                       "samples": self._samples(begin, end)},
        }

    def _alive(self, rows, start, over, begin, end):
        if (start, len(rows)) not in self.cache:
            self.cache[start, len(rows)] = np.array([[row[start], row[over]] for row in rows]).reshape(-1, 2)
        times = self.cache[start, len(rows)]
        return [rows[place] for place in np.flatnonzero((times[:, 0] <= end) & (times[:, 1] >= begin))]

    def _columns(self, rows, end, over):
        types = {"id": "f8", "sent_ns": "f8", "arrive_ns": "f8", "set_ns": "f8", "due_ns": "f8", "src": "u2", "dst": "u2", "node": "u2",
                 "kind": "u2", "fate": "u1", "cause": "f8", "hue": "i4"}
        names = ("id", "sent_ns", "arrive_ns", "src", "dst", "kind", "fate", "cause", "hue")
        names = names if over == "arrive_ns" else ("id", "set_ns", "due_ns", "node", "kind", "fate", "cause")
        columns = {name: np.array([row[name] for row in rows], types[name]) for name in names}
        if over == "due_ns":
            columns["end_ns"] = np.where([row[over] > end for row in rows], np.nan, columns["due_ns"])
        columns["fate"][np.array([row[over] > end for row in rows], bool)] = FLYING
        return {name: np.round(column) if name.endswith("_ns") else column for name, column in columns.items()}

    def _operations(self, begin, end):
        blank = {"completed_ns": None, "outcome": None, "result": None}
        open_at = lambda op: op["completed_ns"] is None or op["completed_ns"] > end  # noqa: E731
        mine = [op for op in self.operations if op["invoked_ns"] <= end and (op["completed_ns"] is None or op["completed_ns"] > begin)]
        return [op | blank if open_at(op) else op for op in mine]

    def _keyframe(self, t):
        fields = [{} for _ in self.nodes]
        for row in self.changes:
            if row["at_ns"] < t:
                fields[row["node"]][row["field"]] = row["value"]
        nodes = [{"id": name, "role": role, **self._health(place, t), "fields": fields[place], "durable": {}} for place, (name, role) in enumerate(self.nodes)]
        opened = [op | {"completed_ns": None, "outcome": None, "result": None} for op in self.operations
                  if op["invoked_ns"] <= t and (op["completed_ns"] is None or op["completed_ns"] > t)]
        sent, arrive, fate = self._flights()
        totals = {name: int(((fate == code) & (arrive <= t)).sum()) for name, code in (("delivered", DELIVERED), ("lost", LOST), ("cut", CUT), ("down", DOWN))}
        return {"nodes": nodes, "cut": self._cut(t), "links": [], "open": opened,
                "totals": {"sent": int((sent <= t).sum()), "dropped": 0, **totals}}

    def _health(self, node, t):
        return {"state": "down" if self.down(node, t) else "up", "slow_ms": 0, "skew_ms": 0, "drift_ppm": 0, "fsync_ms": 0}

    def _cut(self, t):
        return [[a, b] for i, (a, _) in enumerate(self.nodes) for j, (b, _) in enumerate(self.nodes) if self.is_cut(i, j, t)]

    def _faults(self):
        health, network, actions = [], [], []
        for name, start, until in self.crashes:
            for at, kind in ((start, "crash"), (until, "restart")):
                health.append({"at_ns": round(at * S), "node": self.index[name], **self._health(self.index[name], at * S)})
                actions.append({"at_ns": round(at * S), "kind": kind, "target": name, "params": {}, "said": "", "values": {"target": name}, "event": -1})
        for ids, start, until in self.cuts:
            for at, kind in ((start, "partition"), (until, "heal")):
                network.append({"at_ns": round(at * S), "cut": self._cut(at * S), "links": []})
                params = {"groups": ",".join(ids)} if kind == "partition" else {}
                actions.append({"at_ns": round(at * S), "kind": kind, "target": "", "params": params, "said": "", "values": {}, "event": -1})
        order = lambda row: row["at_ns"]  # noqa: E731
        return sorted(health, key=order), sorted(network, key=order), sorted(actions, key=order)

    def _breaches(self):
        return [{"at_ns": round(at * S), "property": "one_value", "template": "{a} and {b} were both chosen.", "values": {"a": 1, "b": 2},
                 "node": node, "event": -1} for node, at in self.breaches]

    def _samples(self, begin, end):
        times = begin + (np.arange(SAMPLES) + 1) * (end - begin) / SAMPLES
        edges = np.concatenate([[begin], times])
        sent_ns, arrive_ns, fate = self._flights()
        sent = np.histogram(sent_ns, edges)[0]
        delivered = np.histogram(arrive_ns[fate == DELIVERED], edges)[0]
        lost = np.histogram(arrive_ns[fate != DELIVERED], edges)[0]
        flying = [((sent_ns <= t) & (arrive_ns > t)).sum() for t in times]
        counted = {"sent": sent, "delivered": delivered, "lost": lost, "in_flight": np.array(flying)}
        for name in ("ok", "failed", "unknown"):
            outcome = {"failed": "fail", "unknown": "info"}.get(name, name)
            counted[name] = np.histogram([op["completed_ns"] for op in self.operations if op["outcome"] == outcome], edges)[0]
        empty = np.full(SAMPLES, np.nan, "f4")
        return {"t_ns": np.round(times), **{name: column.astype("u4") for name, column in counted.items()}, "mean_ms": empty, "p99_ms": empty}

    def _flights(self):
        """When each message was sent, when it was to arrive, and how it ended, as arrays."""
        if "flights" not in self.cache:
            self.cache["flights"] = [np.array([row[name] for row in self.messages]) for name in ("sent_ns", "arrive_ns", "fate")]
        return self.cache["flights"]

    # What goes with it

    def run(self, window_s=1.0, **more):
        """RUN as the server gives it."""
        _, _, actions = self._faults()
        return {
            "id": str(uuid.uuid4()), "state": "done", "title": "Paxos, made up", "system": "made_up", "seed": 1, "duration_ns": self.end,
            "window_ns": round(window_s * S), "sample_ns": round(window_s * S / SAMPLES), "segments": int(np.ceil(self.seconds / window_s)),
            "progress_ns": self.end, "parent": None, "branch_at_ns": None, "journal": [], "config": {}, "comparison": None, "lane": 0,
            "actions": [{name: row[name] for name in ("at_ns", "kind", "target", "params")} for row in actions],
            "lane_title": "", "digest": None, "summary": None, "error": None, "visibility": "private", "mine": True, "can_act": True,
            "nodes": [{"id": name, "role": role} for name, role in self.nodes],
        } | more


def system() -> dict:
    """SYSTEM of the made-up one, as the server gives it."""
    return {
        "key": "made_up", "title": "Made-up Paxos", "kernel": "actors", "schema": {}, "actions": [], "nodes": None,
        "roles": {"client": "Client", "proposer": "Proposer", "acceptor": "Acceptor"},
        "messages": [{"kind": kind, "title": title, "fields": fields, "about": ""} for kind, title, fields in KINDS], "timers": TIMERS,
        "properties": [{"key": "one_value", "always": True, "sentence": "At most one value is chosen."}], "twins": [], "hue": ["ballot"],
        "points": [], "gauges": [],
    }
