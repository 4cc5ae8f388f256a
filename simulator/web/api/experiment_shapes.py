"""The shapes of Experiments."""

from django.utils.translation import gettext_noop as N_
from rest_framework import serializers as s

from simulator.web.api import shapes


class AxisWanted(s.Serializer):
    """An option of the Config, by its dotted path (servers.0.count), and the values it takes."""

    path = s.CharField(max_length=200)
    values = s.ListField(child=s.JSONField(allow_null=True), min_length=1, max_length=1000,
                         help_text=N_("A strategy is a whole object: {\"name\": \"random\"}."))


class SizingWanted(s.Serializer):
    """The smallest number of servers with which so large a share of all requests is answered in time."""

    servers = s.CharField(max_length=200, default="servers.0.count")
    low = s.IntegerField(min_value=1, max_value=100_000, default=1)
    high = s.IntegerField(min_value=1, max_value=100_000, default=64)
    percentile = s.FloatField(default=0.99, help_text=N_("The share of the requests, above 0 and below 1."))
    below_ms = s.FloatField()
    lost = s.IntegerField(min_value=0, max_value=1000, default=0, help_text=N_("Servers that are down all the time."))


class NewExperiment(s.Serializer):
    """Exactly one of `scenario` (a key) and `document`; `config` and `duration_s` change it before the axes do."""

    scenario = s.SlugField(max_length=100, required=False)
    document = shapes.Document(required=False)
    kind = s.ChoiceField(choices=("grid", "sizing"), default="grid")
    config = shapes.Document(required=False, help_text=N_("What differs from the scenario's Config in all cells."))
    duration_s = s.FloatField(required=False, allow_null=True, help_text=N_("How long each replication lasts, instead of the scenario's."))
    warm_up_s = s.FloatField(required=False, allow_null=True, min_value=0, help_text=N_("Null: MSER-5 finds it on a pilot of each cell."))
    axes = AxisWanted(many=True, default=list)
    seeds = s.IntegerField(min_value=2, max_value=1000, required=False, help_text=N_("10 if absent; of a sizing 30, the most that a probe takes."))
    first_seed = s.IntegerField(min_value=0, max_value=2**53 - 1, default=1)
    sizing = SizingWanted(required=False, allow_null=True)

    validate = shapes.NewRun.validate


class CellRun(s.Serializer):
    """Which seed of the cell; its worst one if absent."""

    seed = s.IntegerField(min_value=0, max_value=2**53 - 1, required=False)


class RunAtMoment(s.Serializer):
    """A Run and its stage at a moment."""

    run = shapes.RunShape()
    url = s.CharField()


class Choice(s.Serializer):
    """A value and what it is called."""

    value = s.JSONField(allow_null=True)
    label = s.CharField()


class PathShape(s.Serializer):
    """An option of the Config that can be an axis."""

    path = s.CharField()
    title = s.CharField()
    unit = s.CharField(allow_blank=True)
    value = s.JSONField(allow_null=True, help_text=N_("As the scenario has it."))
    input = s.ChoiceField(choices=("number", "whole", "choice", "switch", "options"))
    choices = Choice(many=True, allow_null=True)
    minimum = s.FloatField(allow_null=True)
    maximum = s.FloatField(allow_null=True)
    load = s.BooleanField(help_text=N_("Whether it says how much load there is."))
    nullable = s.BooleanField()


class ExperimentBudget(s.Serializer):
    """The most that you may ask for."""

    cells = s.IntegerField()
    replications = s.IntegerField()
    requests = s.IntegerField()


class ProposalShape(s.Serializer):
    """What a form begins with."""

    kind = s.ChoiceField(choices=("grid", "sizing"))
    axes = AxisWanted(many=True)
    seeds = s.IntegerField()
    first_seed = s.IntegerField()
    duration_s = s.FloatField()
    warm_up_s = s.FloatField(allow_null=True)
    sizing = SizingWanted(allow_null=True)
    paths = PathShape(many=True)
    budget = ExperimentBudget()


class Estimate(s.Serializer):
    """A number with its 95 % interval: mean - half to mean + half; `half` is null for fewer than two seeds."""

    mean = s.FloatField()
    half = s.FloatField(allow_null=True)
    count = s.IntegerField(help_text=N_("Seeds behind it."))


