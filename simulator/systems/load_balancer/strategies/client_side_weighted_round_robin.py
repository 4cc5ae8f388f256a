"""Client-side weighted round robin: turns by what servers report of themselves, requests a second over utilisation."""

from typing import Literal

from simulator.engine.clock import MS, S
from simulator.engine.words import N_
from simulator.parts.options import CHOSEN, Option, quantity
from simulator.systems.load_balancer.layout import CANCELLED, CRASHED, OK
from simulator.systems.load_balancer.strategies import NOTES, SLOTS, WORKED, strategy

A58 = "gRFC A58, client-side weighted round robin; Envoy 1.34, ClientSideWeightedRoundRobin"
BEGAN, BASE, SERVED, FAILED, QPS, EPS, UTILISATION = range(NOTES, NOTES + 7)  # of `truth`
WEIGHT, UPDATED, NON_EMPTY, SCALED = range(4)  # of `memory`; NON_EMPTY: since when, plus 1; 0: not
SEQUENCE, NEXT_UPDATE, KNOWN = range(3)  # of `shared`; KNOWN: the servers of the last update
HEAVIEST, OFFSET = 65_535, 32_767


class ClientSideWeightedRoundRobin(Option):
    name: Literal["client_side_weighted_round_robin"] = "client_side_weighted_round_robin"
    blackout_s: float = quantity(10.0, N_("Blackout period"), "s", ge=0.0, le=86_400.0, source=A58,
                                 about=N_("A server must have reported for so long before its weight is used."))
    expiration_s: float = quantity(180.0, N_("Weight expiration period"), "s", ge=0.001, le=86_400.0, source=A58,
                                   about=N_("A weight that has not been reported for so long is used no longer."))
    update_s: float = quantity(1.0, N_("Weight update period"), "s", ge=0.1, le=86_400.0, source=A58,
                               about=N_("How often the turns are planned anew."))
    error_penalty: float = quantity(1.0, N_("Error utilisation penalty"), ge=0.0, le=1000.0, source=A58,
                                    about=N_("The share of failed requests, times this, counts as utilisation."))
    report_ms: float = quantity(1000.0, N_("Servers measure over"), "ms", ge=1.0, le=3_600_000.0, source=CHOSEN,
                                about=N_("The window in which a server counts its requests and its busy time."))


def served(server, now_ns, sojourn_ns, load, outcome, truth, memory, params, key):
    """A server counts what it does, and at the end of a window has numbers to report."""
    if outcome == CRASHED or outcome == CANCELLED:
        return
    if truth[server, BEGAN] == 0.0:
        truth[server, BEGAN], truth[server, BASE] = now_ns, truth[server, WORKED]
        return
    truth[server, SERVED] += 1.0
    if outcome != OK:
        truth[server, FAILED] += 1.0
    passed = now_ns - truth[server, BEGAN]
    if passed < params[4]:
        return
    truth[server, QPS], truth[server, EPS] = truth[server, SERVED] * S / passed, truth[server, FAILED] * S / passed
    truth[server, UTILISATION] = (truth[server, WORKED] - truth[server, BASE]) / (passed * truth[server, SLOTS])
    truth[server, BEGAN], truth[server, BASE] = now_ns, truth[server, WORKED]
    truth[server, SERVED] = truth[server, FAILED] = 0.0


def observe(server, now_ns, latency_ns, outcome, in_flight, truth, memory, shared, params):
    """An answer carries the server's last report."""
    if outcome != OK or truth[server, QPS] <= 0.0 or truth[server, UTILISATION] <= 0.0:
        return
    penalty = truth[server, EPS] / truth[server, QPS] * params[3]
    memory[server, WEIGHT] = truth[server, QPS] / (truth[server, UTILISATION] + penalty)
    memory[server, UPDATED] = now_ns
    if memory[server, NON_EMPTY] == 0.0:
        memory[server, NON_EMPTY] = now_ns + 1.0


def usable(server, now_ns, memory, params):
    """The weight of a server, 0 where it may not be used."""
    if memory[server, WEIGHT] > 0.0 and now_ns - memory[server, UPDATED] >= params[1]:
        memory[server, WEIGHT] = memory[server, NON_EMPTY] = 0.0
    if memory[server, WEIGHT] == 0.0 or now_ns - (memory[server, NON_EMPTY] - 1.0) < params[0]:
        return 0.0
    return memory[server, WEIGHT]


def plan_turns(now_ns, servers, count, memory, params):
    """SCALED of each server: its weight as a part of 65,535, for those without one the mean; all alike where only one has one."""
    total, most, having = 0.0, 0.0, 0
    for i in range(count):
        weight = usable(servers[i], now_ns, memory, params)
        total, most, having = total + weight, max(most, weight), having + (weight > 0.0)
    for i in range(count):
        weight = usable(servers[i], now_ns, memory, params)
        if having < 2:
            memory[servers[i], SCALED] = HEAVIEST
        else:
            memory[servers[i], SCALED] = max(1, int((weight if weight > 0.0 else total / having) / most * HEAVIEST + 0.5))


def build(servers, weight, params, key):
    """[a number that tells these servers from others]."""
    number = 0
    for server in servers:
        number = (number * 31 + int(server) + 1) % 2_147_483_647
    return [number + 1]


@strategy(
    config=ClientSideWeightedRoundRobin,
    title=N_("Client-side weighted round robin"),
    family=N_("By latency and reports"),
    description=N_("Servers report requests a second and utilisation with their answers; a server's weight is the one over the other, and "
                   "turns are taken by weight. Slow to see a change, and blind to queues."),
    source=A58,
    observe=observe,
    served=served,
    build=build,
    params=lambda config: (config.blackout_s * S, config.expiration_s * S, config.update_s * S, config.error_penalty,
                           config.report_ms * MS),
)
def pick(k, now_ns, source, servers, count, in_flight, weight, truth, table, memory, shared, params, key):
    if now_ns >= shared[NEXT_UPDATE] or shared[KNOWN] != table[0]:
        plan_turns(now_ns, servers, count, memory, params)
        shared[NEXT_UPDATE], shared[KNOWN] = now_ns + params[2], table[0]
    while True:  # gRPC's static stride scheduler; who has the mean or more need not wait long
        index, generation = int(shared[SEQUENCE]) % count, int(shared[SEQUENCE]) // count
        shared[SEQUENCE] += 1.0
        scaled = int(memory[servers[index], SCALED])
        if (scaled * generation + index * OFFSET) % HEAVIEST >= HEAVIEST - scaled:
            return servers[index]
