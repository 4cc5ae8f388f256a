"""Join idle queue: servers report when they are idle, and wait in a balancer's list to be chosen."""

from typing import Literal

from simulator.engine.chance import below
from simulator.engine.words import N_
from simulator.parts.options import Option
from simulator.systems.load_balancer.layout import CRASHED
from simulator.systems.load_balancer.strategies import LOAD, NOTES, SLOTS, strategy

SINCE = 0  # of `memory`: the time since which the server waits in this balancer's list, plus 1; 0: it does not
WHERE, REPORTS = NOTES, NOTES + 1  # of `truth`
EVERYWHERE, IN_A_LIST, CHOSEN = range(3)  # WHERE. A server that has just started is in everybody's list


class JoinIdleQueue(Option):
    name: Literal["join_idle_queue"] = "join_idle_queue"


def served(server, now_ns, sojourn_ns, load, outcome, truth, memory, params, key):
    """A server that has become idle joins the list of a random balancer (JIQ-Random), and is in one list at most."""
    if outcome == CRASHED or truth[server, WHERE] != CHOSEN or truth[server, LOAD] >= truth[server, SLOTS]:
        return
    truth[server, REPORTS] += 1.0
    draw = -1 - (int(truth[server, REPORTS]) * 4096 + server)
    chosen = below(key, draw, len(memory))
    for balancer in range(len(memory)):
        memory[balancer, server, SINCE] = 0.0
    memory[chosen, server, SINCE] = now_ns + 1.0
    truth[server, WHERE] = IN_A_LIST


@strategy(
    config=JoinIdleQueue,
    title=N_("Join idle queue"),
    family=N_("By load"),
    description=N_("A server that has become idle joins the list of a balancer, which takes the one that waits longest; where "
                   "its list is empty, a random server. Nothing is asked while a request waits. A report is there at once."),
    source="Y. Lu et al., Join-Idle-Queue: a novel load balancing algorithm for dynamically scalable web services, "
           "Performance Evaluation 68(11), 2011: JIQ-Random",
    served=served,
)
def pick(k, now_ns, source, servers, count, in_flight, weight, truth, table, memory, shared, params, key):
    best, longest = -1, 0.0
    for i in range(count):
        server = servers[i]
        since = 0.0 if truth[server, WHERE] == EVERYWHERE else memory[server, SINCE]
        listed = truth[server, WHERE] == EVERYWHERE or (truth[server, WHERE] == IN_A_LIST and since > 0.0)
        if listed and (best < 0 or since < longest):
            best, longest = server, since
    if best < 0:
        return servers[below(key, k * 64, count)]
    if truth[best, LOAD] + 1.0 < truth[best, SLOTS]:  # another slot stays idle: it queues up again
        truth[best, WHERE], memory[best, SINCE] = IN_A_LIST, now_ns + 1.0
    else:
        truth[best, WHERE], memory[best, SINCE] = CHOSEN, 0.0
    return best
