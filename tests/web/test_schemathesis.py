"""The OpenAPI document against the code: invented requests, in-process, with a fixed seed. No server error, no lie."""

import json

import pytest
import schemathesis
from django.core.wsgi import get_wsgi_application
from hypothesis import HealthCheck, Phase, given, seed
from hypothesis import settings as hypothesis
from hypothesis.strategies import booleans
from schemathesis import GenerationMode, checks

from simulator.runs import service, tasks
from simulator.runs.models import Experiment, Hunt, Run, State
from simulator.web.api.docs import document
from tests.runs.conftest import PROTOCOL
from tests.web.conftest import DOCUMENT, who_of

pytestmark = pytest.mark.django_db
EXAMPLES = 6
checks.load_all_checks()
CHECKS = checks.CHECKS.get_by_names(
    ["not_a_server_error", "status_code_conformance", "content_type_conformance", "response_schema_conformance"])


def operations() -> list[tuple[str, str]]:
    """(method, path) of every operation in the document."""
    return [(method.upper(), path) for path, facts in document()["paths"].items()
            for method in ("get", "post", "patch", "delete") if method in facts]


def protocol(path: str) -> bool:
    """Whether the operation is about a run of a protocol, and of no other."""
    return any(word in path for word in ("/why/", "/messages.", "/history.", "/shiviz.", "/chrome-trace.", "/verdicts/"))


@pytest.fixture
def known(visitor, scenario_of, run_of, recording_of, monkeypatch, settings, path):
    """{path parameter: {noun: a value that exists}}; every Run is done at once and nobody asks too often."""
    monkeypatch.setattr(tasks, "queue", lambda run_id: Run.objects.filter(pk=run_id).update(state=State.DONE))
    settings.DISTVIZ_THROTTLES = {}
    who = who_of(visitor)
    comparison = service.create_comparison(DOCUMENT, [{"title": "a", "config": {}}, {"title": "b", "config": {}}], who)
    monkeypatch.setattr(tasks, "queue_hunt", lambda hunt_id, generation, chains=1: Hunt.objects.filter(pk=hunt_id).update(state=State.DONE))
    run = service.create_run(PROTOCOL, who) if protocol(path) else run_of(who, 2, State.DONE)
    Run.objects.filter(pk=run.pk).update(state=State.DONE)
    hunt = service.create_hunt(PROTOCOL, who, 10)
    monkeypatch.setattr(tasks, "queue_experiment", lambda experiment_id, generation, chains=1: (
        Experiment.objects.filter(pk=experiment_id).update(state=State.DONE)))
    experiment = service.create_experiment(DOCUMENT, who, {"axes": [{"path": "servers.0.count", "values": [1, 2]}], "seeds": 2})
    return {"id": {"runs": str(run.pk), "comparisons": str(comparison.pk), "hunts": str(hunt.pk), "experiments": str(experiment.pk)},
            "number": {"runs": 1, "experiments": 1},
            "key": {"scenarios": scenario_of(who).key, "recordings": recording_of(who).key, "systems": "load_balancer"}}


@pytest.mark.parametrize(("method", "path"), [pytest.param(*one, id=" ".join(one)) for one in operations()])
@pytest.mark.parametrize("mode", list(GenerationMode), ids=lambda mode: mode.value)
def test_invented_requests(visitor, known, method, path, mode):
    schema = schemathesis.openapi.from_dict(json.loads(json.dumps(document())))
    operation = schema[path][method]
    operation.app = operation.schema.app = get_wsgi_application()
    visitor.get("/")
    cookies = {name: cookie.value for name, cookie in visitor.cookies.items()}
    headers = {"X-CSRFToken": cookies["csrftoken"]}
    noun = path.split("/")[2] if path.count("/") > 2 else ""

    @seed(20)
    @hypothesis(max_examples=EXAMPLES, deadline=None, database=None, phases=[Phase.explicit, Phase.generate],
                suppress_health_check=list(HealthCheck))
    @given(case=operation.as_strategy(generation_mode=mode), whole=booleans())
    def invented(case, whole):
        for name in case.path_parameters:
            case.path_parameters[name] = known[name][noun]
        if whole and isinstance(case.body, dict) and "document" in case.body:
            case.body["document"] = PROTOCOL if noun == "hunts" else DOCUMENT  # what is invented never gets past the check of documents
        case.call_and_validate(headers=headers, cookies=cookies, checks=CHECKS)

    invented()
