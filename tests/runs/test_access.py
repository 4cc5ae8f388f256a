"""Who may see, list, change and make what."""

import pytest

from simulator.runs import Forbidden, Mistake, access, service
from simulator.runs.access import Who
from simulator.runs.models import Run, Scenario
from tests.runs.conftest import DOCUMENT

NOBODY = Who()


@pytest.mark.parametrize(("visibility", "seen", "listed"), [
    ("private", False, False), ("unlisted", True, False), ("public", True, True)])
def test_what_another_person_sees_and_finds(run, who, other, visibility, seen, listed):
    service.set_visibility(run, visibility, who)
    for stranger in (other, NOBODY):
        assert access.can_see(stranger, run) == seen
        assert access.visible(stranger, Run.objects.all()).exists() == listed
        assert not access.can_change(stranger, run)
        assert not access.mine(stranger, Run.objects.all()).exists()
    assert access.can_see(who, run) and access.can_change(who, run)
    assert list(access.visible(who, Run.objects.all())) == list(access.mine(who, Run.objects.all())) == [run]


def test_staff_sees_and_changes_everything(run, staff):
    assert access.can_see(staff, run) and access.can_change(staff, run)
    assert access.visible(staff, Run.objects.all()).exists() and not access.mine(staff, Run.objects.all()).exists()


def test_a_users_things_are_the_accounts_not_the_sessions(db, member):
    run = service.create_run(DOCUMENT, member)
    assert run.owner == member.user and run.session_key == ""
    assert access.can_change(Who(member.user, "another session", False), run)
    assert not access.can_see(Who(None, member.session_key, True), run)


def test_what_a_visitor_made_stays_theirs_after_signing_in(run, member):
    signed_in = Who(member.user, "visitor-1", True)
    assert access.can_change(signed_in, run) and run in access.mine(signed_in, Run.objects.all())


def test_an_empty_session_owns_nothing(db, who):
    orphan = service.create_run(DOCUMENT, who)
    Run.objects.update(session_key="")
    orphan.refresh_from_db()
    for stranger in (NOBODY, Who(None, "", True)):
        assert not access.can_see(stranger, orphan) and not access.mine(stranger, Run.objects.all()).exists()


@pytest.mark.parametrize(("person", "may"), [
    (Who(None, "s", True), True), (Who(None, "", True), False), (Who(None, "s", False), False)])
def test_who_may_create(person, may):
    assert access.may_create(person) == may
    if not may:
        with pytest.raises(Forbidden):
            access.needs_create(person)


def test_roles_have_budgets_that_grow(who, member, staff):
    assert [person.role for person in (who, member, staff)] == ["visitor", "member", "staff"]
    for name in ("events", "simulated_s", "trace_bytes", "concurrent_runs", "upload_bytes"):
        sizes = [getattr(person.budget, name) for person in (who, member, staff)]
        assert sizes == sorted(sizes) and len(set(sizes)) == 3


def test_built_in_scenarios_are_everybodys_and_stay(db, staff, other):
    service.load_builtin()
    for scenario in Scenario.objects.all():
        assert access.can_see(NOBODY, scenario)
        with pytest.raises(Mistake):
            service.change_scenario(scenario, staff, visibility="private")
        with pytest.raises(Mistake):
            service.delete(scenario, staff)
    assert access.visible(NOBODY, Scenario.objects.all()).count() == Scenario.objects.count()


def test_scenarios_of_ones_own(db, who, other):
    kept = service.save_scenario({**DOCUMENT, "title": "Mein Szenario"}, who)
    assert kept.key.startswith("mein-szenario-") and kept.document["config"]["timeout_ms"] is None
    with pytest.raises(Forbidden):
        service.change_scenario(kept, other, visibility="public")
    with pytest.raises(Mistake) as taken:
        service.save_scenario(DOCUMENT, other, key=kept.key)
    assert (taken.value.field, taken.value.status) == ("key", 409)
    service.change_scenario(kept, who, {**DOCUMENT, "seed": 99}, "unlisted")
    kept.refresh_from_db()
    assert kept.document["seed"] == 99 and kept.visibility == "unlisted"
    with pytest.raises(Mistake):
        service.set_visibility(kept, "secret", who)


def test_built_in_scenarios_follow_their_files(db, monkeypatch):
    service.load_builtin()
    Scenario.objects.create(key="gone", document=DOCUMENT, builtin=True)
    service.load_builtin()
    assert not Scenario.objects.filter(key="gone").exists()
