"""Every visible text goes through translation, and both languages are complete."""

import re

import polib
import pytest

from simulator.engine.system import registered
from simulator.scenarios import library
from tests.tools import messages
from tests.tools.texts_js import bare_js_texts, calls_without_literal
from tests.tools.texts_python import marked_without_literal, unmarked_sentences
from tests.tools.texts_templates import bare_texts

UPDATE = "run `python -m tests.tools.messages` and translate what it names"
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|\{\w*(?:![rsa])?(?::[^{}]*)?\}")
CHINESE = re.compile(r"[\u4e00-\u9fff]")
SAME_IN_CHINESE = {"API", "CSV", "JSON lines", "p50", "p90", "p99", "null", "Paxos", "Multi-Paxos", "Raft"}
WORDS = re.compile(r"[^\W\d_]")
SHOWN = {"title", "description"}
"""Keys of a JSON Schema that people read. Sources are titles of papers: they stay as they are."""

CATALOGUES = [("django", messages.server_texts), ("djangojs", messages.browser_texts)]


def catalogue(name):
    return polib.pofile(str(messages.CATALOGUES / f"{name}.po"))


def translation(entry):
    return entry.msgstr_plural.get(0, "") if entry.msgid_plural else entry.msgstr


@pytest.mark.parametrize(("name", "texts"), CATALOGUES)
def test_the_catalogue_holds_exactly_the_texts_of_the_code(name, texts):
    held = {(entry.msgid, entry.msgid_plural or None) for entry in catalogue(name)}
    wanted = set(texts())
    assert wanted - held == set(), f"not in {name}.po: {UPDATE}"
    assert held - wanted == set(), f"stale in {name}.po: {UPDATE}"


@pytest.mark.parametrize("name", ["django", "djangojs"])
def test_every_text_is_translated_with_the_same_placeholders(name):
    entries = list(catalogue(name))
    assert [entry.msgid for entry in entries if not translation(entry).strip()] == [], UPDATE
    assert [entry.msgid for entry in entries if entry.fuzzy] == []
    differing = [entry.msgid for entry in entries
                 if set(PLACEHOLDER.findall(entry.msgid)) != set(PLACEHOLDER.findall(translation(entry)))]
    assert differing == []


@pytest.mark.parametrize("name", ["django", "djangojs"])
def test_a_translation_is_chinese_with_chinese_punctuation(name):
    entries = {entry.msgid: translation(entry) for entry in catalogue(name)}
    foreign = [text for text, said in entries.items() if text not in SAME_IN_CHINESE
               and WORDS.search(PLACEHOLDER.sub("", said)) and not CHINESE.search(said)]
    assert foreign == []
    assert [said for said in entries.values() if re.search(r"[\u4e00-\u9fff][,;:!?]|[\u4e00-\u9fff]\.(\s|$)", said)] == []


@pytest.mark.parametrize("name", ["django", "djangojs"])
def test_the_compiled_catalogue_is_that_of_the_text(name):
    compiled = (messages.CATALOGUES / f"{name}.mo").read_bytes()
    assert compiled == catalogue(name).to_binary(), f"{name}.mo is older than {name}.po: run `python -m tests.tools.messages`"


@pytest.mark.parametrize("path", messages.template_files(), ids=lambda path: path.name)
def test_no_template_shows_a_bare_text(path):
    assert bare_texts(path) == [], "wrap it in {% translate %}"


@pytest.mark.parametrize("path", messages.module_files(), ids=lambda path: path.name)
def test_no_module_shows_a_bare_text(path):
    assert bare_js_texts(path) == [], "wrap it in t(...)"
    if path.name != "text.js":
        assert calls_without_literal(path) == [], "t(...) takes a literal first, or the catalogue cannot find it"


@pytest.mark.parametrize("path", messages.python_files(), ids=lambda path: str(path.relative_to(messages.ROOT)))
def test_no_sentence_for_a_person_escapes_translation(path):
    assert unmarked_sentences(path) == [], "mark the sentence with N_ and give its values by name"
    assert marked_without_literal(path) == [], "N_ takes a literal, or the catalogue cannot find it"


def schema_texts(schema):
    """(where, text) of every title and description that a form or the fidelity sheet shows."""
    for name, model in [("", schema), *schema.get("$defs", {}).items()]:
        yield name, model.get("title", "")
        yield name, model.get("description", "")
        for field, prop in model.get("properties", {}).items():
            if "const" in prop:
                continue  # the discriminator: the choice's own title is shown
            yield f"{name}.{field}", prop.get("title", "")
            yield f"{name}.{field}", prop.get("description", "")
            for value in prop.get("enum", ()) if field != "faulty" else ():  # its bugs have sentences of their own
                yield f"{name}.{field}={value}", prop.get("labels", {}).get(value, f"no label for {value}")


@pytest.mark.parametrize("system", registered().values(), ids=lambda system: system.key)
def test_every_text_of_a_system_is_marked(system):
    known = {entry.msgid for entry in catalogue("django")}
    texts = [*schema_texts(system.config.model_json_schema()), ("title", system.title), ("summary", system.summary)]
    texts += [("role", role) for role in system.roles.values()]
    texts += [("sheet", sentence) for sentence in (*system.modelled, *system.left_out)]
    for spec in system.actions:
        texts += [(spec.kind, text) for text in (spec.title, spec.otherwise, spec.done)]
        texts += [(f"{spec.kind}.{param.name}", param.title) for param in spec.params]
    texts += [(one.key, one.sentence) for one in system.properties]
    texts += [("twin", text) for text in (*system.twins.values(), *system.points.values(), *system.refuses.values())]
    texts += [(name, title) for name, (title, _unit, _measure) in system.gauges.items()]
    assert [(where, text) for where, text in texts if text and text not in known] == []


@pytest.mark.parametrize("key", sorted(library.builtin()))
def test_a_built_in_scenario_speaks_both_languages(key):
    document = library.builtin()[key].document()
    texts = [document["title"], document["text"], document["watch_for"]]
    texts += [lane["title"] for lane in document.get("compare") or ()]
    for text in texts:
        assert set(text) == {"en", "zh-hans"}, f"{text} lacks a language"
        english, chinese = ([said] if isinstance(said, str) else said for said in (text["en"], text["zh-hans"]))
        assert len(english) == len(chinese)
        assert all(CHINESE.search(sentence) for sentence in chinese)
        assert not any(CHINESE.search(sentence) for sentence in english)
