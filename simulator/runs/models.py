"""What outlives every process: Scenarios, Recordings, Runs with their Segments, Comparisons, Hunts, Experiments."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Visibility(models.TextChoices):
    """Who may look: the maker, whoever has the link, or everybody (and it is listed)."""

    PRIVATE = "private", _("private")
    UNLISTED = "unlisted", _("unlisted (by link)")
    PUBLIC = "public", _("public")


class Owned(models.Model):
    """Something a person made. `session_key` stands for a visitor who has not signed in."""

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, null=True, blank=True, verbose_name=_("owner"))
    session_key = models.CharField(max_length=64, blank=True, default="", editable=False, db_index=True)
    visibility = models.CharField(_("visibility"), max_length=8, choices=Visibility, default=Visibility.PRIVATE)
    created = models.DateTimeField(_("created"), default=timezone.now, editable=False, db_index=True)

    class Meta:
        abstract = True


class Scenario(Owned):
    """A saved set-up. `document` is a scenario document as scenarios/document.py describes it."""

    key = models.SlugField(_("key"), max_length=80, unique=True)
    document = models.JSONField(_("document"))
    builtin = models.BooleanField(_("built in"), default=False, editable=False)

    class Meta(Owned.Meta):
        ordering = ["key"]
        verbose_name = _("scenario")
        verbose_name_plural = _("scenarios")

    def __str__(self):
        return self.key


class Recording(Owned):
    """Recorded traffic. `key` is the beginning of the content's digest, so equal keys mean equal arrays."""

    key = models.CharField(_("key"), max_length=16, db_index=True)
    name = models.CharField(_("name"), max_length=200)
    arrays = models.BinaryField(editable=False)
    rows = models.PositiveIntegerField(_("rows"))
    span_ns = models.BigIntegerField(_("span in ns"))
    demand = models.BooleanField(_("with service demand"))
    refused_total = models.PositiveIntegerField(_("rows refused"), default=0)
    warnings = models.JSONField(_("warnings"), default=list)
    figures = models.JSONField(default=dict, editable=False)

    class Meta(Owned.Meta):
        ordering = ["-created"]
        verbose_name = _("recording")
        verbose_name_plural = _("recordings")
        constraints = [models.UniqueConstraint(fields=["key", "owner", "session_key"], name="one_recording_each")]

    def __str__(self):
        return self.name


class Comparison(Owned):
    """Two to four Runs (its lanes) that share seed, arrivals, demands and Actions."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    title = models.JSONField(_("title"), default=str)
    document = models.JSONField(_("document"))
    scenario = models.ForeignKey(Scenario, models.SET_NULL, null=True, related_name="comparisons")
    parent = models.ForeignKey("self", models.PROTECT, null=True, related_name="branches")
    branch_at_ns = models.BigIntegerField(null=True)

    class Meta(Owned.Meta):
        ordering = ["-created"]
        verbose_name = _("comparison")
        verbose_name_plural = _("comparisons")

    def __str__(self):
        return str(self.id)


class State(models.TextChoices):
    """Where a Run stands. The last four are final."""

    QUEUED = "queued", _("queued")
    RUNNING = "running", _("running")
    DONE = "done", _("done")
    CANCELLED = "cancelled", _("cancelled")
    FAILED = "failed", _("failed")
    BUDGET = "budget", _("budget reached")


UNFINISHED = (State.QUEUED, State.RUNNING)


class Run(Owned):
    """A Scenario frozen as it was, a seed and the whole journal: together they fix every byte of the Trace.

    Segments below `first_segment` are an ancestor's; `lineage` says whose: [[first number, run id], ...],
    rising, this Run's own entry last. `segment_count` counts both kinds and has no gap below it.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    scenario = models.ForeignKey(Scenario, models.SET_NULL, null=True, related_name="runs")
    document = models.JSONField(_("document"))
    seed = models.BigIntegerField(_("seed"))
    journal = models.JSONField(_("journal"), default=list)
    duration_ns = models.BigIntegerField()
    window_ns = models.BigIntegerField()
    sample_ns = models.BigIntegerField()

    parent = models.ForeignKey("self", models.PROTECT, null=True, related_name="branches")
    branch_at_ns = models.BigIntegerField(null=True)
    lineage = models.JSONField(default=list)
    comparison = models.ForeignKey(Comparison, models.CASCADE, null=True, related_name="runs")
    lane = models.PositiveSmallIntegerField(default=0)
    lane_title = models.CharField(max_length=100, blank=True, default="")

    state = models.CharField(_("state"), max_length=9, choices=State, default=State.QUEUED)
    progress_ns = models.BigIntegerField(default=0)
    first_segment = models.PositiveIntegerField(default=0)
    segment_count = models.PositiveIntegerField(default=0)
    trace_bytes = models.BigIntegerField(default=0)
    digest = models.CharField(_("digest"), max_length=64, blank=True, default="")
    summary = models.JSONField(null=True)
    error = models.JSONField(default=str)

    budget_events = models.BigIntegerField()
    budget_bytes = models.BigIntegerField()
    lease_until = models.DateTimeField(default=timezone.now, db_index=True)
    runner = models.CharField(max_length=64, blank=True, default="")
    attempts = models.PositiveSmallIntegerField(default=0)
    started = models.DateTimeField(null=True)
    finished = models.DateTimeField(null=True)

    class Meta(Owned.Meta):
        ordering = ["-created", "lane"]
        verbose_name = _("run")
        verbose_name_plural = _("runs")
        indexes = [models.Index(fields=["lease_until"], condition=Q(state__in=["queued", "running"]), name="unfinished_runs")]

    def __str__(self):
        return str(self.id)

    @property
    def unfinished(self) -> bool:
        """Whether a worker still has something to do for it."""
        return self.state in UNFINISHED

    def holder(self, number: int) -> uuid.UUID:
        """The Run, this one or an ancestor, that stores Segment `number`."""
        return uuid.UUID(next(run for first, run in reversed(self.lineage) if first <= number))


