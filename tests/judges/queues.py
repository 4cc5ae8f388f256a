"""Small queues in numpy, so that the judges are tried on thousands of runs without the product's kernel."""

from collections import deque

import numpy as np


def departures(arrivals, demands):
    """Departure times of a FIFO single-server queue (Lindley's recursion, as a running maximum)."""
    work = np.cumsum(demands)
    return work + np.maximum.accumulate(arrivals - (work - demands))


def backlog(arrivals, left, times):
    """Requests in the system at each of `times`."""
    return np.searchsorted(arrivals, times, "right") - np.searchsorted(np.sort(left), times, "right")


def service(rng, law, count):
    """`count` demands of mean 1."""
    if law == "exponential":
        return rng.exponential(1.0, count)
    if law == "deterministic":
        return np.ones(count)
    if law == "erlang":
        return rng.gamma(4, 0.25, count)
    if law == "hyperexponential":  # balanced means, squared coefficient of variation 4
        fast = rng.random(count) < 0.887298
        return rng.exponential(1.0, count) / np.where(fast, 1.774597, 0.225403)
    if law == "pareto":  # bounded: shape 1.5 from 1 to 100
        shape, high = 1.5, 100.0
        raw = (1.0 - rng.random(count) * (1.0 - high**-shape)) ** (-1.0 / shape)
        mean = (1.0 - high ** (1.0 - shape)) / (1.0 - high**-shape) * shape / (shape - 1.0)
        return raw / mean
    raise ValueError(law)


def poisson(rng, rate, span):
    """Poisson arrival times in 0..span."""
    return np.sort(rng.random(rng.poisson(rate * span)) * span)


def bursty(rng, low, high, stay, span):
    """A two-state Markov-modulated Poisson process; `stay` is the mean of both states."""
    parts, now, busy = [], 0.0, False
    while now < span:
        length = rng.exponential(stay)
        parts.append(now + poisson(rng, high if busy else low, length))
        now, busy = now + length, not busy
    arrivals = np.concatenate(parts)
    return arrivals[arrivals < span]


def single(seed, rho, span, law="exponential", samples=1000, arrivals=None):
    """(times, backlog [m, 1]) of one server with mean service 1."""
    rng = np.random.default_rng(seed)
    at = poisson(rng, rho, span) if arrivals is None else arrivals(rng)
    times = np.linspace(0.0, span, samples + 1)
    return times, backlog(at, departures(at, service(rng, law, len(at))), times)[:, None]


def changing(seed, rho, span, capacity, samples=1000):
    """Like `single`, with a server whose speed changes: `capacity` is [(from time, speed), ...]."""
    rng = np.random.default_rng(seed)
    at = poisson(rng, rho, span)
    knots = np.array([start for start, _ in capacity] + [10.0 * span])
    done = np.concatenate([[0.0], np.cumsum(np.diff(knots) * [speed for _, speed in capacity])])
    left = departures(np.interp(at, knots, done), rng.exponential(1.0, len(at)))
    times = np.linspace(0.0, span, samples + 1)
    return times, backlog(at, np.interp(left, done, knots), times)[:, None]


def farm(seed, rho, span, servers, strategy, speeds=None, law="exponential", samples=1000):
    """(times, backlog [m, n]) of `servers` servers; each has mean service 1 / speed; rho of all their capacity."""
    rng = np.random.default_rng(seed)
    speeds = np.ones(servers) if speeds is None else np.asarray(speeds, dtype=float)
    at = poisson(rng, rho * speeds.sum(), span)
    demand = service(rng, law, len(at))
    if strategy == "random":
        where = rng.integers(servers, size=len(at))
    elif strategy == "round_robin":
        where = np.arange(len(at)) % servers
    else:
        return _shortest(rng, at, demand, speeds, np.linspace(0.0, span, samples + 1))
    times = np.linspace(0.0, span, samples + 1)
    columns = []
    for server in range(servers):
        mine = where == server
        columns.append(backlog(at[mine], departures(at[mine], demand[mine] / speeds[server]), times))
    return times, np.stack(columns, axis=1)


def _shortest(rng, at, demand, speeds, times):
    """Join the shortest queue, ties at random."""
    left = [deque() for _ in speeds]
    mine = [([], []) for _ in speeds]
    for when, work, tie in zip(at.tolist(), demand.tolist(), rng.random(len(at)).tolist()):
        for queue in left:
            while queue and queue[0] <= when:
                queue.popleft()
        least = min(map(len, left))
        ties = [server for server, queue in enumerate(left) if len(queue) == least]
        server = ties[int(tie * len(ties))]
        done = max(when, left[server][-1] if left[server] else 0.0) + work / speeds[server]
        left[server].append(done)
        mine[server][0].append(when)
        mine[server][1].append(done)
    return times, np.stack([backlog(np.array(a), np.array(d), times) for a, d in mine], axis=1)
