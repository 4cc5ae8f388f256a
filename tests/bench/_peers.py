"""The simulators that the traffic kernel is measured beside: SimPy as its manual shows it, and cimba."""

import random
import subprocess
import sys
import time
from pathlib import Path

import simpy

LOAD = 0.8
SERVICE_S = 0.01
TIMEOUT_S, RETRIES, BACKOFF_S, CHECK_EVERY_S = 0.5, 2, 0.025, 5.0
CIMBA = "cimba==0.9.6"
PLACE = Path("var/bench/cimba")


def simpy_pattern(servers: int, requests: int, seed: int = 1) -> tuple[float, float]:
    """(CPU-seconds, mean time in the system in s) of the pattern in SimPy's manual: a process per request, a Resource per server."""
    draw, env = random.Random(seed), simpy.Environment()
    resources = [simpy.Resource(env, capacity=1) for _ in range(servers)]
    in_flight, latencies = [0] * servers, []

    def request():
        sent = env.now
        first, second = draw.sample(range(servers), 2)
        server = first if in_flight[first] <= in_flight[second] else second
        in_flight[server] += 1
        with resources[server].request() as slot:
            yield slot
            yield env.timeout(draw.expovariate(1 / SERVICE_S))
        in_flight[server] -= 1
        latencies.append(env.now - sent)

    return _timed(env, draw, servers, requests, request, latencies)


def simpy_resilient(servers: int, requests: int, seed: int = 1) -> tuple[float, float]:
    """The same with a time limit for each attempt, retries with back-off, and a health check of each server every 5 s.

    The manual's way to bound a wait: `yield attempt | env.timeout(limit)`; whoever has given up is not waited for.
    """
    draw, env = random.Random(seed), simpy.Environment()
    resources = [simpy.Resource(env, capacity=1) for _ in range(servers)]
    in_flight, healthy, latencies = [0] * servers, [True] * servers, []

    def attempt(server, demand):
        with resources[server].request() as slot:
            yield slot
            yield env.timeout(demand)
        in_flight[server] -= 1

    def request():
        sent, demand = env.now, draw.expovariate(1 / SERVICE_S)
        for tried in range(RETRIES + 1):
            first, second = draw.sample([server for server in range(servers) if healthy[server]], 2)
            server = first if in_flight[first] <= in_flight[second] else second
            in_flight[server] += 1
            answer = env.process(attempt(server, demand))
            yield answer | env.timeout(TIMEOUT_S)
            if answer.processed:
                latencies.append(env.now - sent)
                return
            yield env.timeout(draw.random() * BACKOFF_S * (2 ** (tried + 1) - 1))

    def check(server):
        while True:
            yield env.timeout(CHECK_EVERY_S)
            healthy[server] = resources[server].capacity > 0

    for server in range(servers):
        env.process(check(server))
    return _timed(env, draw, servers, requests, request, latencies)


def cimba(requests: int) -> tuple[float, float] | str:
    """(requests per CPU-second, mean in ms) of cimba's process style, or why it could not be measured."""
    python = PLACE / "bin" / "python"
    try:
        if not python.exists():
            subprocess.run([sys.executable, "-m", "venv", str(PLACE)], check=True, capture_output=True)
            subprocess.run([str(python), "-m", "pip", "install", "-q", CIMBA], check=True, capture_output=True, timeout=600)
        model = Path(__file__).with_name("_cimba_model.py")
        done = subprocess.run([str(python), str(model), str(requests)], check=True, capture_output=True, text=True, timeout=600)
    except (subprocess.SubprocessError, OSError) as trouble:
        return f"skipped: {CIMBA} could not be installed or run here ({type(trouble).__name__})"
    rate, mean_ms = map(float, done.stdout.split())
    return rate, mean_ms


def _timed(env, draw, servers, requests, request, latencies) -> tuple[float, float]:
    def client():
        for _ in range(requests):
            yield env.timeout(draw.expovariate(LOAD * servers / SERVICE_S))
            env.process(request())

    env.process(client())
    began = time.process_time()
    env.run(until=requests * SERVICE_S / (LOAD * servers) + 10)
    return time.process_time() - began, sum(latencies) / len(latencies)
