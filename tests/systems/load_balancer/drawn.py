"""Random options of resilience, small enough for runs of two seconds to meet them all."""

import random


def drawn_resilience(draw: random.Random) -> dict:
    """Health checks, outliers, panic, slow start, breakers and a rate limit, each there half of the time."""
    found = {"panic_share": draw.choice([0.0, 0.0, 0.5, 0.9])}
    if draw.random() < 0.5:
        found["health"] = {"on": True, "interval_ms": draw.choice([50, 100]), "timeout_ms": draw.choice([50, 7, 2]),
                           "rise": draw.randint(1, 3), "fall": draw.randint(1, 3), "answer_ms": draw.choice([0, 0, 3])}
    if draw.random() < 0.5:
        found["outliers"] = {"on": True, "consecutive": draw.choice([2, 5]), "interval_ms": draw.choice([100, 200]),
                             "base_ejection_ms": draw.choice([50, 150]), "max_ejection_ms": 300, "max_ejection_share": draw.choice([0.1, 0.5, 1]),
                             "stdev_factor": draw.choice([0.5, 1.9]), "minimum_hosts": draw.choice([2, 5]),
                             "request_volume": draw.choice([3, 10]), "check_unejects": draw.random() < 0.5}
    if draw.random() < 0.5:
        found["slow_start"] = {"window_ms": draw.choice([200, 1500]), "aggression": draw.choice([1.0, 2.0, 0.5])}
    if draw.random() < 0.3:
        found["breakers"] = {"max_requests": draw.choice([0, 5, 30]), "max_retries": draw.choice([None, 0, 3])}
    if draw.random() < 0.3:
        found["rate_limit"] = {"rate_per_s": draw.choice([100, 600]), "burst": draw.choice([1, 20])}
    if draw.random() < 0.4:
        found["shedding"] = {"after_ms": draw.choice([0, 5, 20]), "interval_ms": draw.choice([None, 30])}
    if draw.random() < 0.4:
        found["drain_limit_ms"] = draw.choice([1, 20, 200])
    if draw.random() < 0.3:
        found["zones"] = {"count": draw.choice([2, 3]), "cross_ms": draw.choice([0, 2]), "routing": draw.choice(["any", "local", "aware", "aware"]),
                          "min_cluster_size": draw.choice([1, 6])}
    return found
