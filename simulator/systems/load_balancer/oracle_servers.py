"""The differential oracle's servers: the model of servers.py written a second time, without heaps or links."""

from simulator.engine.chance import key, log, uniform
from simulator.engine.clock import S
from simulator.systems.load_balancer import laws
from simulator.systems.load_balancer.layout import OK, WARM_STEPS
from simulator.systems.load_balancer.oracle_attempts import Attempt


class Server:
    """One server: a queue and what is being worked on; where it shares its processor, that is all that is there."""

    def __init__(self, index: int, speed: float, slots: int, limit: int | None, group: "Group"):
        self.index, self.speed, self.slots, self.limit, self.group = index, speed, slots, limit, group
        self.slow = self.episode = self.warm = 1.0
        self.discipline, self.zone = group.options.discipline, group.zone
        self.state = "up"
        self.queue: list[Attempt] = []
        self.serving: list[Attempt] = []
        self.virtual, self.at_ns = 0.0, 0
        self.stopped_until = self.stop_left = 0
        self.push = self.stop_timer = self.warm_timer = self.stops = self.warm_step = 0
        self.collecting = False
        self.waits_since = self.drain = self.reserved = 0  # slots that are about to throw something away

    @property
    def stretch(self) -> float:
        """How long a demand of 1 takes."""
        return self.slow * self.episode * self.warm / self.speed

    @property
    def shares(self) -> bool:
        """Whether all that is there is worked on at once."""
        return self.discipline == "sharing"

    @property
    def waiting(self) -> int:
        """How many are there beyond its slots."""
        return len(self.queue) + max(0, len(self.serving) - self.slots)

    @property
    def pace(self) -> float:
        """The work that each request gets in 1 ns, where it shares its processor."""
        return min(1.0, self.slots / len(self.serving)) / self.stretch

    def catch_up(self, now_ns: int) -> None:
        """Bring the virtual time up to now."""
        if self.state == "paused":
            return
        if now_ns > max(self.at_ns, self.stopped_until):
            if self.serving:
                self.virtual += (now_ns - max(self.at_ns, self.stopped_until)) * self.pace
            self.at_ns = now_ns

    def take(self) -> Attempt:
        """The next to be served, out of the queue."""
        first = self.first()
        self.queue.remove(first)
        return first

    def first(self) -> Attempt:
        """The next to be served."""
        if self.discipline == "fifo":
            return self.queue[0]
        return min(self.queue, key=lambda request: (-request.priority, request.order))


class Group:
    """What the servers of a group have in common."""

    def __init__(self, index: int, options, zones: int):
        self.index, self.options, self.zone = index, options, (options.zone - 1) % zones
        self.slowed, self.episodes = False, 0


