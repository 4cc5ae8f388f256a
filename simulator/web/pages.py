"""The pages. What each template is given:

EVERY page (context processor `simulator.web.context.site`):
    site        {"open_mode", "may_create", "signed_in", "name" (of the user, "" for a visitor), "staff"}
    request, user, messages, i18n as Django's own context processors give them

    Pages with a script carry `page_data`, to be written by
    `{{ page_data|json_script:"page-data" }}`; it always holds "who" (= site) and "socket" ("/ws/").

gallery.html        GET /
    systems     [{"key", "title", "summary", "url" (fidelity sheet), "scenarios": [CARD, ...] (built-in)}]
    mine        [CARD, ...] (this visitor's own scenarios)
    shared      [CARD, ...] (other people's public scenarios)
    recordings  [RECORDING, ...] (that this visitor may see, newest first)
    page_data   {"who", "socket", "scenarios": [CARD, ...] (all of the above)}

scenario.html       GET /scenarios/<key>/        the set-up form; the script posts to /api/runs/
    scenario    CARD
    system      SYSTEM
    page_data   {"who", "socket", "scenario": CARD + "document" (whole, see scenarios/document.py),
                 "system": SYSTEM, "recordings": [RECORDING, ...],
                 "urls": {"runs": "/api/runs/", "scenarios": "/api/scenarios/"}}
    POST (no script): starts the scenario as it is, redirects to its stage. Fields: seed (optional).

runs.html           GET /runs/?page=N            my runs, comparisons and experiments, newest first
    page        Django Page of ROW; page.has_next, page.next_page_number, page.paginator.num_pages
    page_data   {"who", "socket", "runs": [RUN, ...] (unfinished ones on this page, to be watched)}

stage.html          GET /runs/<uuid>/?t=4.21     one lane        (also without the last slash: redirected)
                    GET /compare/<uuid>/?t=4.21  two to four lanes
    title       of the run or the comparison
    runs        [RUN, ...] for the mirror without a script
    page_data   {"who", "socket", "runs": [RUN, ...] (by lane), "comparison": null | COMPARISON,
                 "system": SYSTEM, "t_ns": int | null, "scenario": CARD | null}

compare_new.html    GET /compare/new/?scenario=<key> or ?recording=<key> (then page_data.document is given)   the script posts to /api/comparisons/
    scenario    CARD | null (null: let the visitor choose from `scenarios`)
    scenarios   [CARD, ...]
    page_data   {"who", "socket", "scenario": CARD + "document" | null, "scenarios": [CARD, ...],
                 "system": SYSTEM | null, "recordings": [RECORDING, ...],
                 "lanes": [{"title", "config": {...overrides, e.g. {"strategy": {"name": "random"}}}}, ...] (a proposal:
                 the first property of the Config whose schema is a choice by "name"),
                 "lanes_at_most": 4, "urls": {"comparisons": "/api/comparisons/"}}

recordings.html     GET /recordings/
    recordings  [RECORDING, ...]
    page_data   {"who", "socket", "recordings": [...], "upload_bytes_at_most": int, "formats": [...],
                 "urls": {"preview": "/api/recordings/preview/", "recordings": "/api/recordings/"}}
    The file stays in the browser: it is posted to `preview` (multipart: file, mapping as JSON text, optional)
    as often as the mapping is changed, and at last to `recordings` (file, mapping, name).

recording.html      GET /recordings/<key>/
    recording   RECORDING
    scenarios   [CARD, ...] (that use it)
    page_data   {"who", "socket", "recording": RECORDING + "preview" (rate over time, cv2, span, ...) + "document"
                 (a Scenario document that replays it), "urls": {"runs", "comparisons", "scenarios", "recording"}}

system.html         GET /systems/<key>/          the fidelity sheet
    system      SYSTEM
    parameters  [PARAMETER, ...] in the schema's order; see sheet.py
    actions     [ACTION, ...]; see sheet.py
    hunt_url    where a hunt begins, in the first scenario | null
    scenarios   [CARD, ...]

login.html          GET, POST /accounts/login/?next=   `form` (Django's AuthenticationForm), `next`
                    POST /accounts/logout/
error.html          400, 403, 404, 405, 413, 429, 500, 503: `status` (int), `sentence`

Shapes (texts already in the page's language):
    CARD        {"key", "title", "text", "watch_for": [sentence, ...], "system", "system_title", "seed", "duration_s",
                 "builtin", "mine", "visibility", "needs": key of a recording that is not there | null,
                 "recordings" (keys it replays), "config" (complete), "actions" ([{"at_ns", "kind", "target", "params"}, ...]), "url", "compare_url",
                 "hunt_url" (null where the system promises nothing), "experiment_url" (null where it has no numbers to compare)}
    RECORDING   {"key", "name", "rows", "span_ns", "demand" (bool), "mean_demand_ms", "warnings": [...], "refused_total",
                 "visibility", "mine", "created", "url"}
    RUN         as in the socket's contract, plus "url" and "scenario" (key or null)
    COMPARISON  {"id", "title", "parent": id | null, "branch_at_ns", "visibility", "mine", "can_act", "created", "url"}
    ROW         {"is": "run" | "comparison" | "experiment", "id", "title", "state", "created", "url", "runs": [RUN, ...]}
    SYSTEM      {"key", "title", "summary", "schema" (JSON Schema of Config), "actions": [SPEC], "roles", "sources",
                 "modelled", "left_out", "url", and of a protocol "kernel": "actors", "messages", "timers", "properties",
                 "twins", "hue", "times", "joins", "points", "gauges", "unjudged", "refuses" (runs/systems.py)}
    SPEC        {"kind", "title", "role", "states", "otherwise", "params": [{"name", "title", "default", "minimum",
                 "maximum", "unit", "integer", "choices", "pattern"}], "shortcut", "done"}
"""

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import CharField, Value
from django.http import Http404, HttpRequest
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from simulator.runs import Mistake, access, service
from simulator.runs.models import UNFINISHED, Comparison, Experiment, Recording, Run, Scenario
from simulator.web import experimented, found, shown
from simulator.web.context import describe
from simulator.web.lanes import LANES_AT_MOST, proposed
from simulator.web.page import page, start_ns
from simulator.web.sheet import actions, parameters
from simulator.web.who import remembered

