"""Least connections: the server with the fewest requests in flight."""

from typing import Literal

from simulator.engine.chance import below
from simulator.engine.words import N_
from simulator.parts.options import Option, quantity
from simulator.systems.load_balancer.strategies import strategy

TIES = ("lowest", "random", "rotating")


class LeastConnections(Option):
    name: Literal["least_connections"] = "least_connections"
    tie: Literal["lowest", "random", "rotating"] = quantity(
        "random", N_("Among equals"), labels={"lowest": N_("Lowest index"), "random": N_("Random"), "rotating": N_("The next one")},
        about=N_("Which of several servers with equally few requests is chosen: the one with the lowest index, "
                 "a random one, or the next one after the last chosen."),
    )


@strategy(
    config=LeastConnections,
    title=N_("Least connections"),
    family=N_("By load"),
    description=N_("The server with the fewest requests in flight, as the balancer counts them: "
                   "join the shortest queue. It looks at every server for every request."),
    source="W. Winston, Optimality of the shortest line discipline, J. Appl. Prob. 14, 1977",
    params=lambda config: (TIES.index(config.tie),),
)
def pick(k, now_ns, source, servers, count, in_flight, weight, truth, table, memory, shared, params, key):
    position, best, equals = 0, servers[0], 0
    if params[0] == 2.0:  # rotating: look first behind the one chosen last
        while position < count and servers[position] < shared[0]:
            position += 1
        position %= count
        best = servers[position]
    for _ in range(count):
        server = servers[position]
        if in_flight[server] < in_flight[best]:
            best, equals = server, 0
        equals += in_flight[server] == in_flight[best]
        position = position + 1 if position + 1 < count else 0
    if params[0] == 1.0 and equals > 1:
        skip, fewest = below(key, k * 64, equals), in_flight[best]
        position = 0
        while skip > 0 or in_flight[servers[position]] != fewest:
            skip -= in_flight[servers[position]] == fewest
            position += 1
        best = servers[position]
    shared[0] = best + 1.0
    return best
