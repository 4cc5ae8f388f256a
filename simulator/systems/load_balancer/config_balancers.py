"""Options of the balancers: how many, of which kind, and what they remember."""

from typing import Annotated, Literal, Union

from pydantic import Field, field_validator

from simulator.engine.words import N_
from simulator.parts.options import Option, quantity

KEYS_AT_MOST = 200_000
CACHED_AT_MOST = 2_000_000
NGINX_CORE = "NGINX 1.26, ngx_http_core_module, keepalive_timeout"
NLB = "AWS Network Load Balancer, Listeners, TCP idle timeout"
NGINX_CACHE = "NGINX 1.26, ngx_http_proxy_module, proxy_cache_path, proxy_cache_valid"


class Ideal(Option, title=N_("Ideal")):
    __doc__ = N_("It chooses in no time and never tires.")

    name: Literal["ideal"] = "ideal"


class Layer7(Option, title=N_("Software, layer 7")):
    __doc__ = N_("A proxy that reads each request: its cores are a queue of their own.")

    name: Literal["layer_7"] = "layer_7"
    cores: int = quantity(4, N_("Cores"), ge=1, le=256)
    request_ms: float = quantity(0.05, N_("Work for a request"), "ms", ge=0, le=60_000)
    handshake_ms: float = quantity(0.0, N_("Work for a TLS handshake"), "ms", ge=0, le=60_000,
                                   about=N_("For each new connection of a client. 0: no TLS."))
    keep_alive_s: float = quantity(75.0, N_("Keep-alive"), "s", ge=0, le=86_400, source=NGINX_CORE,
                                   about=N_("A source's connection is kept so long after its last request."))
    authentication_ms: float = quantity(0.0, N_("Work for authentication"), "ms", ge=0, le=60_000, about=N_("For each request."))
    connections: int | None = quantity(
        None, N_("Connections to a server"), ge=1, le=1_000_000, source="HAProxy 3.0, Configuration manual, 5.2, maxconn",
        about=N_("Of each balancer, at once; a request that finds none free waits for one. Empty: no limit."))
    pending: int | None = quantity(
        None, N_("Waiting for a connection"), ge=0, le=1_000_000_000, source="Envoy 1.31, Circuit breaking, max_pending_requests",
        about=N_("At each balancer; one more is refused (overflow). Envoy has 1024. Empty: no limit."))
    transfer_ms: float = quantity(0.0, N_("Transfer of an answer"), "ms", ge=0, le=3_600_000,
                                  about=N_("How long an answer takes on the client's line, uncompressed."))
    compression_ms: float | None = quantity(None, N_("Work for compression"), "ms", ge=0, le=60_000,
                                            about=N_("For each good answer. Empty: answers are not compressed."))
    compressed_to: float = quantity(0.3, N_("Compressed to"), gt=0, le=1, about=N_("Size of an answer, as a share of what it was."))


class Layer4(Option, title=N_("Software, layer 4")):
    __doc__ = N_("It passes packets on: all requests of one connection go to the server that its first one was given.")

    name: Literal["layer_4"] = "layer_4"
    forward_ms: float = quantity(0.005, N_("Forwarding delay"), "ms", ge=0, le=60_000, about=N_("Each way."))
    keep_alive_s: float = quantity(350.0, N_("Idle time-out"), "s", ge=0, le=86_400, source=NLB,
                                   about=N_("A source's connection is forgotten so long after its last request."))


class Hardware(Option, title=N_("Hardware")):
    __doc__ = N_("A box with a near-constant forwarding delay and ceilings: what is above them is dropped.")

    name: Literal["hardware"] = "hardware"
    forward_ms: float = quantity(0.02, N_("Forwarding delay"), "ms", ge=0, le=60_000, about=N_("Each way."))
    packets_per_request: int = quantity(10, N_("Packets of a request"), ge=1, le=100_000)
    packets_per_s: float | None = quantity(None, N_("Packets a second"), "1/s", ge=1, le=1e10,
                                           about=N_("A token bucket that holds a tenth of a second. Empty: no ceiling."))
    connections_per_s: float | None = quantity(None, N_("New connections a second"), "1/s", ge=1, le=1e9,
                                               about=N_("A token bucket that holds a tenth of a second. Empty: no ceiling."))
    handshakes_per_s: float | None = quantity(None, N_("TLS handshakes a second"), "1/s", ge=1, le=1e9,
                                              about=N_("One for each new connection. Empty: no TLS, or no ceiling."))
    table: int | None = quantity(None, N_("Connection table"), ge=1, le=1_000_000_000,
                                 about=N_("Connections at once; a new one is dropped where there is no room. Empty: no limit."))
    keep_alive_s: float = quantity(350.0, N_("Idle time-out"), "s", ge=0, le=86_400, source=NLB,
                                   about=N_("A source's connection is forgotten so long after its last request."))
    standby: bool = quantity(False, N_("Standby"), about=N_("A second box that takes over after a crash."))
    failover_s: float = quantity(3.0, N_("Failover time"), "s", ge=0, le=3600, source="RFC 5798, 6.1, Master_Down_Interval",
                                 about=N_("From the crash until the standby has taken over; what arrives meanwhile is lost."))
    mirrored: bool = quantity(False, N_("Mirrored table"),
                              about=N_("The standby knows all connections; otherwise they are lost with the first box."))


