"""The built-in Scenarios: complete in both languages, and the same bytes in every process."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from simulator.engine import ENGINE_VERSION
from simulator.engine.system import registered
from simulator.scenarios.document import parse
from simulator.scenarios.library import builtin
from tests.scenarios import digests

ROOT = Path(__file__).resolve().parents[2]


def test_there_is_a_gallery():
    assert len(builtin()) >= 9
    assert next(iter(builtin())) == "calm"
    for key in registered():
        orders = [document.order for document in builtin().values() if document.system == key]
        assert len(orders) >= 6 and orders == sorted(set(orders)), key


@pytest.mark.parametrize("key", builtin())
def test_texts_are_complete_in_both_languages(key):
    document = builtin()[key]
    english, chinese = document.told("en"), document.told("zh-hans")
    for part in ("title", "text"):
        assert english[part] and re.search("[\u4e00-\u9fff]", chinese[part]) and not re.search("[\u4e00-\u9fff]", english[part])
    assert english["watch_for"] and len(english["watch_for"]) == len(chinese["watch_for"])
    assert all(re.search("[\u4e00-\u9fff]", point) for point in chinese["watch_for"])
    assert [bool(lane["title"]) for lane in document.lanes("zh-hans")] == [True] * len(document.compare or ())


@pytest.mark.parametrize("key", builtin())
def test_a_number_told_in_one_language_is_told_in_the_other(key):
    english, chinese = (builtin()[key].told(language) for language in ("en", "zh-hans"))

    def numbers(told: dict) -> list:
        whole = " ".join([told["text"], *told["watch_for"]]).replace(",", "")
        return sorted(re.findall(r"\d+(?:\.\d+)?", whole))

    assert numbers(english) == numbers(chinese)


@pytest.mark.parametrize("key", builtin())
def test_a_built_in_scenario_is_read_back_equal(key):
    assert parse(json.dumps(builtin()[key].document())) == builtin()[key]


def test_digests_are_frozen_in_every_process():
    ran = [_process(hash_seed) for hash_seed in ("1", "31337")]
    found = [json.loads(_output(process)) for process in ran]
    assert found[0] == found[1]
    golden = digests.frozen()
    assert golden["engine"] == ENGINE_VERSION, "ENGINE_VERSION was bumped: record the digests again"
    assert digests.changed(found[0], golden) == []
    assert list(golden["digests"]) == list(found[0]["digests"]), "record the digests of the new scenarios"


def _process(hash_seed: str) -> subprocess.Popen:
    return subprocess.Popen([sys.executable, "-m", "tests.scenarios.digests"], cwd=ROOT, stdout=subprocess.PIPE,
                            stderr=subprocess.PIPE, env=os.environ | {"PYTHONHASHSEED": hash_seed})


def _output(process: subprocess.Popen) -> bytes:
    output, errors = process.communicate(timeout=600)
    assert process.returncode == 0, errors.decode()
    return output
