"""The differential oracle: the same load balancer as plain objects and one heap of events.

Slow and simple, to be compared with the kernel request by request. It shares with the kernel the
laws, the strategies and the check of Actions; the model itself is written a second time.
"""

from heapq import heappop, heappush

import numpy as np

from simulator.engine.action import Action
from simulator.engine.chance import key
from simulator.engine.clock import MS, NEVER, S
from simulator.systems.load_balancer import laws
from simulator.systems.load_balancer.effects import check
from simulator.systems.load_balancer.fronts import BALANCER_FROM
from simulator.systems.load_balancer.layout import (
    CANCELLED, CRASHED, IN_SYSTEM, LEGS, NO_SERVER, OK, OUTCOMES, OVERFLOW, REFUSED, REJECTED, ROW, TIMED_OUT,
    empty_strategy_memory,
)
from simulator.systems.load_balancer.oracle_attempts import Attempt, Trying
from simulator.systems.load_balancer.oracle_balancers import Fronting
from simulator.systems.load_balancer.oracle_queues import Queueing
from simulator.systems.load_balancer.oracle_resilience import Guarding
from simulator.systems.load_balancer.oracle_servers import Server, Serving
from simulator.systems.load_balancer.oracle_truth import Knowing
from simulator.systems.load_balancer.oracle_upstream import Upstream
from simulator.systems.load_balancer.oracle_work import Sending
from simulator.systems.load_balancer.scaling import Autoscaler, Seen
from simulator.systems.load_balancer.strategies import strategies


