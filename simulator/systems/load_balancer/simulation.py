"""A load balancer that runs: the Simulation contract over the compiled kernel."""

from collections.abc import Callable, Sequence
from heapq import heappop, heappush

import numpy as np

from simulator.engine.action import Action
from simulator.engine.clock import MS, NEVER, S
from simulator.engine.trace import Trace
from simulator.systems.load_balancer import compiled, effects, export, fronting, laws, state as states
from simulator.systems.load_balancer.actions import ACTIONS, BY_KIND, CLOSED_RATE, STATES
from simulator.systems.load_balancer.kernel import EVENTS_AT_ONCE
from simulator.systems.load_balancer.layout import (
    CHANGED, DISCIPLINES, FINISHED, HEAP_FULL, OUTCOMES, POOL_FULL, ROWS_AT_ONCE, TABLE_STALE, TOTAL,
)
from simulator.systems.load_balancer.recorder import Recorder
from simulator.systems.load_balancer.scaling import EVERY_NS, Autoscaler
from simulator.systems.load_balancer.strategies import strategies
from simulator.systems.load_balancer.summary import summary

TABLES = ("changes", "actions", "rates", "balancer_changes")
NOBODY = np.zeros(0, np.int64)
NO_LEVELS = np.zeros((0, 0), np.int64)


