"""Keeps the catalogues of texts: `python -m tests.tools.messages` finds every marked text in Python, templates
and browser modules, writes the .po files (translations that are there stay) and compiles the .mo files.

No gettext tools are needed. It prints what still lacks a translation.
"""

import sys
from collections.abc import Callable, Iterable
from pathlib import Path

import polib

import simulator.systems  # noqa: F401  (its import registers the systems)
from simulator.runs.systems import systems
from tests.tools.texts_js import js_texts
from tests.tools.texts_python import python_texts
from tests.tools.texts_templates import template_texts

ROOT = Path(__file__).parents[2]
CATALOGUES = ROOT / "simulator/web/locale/zh_Hans/LC_MESSAGES"
HEADER = {
    "Project-Id-Version": "distviz",
    "Language": "zh_Hans",
    "MIME-Version": "1.0",
    "Content-Type": "text/plain; charset=UTF-8",
    "Content-Transfer-Encoding": "8bit",
    "Plural-Forms": "nplurals=1; plural=0;",
}
Texts = dict[tuple[str, str | None], list[tuple[str, str]]]


def python_files() -> list[Path]:
    """Every Python file whose texts people may read."""
    return sorted([*ROOT.glob("simulator/**/*.py"), *ROOT.glob("distviz/**/*.py")])


def template_files() -> list[Path]:
    """Every template."""
    return sorted([*ROOT.glob("templates/**/*.html"), *ROOT.glob("simulator/**/templates/**/*.html")])


def module_files() -> list[Path]:
    """Every module of the browser that is ours."""
    return sorted(ROOT.glob("static/distviz/**/*.js"))


def collect(finder: Callable, paths: Iterable[Path], into: Texts) -> Texts:
    """`into` with (text, plural) -> [(file, line), ...] of all `paths` added."""
    for path in paths:
        for text, plural, line in finder(path):
            into.setdefault((text, plural), []).append((str(path.relative_to(ROOT)), str(line)))
    return into


def server_texts() -> Texts:
    """What django.po must hold."""
    return collect(template_texts, template_files(), collect(python_texts, python_files(), message_texts()))


def message_texts() -> Texts:
    """What the docstrings of the protocols' messages say: the fidelity sheets show them."""
    return {(message["about"], None): [(f"simulator/systems/{system['key']}", "1")]
            for system in systems() for message in system.get("messages", ()) if message["about"]}


def told_files() -> list[Path]:
    """Python files whose sentences stand in the rows of a Trace (notes, breaches): the browser translates them."""
    systems = (file for file in ROOT.glob("simulator/systems/*/*.py") if file.parent.name != "load_balancer" and file.name != "config.py")
    parts = (file for file in ROOT.glob("simulator/parts/*.py") if file.name != "options.py")
    return sorted([*systems, *parts, *ROOT.glob("simulator/engine/*.py")])


def browser_texts() -> Texts:
    """What djangojs.po must hold."""
    return collect(python_texts, told_files(), collect(js_texts, module_files(), {}))


def catalogue(texts: Texts, old: polib.POFile | None) -> polib.POFile:
    """The texts in order of place, each with the translation that `old` has for it.

    Lines are not written down: the file changes when a text does, and not when code moves.
    """
    known = {(entry.msgid, entry.msgid_plural or None): entry for entry in old or ()}
    new = polib.POFile(wrapwidth=100)
    new.metadata = HEADER
    for key, places in sorted(texts.items(), key=lambda item: (item[1][0][0], item[0])):
        text, plural = key
        files = sorted({file for file, _line in places})
        entry = polib.POEntry(msgid=text, occurrences=[(file, "") for file in files])
        if plural:
            entry.msgid_plural, entry.msgstr_plural = plural, {0: ""}
        if key in known:
            entry.msgstr, entry.msgstr_plural = known[key].msgstr, known[key].msgstr_plural
        new.append(entry)
    return new


def borrow(name: str, lender: str) -> None:
    """Give `name`.po the translations that it lacks and `lender`.po has."""
    texts, path = {entry.msgid: entry.msgstr for entry in polib.pofile(str(CATALOGUES / f"{lender}.po"))}, CATALOGUES / f"{name}.po"
    new = polib.pofile(str(path), wrapwidth=100)
    for entry in new:
        if not entry.msgid_plural:
            entry.msgstr = entry.msgstr or texts.get(entry.msgid, "")
    new.save(str(path), newline="\n")


def lacking(entries: Iterable[polib.POEntry]) -> list[str]:
    """The texts without a translation."""
    return [entry.msgid for entry in entries if not (entry.msgstr_plural.get(0) if entry.msgid_plural else entry.msgstr)]


def update(name: str, texts: Texts) -> list[str]:
    """Write `name`.po and `name`.mo; the texts that still lack a translation."""
    path = CATALOGUES / f"{name}.po"
    new = catalogue(texts, polib.pofile(str(path), wrapwidth=100) if path.exists() else None)
    path.parent.mkdir(parents=True, exist_ok=True)
    new.save(str(path), newline="\n")
    new.save_as_mofile(str(path.with_suffix(".mo")))
    return lacking(new)


def main() -> int:
    """Update both catalogues; 1 where a translation is lacking."""
    update("django", server_texts())
    update("djangojs", browser_texts())
    borrow("djangojs", "django")
    wanting = [(name, text) for name, texts in (("django", server_texts()), ("djangojs", browser_texts()))
               for text in update(name, texts)]
    for name, text in wanting:
        print(f"{name}.po lacks: {text}")
    return 1 if wanting else 0


if __name__ == "__main__":
    sys.exit(main())
