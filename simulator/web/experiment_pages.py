"""The pages of Experiments. What each template is given, beside what every page has (pages.py):

experiments.html        GET /experiments/?page=N         one's own, newest first
    page        Django Page of ENTRY (experimented.py)
    scenarios   [CARD, ...] (of systems that can be replicated)

experiment_new.html     GET /experiments/new/?scenario=<key> or ?recording=<key> [&kind=sizing] [&draft=1] or ?experiment=<uuid> (the same again, to be changed)
    scenario    CARD | null
    scenarios   [CARD, ...] to choose from where nothing is named
    page_data   {..., "scenario": CARD + "document" | null, "document", "system", "recordings", "proposal": what a form begins with}
    The script posts to /api/experiments/.

experiment.html         GET /experiments/<uuid>/         what came out, so far
    experiment  EXPERIMENT (experimented.py)
    facts       FACTS (experiment_facts.py): the same as rows and sentences, for the first paint and where there is no script
    page_data   {..., "experiment": EXPERIMENT}
"""

from django.core.paginator import Paginator
from django.http import HttpRequest
from django.shortcuts import render

from simulator.runs import access, service
from simulator.runs.models import Experiment, Recording, Scenario
from simulator.web import experimented, found, shown
from simulator.web.experiment_facts import facts_of
from simulator.web.page import page
from simulator.web.pages import data_of
from simulator.web.who import remembered

EXPERIMENTS_A_PAGE = 50
RECORDINGS_SHOWN = 200


@page("GET")
def experiments(request: HttpRequest):
    """One's own experiments, and the scenarios that one can be made of."""
    who = remembered(request)
    rows = access.mine(who, Experiment.objects.select_related("scenario").order_by("-created"))
    listed = Paginator(rows, EXPERIMENTS_A_PAGE).get_page(request.GET.get("page"))
    listed.object_list = [experimented.entry(row, who) for row in listed.object_list]
    return render(request, "experiments.html", {"page": listed, "scenarios": _scenarios(who), "page_data": data_of(request, runs=[])})


@page("GET")
def new(request: HttpRequest):
    """The form that makes a grid or a sizing of a scenario, a recording or an experiment before."""
    who = remembered(request)
    card, document, before = _subject(request, who)
    if document is None:
        return render(request, "experiment_new.html", {"scenario": None, "scenarios": _scenarios(who), "page_data": data_of(request)})
    title = card["title"] if card else service.parsed(document).told(shown.language())["title"]
    return render(request, "experiment_new.html", {
        "scenario": card, "title": title,
        "page_data": data_of(
            request, scenario=card, document=document, system=shown.system(document["system"]), recordings=_recordings(who),
            before=before, proposal=experimented.proposal(document, who)),
    })


def _subject(request: HttpRequest, who) -> tuple[dict | None, dict | None, dict | None]:
    """(CARD or null, the document that is varied or null, ENTRY of the experiment that is made again or null)."""
    if request.GET.get("experiment"):
        row = found.experiment(request.GET["experiment"], who)
        card = next(iter(shown.cards([row.scenario] if row.scenario else [], who)), None)
        return card and {**card, "document": row.document}, row.document, experimented.entry(row, who)
    if request.GET.get("scenario"):
        card = shown.whole_card(found.scenario(request.GET["scenario"], who), who)
        return card, card["document"], None
    if request.GET.get("recording"):
        whole = shown.whole_recording(found.recording(request.GET["recording"], who), who)
        return None, service.parsed(whole["document"]).document(), None
    return None, None, None


@page("GET")
def experiment(request: HttpRequest, id):
    """One experiment as it stands."""
    who = remembered(request)
    row = found.experiment(id, who)
    facts = experimented.experiment(row, who)
    card = next(iter(shown.cards([row.scenario] if row.scenario else [], who)), None)
    return render(request, "experiment.html", {
        "experiment": facts, "facts": facts_of(facts), "scenario": card, "page_data": data_of(request, experiment=facts),
    })


def _scenarios(who) -> list[dict]:
    """The CARDs of Scenarios that can be replicated: those that serve requests."""
    able = [system["key"] for system in shown.systems() if system["kernel"] == "traffic"]
    return shown.cards(access.visible(who, Scenario.objects.filter(document__system__in=able).order_by("-builtin", "created", "key")), who)


def _recordings(who) -> list[dict]:
    rows = access.visible(who, Recording.objects.defer("arrays").order_by("-created"))[:RECORDINGS_SHOWN]
    return [shown.recording(row, who) for row in rows]
