"""Segments of a distributed file system as a worker would store them, made up in a few lines: racks of data nodes that hold
blocks, a name node that watches them, a rack that is lost and what comes back. It follows the wire format, not a paper.
"""

import random
import uuid

import numpy as np

from tests.front.fake_stage import FakeStage
from tests.front.synthetic import S
from tests.front.synthetic_actors import DELIVERED, DOWN, Actors

KINDS = [("heartbeat", "Heartbeat", ["used_mb"]), ("packet", "Packet", ["block"]), ("ack", "Ack", ["block"]),
         ("replicate", "Replicate", ["block", "target"]), ("copy", "Copy", ["block"]), ("received", "Received", ["block"])]
HEARTBEAT, PACKET, ACK, REPLICATE, COPY, RECEIVED = range(len(KINDS))
BLOCK_MB = 128
MANY = 200
"""More nodes than these are not searched for all holders of a block that is written."""


class Files(Actors):
    """lost: (rack, at_s) or None; stale_s, dead_s: after what silence; told: whether nodes show the numbers of their blocks."""

    def __init__(self, racks=4, each=2, clients=3, blocks=24, seconds=40, lost=(1, 8.0), stale_s=5.0, dead_s=9.0, write_ms=700.0,
                 beat_s=3.0, way_ms=120.0, told=True, joins=None, corrupt=(), cuts=(), seed=3):
        roles = (("name_node", 1), ("client", clients), ("data_node", racks * each))
        self.nodes = [(f"{role}-{n}", role) for role, count in roles for n in range(count)]
        self.first, self.racks, self.each, self.told, self.joins = 1 + clients, racks, each, told, joins
        self.index = {name: place for place, (name, _) in enumerate(self.nodes)}
        self.seconds, self.end, self.delay, self.loss = seconds, seconds * S, way_ms * 1e6, 0
        self.cuts, self.breaches, self.idle = cuts, (), ()
        self.crashes = [(self.nodes[node][0], lost[1], 1e9) for node in range(self.first, len(self.nodes)) if self._rack(node) == lost[0]] if lost else []
        self.draw, self.heap, self.ids, self.order = random.Random(seed), [], 0, 0
        self.messages, self.timers, self.changes, self.notes, self.operations = [], [], [], [], []
        self.fields = [{} for _ in self.nodes]
        self.cache: dict = {}
        self.held = {node: [] for node in range(self.first, len(self.nodes))}
        self.corrupt = {block: True for block in corrupt}
        self.stale_s, self.dead_s, self.lost, self.blocks = stale_s, dead_s, lost, blocks
        self._begin_files(blocks)
        self._play_files(beat_s, write_ms)

    def _rack(self, node):
        return (node - self.first) // self.each

    def _begin_files(self, blocks):
        live = range(self.first, len(self.nodes))
        for block in range(blocks):
            near, far = self.draw.sample(range(self.racks), 2)
            others = self.draw.sample(range(self.each), min(2, self.each))
            for rack, slots in ((near, others[:1]), (far, others)):
                for slot in slots:
                    self.held[self.first + rack * self.each + slot].append(block)
        for node in live:
            self.fields[node] = {"rack": self._rack(node), "capacity_mb": max(4, blocks * 5 / len(live)) * BLOCK_MB, "corrupt": []}
            for name, value in self.fields[node].items():
                self._begun(node, name, value)
            self._tell(-1, node, -1)
            if self.told:
                bad = [block for block in self.held[node] if self.corrupt.pop(block, False)]
                self._begun(node, "corrupt", bad)
        for name, value in (("active", True), ("safe_mode", False), ("blocks", blocks), ("under_replicated", 0), ("lost", 0), ("replicating", 0), ("liveness", {})):
            self._set(-1, 0, name, value, -1)

    def _begun(self, node, name, value):
        self.changes.append({"at_ns": -1, "node": node, "field": name, "value": value, "event": -1})

    def _tell(self, at, node, event):
        held = self.held[node]
        self._set(at, node, "replicas", len(held), event)
        self._set(at, node, "blocks", list(held) if self.told else None, event)
        self._set(at, node, "used_mb", len(held) * BLOCK_MB, event)

    def _play_files(self, beat_s, write_ms):
        for node in self.held:
            at = self.draw.random() * beat_s * S
            while at < self.end:
                if not self.down(node, at):
                    self._sent(at, node, 0, HEARTBEAT, [len(self.held[node]) * BLOCK_MB])
                at += beat_s * S
        for client in range(1, self.first):
            at = self.draw.random() * write_ms * 1e6
            while at < self.end:
                self._write(at, client)
                at += write_ms * 1e6 * self.draw.expovariate(1)
        if self.lost:
            self._lose()
        if self.joins is not None:
            self._join(self.joins * S)
        for rows, key in ((self.messages, "sent_ns"), (self.changes, "at_ns")):
            rows.sort(key=lambda row, key=key: row[key])
        for number, row in enumerate(self.messages):
            row["id"] = number + 1

    def _sent(self, at, src, dst, kind, body):
        way = self.delay * (0.5 + self.draw.random())
        fate = DOWN if self.down(dst, at + way) else DELIVERED
        self.messages.append({"id": 0, "sent_ns": at, "arrive_ns": at + way, "src": src, "dst": dst, "kind": kind, "fate": fate, "cause": -1,
                              "hue": -1 if kind == HEARTBEAT else body[0] % 8, "body": body})
        return at + way

    def _write(self, at, client):
        near = self.draw.choice(list(self.held))
        block = self.draw.choice(self.held[near] or [0])
        chain = [client, *([near] if self.racks * self.each > MANY else [node for node in self.held if block in self.held[node]][:3])]
        for src, dst in zip(chain, chain[1:], strict=False):
            if self.down(dst, at):
                return
            at = self._sent(at, src, dst, PACKET, [block])
        for src, dst in zip(chain[:0:-1], chain[-2::-1], strict=True):
            at = self._sent(at, src, dst, ACK, [block])

    def _lose(self):
        _, at_s = self.lost
        gone = [node for node in self.held if self.down(node, at_s * S + 1)]
        stale, dead = (at_s + self.stale_s) * S, (at_s + self.dead_s) * S
        names = [self.nodes[node][0] for node in gone]
        self._set(stale, 0, "liveness", dict.fromkeys(names, "stale"), -1)
        self._set(dead, 0, "liveness", dict.fromkeys(names, "dead"), -1)
        missing = sorted({block for node in gone for block in self.held[node]})
        self._set(dead, 0, "under_replicated", len(missing), -1)
        for done, block in enumerate(missing):
            self._restore(dead + done * 0.35 * S, block, len(missing) - done - 1)

    def _restore(self, at, block, left):
        holders = [node for node in self.held if block in self.held[node] and not self.down(node, at)]
        free = [node for node in self.held if block not in self.held[node] and not self.down(node, at)]
        if not holders or not free or at > self.end - S:
            return
        target = self.draw.choice(free)
        self._set(at, 0, "replicating", 1 + min(left, 2), -1)
        at = self._sent(at, 0, holders[0], REPLICATE, [block, target])
        self._set(at, target, "arriving", [block], -1)
        at = self._sent(at, holders[0], target, COPY, [block])
        self.held[target].append(block)
        self._set(at, target, "arriving", [], -1)
        self._tell(at, target, -1)
        at = self._sent(at, target, 0, RECEIVED, [block])
        self._set(at, 0, "under_replicated", left, -1)
        self._set(at, 0, "replicating", min(left, 2), -1)

    def _join(self, at):
        """The last node takes its share over: it is as if it had joined then."""
        new = max(self.held)
        for number, block in enumerate(range(0, self.blocks, len(self.held))):
            giver = next((node for node in self.held if block in self.held[node]), None)
            if giver is None or block in self.held[new]:
                continue
            self.held[giver].remove(block)
            self.held[new].append(block)
            came = self._sent(at + number * 0.2 * S, giver, new, COPY, [block])
            for node in (giver, new):
                self._tell(came, node, -1)

    def _faults(self):
        health, network, actions = super()._faults()
        if self.joins is not None:
            actions.append({"at_ns": round(self.joins * S), "kind": "join", "target": "", "params": {}, "said": "", "values": {}, "event": -1})
        return health, network, [row for row in actions if row["at_ns"] < self.end]

    def _cut(self, t):
        return super()._cut(t) if self.cuts else []

    def _columns(self, rows, end, over):
        if not rows and over == "due_ns":
            return {name: np.array([], "f8") for name in ("id", "set_ns", "due_ns", "end_ns", "node", "kind", "fate", "cause")}
        return super()._columns(rows, end, over)

    def run(self, window_s=1.0, **more):
        """RUN as the server gives it."""
        return super().run(window_s, **({"title": "A file system, made up", "system": "sharded_files"} | more))


def files_system(actions=()) -> dict:
    """SYSTEM of the made-up one, as the server gives it."""
    return {
        "key": "sharded_files", "title": "Made-up file system", "kernel": "actors", "schema": {}, "actions": list(actions), "nodes": None,
        "roles": {"client": "Client", "name_node": "Name node", "data_node": "Data node"},
        "messages": [{"kind": kind, "title": title, "fields": fields, "about": ""} for kind, title, fields in KINDS], "timers": [],
        "properties": [], "twins": [], "hue": [], "points": [], "gauges": [],
    }


class FakeFiles(FakeStage):
    """The stage of made-up files: Actions are heard, not done."""

    def __init__(self, files, actions=()):
        self.files, self.system = files, files_system(actions)
        super().__init__([("", {})])

    def _run(self, options, **more):
        return self.files.run(**({"id": str(uuid.uuid4())} | more))

    def _add(self, run, options):
        self.runs[run["id"]], self.options[run["id"]], self.payloads[run["id"]] = run, options, self.files.segments()

    def data(self, **more):
        """What the server puts beside the page."""
        return super().data(**({"system": self.system, "scenario": {"watch_for": ["The blocks come back."], "text": ""}} | more))

    def _act(self, socket, message):
        """Nothing comes of it."""
