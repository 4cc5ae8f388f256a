"""Sticky cookie: a source comes back to the server that it met first."""

from typing import Literal

from simulator.engine.chance import below
from simulator.engine.words import N_
from simulator.parts.options import Option, quantity
from simulator.systems.load_balancer.strategies import strategy

FIRST = ("round_robin", "random", "least_connections")


class StickyCookie(Option):
    name: Literal["sticky_cookie"] = "sticky_cookie"
    first: Literal["round_robin", "random", "least_connections"] = quantity(
        "round_robin", N_("First choice"), source="HAProxy 3.0, balance: roundrobin",
        labels={"round_robin": N_("Round robin"), "random": N_("Random"), "least_connections": N_("Least connections")},
        about=N_("How a source without a cookie, or whose server may not be chosen, gets one."))


def is_there(servers, count, wanted):
    """Whether `wanted` is among the servers, which are ascending."""
    low, high = 0, count
    while low < high:
        middle = (low + high) // 2
        if servers[middle] < wanted:
            low = middle + 1
        else:
            high = middle
    return low < count and servers[low] == wanted


def first_choice(k, servers, count, in_flight, shared, how, key):
    """A server for a source without a cookie."""
    best = servers[0]
    if how == 1.0:
        return servers[below(key, k * 64, count)]
    if how == 2.0:
        for i in range(1, count):
            if in_flight[servers[i]] < in_flight[best]:
                best = servers[i]
        return best
    for i in range(count):
        if servers[i] >= shared[0]:
            best = servers[i]
            break
    shared[0] = best + 1.0
    return best


@strategy(
    config=StickyCookie,
    title=N_("Sticky cookie"),
    family=N_("By client"),
    description=N_("A source carries a cookie that names the server it met first, and goes there as long as that server may be chosen. "
                   "All balancers honour it. It needs sources that come back: see the number of sources."),
    source="HAProxy 3.0, cookie <name> insert indirect, with option redispatch",
    cookies=True,
    params=lambda config: (FIRST.index(config.first),),
)
def pick(k, now_ns, source, servers, count, in_flight, weight, truth, table, memory, shared, params, key):
    if source < len(table) and table[source] > 0 and is_there(servers, count, table[source] - 1):
        return table[source] - 1
    server = first_choice(k, servers, count, in_flight, shared, params[0], key)
    if source < len(table):
        table[source] = server + 1
    return server
