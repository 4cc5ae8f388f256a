"""Least request, as Envoy does it: of a few random servers the least loaded; with weights, a schedule that load bends."""

from typing import Literal

from simulator.engine.chance import below, exp, log
from simulator.engine.words import N_
from simulator.parts.options import Option, quantity
from simulator.systems.load_balancer.strategies import strategy

ENVOY = "Envoy 1.31, extensions.load_balancing_policies.least_request.v3.LeastRequest"
DEADLINE, ORDER = range(2)  # of `memory`
CLOCK, ORDERS = range(2)  # of `shared`


class LeastRequest(Option):
    name: Literal["least_request"] = "least_request"
    choice_count: int = quantity(2, N_("Choices"), ge=2, le=64, source=ENVOY,
                                 about=N_("How many random servers are compared where all have the same capacity. "
                                          "The same one may be drawn twice."))
    active_request_bias: float = quantity(
        1.0, N_("Bias of active requests"), ge=0.0, le=100.0, source=ENVOY,
        about=N_("Where capacities differ, a server's weight is its capacity / (requests in flight + 1) ^ this. "
                 "0: requests in flight do not count."))


def build(servers, weight, params, key):
    """[whether all have the same weight]."""
    return [int(all(weight[server] == weight[servers[0]] for server in servers))]


def fewest_of_some(k, servers, count, in_flight, choices, key):
    """Plain choices with replacement."""
    best = servers[below(key, k * 64, count)]
    for j in range(1, choices):
        server = servers[below(key, k * 64 + j, count)]
        if in_flight[server] < in_flight[best]:
            best = server
    return best


def wait(weight, active, bias):
    """How long until a server's next turn, on the clock of the schedule."""
    if bias == 1.0:
        return (active + 1) / weight
    return exp(bias * log(active + 1.0)) / weight


@strategy(
    config=LeastRequest,
    title=N_("Least request (Envoy)"),
    family=N_("By load"),
    description=N_("Servers of equal capacity: two at random, the one with fewer requests in flight. Different capacities: "
                   "turns, the more often the larger the capacity for the requests in flight when the turn is planned."),
    source=ENVOY,
    build=build,
    params=lambda config: (config.choice_count, config.active_request_bias),
)
def pick(k, now_ns, source, servers, count, in_flight, weight, truth, table, memory, shared, params, key):
    if table[0] == 1:
        return fewest_of_some(k, servers, count, in_flight, int(params[0]), key)
    best = servers[0]
    for i in range(count):  # earliest deadline first
        server = servers[i]
        if memory[server, ORDER] == 0.0 or memory[server, DEADLINE] < shared[CLOCK]:  # it is new, or was away
            shared[ORDERS] += 1.0
            memory[server, ORDER] = shared[ORDERS]
            memory[server, DEADLINE] = shared[CLOCK] + wait(weight[server], in_flight[server], params[1])
        if memory[server, DEADLINE] < memory[best, DEADLINE] or (
                memory[server, DEADLINE] == memory[best, DEADLINE] and memory[server, ORDER] < memory[best, ORDER]):
            best = server
    shared[CLOCK] = memory[best, DEADLINE]
    shared[ORDERS] += 1.0
    memory[best, ORDER] = shared[ORDERS]
    memory[best, DEADLINE] += wait(weight[best], in_flight[best], params[1])
    return best
