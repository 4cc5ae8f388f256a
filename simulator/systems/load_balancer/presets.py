"""Real products, as presets: strategy and resilience at each product's defaults, every one with its version and section."""

from simulator.engine.preset import Preset, nested
from simulator.engine.words import N_
from simulator.systems.load_balancer.config import Config

COVERED = ("strategy", "retries", "hedging", "health", "outliers", "panic_share", "slow_start", "breakers", "rate_limit", "shedding",
           "timeout_ms", "drain_limit_ms", "detection_ms")
"""What a preset says something about: what it does not name is off, as it is by default."""

NEVER_MS = 3_600_000.0
CLUSTER = "Envoy 1.31, config.cluster.v3.Cluster"
HAPROXY = "HAProxy 3.3, Configuration Manual"
NGINX = "NGINX 1.27, ngx_http_upstream_module"
PROXY = "NGINX 1.27, ngx_http_proxy_module"
ALB = "AWS Elastic Load Balancing, Application Load Balancers, User Guide 2024"
NLB = "AWS Elastic Load Balancing, Network Load Balancers, User Guide 2024"

ENVOY_VALUES = (
    ("strategy.name", "round_robin", f"{CLUSTER}, lb_policy: ROUND_ROBIN"),
    ("panic_share", 0.5, f"{CLUSTER}.CommonLbConfig, healthy_panic_threshold: 50 %"),
    ("breakers.max_requests", 1024, "Envoy 1.31, config.cluster.v3.CircuitBreakers.Thresholds, max_requests"),
    ("breakers.max_retries", 3, "Envoy 1.31, config.cluster.v3.CircuitBreakers.Thresholds, max_retries"),
    ("retries.retries", 0, "Envoy 1.31, config.route.v3.RouteAction, retry_policy: none unless there is one"),
    ("timeout_ms", 15_000.0, "Envoy 1.31, config.route.v3.RouteAction, timeout: 15 s"),
    ("health.on", False, f"{CLUSTER}, health_checks: none unless there are some"),
    ("detection_ms", NEVER_MS, f"{CLUSTER}, health_checks: none unless there are some"),
    ("outliers.on", False, f"{CLUSTER}, outlier_detection: none unless there is one"),
)
HAPROXY_VALUES = (
    ("strategy.name", "power_of_two", f"{HAPROXY}, 4.2, balance: random, the default since 3.3"),
    ("strategy.choices", 2, f"{HAPROXY}, 4.2, balance random: two draws"),
    ("strategy.replacement", True, f"{HAPROXY}, 4.2, balance random(<draws>): each draw is a hash of a new random number, among all servers"),
    ("health.on", True, f"{HAPROXY}, 5.2, check: servers with this keyword"),
    ("health.interval_ms", 2000.0, f"{HAPROXY}, 5.2, inter: 2 s"),
    ("health.timeout_ms", 2000.0, f"{HAPROXY}, 4.2, timeout check: inter, unless set"),
    ("health.rise", 2, f"{HAPROXY}, 5.2, rise: 2"),
    ("health.fall", 3, f"{HAPROXY}, 5.2, fall: 3"),
    ("retries.retries", 3, f"{HAPROXY}, 4.2, retries: 3"),
    ("retries.retry_on", ["refused"], f"{HAPROXY}, 4.2, retry-on: conn-failure"),
    ("retries.backoff_ms", 1000.0, f"{HAPROXY}, 4.2, retries: a turn-around timer of min(timeout connect, one second)"),
    ("retries.backoff_most_ms", 1000.0, f"{HAPROXY}, 4.2, retries: a turn-around timer of min(timeout connect, one second)"),
)
NGINX_VALUES = (
    ("strategy.name", "round_robin", f"{NGINX}, upstream: round-robin, weight 1"),
    ("outliers.on", True, f"{NGINX}, server, max_fails"),
    ("outliers.consecutive", 1, f"{NGINX}, server, max_fails: 1"),
    ("outliers.base_ejection_ms", 10_000.0, f"{NGINX}, server, fail_timeout: 10 s"),
    ("outliers.max_ejection_ms", 10_000.0, f"{NGINX}, server, fail_timeout: 10 s"),
    ("outliers.interval_ms", 100.0, f"{NGINX}, server, fail_timeout: looked at with each request, here ten times a second"),
    ("outliers.max_ejection_share", 1.0, f"{NGINX}, server, max_fails: every server for itself"),
    ("outliers.success_rate", False, f"{NGINX}, server, max_fails: every server for itself"),
    ("retries.retries", 10, f"{PROXY}, proxy_next_upstream_tries: 0, no limit"),
    ("retries.retry_on", ["timeout", "crashed", "refused"], f"{PROXY}, proxy_next_upstream: error timeout"),
    ("retries.backoff_ms", 0.0, f"{PROXY}, proxy_next_upstream: at once"),
    ("retries.try_timeout_ms", 60_000.0, f"{PROXY}, proxy_read_timeout: 60 s"),
    ("detection_ms", NEVER_MS, "NGINX 1.27, ngx_http_upstream_hc_module: active checks are part of the commercial subscription"),
)
ALB_VALUES = (
    ("strategy.name", "round_robin", f"{ALB}, Target group attributes, load_balancing.algorithm.type: round_robin"),
    ("health.on", True, f"{ALB}, Health checks: always"),
    ("health.interval_ms", 30_000.0, f"{ALB}, Health checks, HealthCheckIntervalSeconds: 30"),
    ("health.timeout_ms", 5000.0, f"{ALB}, Health checks, HealthCheckTimeoutSeconds: 5"),
    ("health.rise", 5, f"{ALB}, Health checks, HealthyThresholdCount: 5"),
    ("health.fall", 2, f"{ALB}, Health checks, UnhealthyThresholdCount: 2"),
    ("panic_share", 0.001, f"{ALB}, Target group health, target_group_health.unhealthy_state_routing.minimum_healthy_targets.count: 1, else to all"),
    ("slow_start.window_ms", None, f"{ALB}, Target group attributes, slow_start.duration_seconds: 0"),
    ("drain_limit_ms", 300_000.0, f"{ALB}, Target group attributes, deregistration_delay.timeout_seconds: 300"),
    ("timeout_ms", 60_000.0, f"{ALB}, Load balancer attributes, idle_timeout.timeout_seconds: 60"),
)
NLB_VALUES = (
    ("strategy.name", "random", f"{NLB}, Routing: flow hash; every connection has a source port of its own"),
    ("health.on", True, f"{NLB}, Health checks: always"),
    ("health.interval_ms", 30_000.0, f"{NLB}, Health checks, HealthCheckIntervalSeconds: 30"),
    ("health.timeout_ms", 10_000.0, f"{NLB}, Health checks, HealthCheckTimeoutSeconds: 10 with TCP"),
    ("health.rise", 5, f"{NLB}, Health checks, HealthyThresholdCount: 5"),
    ("health.fall", 2, f"{NLB}, Health checks, UnhealthyThresholdCount: 2"),
    ("panic_share", 0.001, f"{NLB}, Target group health, target_group_health.unhealthy_state_routing.minimum_healthy_targets.count: 1, else to all"),
    ("drain_limit_ms", None, f"{NLB}, Target group attributes, deregistration_delay.connection_termination.enabled: false with TCP"),
    ("timeout_ms", 350_000.0, f"{NLB}, Listener attributes, tcp.idle_timeout.seconds: 350"),
)


