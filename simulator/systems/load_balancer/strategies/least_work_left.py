"""Least work left: where the request would wait least, as only somebody who knows every demand can tell."""

from typing import Literal

from simulator.engine.words import N_
from simulator.parts.options import Option
from simulator.systems.load_balancer.strategies import BUSY_UNTIL, strategy


class LeastWorkLeft(Option):
    name: Literal["least_work_left"] = "least_work_left"


@strategy(
    config=LeastWorkLeft,
    title=N_("Least work left"),
    family=N_("Reference"),
    description=N_("The server where the request would wait least, known from the demands of all that are there: as good as one central "
                   "queue. No balancer can know it; it is the line to hold the others against."),
    source="M. Harchol-Balter, Performance Modeling and Design of Computer Systems, 2013, section 24.1",
    truthful=True,
)
def pick(k, now_ns, source, servers, count, in_flight, weight, truth, table, memory, shared, params, key):
    best, least = servers[0], 0.0
    for i in range(count):
        server = servers[i]
        wait = max(truth[server, BUSY_UNTIL] - now_ns, 0.0)
        fewer = (in_flight[server] + 1) * weight[best] < (in_flight[best] + 1) * weight[server]
        if i == 0 or wait < least or (wait == least and fewer):
            best, least = server, wait
    return best
