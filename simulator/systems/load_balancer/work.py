"""Who sends what: closed clients, classes of requests, attacks, parts of a request. What kernel and oracle share.

In the part of Python that Numba compiles.
"""

from simulator.engine.chance import below, log, uniform
from simulator.systems.load_balancer import laws
from simulator.systems.load_balancer.layout import ATTEMPT_DRAWS, FIRST_ATTACK

EXPONENTIAL, CONSTANT = range(2)
"""think_law."""
FIRST_THOUGHTS = 1 << 43
"""The first thought of client i draws as that after request FIRST_THOUGHTS + i would."""


def think_time(rules, k):
    """How long (ns) a client thinks after request k; before its first one where k is FIRST_THOUGHTS + its number."""
    if rules.think_law == EXPONENTIAL:
        return laws.whole(-rules.think * log(uniform(rules.think_key, k)))
    if k >= FIRST_THOUGHTS:
        return laws.whole(rules.think * uniform(rules.think_key, k))  # so that they do not march in step
    return laws.whole(rules.think)


def class_of(rules, kinds, k):
    """The class of request k."""
    drawn, kind = uniform(rules.class_key, k), 0
    while kind < rules.classes - 1 and drawn > kinds[kind].until:
        kind += 1
    return kind


def strike_gap(attack, j):
    """Time (ns) from request j - 1 of an attack (from its start for j = 0) to request j."""
    return laws.whole(-attack.gap * log(uniform(attack.key, 2 * j)))


def strike_source(attack, index, j):
    """Whom request j of attack `index` comes from."""
    return ((index + 1) << FIRST_ATTACK) + below(attack.key, 2 * j + 1, attack.sources)


def demand_apart(law, p, recorded, key, k, part):
    """The work of part `part` of request k; that of a request that no recording holds is another one's there."""
    if law == laws.RECORDED_SERVICE:
        return laws.demand(law, p, recorded, key, (k & ((1 << FIRST_ATTACK) - 1)) % max(recorded.shape[1], 1))
    return laws.demand(law, p, recorded, key, k + (part << ATTEMPT_DRAWS))
