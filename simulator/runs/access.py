"""Who may see, change and make what, and how much of it: budgets by role.

Pages, REST and sockets all ask here, so that they cannot disagree.
"""

from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet

from simulator.engine.words import N_
from simulator.runs import Forbidden
from simulator.runs.models import Owned, Visibility

MB = 1024 * 1024
DAY_S = 24 * 3600


@dataclass(frozen=True, slots=True)
class Budget:
    """The most that one person may ask for: of one Run, Hunt or Experiment, at one time, in one upload."""

    events: int
    simulated_s: int
    trace_bytes: int
    concurrent_runs: int
    upload_bytes: int
    hunt_seeds: int
    hunt_events: int
    concurrent_hunts: int
    experiment_replications: int
    experiment_requests: int
    concurrent_experiments: int
    journal: int = 200


BUDGETS = {
    "visitor": Budget(events=50_000_000, simulated_s=7 * DAY_S, trace_bytes=64 * MB, concurrent_runs=8,
                      upload_bytes=64 * MB, hunt_seeds=10_000, hunt_events=200_000_000, concurrent_hunts=2, experiment_replications=20_000,
                      experiment_requests=500_000_000, concurrent_experiments=2),
    "member": Budget(events=200_000_000, simulated_s=30 * DAY_S, trace_bytes=128 * MB, concurrent_runs=16,
                     upload_bytes=128 * MB, hunt_seeds=100_000, hunt_events=1_000_000_000, concurrent_hunts=4, experiment_replications=100_000,
                     experiment_requests=2_000_000_000, concurrent_experiments=4),
    "staff": Budget(events=1_000_000_000, simulated_s=90 * DAY_S, trace_bytes=256 * MB, concurrent_runs=64,
                    upload_bytes=256 * MB, hunt_seeds=1_000_000, hunt_events=10_000_000_000, concurrent_hunts=8, experiment_replications=1_000_000,
                    experiment_requests=20_000_000_000, concurrent_experiments=8),
}


@dataclass(frozen=True, slots=True)
class Who:
    """A person as the rules see them. `session_key` stands for a visitor; it is never shown to anybody."""

    user: Any = None
    session_key: str = ""
    open_mode: bool = False

    @property
    def signed_in(self) -> bool:
        """Whether there is a user behind it."""
        return bool(self.user and self.user.is_authenticated)

    @property
    def role(self) -> str:
        """visitor, member or staff."""
        if not self.signed_in:
            return "visitor"
        return "staff" if self.user.is_staff else "member"

    @property
    def budget(self) -> Budget:
        """What this person may ask for."""
        return BUDGETS[self.role]

    @property
    def may_create(self) -> bool:
        """Signed in; or anybody with a session in open mode."""
        return self.signed_in or (self.open_mode and bool(self.session_key))

    def made(self, thing: Owned) -> bool:
        """Whether `thing` is this person's own."""
        if self.signed_in and thing.owner_id == self.user.pk:
            return True
        return bool(self.session_key) and thing.owner_id is None and thing.session_key == self.session_key

    def marks(self) -> dict:
        """The fields that make a new thing this person's."""
        return {"owner": self.user, "session_key": ""} if self.signed_in else {"session_key": self.session_key}


def can_see(who: Who, thing: Owned) -> bool:
    """Own things, unlisted and public ones, built-in Scenarios; staff see everything."""
    return (thing.visibility != Visibility.PRIVATE or getattr(thing, "builtin", False)
            or who.made(thing) or who.role == "staff")


def can_change(who: Who, thing: Owned) -> bool:
    """Own things; staff may change everything. In deployed mode only who is signed in."""
    return who.may_create and (who.made(thing) or who.role == "staff")


def may_create(who: Who) -> bool:
    """Whether this person may make Scenarios, Runs, Hunts, Experiments, Recordings and Comparisons at all."""
    return who.may_create


def needs_create(who: Who) -> None:
    """Forbidden unless this person may create."""
    if not who.may_create:
        raise Forbidden(N_("Sign in first: only people who are signed in can make something here."))


def needs_change(who: Who, thing: Owned) -> None:
    """Forbidden unless this person may change `thing`."""
    if not can_change(who, thing):
        raise Forbidden(N_("This belongs to somebody else."))


def visible(who: Who, things: QuerySet) -> QuerySet:
    """Those of `things` that may be listed to this person: own, public, built-in (unlisted needs the link)."""
    if who.role == "staff":
        return things
    listed = Q(visibility=Visibility.PUBLIC) | _own(who)
    if any(field.name == "builtin" for field in things.model._meta.fields):
        listed |= Q(builtin=True)
    return things.filter(listed)


def mine(who: Who, things: QuerySet) -> QuerySet:
    """Those of `things` that this person made."""
    return things.filter(_own(who))


def _own(who: Who) -> Q:
    if who.signed_in and who.session_key:
        return Q(owner=who.user) | Q(owner=None, session_key=who.session_key)
    if who.signed_in:
        return Q(owner=who.user)
    return Q(owner=None, session_key=who.session_key) if who.session_key else Q(pk__in=[])