class Segment(models.Model):
    """One window of a Run's Trace, packed by codec.py. Never changed once stored."""

    run = models.ForeignKey(Run, models.CASCADE, related_name="segments")
    number = models.PositiveIntegerField()
    from_ns = models.BigIntegerField()
    until_ns = models.BigIntegerField()
    payload = models.BinaryField()

    class Meta:
        ordering = ["run", "number"]
        constraints = [models.UniqueConstraint(fields=["run", "number"], name="one_segment_each")]

    def __str__(self):
        return f"{self.run_id}/{self.number}"


class Hunt(Owned):
    """A search through `seeds` seeds of one Scenario, its nemesis on, for one that breaks a promise.

    Where `model` names one, the promise is that this consistency model explains what clients see, and no other is looked at.
    `tally` is what the finished chunks found, `shrinking` how far the worst seed's schedule of faults has
    been made smaller (scenarios/hunt.py and shrink.py say what they hold); `turn_until` is when whoever is at
    that ceases to be believed. The first `claimed` seeds have been given to chunks; one seed takes about
    `seed_s` seconds. `generation` is the number under which its steps are queued: steps of an older one stop.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    scenario = models.ForeignKey(Scenario, models.SET_NULL, null=True, related_name="hunts")
    document = models.JSONField(_("document"))
    model = models.CharField(_("consistency model"), max_length=20, blank=True, default="")
    first_seed = models.BigIntegerField(_("first seed"))
    seeds = models.PositiveIntegerField(_("seeds"))
    claimed = models.PositiveIntegerField(default=0)
    seed_s = models.FloatField(null=True)

    state = models.CharField(_("state"), max_length=9, choices=State, default=State.QUEUED)
    tally = models.JSONField(_("tally"))
    shrinking = models.JSONField(null=True)
    worst_run = models.ForeignKey(Run, models.SET_NULL, null=True, related_name="worst_of")
    shrunk_run = models.ForeignKey(Run, models.SET_NULL, null=True, related_name="shrunk_from")
    error = models.JSONField(default=str)

    budget_events = models.BigIntegerField()
    generation = models.PositiveIntegerField(default=0)
    lease_until = models.DateTimeField(default=timezone.now, db_index=True)
    turn_until = models.DateTimeField(default=timezone.now)
    attempts = models.PositiveSmallIntegerField(default=0)
    started = models.DateTimeField(null=True)
    finished = models.DateTimeField(null=True)

    class Meta(Owned.Meta):
        ordering = ["-created"]
        verbose_name = _("hunt")
        verbose_name_plural = _("hunts")

    def __str__(self):
        return str(self.id)

    @property
    def unfinished(self) -> bool:
        """Whether a worker still has something to do for it."""
        return self.state in UNFINISHED


class HuntChunk(models.Model):
    """Some seeds of a Hunt, searched by one task: `count` of them, `number` after its first. `tally` is null until they have been."""

    hunt = models.ForeignKey(Hunt, models.CASCADE, related_name="chunks")
    number = models.PositiveIntegerField()
    count = models.PositiveIntegerField()
    tally = models.JSONField(null=True)
    lease_until = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=1)

    class Meta:
        ordering = ["hunt", "number"]
        constraints = [models.UniqueConstraint(fields=["hunt", "number"], name="one_chunk_each")]

    def __str__(self):
        return f"{self.hunt_id}/{self.number}"

    @property
    def seeds(self) -> range:
        """The seeds that it searches."""
        first = self.hunt.first_seed + self.number
        return range(first, first + self.count)


class Experiment(Owned):
    """A grid of Configs times many seeds, or the smallest number of servers that is enough (scenarios/experiment.py).

    It goes on in *stages*, each a list of slots (a replication or a pilot of one Cell) that are computed in any order;
    the next one begins when all of them are in. `slots` lists those of this stage, [[Cell's number, number of the
    seed, -1 for the pilot], ...], null where they follow from `plan`. The first `claimed` slots of it have been given to
    chunks; one takes about `slot_s` seconds. `done`, `events` and `requests` count over all stages; `stamp` grows with
    every change. `generation` is the number under which its steps are queued: steps of an older one stop.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    scenario = models.ForeignKey(Scenario, models.SET_NULL, null=True, related_name="experiments")
    document = models.JSONField(_("document"))
    plan = models.JSONField(_("plan"))

    state = models.CharField(_("state"), max_length=9, choices=State, default=State.QUEUED)
    stage = models.PositiveIntegerField(default=0)
    stage_slots = models.PositiveIntegerField(default=0)
    stage_done = models.PositiveIntegerField(default=0)
    claimed = models.PositiveIntegerField(default=0)
    slots = models.JSONField(null=True)
    slot_s = models.FloatField(null=True)
    done = models.PositiveIntegerField(_("replications done"), default=0)
    total = models.PositiveIntegerField(_("replications"), default=0)
    events = models.BigIntegerField(default=0)
    requests = models.BigIntegerField(default=0)
    stamp = models.PositiveIntegerField(default=0)
    error = models.JSONField(default=str)

    budget_events = models.BigIntegerField()
    generation = models.PositiveIntegerField(default=0)
    lease_until = models.DateTimeField(default=timezone.now, db_index=True)
    started = models.DateTimeField(null=True)
    finished = models.DateTimeField(null=True)

    class Meta(Owned.Meta):
        ordering = ["-created"]
        verbose_name = _("experiment")
        verbose_name_plural = _("experiments")

    def __str__(self):
        return str(self.id)

    @property
    def unfinished(self) -> bool:
        """Whether a worker still has something to do for it."""
        return self.state in UNFINISHED