class Latency(s.Serializer):
    """Latencies in ms of the requests that were answered; percentiles over all seeds together."""

    mean = Estimate()
    p50 = Estimate()
    p90 = Estimate()
    p99 = Estimate()
    p99_9 = Estimate()


class WorstMoment(s.Serializer):
    """Of the worst seed, when most requests were in the system, and how many."""

    seed = s.IntegerField()
    at_ns = s.IntegerField()
    in_system = s.IntegerField()


class CellShape(s.Serializer):
    """One Config of the grid, or one number of servers of a sizing. All numbers are null before the first seed."""

    number = s.IntegerField()
    at = s.ListField(child=s.IntegerField(), help_text=N_("The index of its value on each axis."))
    servers = s.IntegerField(allow_null=True, help_text=N_("Of a sizing."))
    stamp = s.IntegerField(help_text=N_("The experiment's stamp when it last changed."))
    done = s.IntegerField(help_text=N_("Seeds measured."))
    seeds = s.IntegerField(help_text=N_("Seeds wanted."))
    stable = s.BooleanField(allow_null=True, help_text=N_("False where two seeds, or a fifth of them, cannot be served: then there is no latency."))
    unstable = s.IntegerField(help_text=N_("How many seeds cannot be served."))
    stability = s.CharField(allow_null=True)
    warm_up_s = s.FloatField(allow_null=True)
    latency_ms = Latency(allow_null=True)
    throughput_per_s = Estimate(allow_null=True, help_text=N_("Requests that servers finished, also those nobody waited for any more."))
    goodput_per_s = Estimate(allow_null=True, help_text=N_("Requests that were answered."))
    offered_per_s = Estimate(allow_null=True)
    failure_share = Estimate(allow_null=True)
    utilisation = Estimate(allow_null=True)
    server_hours = Estimate(allow_null=True, help_text=N_("Of one replication, the warm-up left out."))
    outcomes = s.DictField(child=s.FloatField(), allow_null=True, help_text=N_("How requests failed: share of all that ended."))
    extras = s.DictField(child=Estimate(), allow_null=True, help_text=N_("What else the system measures."))
    requests = s.IntegerField(allow_null=True)
    worst = WorstMoment(allow_null=True)


class TailShape(s.Serializer):
    """The share of the answered requests that were slower, by latency: for a plot with two logarithmic axes."""

    ms = s.ListField(child=s.FloatField())
    share = s.ListField(child=s.FloatField())


class ReplicationShape(s.Serializer):
    """One seed of a cell."""

    seed = s.IntegerField()
    stable = s.BooleanField()
    sent = s.IntegerField()
    ok = s.IntegerField()
    failed = s.IntegerField()
    mean_ms = s.FloatField(allow_null=True)
    p50_ms = s.FloatField(allow_null=True)
    p90_ms = s.FloatField(allow_null=True)
    p99_ms = s.FloatField(allow_null=True)
    p99_9_ms = s.FloatField(allow_null=True)
    throughput_per_s = s.FloatField()
    goodput_per_s = s.FloatField()
    offered_per_s = s.FloatField()
    utilisation = s.FloatField()
    server_hours = s.FloatField()
    worst_ns = s.IntegerField()
    worst_in_system = s.IntegerField()


class WholeCell(CellShape):
    """A cell with its Config, its tail and its replications."""

    config = shapes.Free()
    actions = shapes.JournalAction(many=True)
    tail = TailShape()
    replications = ReplicationShape(many=True)


class DiffShape(s.Serializer):
    """The difference of two values on the same seeds: b minus a."""

    difference = s.FloatField()
    half = s.FloatField()
    count = s.IntegerField()
    p = s.FloatField(help_text=N_("Of Student's paired t test, two-sided."))
    significant = s.BooleanField(help_text=N_("At 5 % for all pairs of the point together (Holm)."))
    lower = s.ChoiceField(choices=("a", "b"), allow_null=True)


class PairShape(s.Serializer):
    """Two values of the compared axis; null where one has no such number."""

    a = s.IntegerField()
    b = s.IntegerField()
    mean_ms = DiffShape(allow_null=True)
    p99_ms = DiffShape(allow_null=True)
    failure_share = DiffShape(allow_null=True)
    stable = s.ChoiceField(choices=("both", "a", "b", "neither"))