class Oracle(Sending, Serving, Queueing, Trying, Guarding, Knowing, Fronting, Upstream):
    """A load balancer that runs, in plain Python.

    rows: the attempts that are over, in the kernel's order. totals: how many, by outcome. memory: the strategy's.
    """

    def __init__(self, config, seed: int, inputs: dict):
        self.now_ns = 0
        self.rows: list[tuple] = []
        self.totals = [0] * len(OUTCOMES)
        self._make_servers(config, seed)
        balancers = config.balancers.count
        self.in_flight = [[0] * len(self.servers) for _ in range(balancers)]
        self._strategy = strategies()[config.strategy.name]
        self._params = [float(value) for value in self._strategy.params(config.strategy)]
        self.memory, shared, self.truth = empty_strategy_memory(len(self.servers), balancers)
        self.truth = self.truth[:0]
        for _ in self.servers:
            self._know_new_server()
        self._tables = [[0] * (config.sources.population if self._strategy.cookies else 0)] * balancers
        self._shared = shared.tolist()
        self._read_rules(config, seed)
        self._read_guards(config, seed)
        self._read_queues(config, seed)
        self._keys = {name: key(seed, name) for name in ("arrivals", "service", "strategy")}
        self._delays = dict(zip(LEGS, map(laws.delay_law, (
            config.client_delay, config.server_delay, config.server_delay, config.client_delay)), strict=True))
        self._delay_keys = {leg: key(seed, f"delay/{leg}") for leg in LEGS}
        self._service = laws.service_law(config.service)
        self._recorded = laws.recorded_requests(config, inputs)
        self._make_fronts(config, seed, inputs)
        self._read_upstream(config.balancers)
        self._timeout = None if config.timeout_ms is None else laws.whole(config.timeout_ms * MS)
        self._drain_limit = None if config.drain_limit_ms is None else laws.whole(config.drain_limit_ms * MS)
        self._detection = laws.whole(config.detection_ms * MS)
        self._heap: list[tuple] = []
        self._noticing: list[tuple] = []
        self._sequence = self._pushes = self._arrival = 0
        self._read_work(config, seed)
        self._build_table()
        self._config, self._scaler = config, Autoscaler(config.scaling)
        self._next_look = S if config.scaling.maximum is not None else NEVER
        self._begin()
        self._begin_chance()
        self._begin_watching()

    def advance(self, until_ns: int) -> None:
        """Run every event with time <= until_ns; detections after the events of their time."""
        while True:
            expected = self._noticing[0][0] if self._noticing else NEVER
            stop = min(expected, self._next_look, until_ns)
            self._run(stop)
            while self._noticing and self._noticing[0][0] == stop:
                _, _, happen, *values = heappop(self._noticing)
                happen(*values)
            if self._next_look == stop:
                self._next_look += S
                self._scale()
            if stop == until_ns:
                return

    def apply(self, action: Action) -> None:
        """Do `action` at now_ns; ActionRefused as the kernel refuses it."""
        _, server, params = check(action, [server.state for server in self.servers], [front.state for front in self.fronts])
        done_to = f"_{action.kind}_balancer" if server >= BALANCER_FROM else f"_do_{action.kind}"
        getattr(self, done_to)(server, **params)
        self._begin_watching()
        self._run(self.now_ns)

    # Events

    def _run(self, until_ns: int) -> None:
        while self._heap and self._heap[0][0] <= until_ns:
            self.now_ns, _, push, happen, request = heappop(self._heap)
            happen(push, request)
        self.now_ns = until_ns

    def _next_sequence(self) -> int:
        self._sequence += 1
        return self._sequence

    def _at(self, time: int, sequence: int, happen, request) -> int:
        self._pushes += 1
        heappush(self._heap, (time, sequence, self._pushes, happen, request))
        return self._pushes

    def _travel(self, request: Attempt, leg: str, column: str, arrive) -> None:
        law, a, b = self._delays[leg]
        delay = laws.delay(law, a, b, self._delay_keys[leg], request.draws) if law != laws.NO_DELAY else 0
        further = self._further(request.balancer, request.server) if leg in ("server_out", "server_back") else 0
        delay += further
        if column != "done" or request.outcome == IN_SYSTEM:
            setattr(request, column, self.now_ns + delay)
        if law == laws.NO_DELAY and not further:
            arrive(0, request)
        else:
            self._at(self.now_ns + delay, self._next_sequence(), arrive, request)

    # The way of a request

    def _balance(self, _push: int, request: Attempt) -> None:
        if not self._awaited(request):
            return self._release(request)
        if not self._at_client:
            self._watch(request)
        if request.of.made < self._fan_out:
            self._one_more_part(request.of)
        request.answer, b = self._turned_away(request), request.balancer
        if request.answer:
            return self._pass_on(request)
        eligible = self._eligible(b)
        if request.group is not None:
            eligible = [index for index in eligible if self.servers[index].group.index == request.group - 1]
        elif not self._routed:
            eligible = self._in_zone(b, request, eligible)
        if not eligible:
            request.answer = NO_SERVER
            return self._pass_on(request)
        pinned = self._pinned(request, eligible)
        server = pinned if pinned is not None else self._strategy.pick(
            request.draws, self.now_ns, request.source, eligible, len(eligible), self.in_flight[b], self._weights[b], self.truth,
            self._tables[b], self.memory[b], self._shared[b], self._params, self._keys["strategy"])
        if not self._has_room(b, server):
            request.answer = OVERFLOW
            return self._pass_on(request)
        request.server = server
        self._pin(request)
        self.in_flight[b][request.server] += 1
        request.in_flight, request.picked = True, self.now_ns
        self.fronts[b].flying.append(request)
        self._tie(request)
        self._take_connection(request)

    def _build_table(self) -> None:
        build = self._strategy.build
        if not self._strategy.cookies:
            capacity = [server.speed * server.slots for server in self.servers]
            self._tables = [build(self._eligible(b), capacity, self._params, self._keys["strategy"]) if build else []
                            for b in range(len(self._weights))]

    def _join(self, _push: int, request: Attempt) -> None:
        server = self.servers[request.server]
        if server.state in ("down", "removed", "starting"):
            return self._reply(request, REFUSED)
        if request.cancelled:
            return self._reply(request, CANCELLED)
        idle = server.state != "paused" and len(server.serving) + server.reserved < server.slots
        if not idle and server.limit is not None and server.waiting >= server.limit:
            return self._reply(request, REJECTED)
        self._note_arrival(request)
        if server.shares:
            return self._share(server, request)
        if idle:
            return self._start(server, request)
        if server.discipline == "priority":
            request.order = self._next_sequence()
        if not server.queue:
            server.waits_since = self.now_ns
        server.queue.append(request)

    def _start(self, server: Server, request: Attempt) -> None:
        request.start = self.now_ns
        request.sequence = self._next_sequence()
        server.serving.append(request)
        if self._cancels == "on_start":
            self._cancel_others(request)
        self._departs(request, max(self.now_ns, server.stopped_until) + laws.whole(request.demand * server.stretch))

    def _departs(self, request: Attempt, time: int) -> None:
        request.depart = time
        request.push = self._at(time, request.sequence, self._depart, request)

    def _depart(self, push: int, request: Attempt) -> None:
        if push != request.push:
            return  # it was moved, or its server has crashed
        server = self.servers[request.server]
        server.serving.remove(request)
        if server.queue:
            self._start_next(server)
        self._leave(request, OK)

    def _leave(self, request: Attempt, answer: int) -> None:
        self._note_departure(request, answer)
        self._reply(request, answer)

    def _reply(self, request: Attempt, answer: int) -> None:
        request.answer, request.depart = answer, self.now_ns
        self._travel(request, "server_back", "back", self._answer)

    def _answer(self, _push: int, request: Attempt) -> None:
        if request.in_flight:
            self._forget(request, request.answer)
        if request.connected:
            self._give_back(request)
        if not self._awaited(request):
            return self._release(request)
        self._come_back(request)

    def _pass_on(self, request: Attempt) -> None:
        if not self._at_client and self._several and self._goes_on(request, request.answer):
            return self._release(request)
        self._travel(request, "client_back", "done", self._receive)

    def _forget(self, request: Attempt, outcome: int) -> None:
        b, request.in_flight = request.balancer, False
        self.fronts[b].flying.remove(request)
        self.in_flight[b][request.server] -= 1
        if outcome == CANCELLED:
            return
        self._note_answer(b, request.server, outcome)
        self._strategy.observe(request.server, self.now_ns, self.now_ns - request.picked, outcome, self.in_flight[b],
                               self.truth, self.memory[b], self._shared[b], self._params)

    def _receive(self, _push: int, request: Attempt) -> None:
        if request.of.outcome != IN_SYSTEM:
            return self._release(request)
        if self._at_client and self._several and (request.given_up or self._goes_on(request, request.answer)):
            return self._release(request)
        self._end(request.of, request.of.gathered if self._fan_out > 1 else request.answer)
        self._release(request)

    def _give_up(self, _push: int, request: Attempt) -> None:
        if request.outcome != IN_SYSTEM:
            return
        self._end(request, TIMED_OUT)
        for attempt in [request, *reversed(request.attempts[1:])]:
            if attempt.in_flight:
                self._forget(attempt, TIMED_OUT)
        if request.open == 0:
            self._keep(request)

    def _keep(self, attempt: Attempt) -> None:
        if attempt.attempt >= 0:
            self.rows.append(tuple(int(getattr(attempt, name)) for name in ROW))

    # Actions

    def _do_crash(self, index: int) -> None:
        self._stop(index, "down")
        self._notice_later(index, True)

    def _do_remove(self, index: int) -> None:
        self._stop(index, "removed")

    def _stop(self, index: int, state: str) -> None:
        server = self.servers[index]
        first = (lambda request: request.order) if server.shares else (lambda request: request.sequence)
        victims = sorted(server.serving, key=first) + server.queue
        server.state, server.serving, server.queue = state, [], []
        self._die(server)
        self._work(server, [0] * server.slots)
        self._build_table()
        for request in victims:
            request.push = 0
            self._leave(request, CRASHED)

    def _do_restart(self, index: int) -> None:
        self.servers[index].state = "up"
        self._forget_notes(self.servers[index])
        self._begin_life(self.servers[index])
        self._notice_later(index, False)

    def _do_drain(self, index: int) -> None:
        self.servers[index].state = "draining"
        if self._drain_limit is not None:
            self.servers[index].drain += 1
            heappush(self._noticing, (self.now_ns + self._drain_limit, self._next_push(), self._cut_off, index, self.servers[index].drain))
        self._build_table()

    def _do_undrain(self, index: int) -> None:
        self.servers[index].state = "up"
        self._build_table()

    def _do_resize(self, index: int, speed: float, downtime_s: float) -> None:
        self._stop(index, "down")
        self._change_speed(self.servers[index], speed=speed)
        for weights in self._weights:
            weights[index] = speed * self.servers[index].slots
        self._start_late(index, max(1, round(downtime_s * S)))

    def _start_late(self, index: int, wait: int) -> None:
        if wait:
            self.servers[index].state = "starting"
            self._work(self.servers[index], [0] * self.servers[index].slots)
            self._notice(index, True)
            heappush(self._noticing, (self.now_ns + wait, self._next_push(), self._started, index))

    def _started(self, index: int) -> None:
        if self.servers[index].state == "starting":
            self.servers[index].state = "up"
            self._forget_notes(self.servers[index])
            self._begin_life(self.servers[index])
            if not self._health.on:
                self._notice(index, False)

    def _scale(self) -> None:
        seen = [Seen(index, server.state, not any(standing[index].down for standing in self._standing), server.slots, min(server.slots, len(server.serving)),
                     not server.queue and not server.serving and not sum(counts[index] for counts in self.in_flight))
                for index, server in enumerate(self.servers)]
        added, drained, removed = self._scaler.look(self.now_ns, seen)
        first = self._config.servers[0]
        for _ in range(added):
            self.apply(Action(self.now_ns, "add_server", "", {"speed": first.speed, "slots": first.slots}))
            self._start_late(len(self.servers) - 1, round(self._config.scaling.start_s * S))
        for index in drained:
            if self.servers[index].state == "up":
                self.apply(Action(self.now_ns, "drain", f"server-{index}", {}))
        for index in removed:
            self.apply(Action(self.now_ns, "remove", f"server-{index}", {}))

    def _do_add_server(self, _index: int, speed: float, slots: int) -> None:
        self.servers.append(Server(len(self.servers), speed, slots, None, self._groups[0]))
        self._add_standing(self.servers[-1])
        for counts in self.in_flight:
            counts.append(0)
        balancers, _, columns = self.memory.shape
        self.memory = np.concatenate([self.memory, np.zeros((balancers, 1, columns))], 1)
        self._know_new_server()
        self._begin_life(self.servers[-1])
        self._build_table()

    def _notice_later(self, index: int, known_down: bool) -> None:
        if self._health.on:
            return
        if self._detection == 0:
            return self._notice(index, known_down)
        heappush(self._noticing, (self.now_ns + self._detection, self._next_push(), self._notice, index, known_down))

    def _cut_off(self, index: int, drain: int) -> None:
        if self.servers[index].state == "draining" and self.servers[index].drain == drain:
            self._stop(index, "draining")

    def _notice(self, index: int, known_down: bool) -> None:
        if self.servers[index].state != "removed":
            for standings in self._standing:
                standings[index].down = True
                if not known_down:
                    self._comes_back(standings[index])
            self._build_table()

    def _next_push(self) -> int:
        self._pushes += 1
        return self._pushes
