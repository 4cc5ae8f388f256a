"""The shapes of histories that are judged, and of their verdicts."""

from django.utils.translation import gettext_noop as N_
from rest_framework import serializers as s

ANSWERS = ("yes", "no", "unknown")
MODELS = ("linearizable", "sequential", "causal", "read_your_writes", "monotonic_reads", "monotonic_writes", "writes_follow_reads", "convergence")


class NewJudgement(s.Serializer):
    """A history as text (Jepsen's EDN or JSON, rows of a run, lines of events), or as a list of JSON entries."""

    history = s.JSONField(help_text=N_("The text of the file, or a list of its entries as JSON."))
    models = s.ListField(child=s.ChoiceField(choices=MODELS), required=False, min_length=1, help_text=N_("Only these; all where it is left out."))


class JudgedFile(s.Serializer):
    """The same as a file."""

    file = s.FileField()


class VariantsShape(s.Serializer):
    """What is meant by causal: weak, convergent (one order of writes for all), memory (one a client)."""

    cc = s.ChoiceField(choices=ANSWERS)
    ccv = s.ChoiceField(choices=ANSWERS)
    cm = s.ChoiceField(choices=ANSWERS)


class VerdictShape(s.Serializer):
    """What one model says."""

    model = s.ChoiceField(choices=MODELS)
    title = s.CharField()
    verdict = s.ChoiceField(choices=ANSWERS)
    said = s.CharField(help_text=N_("Why, in one sentence."))
    key = s.CharField(allow_null=True, help_text=N_("The key that it is about, where it is about one."))
    witness = s.ListField(child=s.IntegerField(), allow_null=True, help_text=N_("Ids of operations in an order that explains all answers."))
    conflict = s.ListField(child=s.IntegerField(), allow_null=True, help_text=N_("Ids of the smallest part that cannot be explained."))
    smallest = s.BooleanField(help_text=N_("Whether it is known that nothing can be taken away from the conflict."))
    steps = s.IntegerField(help_text=N_("How much work it took."))
    variants = VariantsShape(required=False)
    sources = s.ListField(child=s.IntegerField(), required=False, help_text=N_("Those of the conflict that only wrote what others of it read."))
    stuck = s.IntegerField(required=False, help_text=N_("The operation whose answer no order gets past."))


class AnomaliesShape(s.Serializer):
    """Ids of operations, by what went wrong."""

    stale = s.ListField(child=s.IntegerField(), help_text=N_("Reads of what had been overwritten before they began."))
    lost = s.ListField(child=s.IntegerField(), help_text=N_("Writes that were acknowledged and are gone for good."))
    duplicated = s.ListField(child=s.IntegerField(), help_text=N_("Writes whose value was back for good after a newer one had been seen."))


class VerdictsShape(s.Serializer):
    """What every model says to a history, strongest first."""

    verdicts = VerdictShape(many=True)
    anomalies = AnomaliesShape()


class ClientOperation(s.Serializer):
    """One operation of a client."""

    id = s.IntegerField()
    client = s.CharField()
    f = s.CharField()
    key = s.CharField(allow_null=True, allow_blank=True)
    value = s.JSONField(allow_null=True)
    result = s.JSONField(allow_null=True)
    invoked_ns = s.IntegerField()
    completed_ns = s.IntegerField(allow_null=True)
    outcome = s.CharField(help_text=N_("ok, fail (it did not happen) or info (nobody knows)."))


class FaultBand(s.Serializer):
    """What was wrong with the system, and from when to when."""

    from_ns = s.IntegerField()
    until_ns = s.IntegerField(allow_null=True)
    what = s.CharField()


class JudgedHistory(VerdictsShape):
    """One history of a file, and its verdicts."""

    name = s.CharField(allow_blank=True)
    expected = s.ChoiceField(choices=ANSWERS, allow_null=True, help_text=N_("What the file itself says of linearizability."))
    operations = ClientOperation(many=True)
    faults = FaultBand(many=True)
    timed = s.BooleanField(help_text=N_("Whether its times are real; without a clock they are the numbers of the entries."))


class JudgedHistories(s.Serializer):
    """All histories of a file."""

    histories = JudgedHistory(many=True)
