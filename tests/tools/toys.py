"""A small system of actors whose every step a test decides: what the kernel's promises are tried on.

It is not registered. `start()` gives a Protocol of it; `do(run, node, kind, ...)` has a node do something.
"""

import json
from typing import Literal, NamedTuple

from simulator.engine.actor import Node
from simulator.engine.chronicle import Chronicle, gather
from simulator.engine.clock import MS, S
from simulator.engine.faults import specs
from simulator.engine.action import Action
from simulator.engine.properties import Breach, always, sometimes
from simulator.engine.protocol import Protocol
from simulator.engine.simulation import Plan
from simulator.engine.system import System
from simulator.engine.words import N_
from simulator.parts.options import ActorConfig, quantity

WHOLE = Plan(1000 * S, 1000 * S, 1000 * S)
POINT = "told_one"


class Word(NamedTuple):
    """Something that one peer tells another."""

    text: str


class Chat(NamedTuple):
    """A word that is passed on to a random peer for so many hops."""

    hops: int


class Config(ActorConfig):
    """How many peers, how many chats each begins in a second."""

    peers: int = quantity(3, N_("Peers"), ge=1, le=1000)
    chats: int = quantity(0, N_("Chats"), ge=0, le=1000)
    faulty: Literal["none"] = "none"


class Peer(Node):
    """Tells, hears, keeps, and is reminded by a timer."""

    role = "peer"
    durable = ("kept", "also")

    def begin(self):
        self.heard, self.kept, self.also, self.rings, self.passed, self.back, self.stored = (), None, None, (), 0, 0, ()

    def on_start(self):
        if self.options.chats:
            self.on_again_timeout()

    def on_restart(self):
        self.back = self.clock()
        self.on_start()

    def on_again_timeout(self):
        """Chats go on whatever is lost: each peer begins one every so often, and writes down how many have come by."""
        self.do_keep(self.passed, force=self.below(2) == 0)
        self.do_chat(10)
        self.set_timer("again", round(S / self.options.chats))

    def on_word(self, m: Word, src: str):
        self.heard = (*self.heard, (src, m.text))

    def on_chat(self, m: Chat, src: str):
        self.passed += 1
        if m.hops:
            self.do_chat(m.hops - 1)

    def on_ring_timeout(self, about=None):
        self.rings = (*self.rings, (self.cluster.now_ns, self.clock(), about))

    def do_chat(self, hops):
        peers = self.roster["peer"]
        self.send(peers[self.below(len(peers))], Chat(hops))
        self.reach(POINT)

    def do_tell(self, to, text="hello"):
        for dst in to.split(","):
            self.send(dst, Word(text))
            self.reach(POINT)

    def on_stored(self, about=None):
        self.stored = (*self.stored, (self.cluster.now_ns, about))

    def do_keep(self, value, force=True, to=None, field="kept", then=""):
        setattr(self, field, value)
        self.persist(field, force=force, then=then, about=value if then else None)
        if to:
            self.send(to, Word(f"kept {value}"))

    def do_remind(self, after_ms, about=None):
        self.set_timer("ring", round(after_ms * MS), about)

    def do_risk(self, chance, restart_after_ms=None):
        self.reach(POINT, chance, None if restart_after_ms is None else round(restart_after_ms * MS))
        self.passed += 1

    def do_begin(self, key):
        self.invoke("read", key)

    def do_ask(self, key, value):
        self.complete(self.invoke("write", key, value), "ok", value)


@always(N_("Nobody hears a swear word."), watch=("heard",))
def no_swearing(world):
    """A promise that a test can break at will."""
    return next((Breach(N_("{node} heard it from {src}."), node=world.node.id, src=src)
                 for src, text in world.node.heard if text == "damn"), None)


@sometimes(N_("Somebody hears something."), watch=("heard",))
def heard(world):
    """So that there is something to reach."""
    return bool(world.node.heard)


TOY = System(
    key="toy", title="Toy", summary="", config=Config, build=None, estimate=None, roles={"peer": N_("Peer")}, sources=(), modelled=(),
    left_out=(), kernel="actors", cast=lambda config: {f"peer-{n}": Peer for n in range(config.peers)}, messages=(Word, Chat),
    timers=("ring", "again"), properties=(no_swearing, heard), points={POINT: N_("Told one")}, joins={"peer": Peer},
    actions=specs({POINT: ""}, {"peer": Peer}, ()))


def start(seed: int = 1, cut: Plan = WHOLE, keep: bool = True, **config) -> Protocol:
    """A run of the toy, at 0. By default messages take 1 ms and all peers start at 0."""
    config = {"stagger_ms": 0, "network": {"delay": {"law": "constant", "delay_ms": 1}}} | config
    run = Protocol(TOY, Config.model_validate_json(json.dumps(config)), seed, cut, {"toy": True}, keep)
    run.began = run.keyframe()
    return run


def do(run: Protocol, node: str, kind: str, **params) -> None:
    """Have `node` do something of its own, as an Action would."""
    run.cluster.action_row()
    run.cluster.own_action(run.cluster.nodes[node], kind, params)
    row = Action(run.now_ns, kind, node, params).document()
    run.cluster.telling.action(run.cluster, row | {"said": f"{node} was asked to {kind}", "values": {}})


def act(run: Protocol, kind: str, target: str = "", **params) -> None:
    """Do a generic Action now."""
    run.apply(Action(run.now_ns, kind, target, params))


def after(run: Protocol, ms: float) -> Protocol:
    """Let `ms` pass."""
    run.advance(run.now_ns + round(ms * MS))
    return run


def heard_by(run: Protocol, node: str) -> list[str]:
    """The texts that a node has heard since it began."""
    return [text for _src, text in run.cluster.nodes[node].heard]


def told(run: Protocol) -> Chronicle:
    """The story of the run so far; once only."""
    run.recording.at_most = None
    return gather(TOY, [(run.began, run.tables())])


def tell(run: Protocol, src: str = "peer-0", dst: str = "peer-1", text: str = "hello") -> None:
    """Have one peer tell others something."""
    do(run, src, "tell", to=dst, text=text)


def fates(run: Protocol) -> list[int]:
    """What became of every message, in the order of sending; once only."""
    return [message.fate for message in told(run).messages()]
