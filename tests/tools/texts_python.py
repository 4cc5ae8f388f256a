"""Finds the texts for translation in Python files, by their syntax trees."""

import ast
import re
from pathlib import Path

SINGULAR = {"gettext", "gettext_lazy", "gettext_noop", "N_"}
PLURAL = {"ngettext", "ngettext_lazy"}
MARKERS = {"django.utils.translation", "simulator.engine.words"}
"""The modules that these come from; a file may import them under other names."""
SENTENCES = {"Mistake": 1, "Phrase": 0, "Forbidden": 0, "ActionRefused": 1, "InputMissing": 1}
"""What is said to a person, and which argument holds the sentence."""


def python_texts(path: Path) -> list[tuple[str, str | None, int]]:
    """(text, plural or None, line) of every marked literal, in order. What is not a literal is left out."""
    found, tree = [], ast.parse(path.read_text(encoding="utf-8"), str(path))
    names = _names(tree)
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or not node.args:
            continue
        name = names.get(node.func.id, "") if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
        if name in SINGULAR and (text := _literal(node.args[0])):
            found.append((text, None, node.lineno))
        if name in PLURAL and len(node.args) >= 2:
            one, many = _literal(node.args[0]), _literal(node.args[1])
            if one and many:
                found.append((one, many, node.lineno))
    return sorted(found, key=lambda row: row[2])


def _names(tree: ast.Module) -> dict[str, str]:
    """What the file calls the markers -> what they are called where they come from."""
    imports = (node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module in MARKERS)
    return {alias.asname or alias.name: alias.name for node in imports for alias in node.names}


def marked_without_literal(path: Path) -> list[int]:
    """Lines where N_ (which marks, and translates nothing) is given something else than a literal."""
    calls = (node for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.Call))
    return [call.lineno for call in calls
            if isinstance(call.func, ast.Name) and call.func.id == "N_" and not (call.args and _literal(call.args[0]))]


def unmarked_sentences(path: Path) -> list[int]:
    """Lines where a person is told something in a bare literal or an f-string, which nothing can translate."""
    calls = (node for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.Call))
    return [call.lineno for call in calls if isinstance(call.func, ast.Name) and call.func.id in SENTENCES
            and len(call.args) > SENTENCES[call.func.id] and _bare(call.args[SENTENCES[call.func.id]])]


def _bare(node: ast.expr) -> bool:
    parts = node.values if isinstance(node, ast.JoinedStr) else [node]
    words = re.sub(r"\{[^{}]*\}", "", "".join(_literal(part) or "" for part in parts))
    return re.search(r"[^\W\d_]", words) is not None


def _literal(node: ast.expr) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None
