"""Presets: each product's defaults, each with its version and section, and every one of them runs."""

import re

import pytest

from simulator.engine.clock import S
from simulator.systems.load_balancer.config import Config
from simulator.systems.load_balancer.presets import COVERED, PRESETS
from simulator.systems.load_balancer.strategies import strategies
from tests.systems.load_balancer.twins import balancer

BY_KEY = {preset.key: preset for preset in PRESETS}
AN_HOUR = 3_600_000.0  # what is not there by default never notices

DOCUMENTED = {
    # api/envoy/config/cluster/v3/{cluster,circuit_breaker,outlier_detection}.proto, api/envoy/config/route/v3/route_components.proto
    "envoy": {
        "strategy.name": ("lb_policy", "round_robin"), "panic_share": ("healthy_panic_threshold", 0.5),
        "breakers.max_requests": ("max_requests", 1024), "breakers.max_retries": ("max_retries", 3),
        "retries.retries": ("retry_policy", 0), "timeout_ms": ("RouteAction, timeout", 15_000.0),
        "health.on": ("health_checks", False), "detection_ms": ("health_checks", AN_HOUR), "outliers.on": ("outlier_detection", False),
    },
    # doc/configuration.txt; the default algorithm: commit 93cc18ac4286, 4 September 2025, in 3.3-dev8
    "haproxy": {
        "strategy.name": ("balance", "power_of_two"), "strategy.choices": ("balance random", 2), "strategy.replacement": ("balance random", True),
        "health.on": ("check", True), "health.interval_ms": ("inter", 2000.0), "health.timeout_ms": ("timeout check", 2000.0),
        "health.rise": ("rise", 2), "health.fall": ("fall", 3), "retries.retries": ("retries", 3), "retries.retry_on": ("retry-on", ["refused"]),
        "retries.backoff_ms": ("retries", 1000.0), "retries.backoff_most_ms": ("retries", 1000.0),
    },
    # nginx.org/en/docs/http/ngx_http_upstream_module.html#server, ngx_http_proxy_module.html#proxy_next_upstream
    "nginx": {
        "strategy.name": ("upstream", "round_robin"), "outliers.on": ("max_fails", True), "outliers.consecutive": ("max_fails", 1),
        "outliers.base_ejection_ms": ("fail_timeout", 10_000.0), "outliers.max_ejection_ms": ("fail_timeout", 10_000.0),
        "outliers.interval_ms": ("fail_timeout", 100.0), "outliers.max_ejection_share": ("max_fails", 1.0), "outliers.success_rate": ("max_fails", False),
        "retries.retries": ("proxy_next_upstream_tries", 10), "retries.retry_on": ("proxy_next_upstream", ["timeout", "crashed", "refused"]),
        "retries.backoff_ms": ("proxy_next_upstream", 0.0), "retries.try_timeout_ms": ("proxy_read_timeout", 60_000.0),
        "detection_ms": ("ngx_http_upstream_hc_module", AN_HOUR),
    },
    # elasticloadbalancing/latest/application/{target-group-health-checks,load-balancer-target-groups,edit-load-balancer-attributes}
    "alb": {
        "strategy.name": ("load_balancing.algorithm.type", "round_robin"), "health.on": ("Health checks", True),
        "health.interval_ms": ("HealthCheckIntervalSeconds", 30_000.0), "health.timeout_ms": ("HealthCheckTimeoutSeconds", 5000.0),
        "health.rise": ("HealthyThresholdCount", 5), "health.fall": ("UnhealthyThresholdCount", 2),
        "panic_share": ("target_group_health.unhealthy_state_routing.minimum_healthy_targets.count", 0.001),
        "slow_start.window_ms": ("slow_start.duration_seconds", None), "drain_limit_ms": ("deregistration_delay.timeout_seconds", 300_000.0),
        "timeout_ms": ("idle_timeout.timeout_seconds", 60_000.0),
    },
    # elasticloadbalancing/latest/network/update-idle-timeout, latest/APIReference/API_{CreateTargetGroup,TargetGroupAttribute}
    "nlb": {
        "strategy.name": ("flow hash", "random"), "health.on": ("Health checks", True),
        "health.interval_ms": ("HealthCheckIntervalSeconds", 30_000.0), "health.timeout_ms": ("HealthCheckTimeoutSeconds", 10_000.0),
        "health.rise": ("HealthyThresholdCount", 5), "health.fall": ("UnhealthyThresholdCount", 2),
        "panic_share": ("target_group_health.unhealthy_state_routing.minimum_healthy_targets.count", 0.001),
        "drain_limit_ms": ("deregistration_delay.connection_termination.enabled", None), "timeout_ms": ("tcp.idle_timeout.seconds", 350_000.0),
    },
}
DEFAULTS = [
    ("health.interval_ms", 2000.0, "inter"), ("health.timeout_ms", 2000.0, "inter"), ("health.rise", 2, "rise"), ("health.fall", 3, "fall"),
    ("outliers.consecutive", 5, "consecutive_5xx"), ("outliers.interval_ms", 10_000.0, "interval"),
    ("outliers.base_ejection_ms", 30_000.0, "base_ejection_time"), ("outliers.max_ejection_ms", 300_000.0, "max_ejection_time"),
    ("outliers.max_ejection_share", 0.1, "max_ejection_percent"), ("outliers.success_rate", True, "enforcing_success_rate"),
    ("outliers.stdev_factor", 1.9, "success_rate_stdev_factor"), ("outliers.minimum_hosts", 5, "success_rate_minimum_hosts"),
    ("outliers.request_volume", 100, "success_rate_request_volume"),
    ("outliers.check_unejects", True, "successful_active_health_check_uneject_host"),
    ("slow_start.aggression", 1.0, "Slow start"), ("slow_start.least_weight", 0.1, "Slow start"), ("zones.min_cluster_size", 6, "min_cluster_size"),
    ("retries.backoff_ms", 25.0, "Router"), ("retries.backoff_most_ms", 250.0, "Router"), ("retries.concurrent_at_least", 3, "min_retry_concurrency"),
    ("scaling.every_s", 15.0, "sync period"), ("scaling.tolerance", 0.1, "tolerance"), ("scaling.calm_s", 300.0, "downscale stabilization"),
]
"""Where an option's default is a product's: (path, value, the setting that its source names)."""
STRATEGY_DEFAULTS = [
    ("least_request", {"choice_count": 2, "active_request_bias": 1.0}, "least_request.v3.LeastRequest"),
    ("ring_hash", {"minimum_ring": 1024, "maximum_ring": 8 * 2**20}, "ring_hash.v3.RingHash"),
    ("maglev", {"table_size": 65_537}, "maglev.v3.Maglev"),
    ("client_side_weighted_round_robin", {"blackout_s": 10.0, "expiration_s": 180.0, "update_s": 1.0, "error_penalty": 1.0}, "gRFC A58"),
    ("sticky_cookie", {"first": "round_robin"}, "HAProxy 3.0, balance: roundrobin"),
    ("peak_ewma", {"decay_ms": 10_000.0, "choices": 2}, "Finagle"),
]


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
def test_every_value_is_what_the_products_documentation_says(preset):
    table = DOCUMENTED[preset.key]
    assert {path: value for path, value, _source in preset.values} == {path: value for path, (_setting, value) in table.items()}
    for path, _value, source in preset.values:
        assert table[path][0] in source, (path, source)


@pytest.mark.parametrize(("path", "value", "setting"), DEFAULTS)
def test_every_default_of_a_product_is_what_its_documentation_says(path, value, setting):
    option = Config()
    *groups, name = path.split(".")
    for group in groups:
        option = getattr(option, group)
    assert getattr(option, name) == value
    assert setting in type(option).model_fields[name].json_schema_extra["source"]


@pytest.mark.parametrize(("strategy", "values", "source"), STRATEGY_DEFAULTS)
def test_every_default_of_a_strategy_is_what_its_source_says(strategy, values, source):
    option = strategies()[strategy].config()
    for name, value in values.items():
        assert getattr(option, name) == value and source in type(option).model_fields[name].json_schema_extra["source"], name


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
