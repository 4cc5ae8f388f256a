"""What the tests of resilience share: a steady line of requests, and what became of them."""

from simulator.systems.load_balancer.layout import OUTCOMES

STEADY = {"arrivals": {"law": "deterministic", "rate_per_s": 100}, "service": {"law": "deterministic", "mean_ms": 1},
          "strategy": {"name": "round_robin"}, "servers": [{"count": 5}]}


def chosen(run, b=0):
    """The servers that balancer b may choose now."""
    run.kernel(run.now_ns)
    return run.state.eligible[b, : run.state.choice[b]].tolist()


def ended(run, name):
    """How many requests ended so."""
    return int(run.state.outcomes[0, OUTCOMES.index(name)])
