"""The built-in Scenarios: one JSON file each, in a folder named after its system."""

from functools import cache
from pathlib import Path

from simulator.scenarios.document import ScenarioDocument, parse
from simulator.scenarios.mistake import Mistake

FOLDER = Path(__file__).parent


@cache
def builtin() -> dict[str, ScenarioDocument]:
    """Every built-in Scenario by key, in the order of the gallery: from the plain to the involved."""
    files = sorted(FOLDER.glob("*/*.json"))
    return {_key(file): _parsed(file) for file in files}


def _key(file: Path) -> str:
    """ "010_calm.json" -> "calm": the number only orders the gallery."""
    return file.stem.partition("_")[2].replace("_", "-")


def _parsed(file: Path) -> ScenarioDocument:
    try:
        return parse(file.read_bytes())
    except Mistake as mistake:
        raise AssertionError(f"built-in scenario {file.name}: {mistake.field}: {mistake.sentence}") from None