class ZipfKeys(Option, title=N_("Zipf")):
    __doc__ = N_("Key i is asked for in proportion to 1 / i^exponent: few popular ones, many rare ones.")

    law: Literal["zipf"] = "zipf"
    count: int = quantity(10_000, N_("Number of keys"), ge=1, le=KEYS_AT_MOST)
    exponent: float = quantity(0.99, N_("Exponent"), ge=0, le=5, source="YCSB 0.17, ZipfianGenerator, ZIPFIAN_CONSTANT")


class UniformKeys(Option, title=N_("Uniform")):
    __doc__ = N_("All keys are equally popular.")

    law: Literal["uniform"] = "uniform"
    count: int = quantity(10_000, N_("Number of keys"), ge=1, le=KEYS_AT_MOST)


class RecordedKeys(Option, title=N_("Recorded")):
    __doc__ = N_("Keys as the recording of the arrivals has them.")

    law: Literal["recorded"] = "recorded"


Keys = Annotated[Union[ZipfKeys, UniformKeys, RecordedKeys], Field(discriminator="law")]


class Cache(Option, title=N_("Response cache")):
    __doc__ = N_("Each balancer keeps answers and gives them out itself; a good answer is kept when it comes back.")

    on: bool = quantity(False, N_("Cache answers"))
    keys: Keys = quantity(ZipfKeys(), N_("Keys"), about=N_("What a request asks for."))
    capacity: int | None = quantity(1000, N_("Capacity"), ge=1, le=KEYS_AT_MOST, about=N_("Answers at most, in each balancer. Empty: no limit."))
    evict: Literal["lru", "fifo"] = quantity(
        "lru", N_("Evict"), labels={"lru": N_("the least recently used"), "fifo": N_("the oldest")}, source=NGINX_CACHE)
    ttl_s: float | None = quantity(None, N_("Time to live"), "s", ge=0.000_001, le=86_400, source=NGINX_CACHE,
                                   about=N_("An answer older than this is fetched again. Empty: it lives until it is evicted."))
    refresh: bool = quantity(False, N_("Refreshed by hits"), about=N_("Each hit begins the time to live anew."))


Kind = Annotated[Union[Ideal, Layer7, Layer4, Hardware], Field(discriminator="name")]


class Balancers(Option, title=N_("Balancers")):
    __doc__ = N_("Balancers that stand side by side; each counts only the requests that went through itself.")

    count: int = quantity(1, N_("Number"), ge=1, le=64)
    placement: Literal["in_turn", "at_random", "by_source", "dns", "anycast"] = quantity(
        "in_turn", N_("Spread"),
        labels={"in_turn": N_("In turn"), "at_random": N_("At random"), "by_source": N_("By source"), "dns": N_("By DNS"),
                "anycast": N_("By anycast")},
        about=N_("How requests find a balancer: in turn, at random, or the same one for a source, whatever becomes of it. By DNS: a "
                 "source keeps what it was told for the time to live. By anycast: the nearest that is announced."))
    ttl_s: float = quantity(60.0, N_("Time to live of a DNS answer"), "s", ge=0, le=86_400,
                            source="Amazon Route 53, FAQs, DNS failover: fixed for alias records of Elastic Load Balancing")
    notice_s: float = quantity(90.0, N_("Noticing a balancer's crash"), "s", ge=0, le=86_400,
                               source="Amazon Route 53, HealthCheckConfig: RequestInterval x FailureThreshold; RFC 4271, 10, HoldTime",
                               about=N_("Until DNS leaves it out, or routers withdraw it; the same until it is there again."))
    kind: Kind = quantity(Ideal(), N_("Kind"))
    cache: Cache = quantity(Cache(), N_("Response cache"))

    @field_validator("cache")
    @classmethod
    def _caches_fit(cls, cache: Cache, info) -> Cache:
        if cache.on and info.data.get("count", 1) * getattr(cache.keys, "count", KEYS_AT_MOST) > CACHED_AT_MOST:
            raise ValueError(N_("There may be 2,000,000 keys in all balancers together at most."))
        return cache
