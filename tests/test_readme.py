"""What the README promises: its strategy is one file and works, its scenario exists, its links lead somewhere."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

from simulator.scenarios.library import builtin

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")

TRIAL = """
import json, numpy as np
from simulator.scenarios.document import parse
from simulator.systems.load_balancer.config import Config
from simulator.systems.load_balancer.strategies import strategies
document = parse({"format": "distviz-scenario/1", "system": "load_balancer", "config": {"strategy": {"name": "shortest_expected_delay"}}})
pick = strategies()["shortest_expected_delay"].pick
chosen = pick(0, 0, 0, np.arange(3), 3, np.array([2, 3, 9]), np.array([1.0, 2.0, 4.0]), None, None, None, None, None, 0)
print(json.dumps([document.options.strategy.name, int(chosen), Config.model_json_schema()["$defs"]["ShortestExpectedDelay"]["family"]]))
"""


def test_the_strategy_in_the_readme_is_one_file_and_nothing_else(tmp_path):
    """A copy of the simulator gets that file, and its options, documents and schema know the strategy; menus show it in a group for all that name none."""
    source, _protocol = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    shutil.copytree(ROOT / "simulator", tmp_path / "simulator", ignore=shutil.ignore_patterns("__pycache__", "locale", "web", "runs"))
    folder = tmp_path / "simulator" / "systems" / "load_balancer" / "strategies"
    (folder / "shortest_expected_delay.py").write_text(source, encoding="utf-8")
    result = subprocess.run([sys.executable, "-c", TRIAL], cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False)
    assert result.returncode == 0, result.stderr
    assert json.loads(result.stdout) == ["shortest_expected_delay", 1, "Other"]


PROTOCOL = """
import json
from simulator.scenarios.document import parse
from simulator.scenarios.play import simulate
ring = {"format": "distviz-scenario/1", "system": "token_ring", "duration_s": 3}
ends = [simulate(parse(ring | {"config": {"faulty": faulty}})) for faulty in ("none", "makes_a_new_token")]
print(json.dumps([[[breach["property"] for breach in end["breaches"]], sorted(end["reached"])] for end in ends]))
"""


def test_the_protocol_in_the_readme_is_one_file_and_its_bug_is_found(tmp_path):
    """A copy of the simulator gets that file: the right one keeps its promise, its bad twin does not."""
    _strategy, source = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    shutil.copytree(ROOT / "simulator", tmp_path / "simulator", ignore=shutil.ignore_patterns("__pycache__", "locale", "web", "runs"))
    (tmp_path / "simulator" / "systems" / "token_ring.py").write_text(source, encoding="utf-8")
    result = subprocess.run([sys.executable, "-c", PROTOCOL], cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False)
    assert result.returncode == 0, result.stderr
    assert json.loads(result.stdout) == [[[], ["round_it_goes"]], [["one_at_a_time"], ["round_it_goes"]]]


def test_the_scenario_in_the_readme_exists():
    named = set(re.findall(r"simulate ([a-z][a-z-]+)", README)) | set(re.findall(r'"scenario": "([a-z-]+)"', README))
    assert named and sorted(named - set(builtin())) == []


def test_the_links_of_the_readme_lead_somewhere():
    links = re.findall(r"\]\(([^)#]+)\)", README)
    assert [link for link in links if not link.startswith("http") and not (ROOT / link).exists()] == []


def test_the_two_commands_are_in_the_first_screen():
    head = "\n".join(README.splitlines()[:20])
    assert "make run " in head and "make test " in head
