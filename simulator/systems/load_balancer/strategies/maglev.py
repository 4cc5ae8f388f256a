"""Maglev: one look-up in a table that the servers have filled in turns."""

from typing import Literal

from pydantic import field_validator

from simulator.engine.words import N_
from simulator.parts.maglev import maglev
from simulator.parts.options import Option, quantity
from simulator.systems.load_balancer.hashing import hashed
from simulator.systems.load_balancer.strategies import strategy

EISENBUD = "D. Eisenbud et al., Maglev: a fast and reliable software network load balancer, NSDI 2016, section 3.4"


class Maglev(Option):
    name: Literal["maglev"] = "maglev"
    table_size: int = quantity(
        65_537, N_("Places in the table"), ge=3, le=5_000_011,
        source="Envoy 1.31, extensions.load_balancing_policies.maglev.v3.Maglev: table_size; Maglev itself: 65537",
        about=N_("A prime. The larger, the more equal the shares, and the fewer sources move between servers that stay."))

    @field_validator("table_size")
    @classmethod
    def _is_prime(cls, size: int) -> int:
        if any(size % divisor == 0 for divisor in range(2, int(size**0.5) + 1)):
            raise ValueError(N_("The number of places must be a prime: only then does every server's order reach them all."))
        return size


def build(servers, weight, params, key):
    """The server of each place."""
    return maglev(servers, [weight[server] for server in servers], int(params[0]), key)


@strategy(
    config=Maglev,
    title=N_("Maglev"),
    family=N_("By client"),
    description=N_("A hash of the client's address is a place in a table, which the servers have filled in turns: shares as equal as can "
                   "be. A change of the servers moves few other sources."),
    source=EISENBUD,
    build=build,
    params=lambda config: (config.table_size,),
)
def pick(k, now_ns, source, servers, count, in_flight, weight, truth, table, memory, shared, params, key):
    return table[hashed(key, source) % int(params[0])]
