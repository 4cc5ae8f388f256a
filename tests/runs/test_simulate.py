"""`manage.py simulate`: the path of every Run, without a database, a service or a network."""

import io
import json
import sys

import pytest
from django.core.management import CommandError, call_command

from simulator.scenarios import play
from simulator.scenarios.document import parse
from tests.runs.conftest import DOCUMENT

LOG = "time,work\n" + "".join(f"{number / 10},{number % 7 + 1}\n" for number in range(100))


@pytest.fixture
def scenario(tmp_path):
    """The path of a Scenario's file."""
    path = tmp_path / "scenario.json"
    path.write_text(json.dumps(DOCUMENT))
    return str(path)


@pytest.fixture
def simulate(capsys):
    """simulate(*arguments) -> what is printed; with --json the summary."""

    def run(*arguments):
        call_command("simulate", *arguments)
        text = capsys.readouterr().out
        return json.loads(text) if "--json" in arguments else text

    return run


def test_the_summary_and_the_digest(simulate, scenario):
    expected = play.simulate(parse(DOCUMENT))
    assert simulate(scenario, "--json") == json.loads(json.dumps(expected))
    assert f"digest: {expected['digest']}\n" in simulate(scenario)


def test_another_seed(simulate, scenario):
    assert simulate(scenario, "--seed", "8", "--json")["digest"] == play.simulate(parse(DOCUMENT), 8)["digest"]


@pytest.mark.parametrize(("pairs", "config"), [
    (["arrivals.rate_per_s=50"], {"arrivals": {"law": "poisson", "rate_per_s": 50}}),
    (["strategy.name=random"], {"strategy": {"name": "random"}}),
    (["strategy.name=power_of_two", "strategy.choices=3"], {"strategy": {"name": "power_of_two", "choices": 3}}),
    (["servers.0.count=2", "servers.0.speed=2.5"], {"servers": [{"count": 2, "speed": 2.5}]}),
    (["config.timeout_ms=null"], {"timeout_ms": None}),
])
def test_options_on_the_command_line(simulate, scenario, pairs, config):
    found = simulate(scenario, "--json", *(part for pair in pairs for part in ("--set", pair)))
    document = {**DOCUMENT, "config": {**DOCUMENT["config"], **config}}
    assert found["digest"] == play.simulate(parse(document))["digest"]


def test_the_scenarios_own_fields(simulate, scenario):
    assert simulate(scenario, "--json", "--set", "duration_s=2")["span_s"] == 2


def test_standard_input(simulate, monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(json.dumps(DOCUMENT).encode())))
    assert "digest: " in simulate("-")


def test_a_recording_alone_is_replayed(simulate, tmp_path):
    log = tmp_path / "log.csv"
    log.write_text(LOG)
    mapping = json.dumps({"format": "csv", "time": "time", "demand": "work", "demand_factor": 0.02})
    assert simulate("--recording", str(log), "--mapping", mapping, "--json")["sent"] == 100


@pytest.mark.parametrize(("arguments", "words"), [
    ([], "Name a scenario"), (["/nowhere.json"], "/nowhere.json: No such file or directory."),
    (["{scenario}", "--set", "rate"], "KEY=VALUE"), (["{scenario}", "--set", "arrivals.rate_per_s=-1"], "config.arrivals.rate_per_s"),
    (["{scenario}", "--set", "servers.7.count=1"], "from 0 to 0"), (["{scenario}", "--set", "colour=red"], "config.colour"),
    (["{scenario}", "--seed", "-1"], "seed must be"), (["{broken}"], "not JSON"),
])
def test_what_is_wrong_is_one_sentence(scenario, tmp_path, arguments, words):
    broken = tmp_path / "broken.json"
    broken.write_text("{")
    with pytest.raises(CommandError) as wrong:
        call_command("simulate", *(part.format(scenario=scenario, broken=broken) for part in arguments))
    assert words in str(wrong.value) and "\n" not in str(wrong.value)
