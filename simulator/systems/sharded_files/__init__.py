"""A distributed file system: files cut into pieces, each on several nodes in several racks, by a design that is chosen.

A design is a package in this folder (hdfs: a name node, blocks, pipelines). Shared: config (options), files (racks and
sizes), workload (what clients want), designs (how a design is found).
"""

from simulator.engine.action import ActionSpec, Param
from simulator.engine.protocol import actors
from simulator.engine.words import N_
from simulator.systems.sharded_files import designs
from simulator.systems.sharded_files.config import Config

_UP = ("up",)
_NOT_UP = N_("{target} is {state}: it can do nothing.")
_FILE = Param("file", N_("File (empty: any)"), "", pattern=r"([a-z][a-z0-9.]{0,19})?")
_MB = Param("mb", N_("Size"), 200.0, 0.001, 1_000_000.0, "MB")

ACTIONS = (
    ActionSpec("create", N_("Create a file"), "client", _UP, _NOT_UP, (_FILE, _MB), "v", N_("{target} creates {file}")),
    ActionSpec("write", N_("Write a file anew"), "client", _UP, _NOT_UP, (_FILE, _MB), "", N_("{target} writes {file}")),
    ActionSpec("append", N_("Append to a file"), "client", _UP, _NOT_UP, (_FILE, _MB), "", N_("{target} appends to {file}")),
    ActionSpec("read", N_("Read a file"), "client", _UP, _NOT_UP, (_FILE,), "g", N_("{target} reads {file}")),
    ActionSpec("delete", N_("Delete a file"), "client", _UP, _NOT_UP, (_FILE,), "", N_("{target} deletes {file}")),
)


def estimate(config: Config, duration_ns: int, _inputs: dict) -> float:
    """Events to expect, as the design reckons."""
    return designs.design_of(config).estimate(config, duration_ns)


@actors(
    title=N_("Distributed file system"),
    summary=N_("Files in pieces on nodes in racks: what a lost disk, rack or name node costs, and how the pieces come back."),
    config=Config,
    actions=(*ACTIONS, *designs.tupled("actions")),
    estimate=estimate,
    roles={"client": N_("Client"), **designs.mapped("roles")},
    sources=designs.tupled("sources"),
    modelled=designs.tupled("modelled"),
    left_out=designs.tupled("left_out"),
    messages=designs.tupled("messages"),
    timers=("think", *designs.tupled("timers")),
    properties=designs.properties(),
    twins=designs.mapped("twins"),
    hue=designs.tupled("hue"),
    points=designs.mapped("points"),
    gauges=designs.gauges(),
    metrics=designs.metrics,
    joins=designs.joins(),
    performs=designs.performs(),
    disturbed=designs.disturbed,
    unjudged=N_("What clients see are files and their sizes, not values of keys: their promises are judged while the run goes on, models of consistency are not."),
    refuses={"restart_wiped": N_("A name node without its disk would have lost all files; a data node with a new disk is a new node: remove it and add one.")},
)
def cast(config: Config) -> dict:
    """The nodes of the design, in order."""
    return designs.design_of(config).cast(config)
