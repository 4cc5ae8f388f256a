"""What a run computes does not depend on the process that computes it; what is compiled is compiled once."""

import json
import os
import subprocess
import sys
from pathlib import Path

from simulator.engine.clock import S
from tests.systems.load_balancer.twins import balancer, do

ROOT = Path(__file__).resolve().parents[3]
OPTIONS = {"strategy": {"name": "peak_ewma"}, "service": {"law": "bounded_pareto"}, "arrivals": {"law": "bursty"},
           "client_delay": {"law": "exponential"}, "timeout_ms": 80, "servers": [{"count": 8}]}
CODE = '''
import json, sys
from simulator.engine.clock import S
from tests.systems.load_balancer.test_processes import story
from simulator.systems.load_balancer import compiled
hits = []
load = compiled._Cache._load_overload
compiled._Cache._load_overload = lambda *args: hits.append(load(*args)) or hits[-1]
print(json.dumps({"digest": story(), "cached": [hit is not None for hit in hits]}))
'''


def story() -> str:
    """The digest of a short run with a crash."""
    run = balancer(OPTIONS, 3 * S)
    do(run, S, "crash", "server-2")
    run.advance(3 * S)
    return run.summary()["digest"]


def test_processes_agree_under_every_hash_seed_and_compile_nothing_again():
    here = story()
    for seed in ("0", "4242"):
        environment = os.environ | {"PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)}
        done = subprocess.run([sys.executable, "-c", CODE], cwd=ROOT, capture_output=True, text=True, env=environment, check=True)
        found = json.loads(done.stdout)
        assert found["digest"] == here
        assert found["cached"] == [True, True, True, True]  # the kernel, pick, observe and served


def test_importing_the_systems_wakes_no_compiler():
    code = "import sys, simulator.systems; sys.exit('numba' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0
