"""The shapes of Hunts and of explanations: what protocols have beside what all systems have."""

from django.utils.translation import gettext_noop as N_
from rest_framework import serializers as s

from simulator.web.api import shapes
from simulator.web.api.judge_shapes import MODELS


class NewHunt(s.Serializer):
    """Exactly one of `scenario` (a key) and `document`; `config` is laid over its Config, `{"faulty": ...}` say."""

    scenario = s.SlugField(max_length=100, required=False)
    document = shapes.Document(required=False)
    config = shapes.Document(required=False, help_text=N_("What differs from the scenario's Config: the bug to find, the nemesis."))
    seeds = s.IntegerField(min_value=1, max_value=2**31 - 1, default=1000)
    first_seed = s.IntegerField(min_value=0, max_value=2**53 - 1, default=1)
    model = s.ChoiceField(choices=("", *MODELS), default="", help_text=N_(
        "Hold what clients see against this consistency model, not the run against the system's promises."))

    validate = shapes.NewRun.validate


class SaidAction(shapes.JournalAction):
    """An Action with what it is in words."""

    said = s.CharField()


class FindingShape(s.Serializer):
    """A broken promise: the first of its seed."""

    seed = s.IntegerField()
    property = s.CharField()
    at_ns = s.IntegerField()
    sentence = s.CharField()


class WorstShape(FindingShape):
    """The finding that comes first in simulated time; of equal ones the lowest seed's."""

    actions = SaidAction(many=True, allow_null=True, help_text=N_("All that was done until then; null until it has been looked at."))


class ShrunkShape(s.Serializer):
    """The Actions that are left and still break the promise, with the nemesis asleep."""

    actions = SaidAction(many=True)
    tried = s.IntegerField()
    minimal = s.BooleanField(help_text=N_("Whether it is known that none of them can be left out."))
    at_ns = s.IntegerField()
    sentence = s.CharField()


class HuntShape(s.Serializer):
    """A search through seeds for one that breaks a promise."""

    id = s.UUIDField()
    state = s.ChoiceField(choices=("queued", "running", "done", "cancelled", "failed", "budget"))
    phase = s.ChoiceField(choices=("searching", "shrinking"), allow_null=True)
    title = s.CharField()
    system = s.CharField()
    scenario = s.CharField(allow_null=True)
    config = shapes.Free()
    model = s.CharField(allow_blank=True, help_text=N_("The consistency model that histories are held against; empty: the system's own promises."))
    wanted = s.CharField(help_text=N_("What must not be broken, in words."))
    faulty = s.CharField(help_text=N_("The bug that was switched on, or none."))
    duration_ns = s.IntegerField()
    first_seed = s.IntegerField()
    seeds = s.IntegerField()
    done = s.IntegerField()
    events = s.IntegerField()
    violations = s.IntegerField(help_text=N_("Seeds that broke a promise."))
    rate = s.FloatField(allow_null=True, help_text=N_("Violations by seeds done; null before the first."))
    interval = s.ListField(child=s.FloatField(), min_length=2, max_length=2, help_text=N_("Wilson's 95 % interval of the rate."))
    properties = s.DictField(child=s.IntegerField(), help_text=N_("Seeds that broke it, by promise."))
    reached = s.DictField(child=s.IntegerField(), help_text=N_("Seeds in which it came about, by `sometimes` property."))
    first = s.DictField(child=FindingShape(), help_text=N_("The earliest finding, by promise."))
    earliest = FindingShape(many=True)
    worst = WorstShape(allow_null=True)
    worst_run = s.CharField(allow_null=True, help_text=N_("The stage of the worst seed's run, at the moment."))
    shrunk = ShrunkShape(allow_null=True)
    run = s.CharField(allow_null=True, help_text=N_("The stage of the minimal schedule's run, at the moment."))
    error = s.CharField(allow_null=True)
    visibility = s.ChoiceField(choices=shapes.VISIBILITIES)
    mine = s.BooleanField()
    created = s.CharField()
    url = s.CharField()


class Reason(s.Serializer):
    """One event of an explanation."""

    event = s.IntegerField()
    at_ns = s.IntegerField()
    node = s.CharField(allow_blank=True)
    src = s.CharField(allow_null=True)
    what = s.CharField(help_text=N_("deliver, timer, start, action, write or breach."))
    sentence = s.CharField()


class WhyShape(s.Serializer):
    """Why something happened: Lamport and vector time of the event, and the smallest slice of its past, oldest first."""

    event = s.IntegerField()
    at_ns = s.IntegerField()
    node = s.CharField(allow_blank=True)
    lamport = s.IntegerField()
    vector = s.DictField(child=s.IntegerField())
    slice = Reason(many=True)
