"""Which balancer a request reaches, and whom it comes from: in the part of Python that Numba compiles."""

from simulator.engine.chance import below, exp, log, uniform
from simulator.systems.load_balancer.layout import AT_RANDOM, ATTEMPT_DRAWS, BY_SOURCE


def balancer_of(rules, request):
    """The balancer that an attempt is sent to."""
    if rules.balancers == 1:
        return 0
    return spread(rules, request)


def spread(rules, request):
    """The same where there are several: in turn, at random, or always the same for a source."""
    draw = request.k + (request.attempt << ATTEMPT_DRAWS)
    if rules.placement == AT_RANDOM:
        return below(rules.placement_key, draw, rules.balancers)
    if rules.placement == BY_SOURCE:
        return below(rules.placement_key, request.source, rules.balancers)
    return (request.k + request.attempt) % rules.balancers


def source_of(rules, k):
    """Whom request k comes from: a number of its own where there is no population."""
    if rules.population == 0:
        return k
    return drawn_source(rules, k)


def drawn_source(rules, k):
    """One of the population. skew 0: all alike; otherwise number i is drawn about in proportion to 1 / (i + 1)^skew.

    The continuous inverse of the power law, cut off at the population: exact proportions would need a table.
    """
    if rules.skew == 0.0:
        return below(rules.source_key, k, rules.population)
    u, n = uniform(rules.source_key, k), float(rules.population)
    if abs(rules.skew - 1.0) < 1e-9:
        x = exp(u * log(n + 1.0))
    else:
        power = 1.0 - rules.skew
        x = exp(log(1.0 + u * (exp(power * log(n + 1.0)) - 1.0)) / power)
    return min(int(x) - 1, rules.population - 1)