RUNS_A_PAGE = 50
RECORDINGS_SHOWN = 200
FORMATS = ["csv", "jsonl", "combined", "gz"]


@page("GET")
def gallery(request: HttpRequest):
    """Scenarios by system, one's own, and other people's public ones."""
    who = remembered(request)
    rows = list(access.visible(who, Scenario.objects.order_by("created", "key")))
    cards = shown.cards([row for row in rows if row.builtin], who)
    mine = shown.cards([row for row in rows if not row.builtin and who.made(row)], who)
    shared = shown.cards([row for row in rows if not row.builtin and not who.made(row)], who)
    systems = [{**system, "scenarios": [card for card in cards if card["system"] == system["key"]]}
               for system in shown.systems()]
    return render(request, "gallery.html", {
        "systems": systems, "mine": mine, "shared": shared, "recordings": _recordings(who),
        "page_data": data_of(request, scenarios=[*cards, *mine, *shared]),
    })


@page("GET", "POST")
def scenario(request: HttpRequest, key: str):
    """The set-up form; a POST starts the scenario as it is."""
    who = remembered(request)
    row = found.scenario(key, who)
    if request.method == "POST":
        return _started(request, row, who)
    card = shown.whole_card(row, who)
    system = shown.system(card["system"])
    return render(request, "scenario.html", {
        "scenario": card, "system": system,
        "page_data": data_of(request, scenario=card, system=system, recordings=_recordings(who)),
    })


def _started(request: HttpRequest, row: Scenario, who):
    if not who.may_create:
        return redirect(f"{reverse('login')}?next={reverse('scenario', args=[row.key])}")
    seed = request.POST.get("seed", "")
    try:
        if seed and not seed.isdecimal() or len(seed) > 20:
            raise Mistake("seed", _("seed must be a whole number from 0."))
        run = service.create_run(row.document, who, int(seed) if seed else None, row)
    except Mistake as slip:
        messages.error(request, slip.say(_))
        return redirect("scenario", key=row.key)
    return redirect("run", id=run.pk)


@page("GET")
def runs(request: HttpRequest):
    """One's own runs, comparisons and experiments, newest first."""
    who = remembered(request)
    alone = access.mine(who, Run.objects.filter(comparison=None)).order_by()
    together = access.mine(who, Comparison.objects.all()).order_by()
    asked = access.mine(who, Experiment.objects.all()).order_by()
    first, *others = (rows.annotate(kind=Value(kind, CharField())).values_list("created", "pk", "kind")
                      for rows, kind in ((alone, "run"), (together, "comparison"), (asked, "experiment")))
    keys = first.union(*others, all=True).order_by("-created")
    listed = Paginator(keys, RUNS_A_PAGE).get_page(request.GET.get("page"))
    listed.object_list = _rows(list(listed.object_list), who)
    moving = [run for row in listed.object_list for run in row["runs"] if run["state"] in UNFINISHED]
    return render(request, "runs.html", {"page": listed, "page_data": data_of(request, runs=moving)})


