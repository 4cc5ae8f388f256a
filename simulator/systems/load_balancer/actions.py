"""What can be done to a running load balancer, and the sentences that say what it did."""

from simulator.engine.action import ActionSpec, Param
from simulator.engine.words import N_

STATES = ("up", "down", "paused", "draining", "removed", "starting")
UP, DOWN, PAUSED, DRAINING, REMOVED, STARTING = range(6)

_ALIVE = ("up", "paused", "draining")
_GONE_OR_DOWN = N_("{target} is {state}: there is nothing to stop.")

ACTIONS = (
    ActionSpec("crash", N_("Crash"), "server|balancer", _ALIVE, _GONE_OR_DOWN, shortcut="c",
               done=N_("crashed {target}: {count} requests failed")),
    ActionSpec("restart", N_("Restart"), "server|balancer", ("down",),
               N_("{target} is {state}: only what has crashed restarts."), shortcut="r", done=N_("restarted {target}")),
    ActionSpec("slow", N_("Slow down"), "server", ("up", "down", "paused", "draining"),
               N_("{target} is {state}: it cannot be slowed."), shortcut="s",
               params=(Param("factor", N_("Times slower"), 5.0, 0.01, 1000.0),),
               done=N_("{target} is now {factor} times slower than its speed")),
    ActionSpec("pause", N_("Pause"), "server", ("up",), N_("{target} is {state}: only a server that is up can pause."),
               shortcut="z", done=N_("paused {target}: {count} requests wait there")),
    ActionSpec("resume", N_("Resume"), "server", ("paused",), N_("{target} is {state}: only a paused server resumes."),
               shortcut="z", done=N_("resumed {target}")),
    ActionSpec("drain", N_("Drain"), "server", ("up",), N_("{target} is {state}: only a server that is up drains."),
               shortcut="d", done=N_("draining {target}: {count} requests are left to finish")),
    ActionSpec("undrain", N_("End draining"), "server", ("draining",), N_("{target} is {state}: it is not draining."),
               shortcut="d", done=N_("{target} takes requests again")),
    ActionSpec("remove", N_("Remove"), "server", ("up", "down", "paused", "draining", "starting"),
               N_("{target} is already removed."), shortcut="Delete", done=N_("removed {target}: {count} requests failed")),
    ActionSpec("resize", N_("Change its size"), "server", ("up", "down", "paused", "draining"),
               N_("{target} is {state}: it cannot be resized."), shortcut="g",
               params=(Param("speed", N_("New speed"), 2.0, 0.001, 64.0), Param("downtime_s", N_("Downtime in s"), 30.0, 0.0, 86_400.0)),
               done=N_("{target} comes back after {downtime_s} s with speed {speed}: {count} requests failed")),
    ActionSpec("add_server", N_("Add a server"), shortcut="a", done=N_("added {target}"),
               params=(Param("speed", N_("Speed"), 1.0, 0.001, 1000.0),
                       Param("slots", N_("Slots"), 1, 1, 1000, integer=True))),
    ActionSpec("rate", N_("Change the load"), shortcut="l", done=N_("requests now arrive at {factor} times their rate"),
               params=(Param("factor", N_("Times the rate"), 2.0, 0.0, 1000.0),)),
)
CLOSED_RATE = N_("Closed clients send when they have thought: their number and their think time make the load.")
BY_KIND = {spec.kind: spec for spec in ACTIONS}
