"""Balancing strategies, one file each. A new file in this folder is a new strategy; nothing else is edited.

A strategy is one small function in the part of Python that Numba compiles:

    pick(k, now_ns, source, servers, count, in_flight, weight, truth, table, memory, shared, params, key) -> server

    k          number of the request, from 0; a second attempt of it is k + 2**44, and so on
    now_ns     simulated time
    source     whom the request comes from (its address), a whole number
    servers    indices of the servers that may be chosen, ascending, in servers[0] .. servers[count - 1]
    count      how many they are, at least 1
    in_flight  requests given to each server and not yet answered, as this balancer counts them
    weight     capacity of each server: speed times slots
    truth      float64[server, 64]: what only the server knows; kept up only where the decorator says `truthful`.
               The columns have names, below; from NOTES on they are for `served`, and 0 again after a restart
    table      int64[:], what `build` made of the servers that may be chosen; or, where the decorator says `cookies`,
               what each source carries with it, by its number, 0 at first (empty where every request has its own source)
    memory     float64[server, 4], zero at first: what the strategy remembers of each server
    shared     float64[512], zero at first: what it remembers as a whole, and scratch space
    params     its own options as floats, as the decorator's `params` gives them
    key        its own chance: draws are `uniform(key, k * 64 + j)`, `below(key, k * 64 + j, n)`, j in 0..63,
               from simulator.engine.chance; distinct.another() draws without replacement, and
               hashing.hashed(key, source) is the source's own number. Negative indices are free for `served`

Other functions of its file are compiled with it. Where several balancers stand side by side, each has an `in_flight`, `memory` and `shared` of its own.
If the strategy wants to learn from answers,

    observe(server, now_ns, latency_ns, outcome, in_flight, truth, memory, shared, params)

is called when an answer (or an error, or the client's giving up) reaches the balancer, after the
count in flight has fallen; latency_ns counts from the moment of the pick. If servers note something,

    served(server, now_ns, sojourn_ns, load, outcome, truth, memory, params, key)

is called when a request leaves its server; load: how many were there when it came, with itself;
memory: float64[balancer, server, 4], that of every balancer. If it needs a table of the servers that may be chosen,

    build(servers, weight, params, key) -> sequence of whole numbers, as `table`

is called, in Python, at first and whenever those servers change; weight is that of servers that do not start slowly.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pkgutil import iter_modules

from simulator.engine.words import N_

MEMORY_COLUMNS = 4
SHARED_CELLS = 512
TRUTH_COLUMNS = 64
LOAD, BUSY_UNTIL, SLOTS, WORKED, WORKED_AT, NOTES = range(6)
"""Columns of `truth`. LOAD: requests at the server. BUSY_UNTIL: from when on (ns) a request that came now could be
served there, if all are served in the order in which they came: for one slot the time at which all its work will be
done; NEVER while the server is down or paused. SLOTS: so many. WORKED: time (ns) its slots have been busy, summed,
up to the time WORKED_AT. NOTES: the strategy's own, from here on."""

_strategies: dict[str, "Strategy"] = {}


@dataclass(frozen=True, slots=True)
class Strategy:
    """What the kernel, the forms and the fidelity sheet know of one strategy."""

    name: str
    title: str
    family: str
    description: str
    source: str
    config: type
    pick: Callable
    observe: Callable
    served: Callable
    build: Callable | None
    truthful: bool
    cookies: bool
    params: Callable

    @property
    def learns(self) -> bool:
        """Whether it has an `observe` of its own."""
        return self.observe is not _observe_nothing

    @property
    def serves(self) -> bool:
        """Whether it has a `served` of its own."""
        return self.served is not _note_nothing


def _observe_nothing(server, now_ns, latency_ns, outcome, in_flight, truth, memory, shared, params):
    """The `observe` of a strategy that does not learn."""


def _note_nothing(server, now_ns, sojourn_ns, load, outcome, truth, memory, params, key):
    """The `served` of a strategy whose servers note nothing."""


def strategy(*, config: type, title: str, description: str, source: str,
             family: str = N_("Other"),
             observe: Callable = _observe_nothing, served: Callable = _note_nothing, build: Callable | None = None,
             truthful: bool = False, cookies: bool = False, params: Callable = lambda config: ()) -> Callable:
    """Register the decorated `pick` as the strategy named after its file.

    config: an Option with `name: Literal["<file>"]`; its title and description become the form's. family: the heading
    under which menus show it, beside those that decide in the same way; any text makes a group.
    params: from a config to the floats that its functions get, 16 at most. truthful: it looks into `truth`; so does
    whoever has a `served`. cookies: its `table` is what the sources carry.
    """

    def register(pick: Callable) -> Callable:
        name = pick.__module__.rpartition(".")[2]
        if name in _strategies or config.model_fields["name"].default != name:
            raise AssertionError(f"the strategy in {name}.py must be the only one of the name {name}")
        config.model_config.update(title=title, json_schema_extra={"family": family})
        config.__doc__ = description
        config.model_rebuild(force=True)
        _strategies[name] = Strategy(name, title, family, description, source, config, pick, observe, served,
                                     build, truthful or served is not _note_nothing, cookies, params)
        return pick

    return register


def strategies() -> dict[str, Strategy]:
    """Every strategy in this folder by name, those of a family together: in the alphabet's order of families, then names."""
    _import_all()
    return dict(sorted(_strategies.items(), key=lambda item: (item[1].family, item[0])))


@cache
def _import_all() -> None:
    for module in iter_modules(__path__):
        import_module(f"{__name__}.{module.name}")
