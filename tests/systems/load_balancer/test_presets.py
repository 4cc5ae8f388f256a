"""Presets: each product's defaults, each with its version and section, and every one of them runs."""

import re

import pytest

from simulator.engine.clock import S
from simulator.systems.load_balancer.config import Config
from simulator.systems.load_balancer.presets import COVERED, PRESETS
from tests.systems.load_balancer.twins import balancer

BY_KEY = {preset.key: preset for preset in PRESETS}


def laid(config: dict) -> Config:
    """A whole Config with a preset's options."""
    return Config.model_validate(Config().model_dump(mode="json") | config)


def test_the_products_are_there():
    assert list(BY_KEY) == ["envoy", "haproxy", "nginx", "alb", "nlb"]


@pytest.mark.parametrize("preset", PRESETS, ids=lambda preset: preset.key)
def test_every_value_of_a_preset_says_where_it_comes_from_and_is_there(preset):
    for path, value, source in preset.values:
        assert re.search(r"(1\.31|3\.3|1\.27|2024), .", source), path
        found = preset.config
        for name in path.split("."):
            found = found[name]
        assert found == value and type(found) is type(value), path


@pytest.mark.parametrize("preset", PRESETS, ids=lambda preset: preset.key)
def test_a_preset_says_all_of_what_it_covers_so_that_nothing_is_left_of_another(preset):
    assert set(preset.config) == set(COVERED)
    assert laid(preset.config).model_dump(mode="json", include=set(COVERED)) == preset.config


@pytest.mark.parametrize("preset", PRESETS, ids=lambda preset: preset.key)
def test_every_preset_runs(preset):
    run = balancer(laid(preset.config).model_dump(mode="json"), 2 * S)
    run.advance(2 * S)
    assert run.summary()["ok"] > 1000


def test_presets_are_what_the_products_do_by_default():
    configs = {key: laid(preset.config) for key, preset in BY_KEY.items()}
    assert {key: config.strategy.name for key, config in configs.items()} == {
        "envoy": "round_robin", "haproxy": "power_of_two", "nginx": "round_robin", "alb": "round_robin", "nlb": "random"}
    assert {key: config.health.on for key, config in configs.items()} == {
        "envoy": False, "haproxy": True, "nginx": False, "alb": True, "nlb": True}
    assert (configs["envoy"].breakers.max_requests, configs["envoy"].breakers.max_retries, configs["envoy"].panic_share) == (1024, 3, 0.5)
    assert (configs["alb"].health.rise, configs["alb"].health.fall, configs["nlb"].health.timeout_ms) == (5, 2, 10_000)
