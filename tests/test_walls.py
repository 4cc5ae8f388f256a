"""The walls of the house: who may import whom, and what a run may never look at.

Each wall is proved by broken twins: a small house with one rule broken, which must be found.
"""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.tools.modules_js import breaches
from tests.tools.purity import impurities

ROOT = Path(__file__).resolve().parent.parent
CONTRACTS = ROOT / "tests" / "walls.ini"
FLOORS = ("web", "runs", "scenarios", "systems", "judges", "parts", "engine")
PURE = ("engine", "parts", "judges", "systems")


def lint(root: Path) -> subprocess.CompletedProcess:
    """import-linter over the `simulator` package below `root`."""
    command = "import sys; from importlinter.cli import lint_imports_command as go; sys.exit(go())"
    arguments = ["--config", str(CONTRACTS), "--no-cache"]
    return subprocess.run([sys.executable, "-c", command, *arguments], cwd=root, capture_output=True, text=True,
                          env={"PYTHONPATH": str(root), "PATH": "", "COLUMNS": "200"}, timeout=120, check=False)


@pytest.fixture
def house(tmp_path):
    """A small sound house in a temporary directory; `house(path, source)` writes one file of it."""
    def write(path: str, source: str) -> Path:
        file = tmp_path / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(source, encoding="utf-8")
        return tmp_path

    write("simulator/__init__.py", "")
    for floor in FLOORS:
        write(f"simulator/{floor}/__init__.py", "")
    write("simulator/engine/chance.py", "import random\n")
    write("simulator/systems/paxos/__init__.py", "from simulator.engine import chance\n")
    write("simulator/systems/ring.py", "import numpy\n")
    write("simulator/runs/service.py", "import django\nfrom simulator import scenarios, systems\n")
    write("simulator/web/views.py", "import django\nfrom simulator.runs import service\n")
    return write


# Walls 1 to 6: Python imports


def test_the_imports_of_the_simulator_keep_the_walls():
    result = lint(ROOT)
    assert result.returncode == 0, result.stdout + result.stderr


def test_a_sound_house_passes(house):
    result = lint(house("simulator/parts/queue.py", "import heapq\n"))
    assert result.returncode == 0, result.stdout + result.stderr


@pytest.mark.parametrize(("file", "source", "contract"), [
    ("simulator/engine/up.py", "import simulator.systems.ring\n", "Imports point down only"),
    ("simulator/systems/up.py", "from simulator.scenarios import *\n", "Imports point down only"),
    ("simulator/runs/up.py", "def late():\n    from simulator import web\n", "Imports point down only"),
    ("simulator/cellar/__init__.py", "", "Imports point down only"),
    ("simulator/scenarios/web_like.py", "from django.conf import settings\n", "Below runs"),
    ("simulator/engine/queue.py", "import celery\n", "Below runs"),
    ("simulator/judges/cache.py", "import redis.asyncio\n", "Below runs"),
    ("simulator/parts/clock.py", "import time\n", "Time and chance"),
    ("simulator/systems/dated.py", "from datetime import datetime\n", "Time and chance"),
    ("simulator/judges/files.py", "import os.path\n", "Time and chance"),
    ("simulator/systems/paxos/dice.py", "import random\n", "Time and chance"),
    ("simulator/engine/threads.py", "import threading\n", "Time and chance"),
    ("simulator/systems/paxos/roles.py", "from simulator.systems import ring\n", "No system imports another"),
    ("simulator/web/short_cut.py", "from simulator.engine.chance import key\n", "The web asks runs"),
    ("simulator/web/short_cut.py", "from simulator.scenarios import document\n", "The web asks runs"),
    ("simulator/runs/project.py", "from distviz import settings\n", "The apps do not know the project"),
    ("simulator/judges/fast.py", "from numba import njit\n", "Only systems compile"),
])
def test_a_broken_import_is_found(house, file, source, contract):
    result = lint(house(file, source))
    broken = [line for line in result.stdout.splitlines() if "BROKEN" in line]
    assert result.returncode != 0
    assert any(line.startswith(contract) for line in broken), result.stdout + result.stderr


def test_the_root_of_the_simulator_is_empty():
    """So that importing the engine never wakes Django."""
    assert (ROOT / "simulator" / "__init__.py").read_text(encoding="utf-8").strip() == ""


