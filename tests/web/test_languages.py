"""Pages, REST and the browser's catalogue speak the visitor's language."""

import json
import re
from html.parser import HTMLParser

import pytest
from django.utils.translation import override

from simulator.judges import stability
from simulator.runs import told
from tests.tools.texts_templates import SILENT, VISIBLE_ATTRIBUTES

pytestmark = pytest.mark.django_db

SAME_IN_CHINESE = {"distviz", "api", "csv", "json", "lines", "apache", "nginx", "gz", "english", "en", "runs",
                   "multi", "paxos", "raft"}
PAGES = ["/", "/runs/", "/recordings/", "/compare/new/", "/accounts/login/", "/nothing-is-here/", "/hunts/",
         "/hunts/new/?scenario=raft-bug-to-find", "/hunts/new/?scenario=commit-bug-to-find"]
CHINESE = {"accept-language": "zh-hans"}


class Shown(HTMLParser):
    """All that a person reads or hears of a page: text and visible attributes."""

    def __init__(self, page):
        super().__init__()
        self.words, self.silent = [], 0
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        self.silent += tag in SILENT
        self.words += [value for name, value in attributes if name in VISIBLE_ATTRIBUTES and tag != "meta" and value]

    def handle_endtag(self, tag):
        self.silent -= tag in SILENT

    def handle_data(self, data):
        if not self.silent:
            self.words.append(data)


@pytest.mark.parametrize("address", PAGES)
def test_a_chinese_page_holds_no_english(client, address):
    page = client.get(address, headers=CHINESE).content.decode()
    assert '<html lang="zh-hans">' in page
    words = re.findall(r"[A-Za-z]{2,}", " ".join(Shown(page).words))
    assert {word.lower() for word in words} - SAME_IN_CHINESE == set()


@pytest.mark.parametrize("address", PAGES)
def test_every_page_can_switch_the_language(client, address):
    page = client.get(address).content.decode()
    assert '<html lang="en">' in page
    assert 'action="/i18n/setlang/"' in page
    client.post("/i18n/setlang/", {"language": "zh-hans", "next": address})
    assert '<html lang="zh-hans">' in client.get(address).content.decode()


def test_the_browser_gets_its_catalogue(client):
    script = client.get("/jsi18n/", headers=CHINESE).content.decode()
    catalogue, _end = json.JSONDecoder().raw_decode(script.split("const newcatalog = ", 1)[1])
    assert catalogue["throughput"] == "吞吐量"
    assert catalogue["Latency"] == "延迟"


def test_rest_speaks_chinese_in_schemas_and_in_errors(client):
    system = client.get("/api/systems/load_balancer/", headers=CHINESE).json()
    assert system["title"] == "负载均衡器"
    assert {"title": "崩溃"}.items() <= next(spec for spec in system["actions"] if spec["kind"] == "crash").items()
    assert "策略" in json.dumps(system["schema"], ensure_ascii=False)
    slow = {"at_ns": 1, "kind": "slow", "target": "server-0", "params": {"factor": -1}}
    document = {"format": "distviz-scenario/1", "system": "load_balancer", "title": "a", "actions": [slow]}
    answer = client.post("/api/scenarios/check/", {"document": document}, "application/json", headers=CHINESE)
    assert re.search(r"factor 必须是 .* 之间的数。", answer.json()["error"])


def test_the_kinds_of_messages_keep_their_names(client):
    system = client.get("/api/systems/multi_paxos/", headers=CHINESE).json()
    kinds = {message["title"]: message["about"] for message in system["messages"]}
    assert kinds["Heartbeat"] == "领导者仍在，且已执行直到 `applied` 的所有槽位。"
    assert {"State", "Accept"} <= set(kinds)


def test_the_sentence_about_stability_is_told_in_the_language_in_force():
    summary = {"stability": "English", "stability_template": stability.ONE_SERVER, "stability_values": {"server": "server-3"}}
    with override("zh-hans"):
        assert told.told_summary(summary)["stability"].startswith("不稳定：分给 server-3 的工作量")
    with override("en"):
        assert told.told_summary(summary)["stability"].startswith("Unstable: server-3 is given")
    assert told.told_summary(None) is None


def test_the_numbers_of_a_system_are_told_in_the_language_in_force():
    summary = {"metrics": [{"key": "slots", "title": "Slots decided", "value": 3, "unit": ""}]}
    with override("zh-hans"):
        assert told.told_summary(summary)["metrics"] == [{"key": "slots", "title": "已决定的槽位", "value": 3, "unit": ""}]
    with override("en"):
        assert told.told_summary(summary) == summary
