"""The digests of every built-in Scenario under five seeds.

    python -m tests.scenarios.digests            prints them as JSON
    python -m tests.scenarios.digests --record   freezes them in golden.json

A frozen digest may change only together with ENGINE_VERSION: --record refuses otherwise.
"""

import json
import sys
from pathlib import Path

from simulator.engine import ENGINE_VERSION
from simulator.scenarios.library import builtin
from simulator.scenarios.play import simulate

GOLDEN = Path(__file__).parent / "golden.json"
SEEDS = (1, 2, 3, 4, 5)


def computed() -> dict:
    """{"engine": version, "digests": {scenario: {seed: digest}}} as this process computes them."""
    digests = {key: {str(seed): simulate(document, seed)["digest"] for seed in SEEDS} for key, document in builtin().items()}
    return {"engine": ENGINE_VERSION, "digests": digests}


def frozen() -> dict:
    """What golden.json holds."""
    return json.loads(GOLDEN.read_text())


def changed(new: dict, old: dict) -> list[str]:
    """The Scenarios that both hold with different digests."""
    return [key for key, digests in new["digests"].items() if old["digests"].get(key, digests) != digests]


def record() -> None:
    """Freeze today's digests."""
    new = computed()
    old = frozen() if GOLDEN.exists() else {"engine": None, "digests": {}}
    wrong = changed(new, old)
    if wrong and new["engine"] == old["engine"] and "--edited" not in sys.argv:
        sys.exit(f"{', '.join(wrong)}: the digest changed. Bump ENGINE_VERSION, or add --edited where only the JSON file changed.")
    GOLDEN.write_text(json.dumps(new, indent=1) + "\n")


if __name__ == "__main__":
    record() if "--record" in sys.argv else print(json.dumps(computed()))
