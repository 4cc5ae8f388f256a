"""The admin: scenarios are edited here, everything else is looked at."""

import json

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.forms import CharField, FileField, Form, ModelForm, Textarea, ValidationError
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as __

from simulator.runs import Mistake, service
from simulator.runs.models import Comparison, Experiment, Hunt, Recording, Run, Scenario
from simulator.web.admin_import import documents
from simulator.web.shown import language
from simulator.web.who import who_of

admin.site.site_header = admin.site.site_title = "distviz"


class DocumentField(CharField):
    """A Scenario document as JSON text; the floor below says which field of it is wrong."""

    widget = Textarea(attrs={"rows": 30, "cols": 110, "spellcheck": "false"})

    def prepare_value(self, value):
        """Readable JSON."""
        return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, indent=2)

    def clean(self, value):
        """The document with every default spelled out."""
        try:
            return service.parsed(json.loads(super().clean(value))).document()
        except (ValueError, RecursionError) as trouble:
            raise ValidationError(trouble.say(_) if isinstance(trouble, Mistake) else _("This is not JSON.")) from trouble


class ScenarioForm(ModelForm):
    """A Scenario with its document as text."""

    document = DocumentField(label=__("document"))

    class Meta:
        model = Scenario
        fields = ("key", "document", "owner", "visibility")


class ImportForm(Form):
    """One file: a Scenario document, or a list of them."""

    file = FileField(label=__("A JSON file: one scenario document, or a list of them"))


