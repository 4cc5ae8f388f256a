"""Complete runs of single-decree Paxos a CPU-second: 5 nodes, 2 proposers, 5 % of the messages lost.

A run begins with building it, lasts two simulated seconds, and is complete when all that learn have
learned. Nothing is kept for a viewer; all properties are looked at.
"""

import time

from simulator.engine.simulation import plan
from simulator.scenarios.document import parse

RUNS = 2000
SETUPS = {
    "2 proposers, 3 acceptors": {"learners": 0},
    "5 servers with all roles": {"acceptors": 5, "together": True},
}


def main() -> None:
    """Print runs and events per CPU-second."""
    for name, config in SETUPS.items():
        document = parse({"format": "distviz-scenario/1", "system": "paxos", "duration_s": 2,
                          "config": {"network": {"loss": 0.05}, **config}})
        measure(document, 50)
        began = time.process_time()
        events, complete = measure(document, RUNS)
        spent_s = time.process_time() - began
        print(f"{name:26} {RUNS / spent_s:7,.0f} runs/s  {events / spent_s:9,.0f} events/s  {events / RUNS:5.1f} events a run  "
              f"{complete} of {RUNS} complete")


def measure(document, runs: int) -> tuple[int, int]:
    """(events, complete runs) of seeds 0 to runs - 1."""
    cut, events, complete = plan(document.duration_ns), 0, 0
    for seed in range(runs):
        simulation = document.facts.build(document.options, seed, cut, {}, {}, keep=False)
        simulation.advance(document.duration_ns)
        events += simulation.events
        complete += "all_have_learned" in simulation.cluster.telling.reached
    return events, complete
