"""Zones: how far a balancer is from a server, and which zone a request goes to. Compiled by Numba.

Zone-aware routing as in Envoy 1.31 (Load balancing, Zone aware routing; source/extensions/load_balancing_policies/common):
with a share of the healthy servers in its own zone at least as large as its zone's share of the balancers, a balancer stays
there; otherwise it sends that part of its requests which the servers there can take, and the rest to zones that have
servers to spare, in proportion. With fewer servers than `least` it takes no notice of zones.
"""

from simulator.engine.chance import below, uniform
from simulator.systems.load_balancer.legs import draws, plain
from simulator.systems.load_balancer.standing import LOCAL_FIRST, ZONE_AWARE


@plain
def zone_of(s, b):
    """The zone of a balancer."""
    return b % s.guards[0].zones


@plain
def share_out(s, b, panics):
    """How balancer b divides its requests among zones, now that it may choose s.choice[b] servers; not at all in a panic."""
    guard, watch, count = s.guards[0], s.watch[b], s.choice[b]
    home = zone_of(s, b)
    watch.local_share = -1.0
    local = servers_in(s, b, home)
    if panics or local == 0 or local == count:
        return
    if guard.routing == LOCAL_FIRST:
        watch.local_share = 1.0
    if guard.routing != ZONE_AWARE or count < guard.zone_least:
        return
    here, mine = local / count, balancers_in(s, home) / len(s.watch)
    watch.local_share = min(1.0, here / mine)
    spare = 0.0
    for zone in range(guard.zones):
        if zone != home:
            spare += max(0.0, servers_in(s, b, zone) / count - balancers_in(s, zone) / len(s.watch))
        s.spare[b, zone] = spare


@plain
def servers_in(s, b, zone):
    """How many servers of a zone balancer b may choose."""
    found = 0
    for i in range(s.choice[b]):
        found += s.nodes[s.eligible[b, i]].zone == zone
    return found


@plain
def balancers_in(s, zone):
    """How many balancers a zone has."""
    return (len(s.watch) - zone + s.guards[0].zones - 1) // s.guards[0].zones


@plain
def only_zone(s, b, request):
    """The servers of the zone that an attempt goes to, in s.pooled; how many they are (0: zones do not matter)."""
    guard, watch = s.guards[0], s.watch[b]
    if watch.local_share < 0.0:
        return 0
    zone, number = zone_of(s, b), draws(request) * 64
    if uniform(guard.zone_key, number) >= watch.local_share:
        zone = other_zone(s, b, number + 1)
    count = 0
    for i in range(s.choice[b]):
        server = s.eligible[b, i]
        if s.nodes[server].zone == zone:
            s.pooled[count] = server
            count += 1
    return count


@plain
def other_zone(s, b, number):
    """A zone with servers to spare; any, where none has."""
    guard = s.guards[0]
    whole = s.spare[b, guard.zones - 1]
    if whole <= 0.0:
        return below(guard.zone_key, number, guard.zones)
    wanted, zone = uniform(guard.zone_key, number) * whole, 0
    while zone < guard.zones - 1 and s.spare[b, zone] <= wanted:
        zone += 1
    return zone


@plain
def further(s, b, server):
    """How much longer than within a zone the way is from balancer b to a server."""
    far = s.nodes[server].zone != zone_of(s, b)
    return s.rules[0].cross if far else 0
