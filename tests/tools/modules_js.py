"""Reads the imports of the browser's modules, as far as the walls need: no parser, one pass over the text."""

import re
from dataclasses import dataclass
from pathlib import Path

FLOORS = ("lib", "trace", "marks", "layouts", "systems", "panels", "main.js")

_STATIC = re.compile(
    r"""^[ \t]*(?:import|export)\b(?:[\s{*][^'"`;=()]*?\bfrom)?\s*(?P<quote>['"])(?P<target>[^'"\n]+)(?P=quote)[ \t]*(?P<end>;?)""",
    re.MULTILINE,
)
_DYNAMIC = re.compile(r"(?<![\w.$])import\s*\(")
_COMMENT = re.compile(r"/\*.*?\*/|(?<![:'\"\\])//[^\n]*", re.DOTALL)
_DOCUMENT = re.compile(r"(?<![\w$.-])document(?![\w$-])")


@dataclass(frozen=True, slots=True)
class Import:
    """One import (or re-export): the file it stands in, its line, what it names, and whether it ends in `;`."""

    file: Path
    line: int
    target: str
    closed: bool

    @property
    def path(self) -> Path:
        """The file it names, beside `file`."""
        return (self.file.parent / self.target).resolve()


def modules(root: Path) -> list[Path]:
    """Every module below `root` (static/distviz), in order."""
    return sorted(root.resolve().rglob("*.js"))


def without_comments(text: str) -> str:
    """`text` with its comments blanked; line numbers stay."""
    return _COMMENT.sub(lambda found: re.sub(r"[^\n]", " ", found.group()), text)


def imports(file: Path) -> list[Import]:
    """The static imports of one module, in order."""
    text = without_comments(file.read_text(encoding="utf-8"))
    return [
        Import(file, text.count("\n", 0, found.start()) + 1, found["target"], found["end"] == ";")
        for found in _STATIC.finditer(text)
    ]


def breaches(root: Path) -> list[str]:
    """Every breach of the browser's walls below `root` (static/distviz), a sentence each."""
    root = root.resolve()
    found = []
    for file in modules(root):
        found.extend(_breaches_of(file, root))
    found.extend(f"import cycle: {' -> '.join(cycle)}" for cycle in cycles(root))
    return found


def _breaches_of(file, root):
    name = file.relative_to(root)
    text = without_comments(file.read_text(encoding="utf-8"))
    if name.parts[0] not in FLOORS:
        yield f"{name}: {name.parts[0]} is no floor of the browser's house ({', '.join(FLOORS)})"
        return
    if _DYNAMIC.search(text):
        yield f"{name}: dynamic import(), which hashed static files cannot follow"
    if name.parts[0] == "trace" and _DOCUMENT.search(text):
        yield f"{name}: trace/ touches document"
    for one in imports(file):
        yield from (f"{name}:{one.line}: {wrong}" for wrong in _wrong_with(one, root, name.parts[0]))


def _wrong_with(one, root, floor):
    if not one.closed:
        yield f"the import of {one.target} does not end in ;"
    if not one.target.startswith("."):
        yield f"{one.target} is not a relative path"
    elif not one.path.is_file():
        yield f"{one.target} does not exist"
    elif one.path.is_relative_to(root):
        other = one.path.relative_to(root).parts[0]
        if other in FLOORS and FLOORS.index(other) > FLOORS.index(floor):
            yield f"{floor} imports {other}, which stands above it"
    elif one.path.parent != root.parent / "vendor":
        yield f"{one.target} is neither distviz's own nor a vendored library"


def cycles(root: Path) -> list[list[str]]:
    """Import cycles below `root`, each as the names along it; one per back edge."""
    root = root.resolve()
    edges = {file: [one.path for one in imports(file)] for file in modules(root)}
    found, done, way = [], set(), []

    def visit(file):
        if file in way:
            found.append([str(step.relative_to(root)) for step in [*way[way.index(file):], file]])
        elif file in edges and file not in done:
            way.append(file)
            for target in edges[file]:
                visit(target)
            done.add(way.pop())

    for file in edges:
        visit(file)
    return found
