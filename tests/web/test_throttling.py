"""Rates by role: users by account, others by address."""

import pytest

from simulator.runs.access import Who
from simulator.web.throttling import address_of, wait_s

pytestmark = pytest.mark.django_db


def test_each_asker_has_a_counter_of_their_own(settings, person):
    settings.DISTVIZ_THROTTLES = {"write-visitor": (2, 60), "write-member": (1, 60)}
    visitor, ada, bob = Who(), Who(person("ada")), Who(person("bob"))
    assert [wait_s("write", visitor, "1.1.1.1") for _ in range(2)] == [0, 0]
    assert 0 < wait_s("write", visitor, "1.1.1.1") <= 60
    assert wait_s("write", visitor, "2.2.2.2") == 0
    assert wait_s("write", ada, "1.1.1.1") == 0 and wait_s("write", bob, "1.1.1.1") == 0
    assert wait_s("write", ada, "3.3.3.3") > 0
    assert wait_s("read", ada, "3.3.3.3") == 0


def test_what_is_long_ago_is_forgotten(settings, monkeypatch):
    settings.DISTVIZ_THROTTLES = {"write-visitor": (1, 60)}
    now = [1000.0]
    monkeypatch.setattr("simulator.web.throttling.time.time", lambda: now[0])
    assert wait_s("write", Who(), "a") == 0
    now[0] += 30
    assert wait_s("write", Who(), "a") == 30
    now[0] += 31
    assert wait_s("write", Who(), "a") == 0


def test_behind_a_proxy_the_last_address_it_names_is_counted(settings):
    settings.DISTVIZ_BEHIND_PROXY = False
    assert address_of("10.0.0.1", "6.6.6.6") == "10.0.0.1"
    settings.DISTVIZ_BEHIND_PROXY = True
    assert address_of("10.0.0.1", "6.6.6.6, 7.7.7.7") == "7.7.7.7"
    assert address_of("10.0.0.1", "") == "10.0.0.1"