def _preset(key: str, title: str, about: str, values: tuple) -> Preset:
    """A preset with the whole Config of what it covers."""
    defaults = Config().model_dump(mode="json", include=set(COVERED))
    wanted = nested(values)
    if defaults["strategy"]["name"] != wanted["strategy"]["name"]:
        defaults["strategy"] = {}
    for name, value in wanted.items():
        defaults[name] = defaults[name] | value if isinstance(value, dict) else value
    whole = Config.model_validate(defaults).model_dump(mode="json", include=set(COVERED))
    return Preset(key, title, about, values, whole)


PRESETS = (
    _preset("envoy", N_("As Envoy"),
            N_("Round robin, panic below one half, breakers. Health checks and outlier ejection are off until one asks for them; "
               "their numbers here are Envoy's."), ENVOY_VALUES),
    _preset("haproxy", N_("As HAProxy 3.x"),
            N_("The less busy of two random servers, the default since 3.3, and health checks; connections that fail are tried again."),
            HAPROXY_VALUES),
    _preset("nginx", N_("As NGINX"),
            N_("Round robin; one failure takes a server out for ten seconds, and the request goes to the next one."), NGINX_VALUES),
    _preset("alb", N_("As AWS Application Load Balancer"),
            N_("Round robin and a health check every thirty seconds; when no server is well, all are used."), ALB_VALUES),
    _preset("nlb", N_("As AWS Network Load Balancer"),
            N_("A hash for each connection, in effect random, and health checks; when no server is well, all are used."), NLB_VALUES),
)