def in_a_new_process(command: str) -> None:
    """Run Python text in a process of its own; what it says when it fails is the failure's text."""
    result = subprocess.run([sys.executable, "-c", command], cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    assert result.returncode == 0, result.stderr


def test_the_plain_floors_import_without_a_framework():
    """What the imports say, tried: every module of the plain floors comes up, and no framework with it."""
    in_a_new_process(
        "import sys, pkgutil, importlib\n"
        "for floor in ('engine', 'parts', 'judges', 'systems', 'scenarios'):\n"
        "    package = importlib.import_module('simulator.' + floor)\n"
        "    for module in pkgutil.walk_packages(package.__path__, package.__name__ + '.'):\n"
        "        importlib.import_module(module.name)\n"
        "bad = {'django', 'channels', 'celery', 'redis'} & set(sys.modules)\n"
        "sys.exit('imported: ' + ', '.join(sorted(bad)) if bad else 0)\n")


def test_systems_and_scenarios_import_without_numba():
    """Pages and commands that simulate nothing must not wait for a compiler."""
    in_a_new_process("import sys, simulator.systems, simulator.scenarios.play\n"
                     "sys.exit('numba was imported' if 'numba' in sys.modules else 0)\n")


# Wall 3, second half: calls and iteration


@pytest.mark.parametrize("floor", PURE)
def test_nothing_below_depends_on_the_process(floor):
    wrong = [f"{file.relative_to(ROOT)}:{line}: {what}"
             for file in sorted((ROOT / "simulator" / floor).rglob("*.py"))
             for line, what in impurities(file.read_text(encoding="utf-8"))]
    assert wrong == []


@pytest.mark.parametrize(("source", "what"), [
    ("x = hash('a')", "calls hash()"),
    ("x = sorted(nodes, key=lambda node: id(node))", "calls id()"),
    ("print('here')", "calls print()"),
    ("with open('f') as f: pass", "calls open()"),
    ("for node in {1, 2}: pass", "iterates over a set"),
    ("for node in set(nodes): pass", "iterates over a set"),
    ("alive = set()\nfor node in alive: pass", "iterates over a set"),
    ("alive = {1}\nreached = alive | other\nx = [node for node in reached]", "iterates over a set"),
    ("class A:\n    def __init__(self):\n        self.up = set()\n    def f(self):\n        return [n for n in self.up]", "iterates over a set"),
    ("def f(up: set[int]):\n    yield from up", "iterates over a set"),
    ("def up() -> frozenset: ...\nfor node in up(): pass", "iterates over a set"),
    ("up: set[str] = make()\nfirst, *rest = up", "iterates over a set"),
    ("x = list({1, 2})", "list() over a set"),
    ("x = ', '.join({n.name for n in nodes})", "join() over a set"),
    ("x = sum({0.1, 0.2, 0.3})", "sum() over a set"),
    ("up = {1}\nx = up.pop()", "pops from a set"),
    ("for name in a.keys() - b.keys(): pass", "iterates over a set"),
    ("for node in known.union(new) if (known := {1}) else known.union(new): pass\nknown = {2}", "iterates over a set"),
    ("f(*{1, 2})", "iterates over a set"),
])
def test_an_impurity_is_found(source, what):
    assert what in [wrong for _, wrong in impurities(source)]


@pytest.mark.parametrize("source", [
    "for node in sorted({1, 2}): pass",
    "up = {1, 2}\nx = 1 in up and len(up) == 2 and max(up)",
    "other = {n + 1 for n in {1, 2}}",
    "x = {'a': 1}\nfor key in x: pass",
    "hashed = sha256(b'')\nx = self.hash",
    "total = left - right\nfor node in nodes: pass",
])
def test_what_is_pure_passes(source):
    assert impurities(source) == []


# Wall 7: the browser's modules


def test_the_browsers_modules_keep_the_walls():
    assert breaches(ROOT / "static" / "distviz") == []


@pytest.fixture
def browser(tmp_path):
    """A small sound tree of browser modules; `browser(path, source)` writes one and gives the breaches."""
    root = tmp_path / "static" / "distviz"

    def write(path: str, source: str) -> list[str]:
        file = root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(source, encoding="utf-8")
        return breaches(root)

    (tmp_path / "static" / "vendor").mkdir(parents=True)
    (tmp_path / "static" / "vendor" / "preact.js").write_text("export const h = 1;\n", encoding="utf-8")
    write("lib/html.js", 'import { h } from "../../vendor/preact.js";\nexport const html = h;\n')
    write("lib/text.js", 'import * as all from "./html.js";\nexport {\n  html,\n} from "./html.js";\n')
    write("trace/frame.js", 'import {\n  a,\n  b,\n} from "../lib/text.js";\n// no document here, import "./x"\n')
    write("panels/form.js", 'import "../trace/frame.js";\ndocument.body.append("import x from y");\n')
    assert write("main.js", 'import { form } from "./panels/form.js";\n') == []
    return write


@pytest.mark.parametrize(("file", "source", "breach"), [
    ("lib/up.js", 'import { f } from "../panels/form.js";\n', "panels, which stands above"),
    ("trace/up.js", 'export * from "../main.js";\n', "main.js, which stands above"),
    ("panels/open.js", 'import { html } from "../lib/html.js"\n', "does not end in ;"),
    ("panels/open.js", 'import {\n  html,\n} from "../lib/html.js"\nlet a;\n', "does not end in ;"),
    ("trace/dom.js", "export const width = () => document.body.clientWidth;\n", "touches document"),
    ("panels/lazy.js", 'const it = await import("./form.js");\n', "dynamic import"),
    ("panels/gone.js", 'import { x } from "./nowhere.js";\n', "does not exist"),
    ("panels/net.js", 'import { x } from "https://cdn.example/x.js";\n', "not a relative path"),
    ("attic/x.js", "export const x = 1;\n", "no floor"),
    ("lib/html.js", 'import { t } from "./text.js";\n', "import cycle"),
    ("lib/own.js", 'import { me } from "./own.js";\n', "import cycle"),
])
def test_a_broken_module_is_found(browser, file, source, breach):
    found = browser(file, source)
    assert any(breach in sentence for sentence in found), found
