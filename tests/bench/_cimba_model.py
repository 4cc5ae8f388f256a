"""Two choices at 16 servers in cimba's process style; runs in an environment of its own (peers.py makes it).

Prints the requests per CPU-second of the fastest of several, and the mean time in the system in ms.
"""

import sys
import time

import cimba
from cimba import inputs
from cimba import random as chance

SERVERS, LOAD, SERVICE_MS = 16, 0.8, 10.0


class Server(cimba.Model):
    """A process that takes requests out of its store, one after the other."""

    service_ms: cimba.Input[float] = inputs.dist.exponential(mean=SERVICE_MS)
    queue: cimba.Store[float]
    in_flight: int = 0
    total_ms: float = 0.0
    done: int = 0

    @cimba.process
    def serve(self):
        while True:
            sent = self.queue.get()
            cimba.hold(self.service_ms.next())
            self.in_flight -= 1
            self.total_ms += cimba.now() - sent
            self.done += 1


class Balancer(cimba.Model):
    """Arrivals, each given to the less busy of two different servers."""

    gap_ms: cimba.Input[float] = inputs.dist.exponential(mean=SERVICE_MS / (LOAD * SERVERS))
    servers: list[Server]
    mean_ms: cimba.Output[float]

    @cimba.process
    def balance(self):
        count = len(self.servers)
        while True:
            cimba.hold(self.gap_ms.next())
            best, other = chance.dice(0, count - 1), chance.dice(0, count - 2)
            if other >= best:
                other += 1
            if self.servers[other].in_flight < self.servers[best].in_flight:
                best = other
            self.servers[best].in_flight += 1
            self.servers[best].queue.put(cimba.now())

    @cimba.on_end
    def measure(self):
        total, done = 0.0, 0
        for i in range(len(self.servers)):
            total += self.servers[i].total_ms
            done += self.servers[i].done
        self.mean_ms = total / done


def run(model, requests: int) -> tuple[float, float]:
    """(CPU-seconds, mean in ms) of about so many requests."""
    window = cimba.Window(warmup=0, duration=requests * SERVICE_MS / (LOAD * SERVERS))
    began = time.process_time()
    results = cimba.Experiment(model, replications=1, window=window, seed=1).run()
    return time.process_time() - began, float(results[model].mean_ms.values[0][0])


if __name__ == "__main__":
    balancer = Balancer()
    balancer.servers = [Server() for _ in range(SERVERS)]
    wanted = int(sys.argv[1])
    run(balancer, 1000)  # compiles
    took, mean_ms = min(run(balancer, wanted) for _ in range(5))
    print(wanted / took, mean_ms)
