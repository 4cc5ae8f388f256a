"""Requests per CPU-second of the traffic kernel, beside SimPy's documented pattern and the plain-Python oracle.

Power of two choices, Poisson arrivals, exponential service, load 0.8. SimPy runs what its manual
shows for a bank or a machine shop: a process per request, a Resource per server. The kernel has all
its features compiled in. Every figure is the best of several, since other programs only slow it down.
"""

import time

from simulator.engine.clock import S
from simulator.engine.simulation import plan
from simulator.systems.load_balancer import build
from simulator.systems.load_balancer.config import Config
from simulator.systems.load_balancer.oracle import Oracle
from tests.bench import _peers as peers
from tests.bench._peers import BACKOFF_S, CHECK_EVERY_S, LOAD, RETRIES, SERVICE_S, TIMEOUT_S

SERVERS = (16, 256, 1000)
REQUESTS = {"simpy": 100_000, "oracle": 30_000, "kernel": 1_000_000}
TIMES = 5


RESILIENT = {
    "retries": {"retries": RETRIES, "try_timeout_ms": TIMEOUT_S * 1000, "backoff_ms": BACKOFF_S * 1000},
    "health": {"on": True, "interval_ms": CHECK_EVERY_S * 1000},
}


def config(servers: int, **more) -> Config:
    """The same for the kernel and the oracle."""
    return Config.model_validate(more | {
        "arrivals": {"law": "poisson", "rate_per_s": LOAD * servers / SERVICE_S},
        "service": {"law": "exponential", "mean_ms": SERVICE_S * 1000}, "servers": [{"count": servers}],
        "strategy": {"name": "power_of_two"},
    })


def built(servers: int, requests: int, keep: bool, **more):
    """(LoadBalancer, its Plan) for about so many requests."""
    cut = plan(round(requests * SERVICE_S / (LOAD * servers) * S))
    return build(config(servers, **more), 1, cut, {}, {}, keep), cut


def kernel(servers: int, requests: int, **more) -> tuple[float, float]:
    """(CPU-seconds, mean time in the system in s) of the kernel alone, which counts but keeps no single request."""
    run, cut = built(servers, requests, False, **more)
    began = time.process_time()
    run.kernel(cut.duration_ns)
    took = time.process_time() - began
    return took, run.state.histogram[:, 1].sum() / run.state.histogram[:, 0].sum() / S


def whole_run(servers: int, requests: int, keep: bool) -> tuple[float, float]:
    """The same of a run with its samples; keep: and with every request in the digest, windows and tables."""
    run, cut = built(servers, requests, keep)
    began = time.process_time()
    for _, until_ns in cut.windows():
        run.advance(until_ns)
        run.tables()
    mean_ms = run.summary()["latency_ms"]["mean"]
    return time.process_time() - began, mean_ms / 1000


def oracle(servers: int, requests: int) -> tuple[float, float]:
    """(CPU-seconds, mean time in the system in s)."""
    run = Oracle(config(servers), 1, {})
    began = time.process_time()
    run.advance(round(requests * SERVICE_S / (LOAD * servers) * S))
    took = time.process_time() - began
    return took, sum(row[7] - row[1] for row in run.rows) / len(run.rows) / S


def best(measure, servers: int, requests: int, times: int = TIMES, **options) -> tuple[float, float]:
    """(requests per CPU-second, mean in ms) of the fastest of several."""
    took, mean_s = min(measure(servers, requests, **options) for _ in range(times))
    return requests / took, mean_s * 1000


def main() -> dict:
    """Measure, print a table and return {name: requests per CPU-second}."""
    kernel(16, 1000)  # compiles, or finds what is compiled
    rows = {"SimPy, 16 servers": best(peers.simpy_pattern, 16, REQUESTS["simpy"], 3),
            "oracle, 16 servers": best(oracle, 16, REQUESTS["oracle"], 2)}
    for servers in SERVERS:
        rows[f"kernel, {servers} servers"] = best(kernel, servers, REQUESTS["kernel"])
    rows["run of 16 servers, samples"] = best(whole_run, 16, REQUESTS["kernel"], 3, keep=False)
    rows["run of 16 servers, everything kept"] = best(whole_run, 16, REQUESTS["kernel"], 3, keep=True)
    show(rows, rows["SimPy, 16 servers"][0])
    beside_cimba(rows["kernel, 16 servers"][0])
    resilient = {"SimPy, timeouts, retries, checks": best(peers.simpy_resilient, 16, REQUESTS["simpy"], 3),
                 "kernel, timeouts, retries, checks": best(kernel, 16, REQUESTS["kernel"], **RESILIENT)}
    show(resilient, resilient["SimPy, timeouts, retries, checks"][0])
    return {name: rate for name, (rate, _) in (rows | resilient).items()}


def show(rows: dict, base: float) -> None:
    """A line for each row: its rate, beside `base`."""
    for name, (rate, mean_ms) in rows.items():
        print(f"{name:38} {rate:12,.0f} requests per CPU-second  {rate / base:8.1f} x SimPy   mean {mean_ms:.3f} ms")


def beside_cimba(ours: float) -> None:
    """How the kernel does beside cimba's process style, measured in the same run."""
    found = peers.cimba(REQUESTS["kernel"])
    if isinstance(found, str):
        print(f"cimba, process style, 16 servers: {found}")
        return
    rate, mean_ms = found
    print(f"{'cimba, process style, 16 servers':38} {rate:12,.0f} requests per CPU-second  mean {mean_ms:.3f} ms; "
          f"the kernel is {ours / rate:.1f} x as fast")


if __name__ == "__main__":
    main()
