"""The built-in Scenarios: one JSON file each, in a folder named after its system."""

from functools import cache
from pathlib import Path

from simulator.engine.system import registered
from simulator.scenarios.document import ScenarioDocument, parse
from simulator.scenarios.mistake import Mistake

FOLDER = Path(__file__).parent


@cache
def builtin() -> dict[str, ScenarioDocument]:
    """Every built-in Scenario by key (its file's name), in the order of the gallery."""
    files = [file for key in registered() for file in sorted((FOLDER / key).glob("*.json"))]
    documents = {file.stem: _parsed(file) for file in files}
    return dict(sorted(documents.items(), key=lambda item: (item[1].system, item[1].order, item[0])))


def _parsed(file: Path) -> ScenarioDocument:
    try:
        return parse(file.read_bytes())
    except Mistake as mistake:
        raise AssertionError(f"built-in scenario {file.name}: {mistake.field}: {mistake.sentence}") from None