class ExperimentCell(models.Model):
    """One Config of an Experiment: indices into the axes' values, of a sizing the number of servers too.

    warm_ns: what its replications leave out, null until that is known; pilot_ns: what its own pilot found. records, tail (packed
    by judges/tail.py) and facts: scenarios/cell.py says what they hold.
    """

    experiment = models.ForeignKey(Experiment, models.CASCADE, related_name="cells")
    number = models.PositiveIntegerField()
    at = models.JSONField()
    servers = models.PositiveIntegerField(null=True)
    pilot_ns = models.BigIntegerField(null=True)
    warm_ns = models.BigIntegerField(null=True)
    records = models.JSONField(default=list)
    tail = models.BinaryField(default=b"")
    facts = models.JSONField(null=True)
    stamp = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["experiment", "number"]
        constraints = [models.UniqueConstraint(fields=["experiment", "number"], name="one_cell_each")]

    def __str__(self):
        return f"{self.experiment_id}/{self.number}"


class ExperimentChunk(models.Model):
    """Some slots of a stage, computed by one task: `count` of them, `number` after its first. Stored once, by whoever claimed it last."""

    experiment = models.ForeignKey(Experiment, models.CASCADE, related_name="chunks")
    stage = models.PositiveIntegerField()
    number = models.PositiveIntegerField()
    count = models.PositiveIntegerField()
    done = models.BooleanField(default=False)
    lease_until = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=1)

    class Meta:
        ordering = ["experiment", "stage", "number"]
        constraints = [models.UniqueConstraint(fields=["experiment", "stage", "number"], name="one_chunk_of_slots_each")]

    def __str__(self):
        return f"{self.experiment_id}/{self.stage}/{self.number}"
