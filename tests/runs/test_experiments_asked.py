"""What may be asked of Experiments, and how much at a time."""

import pytest

from simulator.runs import Mistake, service, stages
from simulator.runs.access import BUDGETS
from simulator.runs.models import Scenario
from simulator.scenarios.document import parse
from tests.runs.conftest import PROTOCOL
from tests.runs.test_experiments import DOCUMENT, WANTED

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("wrong", "field", "status"), [
    ({"axes": []}, "axes", 400), ({**WANTED, "config": {"servers": [{"count": 0}]}}, "config.servers.0.count", 400),
    ({**WANTED, "duration_s": -1}, "duration_s", 400), ({**WANTED, "duration_s": 8 * 86400, "axes": [{"path": "detection_ms", "values": [1]}]}, "duration_s", 413),
    ({**WANTED, "seeds": 1000, "axes": [{"path": "detection_ms", "values": list(range(21))}]}, "seeds", 413),
    ({**WANTED, "duration_s": 86400}, "seeds", 413),
])
def test_a_slip_is_one_sentence_that_names_the_field(who, wrong, field, status):
    with pytest.raises(Mistake) as slip:
        service.create_experiment(DOCUMENT, who, wrong)
    assert (slip.value.field, slip.value.status) == (field, status) and str(slip.value).endswith(".")


def test_protocols_have_none(who):
    with pytest.raises(Mistake) as slip:
        service.create_experiment(PROTOCOL, who, WANTED)
    assert slip.value.field == "system"
    with pytest.raises(Mistake):
        service.proposed_experiment(PROTOCOL, who)


def test_only_so_many_at_a_time(who, other):
    for _number in range(BUDGETS["visitor"].concurrent_experiments):
        service.create_experiment(DOCUMENT, who, WANTED)
    with pytest.raises(Mistake) as slip:
        service.create_experiment(DOCUMENT, who, WANTED)
    assert slip.value.status == 429
    service.create_experiment(DOCUMENT, other, WANTED)


def test_a_scenario_that_goes_takes_no_experiment_along(who):
    scenario = Scenario.objects.create(key="x", document=parse(DOCUMENT).document(), **who.marks())
    made = service.create_experiment(DOCUMENT, who, WANTED, scenario)
    scenario.delete()
    made.refresh_from_db()
    assert made.scenario is None


def test_what_changes_the_whole_scenario_comes_before_the_axes(who):
    made = service.create_experiment(DOCUMENT, who, {**WANTED, "config": {"servers": [{"count": 9}]}, "duration_s": 2})
    assert made.document["config"]["servers"][0]["count"] == 9 and made.document["duration_s"] == 2


def test_a_form_begins_with_all_strategies(who):
    proposal = service.proposed_experiment(DOCUMENT, who)
    names = [value["name"] for value in proposal["axes"][0]["values"]]
    assert {"random", "round_robin", "power_of_two"} <= set(names)
    made = service.create_experiment(DOCUMENT, who, {name: proposal[name] for name in ("kind", "axes", "seeds", "first_seed", "duration_s", "warm_up_s")})
    assert stages.phase(made) == "warm_up" and made.total == len(names) * 11
    sizing = service.create_experiment(DOCUMENT, who, {"kind": "sizing", "sizing": proposal["sizing"]})
    assert stages.phase(sizing) == "probes"
