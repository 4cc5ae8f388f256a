"""The shapes of bodies and answers: what is validated on the way in, and what the OpenAPI document says."""

from django.utils.translation import gettext_noop as N_
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers as s

LONGEST_NS = 90 * 24 * 3600 * 10**9
"""90 simulated days: the longest Run."""

VISIBILITIES = ("private", "unlisted", "public")
NANOSECONDS = {"min_value": 0, "max_value": LONGEST_NS}


class Error(s.Serializer):
    """Every error."""

    error = s.CharField(help_text=N_("One sentence."))
    field = s.CharField(allow_blank=True, help_text=N_("Dotted path of the field that is wrong, or empty."))


class Document(s.DictField):
    """A whole Scenario document, checked by the floor below, which names the field that is wrong."""

    child = s.JSONField(allow_null=True)


class Free(s.DictField):
    """A JSON object whose shape depends on the system."""

    child = s.JSONField(allow_null=True)


@extend_schema_field({"oneOf": [{"type": "number"}, {"type": "string", "maxLength": 4000}]})
class NumberOrText(s.Field):
    """What an Action takes: the floor below says which, and within what bounds."""

    default_error_messages = {"invalid": N_("This must be a number or a text.")}

    def to_internal_value(self, data):
        """A number as it is; a text of at most 4,000 characters."""
        if isinstance(data, bool) or not isinstance(data, (int, float, str)) or isinstance(data, str) and len(data) > 4000:
            self.fail("invalid")
        return data

    def to_representation(self, value):
        """As it is."""
        return value


class ActionShape(s.Serializer):
    """What is to be done; the time stands beside it."""

    kind = s.CharField(max_length=40)
    target = s.CharField(max_length=80, allow_blank=True, default="")
    params = s.DictField(child=NumberOrText(), default=dict)


class JournalAction(ActionShape):
    """An Action with its time."""

    at_ns = s.IntegerField(**NANOSECONDS)


class NewRun(s.Serializer):
    """Exactly one of `scenario` (a key) and `document`."""

    scenario = s.SlugField(max_length=100, required=False)
    document = Document(required=False)
    seed = s.IntegerField(min_value=0, max_value=2**53, required=False, help_text=N_("The document's own if absent."))
    journal = JournalAction(many=True, required=False)

    def validate(self, attributes):
        """One of the two, not both."""
        if ("scenario" in attributes) == ("document" in attributes):
            raise s.ValidationError("Give either scenario (a key) or document (a whole scenario).")
        return attributes


class Branching(s.Serializer):
    """An Action at a simulated time."""

    at_ns = s.IntegerField(**NANOSECONDS)
    action = ActionShape()


class VisibilityOnly(s.Serializer):
    """Who may see it: private, unlisted (whoever has the link) or public."""

    visibility = s.ChoiceField(choices=VISIBILITIES)


class NewScenario(s.Serializer):
    """A scenario to be kept."""

    key = s.SlugField(max_length=100, required=False, help_text=N_("Made from the title if absent."))
    document = Document()
    visibility = s.ChoiceField(choices=VISIBILITIES, default="private")


class ChangedScenario(s.Serializer):
    """What is to change; what is absent stays."""

    document = Document(required=False)
    visibility = s.ChoiceField(choices=VISIBILITIES, required=False)


class DocumentOnly(s.Serializer):
    """A Scenario document to be checked."""

    document = Document()


class Checked(s.Serializer):
    """A Scenario document, every default spelled out."""

    document = Free()
    needs = s.CharField(allow_null=True, help_text=N_("The key of a recording it needs and that is not there."))


class Lane(s.Serializer):
    """One Run of a Comparison: `config` holds only what differs from the scenario's."""

    title = s.CharField(max_length=100)
    config = Document(default=dict)


class NewComparison(s.Serializer):
    """Two to four lanes upon one scenario."""

    scenario = s.SlugField(max_length=100, required=False)
    document = Document(required=False)
    lanes = Lane(many=True, min_length=2, max_length=4)
    seed = s.IntegerField(min_value=0, max_value=2**53, required=False, help_text=N_("The document's own if absent."))

    validate = NewRun.validate


class NewRecording(s.Serializer):
    """A file and how its columns are to be read; the mapping is JSON as text."""

    file = s.FileField()
    mapping = s.CharField(required=False, max_length=10_000)
    name = s.CharField(required=False, max_length=200)
    visibility = s.ChoiceField(choices=VISIBILITIES, default="private")


class PreviewRecording(s.Serializer):
    """A file and, where it is known already, how its columns are to be read."""

    file = s.FileField()
    mapping = s.CharField(required=False, max_length=10_000)


class Row(s.Serializer):
    """One row of an export; its columns depend on the system."""

    at_ns = s.IntegerField(required=False)


class NodeShape(s.Serializer):
    """One node."""

    id = s.CharField()
    role = s.CharField()


