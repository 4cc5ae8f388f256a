"""How a client finds one of several balancers, where some may be down: by DNS, or by anycast. Compiled by Numba.

DNS: a source asks when it has no answer that still holds, and keeps what it was told for the time to live, whatever
becomes of that balancer; one without a number of its own asks each time. Among the announced balancers the answer is
random; where none is announced, all are (as Route 53 answers where all are unhealthy). Anycast: each source has a
nearest balancer, and reaches the next announced one where that is withdrawn. A balancer that crashes is announced
until that has been noticed, and one that is there again is not, until then.

Sources: RFC 1035, 3.2.1 (TTL); Amazon Route 53, Developer guide, How health checks work; RFC 4786 (anycast), 4.4.
"""

import numpy as np

from simulator.engine.chance import below
from simulator.systems.load_balancer.balancing import balancer_of
from simulator.systems.load_balancer.layout import ANYCAST, DNS
from simulator.systems.load_balancer.legs import draws, inline, plain


@inline
def find_balancer(s, request):
    """The balancer that an attempt is sent to."""
    if s.rules[0].placement < DNS:
        return balancer_of(s.rules[0], request)
    return look_for_balancer(s, request)


@plain
def look_for_balancer(s, request):
    """The same where some may be known to be down."""
    rules = s.rules[0]
    if rules.placement == ANYCAST:
        return nearest(s, below(rules.placement_key, request.source, rules.balancers))
    if request.source >= len(s.resolved):
        return answer_of_dns(s, request)
    known = s.resolved[np.uint64(request.source)]
    if s.cells[0].now >= known.until:
        known.balancer = answer_of_dns(s, request)
        known.until = s.cells[0].now + rules.lookup_ttl
    return known.balancer


@plain
def nearest(s, first):
    """The first announced balancer from `first` on; that one itself where none is."""
    for step in range(len(s.fronts)):
        b = (first + step) % len(s.fronts)
        if s.fronts[b].announced:
            return b
    return first


@plain
def answer_of_dns(s, request):
    """One of the announced balancers, at random; of all where none is."""
    count = 0
    for b in range(len(s.fronts)):
        count += s.fronts[b].announced
    if count == 0:
        return below(s.rules[0].placement_key, draws(request), len(s.fronts))
    place = below(s.rules[0].placement_key, draws(request), count)
    for b in range(len(s.fronts)):
        place -= s.fronts[b].announced
        if place < 0:
            return b
    return 0