def _rows(keys: list[tuple], who) -> list[dict]:
    """ROWs for (created, key, kind) in their order."""
    wanted = [key for _created, key, _kind in keys]
    alone = {row.pk: row for row in Run.objects.select_related("scenario").filter(pk__in=wanted)}
    together = Comparison.objects.prefetch_related("runs__scenario").filter(pk__in=wanted)
    made = {row.pk: {"is": "comparison", **shown.comparison(row, who)} for row in together}
    asked = Experiment.objects.select_related("scenario").filter(pk__in=wanted)
    made |= {row.pk: {"is": "experiment", "runs": [], **experimented.entry(row, who)} for row in asked}
    for key, row in alone.items():
        run = shown.run(row, who)
        made[key] = {"is": "run", **{name: run[name] for name in ("id", "title", "created", "url", "state")}, "runs": [run]}
    return [made[key] for key in wanted if key in made]


@page("GET")
def run(request: HttpRequest, id):
    """The stage with one lane."""
    who = remembered(request)
    return _stage(request, who, [found.run(id, who)], None)


@page("GET")
def compare(request: HttpRequest, id):
    """The stage with two to four lanes."""
    who = remembered(request)
    row = found.comparison(id, who)
    return _stage(request, who, row.runs.select_related("scenario").order_by("lane"), row)


def _stage(request: HttpRequest, who, rows, comparison: Comparison | None):
    lanes = [shown.run(row, who) for row in rows]
    scenario = (comparison or rows[0]).scenario
    together = shown.brief_comparison(comparison, who) if comparison else None
    return render(request, "stage.html", {
        "title": (together or lanes[0])["title"], "runs": lanes,
        "page_data": data_of(
            request, runs=lanes, comparison=together, system=shown.system(lanes[0]["system"]),
            t_ns=start_ns(request.GET.get("t"), lanes[0]["duration_ns"]),
            scenario=next(iter(shown.cards([scenario] if scenario else [], who)), None)),
    })


@page("GET")
def compare_new(request: HttpRequest):
    """Choose two to four lanes for a scenario or a recording."""
    who = remembered(request)
    card, document = None, None
    if request.GET.get("scenario"):
        card = shown.whole_card(found.scenario(request.GET["scenario"], who), who)
        document = card["document"]
    elif request.GET.get("recording"):
        document = shown.whole_recording(found.recording(request.GET["recording"], who), who)["document"]
    system = shown.system(document["system"]) if document else None
    cards = shown.cards(access.visible(who, Scenario.objects.order_by("-builtin", "created", "key")), who)
    return render(request, "compare_new.html", {
        "scenario": card, "scenarios": cards,
        "page_data": data_of(
            request, scenario=card, document=document, scenarios=cards, system=system, recordings=_recordings(who),
            lanes=proposed(document, system) if document else [], lanes_at_most=LANES_AT_MOST),
    })


@page("GET")
def recordings(request: HttpRequest):
    """Import a log; what was imported."""
    who = remembered(request)
    rows = _recordings(who)
    return render(request, "recordings.html", {
        "recordings": rows,
        "page_data": data_of(request, recordings=rows, upload_bytes_at_most=who.budget.upload_bytes, formats=FORMATS),
    })


@page("GET")
def recording(request: HttpRequest, key: str):
    """One recording and the scenarios that replay it."""
    who = remembered(request)
    row = found.recording(key, who)
    cards = shown.cards(access.visible(who, Scenario.objects.order_by("created")), who)
    using = [card for card in cards if key in card["recordings"]]
    return render(request, "recording.html", {
        "recording": shown.recording(row, who), "scenarios": using,
        "page_data": data_of(request, recording=shown.whole_recording(row, who), scenarios=using),
    })


@page("GET")
def system(request: HttpRequest, key: str):
    """The fidelity sheet: what is modelled, what is left out, every parameter with its source."""
    facts = shown.system(key)
    if facts is None:
        raise Http404(f"no system {key}")
    who = remembered(request)
    rows = access.visible(who, Scenario.objects.filter(document__system=key).order_by("-builtin", "created"))
    cards = shown.cards(rows, who)
    return render(request, "system.html", {
        "system": facts, "parameters": parameters(facts["schema"]), "actions": actions(facts), "scenarios": cards,
        "hunt_url": next((card["hunt_url"] for card in cards), None),
        "page_data": data_of(request, system=facts, scenarios=cards),
    })


def data_of(request: HttpRequest, **more) -> dict:
    """What every page's script gets, and more."""
    urls = {noun: f"{reverse('api')}{noun}/" for noun in ("runs", "scenarios", "comparisons", "hunts", "experiments", "recordings")}
    urls["preview"] = f"{urls['recordings']}preview/"
    urls["check"] = f"{urls['scenarios']}check/"
    return {"who": describe(request), "socket": "/ws/", "urls": urls, **more}


def _recordings(who) -> list[dict]:
    rows = access.visible(who, Recording.objects.defer("arrays").order_by("-created"))[:RECORDINGS_SHOWN]
    return [shown.recording(row, who) for row in rows]