@admin.register(Scenario)
class ScenarioAdmin(admin.ModelAdmin):
    """Edited as JSON; built-in ones come from files and are only looked at."""

    form = ScenarioForm
    list_display = ("key", "title", "builtin", "visibility", "owner", "created")
    list_filter = ("builtin", "visibility")
    search_fields = ("key",)
    actions = ("run_now", "duplicate", "export")
    change_list_template = "admin_scenarios.html"

    @admin.display(description=__("title"))
    def title(self, scenario):
        """The title in the language in force."""
        return service.parsed(scenario).told(language())["title"]

    def has_change_permission(self, request, obj=None):
        """Built-in Scenarios stay as their files say."""
        return super().has_change_permission(request, obj) and not (obj and obj.builtin)

    def has_delete_permission(self, request, obj=None):
        """Built-in Scenarios come back with the next start."""
        return super().has_delete_permission(request, obj) and not (obj and obj.builtin)

    def delete_queryset(self, request, queryset):
        """The list's own action leaves built-in ones alone too."""
        super().delete_queryset(request, queryset.filter(builtin=False))

    def save_model(self, request, scenario, form, change):
        """A new Scenario without an owner is its maker's."""
        if not change and scenario.owner is None:
            scenario.owner = request.user
        super().save_model(request, scenario, form, change)

    @admin.action(description=__("Run now"), permissions=["view"])
    def run_now(self, request, queryset):
        """Start a Run of each."""
        for scenario in queryset:
            try:
                run = service.create_run(scenario.document, who_of(request), scenario=scenario)
            except Mistake as slip:
                self.message_user(request, f"{scenario.key}: {slip.say(_)}", messages.ERROR)
            else:
                link = format_html('<a href="{}">{}</a>', reverse("run", args=[run.pk]), scenario.key)
                self.message_user(request, format_html(_("Started: {link}"), link=link))

    @admin.action(description=__("Duplicate"), permissions=["add"])
    def duplicate(self, request, queryset):
        """A private copy of each, of one's own."""
        for scenario in queryset:
            copy = service.save_scenario(scenario.document, who_of(request))
            self.message_user(request, _("{key} is a copy of {original}.").format(key=copy.key, original=scenario.key))

    @admin.action(description=__("Export as JSON"), permissions=["view"])
    def export(self, request, queryset):
        """A file that "Import" reads."""
        rows = [{"key": scenario.key, "document": scenario.document} for scenario in queryset.order_by("key")]
        answer = HttpResponse(json.dumps(rows, ensure_ascii=False, indent=1), content_type="application/json")
        answer["Content-Disposition"] = 'attachment; filename="distviz-scenarios.json"'
        return answer

    def get_urls(self):
        """The import page beside the admin's own."""
        return [path("import/", self.admin_site.admin_view(self.import_view), name="runs_scenario_import"), *super().get_urls()]

    def import_view(self, request):
        """Upload a JSON file; nothing is kept unless all of it is right."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = ImportForm(request.POST or None, request.FILES or None)
        if request.method == "POST" and form.is_valid():
            try:
                made = documents(form.cleaned_data["file"], who_of(request))
            except Mistake as slip:
                form.add_error("file", slip.say(_))
            else:
                self.message_user(request, _("Imported: {keys}").format(keys=", ".join(row.key for row in made)))
                return HttpResponseRedirect(reverse("admin:runs_scenario_changelist"))
        context = {**self.admin_site.each_context(request), "form": form, "title": _("Import scenarios"),
                   "opts": self.model._meta}
        return render(request, "admin_import.html", context)


class LookedAt(admin.ModelAdmin):
    """Read-only, with a link to its page."""

    address = ""
    deletable = False

    def has_add_permission(self, request):
        """Made elsewhere."""
        return False

    def has_change_permission(self, request, obj=None):
        """Never changed."""
        return False

    def has_delete_permission(self, request, obj=None):
        """Only where nothing else hangs on it."""
        return self.deletable and super().has_delete_permission(request, obj)

    @admin.display(description=__("page"))
    def link(self, thing):
        """Where it is shown."""
        key = thing.key if isinstance(thing, Recording) else thing.pk
        return format_html('<a href="{}">{}</a>', reverse(self.address, args=[key]), _("open"))


@admin.register(Run)
class RunAdmin(LookedAt):
    """Runs, with a link to the stage."""

    address = "run"
    list_display = ("id", "link", "state", "seed", "scenario", "owner", "visibility", "created", "digest")
    list_filter = ("state", "visibility")
    list_select_related = ("scenario", "owner")
    search_fields = ("id", "digest")
    exclude = ("session_key", "lease_until", "runner")


@admin.register(Recording)
class RecordingAdmin(LookedAt):
    """Recordings."""

    address = "recording"
    deletable = True
    list_display = ("key", "link", "name", "rows", "owner", "visibility", "created")
    search_fields = ("key", "name")

    def get_queryset(self, request):
        """Without the arrays, which may be large."""
        return super().get_queryset(request).defer("arrays")


@admin.register(Hunt)
class HuntAdmin(LookedAt):
    """Hunts, with a link to what they found."""

    address = "hunt"
    deletable = True
    list_display = ("id", "link", "state", "seeds", "done", "violations", "scenario", "owner", "visibility", "created")
    list_filter = ("state", "visibility")
    list_select_related = ("scenario", "owner")
    search_fields = ("id",)
    exclude = ("session_key", "lease_until", "turn_until", "generation", "seed_s", "attempts", "claimed")

    @admin.display(description=__("seeds done"))
    def done(self, hunt):
        """How many seeds have been searched."""
        return hunt.tally["done"]

    @admin.display(description=__("violations"))
    def violations(self, hunt):
        """Seeds that broke a promise."""
        return hunt.tally["violations"]


@admin.register(Experiment)
class ExperimentAdmin(LookedAt):
    """Experiments, with a link to what they say."""

    address = "experiment"
    deletable = True
    list_display = ("id", "link", "state", "done", "total", "scenario", "owner", "visibility", "created")
    list_filter = ("state", "visibility")
    list_select_related = ("scenario", "owner")
    search_fields = ("id",)
    exclude = ("session_key", "lease_until", "generation", "slots", "slot_s", "claimed", "stage", "stage_slots", "stage_done", "stamp")


@admin.register(Comparison)
class ComparisonAdmin(LookedAt):
    """Comparisons, with a link to the stage."""

    address = "compare"
    list_display = ("id", "link", "scenario", "owner", "visibility", "created")
    list_select_related = ("scenario", "owner")