class LoadBalancer:
    """One execution. `keep` False: no single request is kept, memory does not grow with their number."""

    def __init__(self, config, seed: int, cut, inputs: dict, header: dict, keep: bool = True):
        self.config, self.cut, self.keep = config, cut, keep
        self.warm_ns = header.get("warm_up_ns", 0)
        self.detection_ns = laws.whole(config.detection_ms * MS)
        self.trace = Trace(header)
        self.now_ns = self._looked = 0
        self.acted = False  # whether an Action has changed anything
        recorded = laws.recorded_requests(config, inputs)
        self.mean_demand_ns = laws.mean_demand_ns(config.service, recorded)
        self.state = states.new_state(config, seed, recorded, laws.recorded_keys(config, inputs), self.warm_ns, keep)
        self.recorder = Recorder(cut, keep)
        self._run = compiled.compiled_run(self.state)
        self.strategy = strategies()[config.strategy.name]
        self._functions = compiled.compiled_strategy(self.strategy)
        self._note_condition = compiled.compiled_note_condition(self.state) if self.strategy.truthful else None
        self.build_table()
        self.shown: dict[int, tuple[str, float, bool]] = {}  # of each server, as the Trace says it stands
        self.told: dict[int, str] = {}  # the state of each balancer, as the Trace says
        self._agenda: list[tuple] = []  # (at_ns, order, effect, server, ...): what will happen beside the kernel's events
        self._expected = 0
        self._until = np.zeros(1, np.int64)
        self._scaler = Autoscaler(config.scaling) if config.scaling.maximum is not None else None
        self.kernel(-1)  # schedules the first arrival
        self.cells["now"] = 0

    @property
    def cells(self):
        """The kernel's single numbers."""
        return self.state.cells[0]

    @property
    def events(self) -> int:
        """Events run so far: arrivals, departures, messages, deadlines."""
        return int(self.cells["events"])

    def advance(self, until_ns: int) -> None:
        """Run every event with time <= until_ns. At equal times: events, detections, the autoscaler, the sample."""
        assert until_ns >= self.now_ns, "time runs forward"
        while True:
            noticed = self._agenda[0][0] if self._agenda else NEVER
            stop = min(until_ns, noticed, self.recorder.next_ns, self._next_look)
            if self.now_ns < self.warm_ns <= stop:
                self.kernel(self.warm_ns - 1)  # what is sent at this very time counts
                self.recorder.warm_up(self.state, self.warm_ns)
            self.kernel(stop)
            self.now_ns = stop
            while self._agenda and self._agenda[0][0] == stop:
                _, _, effect, *values = heappop(self._agenda)
                effect(self, *values)
            if self._next_look == stop:
                self._scale(stop)
            if self.recorder.next_ns == stop:
                self.recorder.sample(self.state, stop)
            if stop == until_ns:
                return

    def advance_each(self, stops: Sequence[int], beat: Callable[[], None]) -> list[int]:
        """advance() to each of `stops`, ascending, and how many requests are in the system at each; `beat` now and then.

        Samples that nothing else happens at are taken in the kernel, many at a call: a call costs as much as a hundred requests.
        """
        found: list[int] = []
        while len(found) < len(stops):
            count = self._samples_ahead(stops[len(found):])
            if count:
                found += self._sample_each(stops[len(found):len(found) + count])
            else:
                self.advance(stops[len(found)])
                found.append(int(self.cells["in_system"]))
            beat()
        return found

    def _samples_ahead(self, stops: Sequence[int]) -> int:
        """How many of `stops` are samples at which nothing but the sample happens."""
        if self.keep or self._agenda or self._scaler is not None:
            return 0
        end = self.warm_ns if self.now_ns < self.warm_ns else self.cut.duration_ns
        expected = range(self.recorder.next_ns, end, self.cut.sample_ns)[:self.recorder.before_touch]
        return next((place for place, (stop, sample) in enumerate(zip(stops, expected, strict=False)) if stop != sample),
                    min(len(stops), len(expected)))

    def _sample_each(self, stops: Sequence[int]) -> list[int]:
        levels = np.zeros((len(stops), 1 + len(self.state.nodes)), np.int64)
        self._to_each(np.array(stops, np.int64), levels)
        self.now_ns = stops[-1]
        self.recorder.take_samples(stops, levels[:, 1:])
        return levels[:, 0].tolist()

    @property
    def _next_look(self) -> int:
        """When the autoscaler looks next."""
        return NEVER if self._scaler is None else self._looked + EVERY_NS

    def _scale(self, now_ns: int) -> None:
        """What the autoscaler does are Actions like any other's."""
        self._looked = now_ns
        added, drained, removed = self._scaler.look(now_ns, effects.seen(self))
        group = self.config.servers[0]
        for _ in range(added):
            effects.perform(self, Action(now_ns, "add_server", "", {"speed": group.speed, "slots": group.slots}))
            effects.begin(self, len(self.state.nodes) - 1, round(self.config.scaling.start_s * S))
        for kind, servers in (("drain", drained), ("remove", removed)):
            for server in servers:
                if STATES[self.state.nodes["state"][server]] in BY_KIND[kind].states:
                    effects.perform(self, Action(now_ns, kind, f"server-{server}", {}))

    def apply(self, action: Action) -> None:
        """Do `action` at now_ns. ActionRefused where its target or a param is wrong or it would change nothing."""
        assert action.at_ns == self.now_ns, "an Action happens now"
        effects.perform(self, action)

    def actions(self) -> list[tuple[str, str, str]]:
        """(kind, target, reason) of everything that can be asked now; reason "" where it would do something."""
        found = []
        for spec in ACTIONS:
            if spec.role:
                states_now = enumerate(STATES[state] for state in self.state.nodes["state"])
                found += [(spec.kind, f"server-{i}", spec.refused(f"server-{i}", state)) for i, state in states_now]
                if spec.suits("balancer"):
                    states_now = enumerate(STATES[state] for state in self.state.fronts["state"])
                    found += [(spec.kind, f"balancer-{i}", spec.refused(f"balancer-{i}", state)) for i, state in states_now]
            else:
                closed = spec.kind == "rate" and self.state.rules["closed"][0]
                found.append((spec.kind, "", CLOSED_RATE if closed else ""))
        return found

    def keyframe(self) -> dict:
        """The visible state, complete, as JSON."""
        totals, in_system = self.state.outcomes[TOTAL], int(self.cells["in_system"])
        return {
            "servers": self._servers(),
            "balancers": fronting.keyframe(self),
            "rate_factor": float(self.cells["factor"]),
            "totals": {"sent": int(totals.sum()) + in_system} | dict(zip(OUTCOMES[1:], totals[1:].tolist(), strict=False)),
            "in_system": in_system,
        }

    def tables(self, wanted: bool = True) -> dict:
        """What happened since the last call, by table and column; "meta" says how much of it was kept."""
        self.drain_rows()
        rows = self.trace.take()
        if not self.keep:
            return {}
        return self.recorder.tables(self.state) | {name: rows.get(name, []) for name in TABLES}

    def columns(self, table: str, rows: np.ndarray) -> dict[str, list]:
        """Requests with their times in ns (None: not reached), the server's id or None, and how they ended."""
        assert table == "requests"
        return export.columns(rows)

    def unfinished(self, table: str) -> np.ndarray:
        """The requests in the system, by number: int64[n, 13]."""
        assert table == "requests"
        return export.unfinished(self.state.pool, self.now_ns)

    def summary(self) -> dict:
        """The Run's numbers so far, as JSON."""
        self.drain_rows()
        return summary(self)

    def notice_later(self, server: int, known_down: bool) -> None:
        """The balancer will notice, after the detection time, that a server is down, or up again."""
        if self.config.health.on:
            return
        if self.detection_ns == 0:
            return effects.notice(self, server, known_down)
        self.expect(self.detection_ns, effects.notice, server, known_down)

    def expect(self, after_ns: int, effect, *values) -> None:
        """`effect(self, *values)` will happen after so long."""
        self._expected += 1
        heappush(self._agenda, (self.now_ns + after_ns, self._expected, effect, *values))

    def kernel(self, until_ns: int, victims: np.ndarray = NOBODY, wake: int = -1) -> None:
        """Let the kernel run to until_ns, with more room whenever it asks for it."""
        self._until[0] = until_ns
        self._to_each(self._until, NO_LEVELS, victims, wake)

    def _to_each(self, stops: np.ndarray, levels: np.ndarray, victims: np.ndarray = NOBODY, wake: int = -1) -> None:
        new = len(self.state.nodes) - int(self.cells["watched"])
        while new and self.cells["on_the_way"] + (new + 1) * len(self.state.watch) + EVENTS_AT_ONCE > len(self.state.heap):
            self.state = states.with_larger_heap(self.state)
        while True:
            said = self._run(*self._functions, stops, levels, victims, wake, self.state)
            reached = int(self.cells["reached"])
            if self.cells["stale"]:
                self.build_table()
            if said == FINISHED:
                if self.cells["changed"]:
                    effects.write_changes(self)
                return
            stops, levels, victims, wake = stops[reached:], levels[reached:], NOBODY, -1
            if said == POOL_FULL:
                self.state = states.with_larger_pool(self.state)
            elif said == HEAP_FULL:
                self.state = states.with_larger_heap(self.state)
            elif said == CHANGED:
                effects.write_changes(self)
            elif said != TABLE_STALE:
                self.drain_rows()

    def deed(self, deed: int, server: int) -> None:
        """Let the kernel do what an Action asks of a server, now."""
        self.make_room(1)
        self.cells["deed"], self.cells["deed_of"] = deed, server
        self.kernel(self.now_ns)

    def build_table(self) -> None:
        """The servers that may be chosen have changed: so may what the strategy has built of them."""
        self.cells["stale"] = 0
        if self.strategy.build is not None:
            self.state = states.with_table(self.state, self.strategy)

    def note_condition(self, server: int, what: int) -> None:
        """A server is HALTED, RESUMED, GONE or BACK (truth.py): so is what only the server knows."""
        if self._note_condition is not None:
            self._note_condition(self.state, server, self.now_ns, what)

    def make_room(self, attempts: int) -> None:
        """Room for what so many attempts may bring about that fail at once."""
        self.drain_rows()
        if self.keep and 2 * attempts > len(self.state.rows):
            self.state = states.with_more_rows(self.state, 2 * attempts)
        while self.cells["free_rows"] < 2 * attempts + ROWS_AT_ONCE:
            self.state = states.with_larger_pool(self.state)
        while self.cells["on_the_way"] + 8 * (attempts + 1) > len(self.state.heap):
            self.state = states.with_larger_heap(self.state)

    def drain_rows(self) -> None:
        """Take the finished requests out of the kernel's rows: into the digest and to the recorder."""
        count = int(self.cells["rows"])
        if count:
            self.trace.block("requests", self.state.rows[:count], count)
            self.recorder.take(self.state.rows[:count])
            self.cells["rows"] = 0

    def _servers(self) -> list[dict]:
        nodes = self.state.nodes
        names = ("speed", "slots", "limit", "queued", "free", "discipline", "stops", "warm", "episode")
        columns = zip(map(effects.condition, nodes), *(nodes[name].tolist() for name in names),
                      self.state.in_flight.sum(axis=0).tolist(), strict=True)
        return [{
            "id": f"server-{index}", "state": state, "slow": slow, "speed": speed, "slots": slots,
            "queue_limit": None if limit < 0 else limit, "known_down": known_down, "queue": queued,
            "busy": slots - free, "in_flight": in_flight, "discipline": DISCIPLINES[discipline], "stops": stops,
            "cold": warm, "episode": episode,
        } for index, ((state, slow, known_down), speed, slots, limit, queued, free, discipline, stops, warm, episode,
                      in_flight) in enumerate(columns)]
