"""Finds, in the syntax tree of one Python file, what would make two runs of the same scenario differ.

Calls that look outside (print, open, input), that depend on the process (hash, id), that run text,
and iteration over a set, whose order depends on PYTHONHASHSEED. A set is recognised by how it is
made or annotated, in the same file; that is as far as reading without running goes.
"""

import ast

FORBIDDEN_CALLS = {"hash", "id", "print", "open", "input", "eval", "exec", "__import__", "breakpoint"}
ORDERED_BY_ITERATION = {
    "list", "tuple", "enumerate", "iter", "map", "zip", "filter", "reversed", "sum", "dict", "array", "fromiter",
    "fromkeys", "join", "extend", "chain", "writelines",
}
SET_METHODS = {"union", "intersection", "difference", "symmetric_difference", "copy"}
SET_TYPES = {"set", "frozenset", "Set", "FrozenSet", "AbstractSet", "MutableSet"}


def impurities(source: str) -> list[tuple[int, str]]:
    """(line, what is wrong) of every breach in `source`."""
    tree = ast.parse(source)
    sets = _SetNames(tree)
    found = []
    for node in ast.walk(tree):
        found.extend((node.lineno, wrong) for wrong in _wrongs(node, sets))
    return sorted(set(found))


def _wrongs(node, sets):
    if isinstance(node, ast.Call):
        name = _name(node.func)
        if isinstance(node.func, ast.Name) and name in FORBIDDEN_CALLS:
            yield f"calls {name}()"
        if name in ORDERED_BY_ITERATION and any(map(sets.holds, node.args)):
            yield f"{name}() over a set"
        if name == "pop" and isinstance(node.func, ast.Attribute) and sets.holds(node.func.value):
            yield "pops from a set"
    for iterated in _iterated(node):
        if sets.holds(iterated):
            yield "iterates over a set"


def _iterated(node):
    if isinstance(node, (ast.For, ast.AsyncFor)):
        yield node.iter
    elif isinstance(node, (ast.ListComp, ast.DictComp, ast.GeneratorExp)):
        yield from (part.iter for part in node.generators)
    elif isinstance(node, (ast.Starred, ast.YieldFrom)):
        yield node.value
    elif isinstance(node, ast.Assign) and any(isinstance(target, (ast.Tuple, ast.List)) for target in node.targets):
        yield node.value


def _name(node) -> str:
    if isinstance(node, ast.Name):
        return node.id
    return node.attr if isinstance(node, ast.Attribute) else ""


class _SetNames:
    """Names and attributes that hold sets anywhere in the file."""

    def __init__(self, tree):
        self.names = set()
        before = -1
        while len(self.names) != before:  # `a = {1}; b = a | c` needs a second look
            before = len(self.names)
            for node in ast.walk(tree):
                self._learn(node)

    def _learn(self, node):
        if isinstance(node, ast.Assign) and self.holds(node.value):
            self.names.update(filter(None, map(_name, node.targets)))
        elif isinstance(node, ast.AnnAssign) and (self._is_set_type(node.annotation) or self.holds(node.value)):
            self.names.add(_name(node.target))
        elif isinstance(node, ast.arg) and self._is_set_type(node.annotation):
            self.names.add(node.arg)
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and self._is_set_type(node.returns):
            self.names.add(node.name + "()")

    def _is_set_type(self, annotation) -> bool:
        if isinstance(annotation, ast.Subscript):
            annotation = annotation.value
        return annotation is not None and _name(annotation) in SET_TYPES

    def holds(self, node) -> bool:
        """Whether the expression `node` is a set, as far as can be seen."""
        if isinstance(node, (ast.Set, ast.SetComp)):
            return True
        if isinstance(node, ast.Call):
            return self._returns_set(node)
        if isinstance(node, ast.BinOp) and isinstance(node.op, (ast.BitOr, ast.BitAnd, ast.Sub, ast.BitXor)):
            return any(self.holds(side) or _is_key_view(side) for side in (node.left, node.right))
        if isinstance(node, ast.IfExp):
            return self.holds(node.body) or self.holds(node.orelse)
        return _name(node) in self.names if isinstance(node, (ast.Name, ast.Attribute)) else False

    def _returns_set(self, call) -> bool:
        name = _name(call.func)
        if name in SET_METHODS and isinstance(call.func, ast.Attribute):
            return self.holds(call.func.value)
        return name in ("set", "frozenset") or name + "()" in self.names


def _is_key_view(node) -> bool:
    return isinstance(node, ast.Call) and _name(node.func) in ("keys", "items") and not node.args
