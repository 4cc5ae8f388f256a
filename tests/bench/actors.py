"""Deliveries per CPU-second of the actor kernel, beside SimPy's documented pattern.

Five nodes, five messages in flight; each delivery sends one message to a random other node, with an
exponential delay. SimPy runs what its manual shows for communication between processes: a process for each
message in flight, a Store as each node's mailbox, a process for each node. The kernel has all faults compiled
in and writes its whole causal trace, with bodies. Every figure is the best of several, since other programs
only slow it down. The memory is that of a million deliveries whose rows are all kept.
"""

import random
import subprocess
import sys
import time
from typing import NamedTuple

import simpy

from simulator.engine.actor import Node
from simulator.engine.clock import MS, S
from simulator.engine.faults import specs
from simulator.engine.protocol import Protocol
from simulator.engine.simulation import Plan
from simulator.engine.system import System
from simulator.parts.options import ActorConfig

NODES = 5
IN_FLIGHT = 5
MEAN_MS = 1.0
DELIVERIES = {"simpy": 100_000, "kernel": 500_000, "memory": 1_000_000}
TIMES = 3
AT_LEAST = 5.0
MEMORY_MB = 60.0


class Hop(NamedTuple):
    """A message that is passed on for ever."""


class Hopper(Node):
    """Passes on what it gets, to a random other node."""

    role = "hopper"

    def begin(self):
        self._others = ()

    def on_start(self):
        self._others = tuple(other for other in self.roster[self.role] if other != self.id)
        self.on_hop(HOP, self.id)

    def on_hop(self, m, src):
        self.send(self._others[self.below(NODES - 1)], HOP)


HOP = Hop()
HOPPERS = System(
    key="hoppers", title="", summary="", config=ActorConfig, build=None, estimate=None, roles={}, sources=(), modelled=(), left_out=(),
    kernel="actors", cast=lambda _config: {f"hopper-{n}": Hopper for n in range(NODES)}, messages=(Hop,), actions=specs({}, {}, ()))


def simpy_pattern(deliveries: int, seed: int = 1) -> float:
    """CPU-seconds of the pattern in SimPy's manual ("Process communication", and a Store as a mailbox)."""
    draw, env = random.Random(seed), simpy.Environment()
    mailboxes = [simpy.Store(env) for _ in range(NODES)]
    done = env.event()
    count = 0

    def message(dst: int):
        yield env.timeout(draw.expovariate(1 / MEAN_MS))
        mailboxes[dst].put(dst)

    def node(me: int):
        nonlocal count
        others = [other for other in range(NODES) if other != me]
        env.process(message(draw.choice(others)))
        while True:
            yield mailboxes[me].get()
            count += 1
            if count == deliveries:
                done.succeed()
            env.process(message(draw.choice(others)))

    for me in range(NODES):
        env.process(node(me))
    began = time.process_time()
    env.run(until=done)
    return time.process_time() - began


def built(deliveries: int, keep: bool) -> tuple[Protocol, int]:
    """(a Protocol, until when it runs) for about so many deliveries."""
    until_ns = round(deliveries * MEAN_MS / IN_FLIGHT * MS)
    config = ActorConfig.model_validate({
        "stagger_ms": 0.0, "network": {"delay": {"law": "exponential", "minimum_ms": 0.0, "mean_ms": MEAN_MS}}})
    return Protocol(HOPPERS, config, 1, Plan(until_ns, until_ns, S), {}, keep), until_ns


def kernel(deliveries: int, keep: bool = True) -> tuple[float, int]:
    """(CPU-seconds, deliveries) of a run; keep False: without a Trace, as a hunt over seeds runs it."""
    run, until_ns = built(deliveries, keep)
    began = time.process_time()
    run.advance(until_ns)
    return time.process_time() - began, run.cluster.counts.delivered


def whole_run(deliveries: int) -> tuple[float, int]:
    """The same with a Segment's tables after each hundredth."""
    run, until_ns = built(deliveries, True)
    began = time.process_time()
    for part in range(1, 101):
        run.advance(until_ns * part // 100)
        run.tables()
    return time.process_time() - began, run.cluster.counts.delivered


def memory_mb(deliveries: int) -> tuple[float, float]:
    """(MB that a run of so many deliveries takes at most beyond what the program takes without it, and in all).

    Of a process of its own, as Linux counts it: the peak of memory that is resident.
    """
    text = ("from tests.bench.actors import built\n"
            "from pathlib import Path\n"
            "def peak(): return int(Path('/proc/self/status').read_text().split('VmHWM:')[1].split()[0]) / 1024\n"
            f"run, until_ns = built({deliveries}, True)\n"
            "before = peak()\n"
            "run.advance(until_ns)\n"
            "assert run.cluster.base == 0, 'rows were forgotten'\n"
            "print(peak() - before, peak())")
    result = subprocess.run([sys.executable, "-c", text], capture_output=True, text=True, check=True)
    more, whole = map(float, result.stdout.split())
    return more, whole


MEASURES = {
    "SimPy, a process per message, Stores": lambda: (simpy_pattern(DELIVERIES["simpy"]), DELIVERIES["simpy"]),
    "kernel, whole causal trace": lambda: kernel(DELIVERIES["kernel"]),
    "run, with its Segments": lambda: whole_run(DELIVERIES["kernel"]),
    "kernel, nothing told": lambda: kernel(DELIVERIES["kernel"], keep=False),
}


def main() -> dict:
    """Measure, print a table and return {name: deliveries per CPU-second}."""
    rates = dict.fromkeys(MEASURES, 0.0)
    for _ in range(TIMES):  # in turns: what slows the machine down slows all of them down
        for name, measure in MEASURES.items():
            took, count = measure()
            rates[name] = max(rates[name], count / took)
    base, rate = list(rates.values())[:2]
    for name, found in rates.items():
        print(f"{name:40} {found:10,.0f} deliveries per CPU-second  {found / base:6.2f} x SimPy")
    more, whole = memory_mb(DELIVERIES["memory"])
    print(f"memory of {DELIVERIES['memory']:,} deliveries, all rows kept: {more:.1f} MB (at most {MEMORY_MB:g}); {whole:.1f} MB with the program")
    print(f"ratio {rate / base:.2f}: {'as wanted' if rate >= AT_LEAST * base else 'too slow'} (at least {AT_LEAST:g})")
    return rates


if __name__ == "__main__":
    main()