class Serving:
    """What servers do besides first in, first out. A part of the Oracle."""

    def _make_servers(self, config, seed: int) -> None:
        self._stop_key, self._episode_key, self._members_key = (key(seed, name) for name in ("stop", "episode", "members"))
        self._groups = [Group(index, options, config.zones.count) for index, options in enumerate(config.servers)]
        self.servers: list[Server] = []
        for group in self._groups:
            for _ in range(group.options.count):
                options = group.options
                self.servers.append(Server(len(self.servers), options.speed, options.slots, options.queue_limit, group))

    def _begin_chance(self) -> None:
        for server in self.servers:
            self._schedule_stop(server)
        for group in self._groups:
            self._schedule_episode(group)

    # Processor sharing

    def _share(self, server: Server, request: Attempt) -> None:
        server.catch_up(self.now_ns)
        request.start, request.finish, request.order = self.now_ns, server.virtual + request.demand, self._next_sequence()
        server.serving.append(request)
        self._next_departure(server)

    def _next_departure(self, server: Server) -> None:
        server.push = 0
        if server.serving and server.state != "paused":
            left = max(min(request.finish for request in server.serving) - server.virtual, 0.0)
            time = max(self.now_ns, server.stopped_until) + laws.whole(left / server.pace)
            server.push = self._at(time, self._next_sequence(), self._shared_departure, server)

    def _shared_departure(self, push: int, server: Server) -> None:
        if push != server.push:
            return
        server.catch_up(self.now_ns)
        first = min(server.serving, key=lambda request: (request.finish, request.order))
        server.serving.remove(first)
        if not server.serving:
            server.virtual = 0.0
        self._next_departure(server)
        self._leave(first, OK)

    # How fast a server works

    def _change_speed(self, server: Server, **factors) -> None:
        before = server.stretch
        if server.shares:
            server.catch_up(self.now_ns)
        for name, factor in factors.items():
            setattr(server, name, factor)
        self._stretch_work(server, server.stretch / before)
        if server.shares:
            return self._next_departure(server)
        ratio, base = server.stretch / before, max(self.now_ns, server.stopped_until)
        for request in server.serving:
            if server.state == "paused":
                request.left = laws.whole(request.left * ratio)
            else:
                self._departs(request, base + laws.whole((request.depart - base) * ratio))

    def _begin_life(self, server: Server) -> None:
        server.stopped_until, server.at_ns, server.collecting = 0, self.now_ns, False
        self._schedule_stop(server)
        warm_up = server.group.options.warm_up
        if warm_up.factor > 1.0:
            server.warm_step = 0
            server.warm_timer = self._later(self.now_ns + laws.whole(warm_up.time_s * S / WARM_STEPS), self._warm, server)
            self._change_speed(server, warm=warm_up.factor)

    def _warm(self, push: int, server: Server) -> None:
        if push != server.warm_timer:
            return
        warm_up = server.group.options.warm_up
        server.warm_step += 1
        if server.warm_step < WARM_STEPS:
            server.warm_timer = self._later(self.now_ns + laws.whole(warm_up.time_s * S / WARM_STEPS), self._warm, server)
        self._change_speed(server, warm=1.0 + (warm_up.factor - 1.0) * (WARM_STEPS - server.warm_step) / WARM_STEPS)

    def _die(self, server: Server) -> None:
        server.stop_timer = server.warm_timer = server.push = 0
        server.collecting, server.virtual, server.stopped_until, server.at_ns = False, 0.0, 0, self.now_ns

    # Chance

    def _schedule_stop(self, server: Server) -> None:
        every_s = server.group.options.stops.every_s
        if every_s:
            wait = -every_s * S * log(uniform(self._stop_key, ((server.index << 32) + 2 * server.stops) * 64))
            server.stop_timer = self._later(self.now_ns + laws.whole(wait), self._stop_or_go, server)

    def _stop_or_go(self, push: int, server: Server) -> None:
        if push != server.stop_timer or server.state == "removed":
            return
        if server.collecting:
            server.collecting = False
            return self._schedule_stop(server)
        law, parameters = laws.service_law(server.group.options.stops.length)
        length = laws.whole(laws.demand(law, parameters, self._recorded, self._stop_key, (server.index << 32) + 2 * server.stops + 1))
        server.stops += 1
        if server.state not in ("up", "draining"):
            return self._schedule_stop(server)
        if server.shares:
            server.catch_up(self.now_ns)
        server.stopped_until, server.collecting = self.now_ns + length, True
        self._put_off_work(server, length)
        if server.shares:
            self._next_departure(server)
        else:
            for request in server.serving:
                self._departs(request, request.depart + length)
        server.stop_timer = self._later(self.now_ns + length, self._stop_or_go, server)

    def _schedule_episode(self, group: Group) -> None:
        slowness = group.options.slowness
        mean_s = slowness.mean_s if group.slowed else slowness.every_s
        if mean_s:
            number = (group.index << 32) + 2 * group.episodes + group.slowed
            self._later(self.now_ns + laws.whole(-mean_s * S * log(uniform(self._episode_key, number))), self._episode, group)

    def _episode(self, _push: int, group: Group) -> None:
        group.slowed = not group.slowed
        members = [server for server in self.servers if server.group is group and server.state != "removed"]
        slowness = group.options.slowness
        wanted, left = max(1, int(slowness.share * len(members) + 0.5)), len(members)
        for server in members:
            number = ((group.index << 40) + (group.episodes << 12)) * 64 + server.index
            slower = group.slowed and uniform(self._members_key, number) * left < wanted
            left, wanted = left - 1, wanted - slower
            factor = slowness.factor if slower else 1.0
            if server.episode != factor:
                self._change_speed(server, episode=factor)
        group.episodes += not group.slowed
        self._schedule_episode(group)

    # Actions

    def _do_slow(self, index: int, factor: float) -> None:
        self._change_speed(self.servers[index], slow=factor)

    def _do_pause(self, index: int) -> None:
        server = self.servers[index]
        if server.shares:
            server.catch_up(self.now_ns)
        server.state = "paused"
        base = max(self.now_ns, server.stopped_until)
        server.stop_left, server.push = base - self.now_ns, 0
        self._work(server, [max(time - base, 0) for time in server.until])
        if not server.shares:
            for request in server.serving:
                request.left, request.depart, request.push = request.depart - base, -1, 0

    def _do_resume(self, index: int) -> None:
        server = self.servers[index]
        server.state = "up"
        server.at_ns = self.now_ns
        server.stopped_until = self.now_ns + server.stop_left
        self._work(server, [server.stopped_until + left for left in server.until])
        if server.shares:
            return self._next_departure(server)
        for request in server.serving:
            self._departs(request, server.stopped_until + request.left)
        while server.queue and len(server.serving) + server.reserved < server.slots:
            self._start_next(server)