class PointShape(s.Serializer):
    """The compared values at one point of the other axes."""

    at = s.ListField(child=s.IntegerField(allow_null=True), help_text=N_("Null on the compared axis."))
    cells = s.ListField(child=s.IntegerField())
    best = s.IntegerField(allow_null=True, help_text=N_("The value whose mean latency is significantly below those of all others."))
    pairs = PairShape(many=True)


class LoadShape(s.Serializer):
    """What load is borne at one point of the other axes."""

    at = s.ListField(child=s.IntegerField(allow_null=True), help_text=N_("Null on the load's axis."))
    axis = s.IntegerField()
    largest_stable = s.FloatField(allow_null=True)
    open = s.BooleanField(help_text=N_("Stable up to the last value: there may be more."))
    knee = s.FloatField(allow_null=True, help_text=N_("Where throughput / mean latency is largest."))
    knee_open = s.BooleanField(help_text=N_("It is the last stable value: the true one may lie beyond."))
    power = s.ListField(child=s.FloatField(allow_null=True))


class ProbeShape(s.Serializer):
    """One number of servers that was looked at."""

    servers = s.IntegerField()
    holds = s.BooleanField(allow_null=True, help_text=N_("Null: not known yet."))
    undecided = s.BooleanField()
    cell = s.IntegerField()
    share = Estimate(allow_null=True, help_text=N_("Share of the requests that were answered in time."))
    percentile_ms = s.FloatField(allow_null=True, help_text=N_("What so large a share stays below, failed requests being endless."))


class SizeShape(s.Serializer):
    """The smallest number of servers at one point of the axes."""

    at = s.ListField(child=s.IntegerField())
    servers = s.IntegerField(allow_null=True)
    over = s.BooleanField()
    said = s.CharField()
    probes = ProbeShape(many=True)


class AnswerShape(s.Serializer):
    """What it says as a whole: of a grid points and loads, of a sizing sizes."""

    sentence = s.CharField()
    compared = s.IntegerField(allow_null=True, required=False, help_text=N_("The axis whose values are compared."))
    measures = s.ListField(child=s.CharField(), required=False)
    points = PointShape(many=True, required=False)
    loads = LoadShape(many=True, required=False)
    sizes = SizeShape(many=True, required=False)


class AxisShape(s.Serializer):
    """An axis with what it and its values are called."""

    path = s.CharField()
    title = s.CharField()
    unit = s.CharField(allow_blank=True)
    load = s.BooleanField()
    values = Choice(many=True)


class EntryShape(s.Serializer):
    """An experiment as a list shows it."""

    id = s.UUIDField()
    url = s.CharField()
    state = s.ChoiceField(choices=("queued", "running", "done", "cancelled", "failed", "budget"))
    phase = s.ChoiceField(choices=("warm_up", "replications", "probes"), allow_null=True)
    kind = s.ChoiceField(choices=("grid", "sizing"))
    title = s.CharField()
    system = s.CharField()
    scenario = s.CharField(allow_null=True)
    config = shapes.Free()
    duration_ns = s.IntegerField()
    warm_up_s = s.FloatField(allow_null=True)
    first_seed = s.IntegerField()
    seeds = s.IntegerField()
    axes = AxisShape(many=True)
    sizing = SizingWanted(allow_null=True)
    cells_total = s.IntegerField()
    done = s.IntegerField(help_text=N_("Replications done, pilots too."))
    total = s.IntegerField(help_text=N_("Of a sizing: those known so far."))
    events = s.IntegerField()
    requests = s.IntegerField()
    seconds = s.FloatField(allow_null=True, help_text=N_("How long it has taken."))
    stamp = s.IntegerField(help_text=N_("Grows with every change: give it back as `since`."))
    error = s.CharField(allow_null=True)
    visibility = s.ChoiceField(choices=shapes.VISIBILITIES)
    mine = s.BooleanField()
    created = s.CharField()


class ExperimentShape(EntryShape):
    """A grid of Configs times many seeds, or the smallest number of servers that is enough."""

    cells = CellShape(many=True)
    answer = AnswerShape(allow_null=True)
    assumptions = s.ListField(child=s.CharField())