class RunShape(s.Serializer):
    """A Run, as the socket sends it too."""

    id = s.UUIDField()
    state = s.ChoiceField(choices=("queued", "running", "done", "cancelled", "failed", "budget"))
    title = s.CharField()
    system = s.CharField()
    seed = s.IntegerField()
    duration_ns = s.IntegerField()
    window_ns = s.IntegerField()
    sample_ns = s.IntegerField()
    segments = s.IntegerField(help_text=N_("Stored so far, the parent's shared ones included."))
    progress_ns = s.IntegerField()
    parent = s.UUIDField(allow_null=True)
    branch_at_ns = s.IntegerField(allow_null=True)
    journal = JournalAction(many=True)
    actions = JournalAction(many=True)
    config = Free()
    nodes = NodeShape(many=True, allow_null=True, help_text=N_("Those that it begins with, where the Config says so."))
    comparison = s.UUIDField(allow_null=True)
    lane = s.IntegerField()
    lane_title = s.CharField(allow_blank=True)
    digest = s.CharField(allow_null=True)
    summary = Free(allow_null=True)
    error = s.CharField(allow_null=True)
    visibility = s.ChoiceField(choices=VISIBILITIES)
    mine = s.BooleanField()
    can_act = s.BooleanField()
    created = s.CharField()
    url = s.CharField(help_text=N_("The stage."))


class SegmentShape(s.Serializer):
    """Where a Segment lies."""

    number = s.IntegerField()
    from_ns = s.IntegerField()
    until_ns = s.IntegerField()
    url = s.CharField()


class ScenarioShape(s.Serializer):
    """A saved set-up, without its document."""

    key = s.CharField()
    title = s.CharField()
    text = s.CharField(allow_blank=True)
    watch_for = s.ListField(child=s.CharField())
    system = s.CharField()
    system_title = s.CharField()
    seed = s.IntegerField()
    duration_s = s.FloatField()
    builtin = s.BooleanField()
    mine = s.BooleanField()
    visibility = s.ChoiceField(choices=VISIBILITIES)
    needs = s.CharField(allow_null=True, help_text=N_("The key of a recording it needs and that is not there."))
    url = s.CharField()
    compare_url = s.CharField()
    hunt_url = s.CharField(allow_null=True, help_text=N_("Null where its system promises nothing that could be broken."))


class WholeScenario(ScenarioShape):
    """A saved set-up with its document."""

    document = Free()


class ComparisonShape(s.Serializer):
    """Runs that differ in one thing."""

    id = s.UUIDField()
    title = s.CharField()
    parent = s.UUIDField(allow_null=True)
    branch_at_ns = s.IntegerField(allow_null=True)
    visibility = s.ChoiceField(choices=VISIBILITIES)
    mine = s.BooleanField()
    can_act = s.BooleanField()
    created = s.CharField()
    url = s.CharField()
    runs = RunShape(many=True)


class RecordingShape(s.Serializer):
    """Recorded traffic."""

    key = s.CharField()
    name = s.CharField()
    rows = s.IntegerField()
    span_ns = s.IntegerField()
    demand = s.BooleanField(help_text=N_("It holds service demands too."))
    warnings = s.ListField(child=s.CharField())
    refused_total = s.IntegerField()
    visibility = s.ChoiceField(choices=VISIBILITIES)
    mine = s.BooleanField()
    created = s.CharField()
    url = s.CharField()


class SystemShape(s.Serializer):
    """A kind of distributed system that can be simulated."""

    key = s.CharField()
    title = s.CharField()
    summary = s.CharField()
    schema = Free(help_text=N_("The JSON Schema of its Config."))
    actions = s.ListField(child=Free())
    roles = Free()
    sources = s.ListField(child=s.CharField())
    modelled = s.ListField(child=s.CharField())
    left_out = s.ListField(child=s.CharField())
    presets = s.ListField(child=Free(), help_text=N_("Options under a name, such as a product's defaults: what to lay over a Config, and each value's source."))
    kernel = s.ChoiceField(choices=("traffic", "actors"), help_text=N_("Requests through queues, or a protocol that really runs."))
    messages = s.ListField(child=Free())
    timers = s.ListField(child=s.CharField())
    properties = s.ListField(child=Free(), help_text=N_("What must always and what must sometimes be so; `when`: [dotted path of the Config, values] where only such runs are held to it, or null."))
    twins = s.ListField(child=Free(), help_text=N_("Bugs that the Config can switch on."))
    hue = s.ListField(child=s.CharField())
    times = s.ListField(child=s.CharField(), help_text=N_("Fields that hold times in ns though no _ns ends their names."))
    joins = s.ListField(child=s.CharField(), help_text=N_("Roles that can join while it runs."))
    points = s.ListField(child=Free(), help_text=N_("Named points at which a node can be crashed."))
    gauges = s.ListField(child=Free())
    unjudged = s.CharField(allow_blank=True, help_text=N_("Why no model of consistency is asked about what its clients saw; empty where they are."))
    refuses = Free(help_text=N_("Faults that make no sense here, each with the reason."))
    nodes = s.ListField(child=Free(), allow_null=True)
    url = s.CharField(help_text=N_("The fidelity sheet."))


class PreviewShape(s.Serializer):
    """What a file would be as a recording."""

    format = s.CharField()
    columns = s.ListField(child=Free())
    mapping = Free()
    rows = s.IntegerField()
    span_ns = s.IntegerField()
    warnings = s.ListField(child=s.CharField())


class Index(s.Serializer):
    """Where to begin: names and addresses."""


def page_of(shape: type[s.Serializer]) -> s.Serializer:
    """The shape of one page of a list."""
    name = f"PageOf{shape.__name__}"
    fields = {
        "count": s.IntegerField(), "next": s.CharField(allow_null=True), "previous": s.CharField(allow_null=True),
        "results": shape(many=True), "__doc__": f"One page of a list of {shape.__name__}.",
    }
    return type(name, (s.Serializer,), fields)()
