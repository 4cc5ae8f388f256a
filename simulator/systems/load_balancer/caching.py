"""A balancer's cache of answers: least recently used or oldest out first, with or without a time to live.

The keys are numbers, so an answer's place is its key; a list through the places, from the newest to the
oldest, says what goes first. An answer that has outlived its time takes room until it is asked for or evicted.
Compiled by Numba.
"""

import numpy as np

from simulator.engine.chance import below, uniform
from simulator.engine.clock import NEVER
from simulator.systems.load_balancer.legs import plain


@plain
def key_of(s, k):
    """What request k asks for (-1: nothing that can be cached): from the seed and k alone."""
    proxy = s.proxy[0]
    if proxy.keys_recorded:
        return s.asked[k] if k < len(s.asked) else -1
    if len(s.popularity) == 0:
        return below(proxy.keys_key, k, proxy.keys)
    wanted = uniform(proxy.keys_key, k) * s.popularity[proxy.keys - 1]
    low, high = 0, proxy.keys - 1
    while low < high:
        middle = (low + high) >> 1
        if s.popularity[middle] < wanted:
            low = middle + 1
        else:
            high = middle
    return low


@plain
def look_up(s, b, key):
    """Whether balancer b has the answer to `key`; it is used now."""
    c, proxy, cached = s.cells[0], s.proxy[0], s.cached[b, np.uint64(key)]
    if cached.expires < 0:
        return False
    if cached.expires <= c.now:
        take_out(s, b, key)
        return False
    if proxy.refresh:
        cached.expires = c.now + proxy.ttl
    if proxy.lru:
        expires = cached.expires
        take_out(s, b, key)
        put_in(s, b, key, expires)
    return True


@plain
def keep_answer(s, b, key):
    """Balancer b keeps the answer to `key`, and forgets another one where there is no room."""
    c, proxy, cached, front = s.cells[0], s.proxy[0], s.cached[b, np.uint64(key)], s.fronts[b]
    expires = NEVER if proxy.ttl < 0 else c.now + proxy.ttl
    if cached.expires >= 0:
        cached.expires = expires
        if proxy.lru:
            take_out(s, b, key)
            put_in(s, b, key, expires)
        return
    if front.held == proxy.capacity:
        take_out(s, b, front.oldest)
    put_in(s, b, key, expires)


@plain
def put_in(s, b, key, expires):
    """The answer to `key` is the newest."""
    front, cached = s.fronts[b], s.cached[b, np.uint64(key)]
    cached.expires, cached.newer, cached.older = expires, -1, front.newest
    if front.newest >= 0:
        s.cached[b, np.uint64(front.newest)].newer = key
    else:
        front.oldest = key
    front.newest = key
    front.held += 1


@plain
def take_out(s, b, key):
    """The answer to `key` is kept no longer."""
    front, cached = s.fronts[b], s.cached[b, np.uint64(key)]
    if cached.newer >= 0:
        s.cached[b, np.uint64(cached.newer)].older = cached.older
    else:
        front.newest = cached.older
    if cached.older >= 0:
        s.cached[b, np.uint64(cached.older)].newer = cached.newer
    else:
        front.oldest = cached.newer
    front.held -= 1
    cached.expires = -1
