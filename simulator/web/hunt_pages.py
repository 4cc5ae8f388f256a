"""The pages of Hunts. What each template is given, beside what every page has (pages.py):

hunts.html          GET /hunts/?page=N           one's own hunts, newest first
    page        Django Page of HUNT
    scenarios   [CARD, ...] (of systems that promise something)

hunt_new.html       GET /hunts/new/?scenario=<key>[&faulty=<twin>] or ?hunt=<uuid> (the same again, on the next seeds)
    scenario    CARD | null (null: let the visitor choose from `scenarios`)
    scenarios   [CARD, ...]
    form        FORM (hunt_form.py) | null
    POST        starts it and redirects to its page; shown again, with `refused`, where something is wrong

hunt.html           GET /hunts/<uuid>/           everything written by the server; the script fetches it again while it goes on
    hunt        HUNT (hunted.py)
    facts       FACTS (hunt_facts.py): the same as rows, sentences and figures
    POST /hunts/<uuid>/cancel/               stops it
    POST /hunts/<uuid>/run/    moment        "<seed>/<at_ns>": starts a Run of that seed and shows it at that moment
"""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from simulator.runs import Mistake, access, service
from simulator.runs.models import Hunt, Scenario
from simulator.web import found, hunted, shown
from simulator.web.hunt_facts import facts_of
from simulator.web.hunt_form import asked, form_of
from simulator.web.page import page
from simulator.web.pages import data_of
from simulator.web.who import remembered

HUNTS_A_PAGE = 50
DIGITS = 17


@page("GET")
def hunts(request: HttpRequest):
    """One's own hunts, and the scenarios that can be hunted in."""
    who = remembered(request)
    rows = access.mine(who, Hunt.objects.select_related("scenario").order_by("-created"))
    listed = Paginator(rows, HUNTS_A_PAGE).get_page(request.GET.get("page"))
    listed.object_list = [hunted.hunt(row, who) for row in listed.object_list]
    return render(request, "hunts.html", {"page": listed, "scenarios": _scenarios(who), "page_data": data_of(request, runs=[])})


@page("GET", "POST")
def new(request: HttpRequest):
    """Choose seeds, bug and faults; a POST starts the search."""
    who = remembered(request)
    before = found.hunt(request.GET["hunt"], who) if request.GET.get("hunt") else None
    key = request.GET.get("scenario") or (before.scenario.key if before and before.scenario else "")
    row = found.scenario(key, who) if key else None
    if row is None and before is None:
        return render(request, "hunt_new.html", {"scenario": None, "form": None, "scenarios": _scenarios(who), "page_data": data_of(request)})
    document = before.document if before else row.document
    system = shown.system(document["system"])
    values, refused = None, ""
    if request.method == "POST":
        if not who.may_create:
            return redirect(f"{reverse('login')}?next={request.get_full_path()}")
        try:
            values = asked(request.POST, system)
            made = service.create_hunt(document, who, values["seeds"], values["first_seed"], values["config"], row, model=values["model"])
            return redirect("hunt", id=made.pk)
        except Mistake as slip:
            refused = slip.say(_)
    form = form_of(system, service.proposed_hunt(document, before, request.GET.get("faulty")), values)
    form["secret"] = bool(row) and document["config"].get("faulty", "none") != "none" and "faulty" not in request.GET
    card = shown.card(row, who) if row else None
    return render(request, "hunt_new.html", {
        "scenario": card, "title": card["title"] if card else hunted.hunt(before, who)["title"], "system": system,
        "form": form, "refused": refused, "page_data": data_of(request),
    }, status=400 if refused else 200)


@page("GET")
def hunt(request: HttpRequest, id):
    """One hunt as it stands."""
    who = remembered(request)
    row = found.hunt(id, who)
    facts = hunted.hunt(row, who)
    card = next(iter(shown.cards([row.scenario] if row.scenario else [], who)), None)
    return render(request, "hunt.html", {
        "hunt": facts, "facts": facts_of(facts, shown.system(facts["system"])), "scenario": card,
        "page_data": data_of(request, hunt={"id": facts["id"], "unfinished": row.unfinished}),
    })


@page("POST")
def cancel(request: HttpRequest, id):
    """Stop it."""
    who = remembered(request)
    service.cancel_hunt(found.hunt(id, who), who)
    return redirect("hunt", id=id)


@page("POST")
def run(request: HttpRequest, id):
    """A Run of one of its seeds, nemesis and all."""
    who = remembered(request)
    row = found.hunt(id, who)
    if not who.may_create:
        return redirect(f"{reverse('login')}?next={reverse('hunt', args=[id])}")
    try:
        seed, at_ns = _moment(request.POST.get("moment", ""))
        made = service.create_run(row.document, who, seed, row.scenario)
    except Mistake as slip:
        messages.error(request, slip.say(_))
        return redirect("hunt", id=id)
    return redirect(hunted.moment(str(made.pk), {"at_ns": at_ns}))


def _moment(text: str) -> tuple[int, int]:
    """(seed, at_ns) of "75/4899973"."""
    seed, _slash, at_ns = text.partition("/")
    if not all(part.isascii() and part.isdecimal() and len(part) <= DIGITS for part in (seed, at_ns)):
        raise Mistake("moment", _("moment must be a seed and a time in ns, such as 75/4899973."))
    return int(seed), int(at_ns)


def _scenarios(who) -> list[dict]:
    """The CARDs of Scenarios whose system promises something."""
    able = [system["key"] for system in shown.systems() if system["properties"]]
    rows = access.visible(who, Scenario.objects.filter(document__system__in=able).order_by("-builtin", "created", "key"))
    return shown.cards(rows, who)
