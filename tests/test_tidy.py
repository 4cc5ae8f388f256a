"""The house rules that a machine can hold: sizes, docstrings, pins, left-overs, secrets of one machine."""

import ast
import re
import subprocess
import sys
import tomllib
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
FUNCTION_AT_MOST = 60
FILE_AT_MOST = 400
SKIPPED_PARTS = {".git", ".venv", "var", "node_modules", "__pycache__", "vendor", "migrations", "staticfiles",
                 ".hypothesis", ".pytest_cache", ".import_linter_cache", "test-results"}
HTTP_METHODS = {"get", "post", "put", "patch", "delete", "head", "options"}
OURS = {".py", ".js", ".css", ".html"}
TEXTS = OURS | {".md", ".toml", ".txt", ".ini", ".cfg", ".json", ".sh", ".yml", ".yaml", ".po", ".svg", ""}
TOP_LEVEL = {"manage.py", "distviz", "simulator", "templates", "static", "tests", "requirements.txt", "README.md",
             "LICENSE", "CHANGELOG.md", "BENCHMARKS.md", "Makefile", "pyproject.toml"}

# Words that must not stand in our own text are spelled so that this file does not hold them.
LEFT_OVERS = re.compile(r"\b(TO" r"DO|FIX" r"ME|XX" r"X|HA" r"CK)\b")
MACHINE = re.compile(r"(?<![\w.])/(?:work|root|home/\w+)/|/tmp/" r"team|/Users/\w+")
SIBLING = re.compile(r"\.\./" r"shared")
PACKAGES_NAMED = re.compile(r"py" r"pi\.org|files\.python" r"hosted|--index" r"-url|registry\.npm" r"js")


@cache
def tracked() -> tuple[Path, ...]:
    """Every file of ours that is, or is about to be, under version control."""
    listed = subprocess.run(["git", "ls-files", "-co", "--exclude-standard", "-z"], cwd=ROOT, capture_output=True, check=False)
    if listed.returncode == 0:
        files = [ROOT / name for name in listed.stdout.decode().split("\0") if name]
    else:  # an unpacked archive has no version control
        files = list(ROOT.rglob("*"))
    return tuple(sorted(file for file in files if file.is_file() and not SKIPPED_PARTS & set(file.relative_to(ROOT).parts)))


def ours(*suffixes: str) -> list[Path]:
    """Our files with one of `suffixes`."""
    return [file for file in tracked() if file.suffix in suffixes]


def name(file: Path) -> str:
    """`file` as it is called from the top of the repository."""
    return file.relative_to(ROOT).as_posix()


# What is looked for, each a function of a text, so that broken twins can be given


def long_functions(source: str) -> list[str]:
    """Functions of more than 60 lines, the docstring included."""
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    functions = [node for node in ast.walk(ast.parse(source)) if isinstance(node, kinds)]
    return [f"{node.name}: {length} lines" for node in functions
            if (length := node.end_lineno - node.lineno + 1) > FUNCTION_AT_MOST]


def long_js_functions(source: str) -> list[str]:
    """Functions of a module of more than 60 lines: from their head to the brace that closes at its indent."""
    lines = source.splitlines()
    head = re.compile(r"^(\s*)(?:export\s+)?(?:default\s+)?(?:(?:async\s+)?function\b|(?:const|let)\s+\w+\s*=.*=>\s*\{\s*$)")
    found = []
    for number, line in enumerate(lines):
        match = head.match(line)
        if match and not line.rstrip().endswith("}"):
            end = next((n for n in range(number + 1, len(lines)) if re.match(rf"{match[1]}}}", lines[n])), number)
            if end - number + 1 > FUNCTION_AT_MOST:
                found.append(f"{line.strip()}: {end - number + 1} lines")
    return found


def swallowed_errors(source: str) -> list[str]:
    """Bare excepts, and broad ones that do nothing."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ExceptHandler):
            broad = isinstance(node.type, ast.Name) and node.type.id in ("Exception", "BaseException")
            if node.type is None or (broad and all(isinstance(line, (ast.Pass, ast.Continue)) for line in node.body)):
                found.append(f"line {node.lineno}")
    return found


def undocumented(source: str) -> list[str]:
    """Public modules, classes and functions (and methods of public classes) without a docstring.

    A class may assign `__doc__` (a docstring that is marked for translation); a promise (`@always(...)`,
    `@sometimes(...)`) is what its sentence says; a registering
    decorator may hold the description of its function and of the config class that it names; and
    handlers named after an HTTP method say what their class says.
    """
    tree = ast.parse(source)
    found = [] if ast.get_docstring(tree) or not tree.body else ["the module"]
    described = {word.value.id for node in ast.walk(tree) for word in _registered(node) if isinstance(word.value, ast.Name)}

    def look(body, prefix):
        for node in body:
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)) and not node.name.startswith("_"):
                handler = prefix and node.name in HTTP_METHODS
                if not (_documented(node) or node.name in described or handler):
                    found.append(prefix + node.name)
                if isinstance(node, ast.ClassDef):
                    look(node.body, f"{prefix}{node.name}.")

    look(tree.body, "")
    return found


def _documented(node) -> bool:
    decorators = {getattr(one, "attr", getattr(one, "id", "")) for one in node.decorator_list}
    promises = {getattr(one.func, "id", "") for one in node.decorator_list if isinstance(one, ast.Call)}
    assigns = [line.targets[0] for line in node.body if isinstance(line, ast.Assign)]
    return bool(ast.get_docstring(node) or node.name == "Meta" or _registered(node)
                or decorators & {"overload", "override", "setter"} or promises & {"always", "sometimes"}
                or any(isinstance(target, ast.Name) and target.id == "__doc__" for target in assigns))


def _registered(node) -> list[ast.keyword]:
    """The keywords of a decorator call that holds a description; [] where there is none."""
    calls = [one for one in getattr(node, "decorator_list", ()) if isinstance(one, ast.Call)]
    return [word for call in calls if {"description", "summary"} & {word.arg for word in call.keywords} for word in call.keywords]


def unused_imports(source: str) -> list[str]:
    """Names imported at any level and never used; `__all__` and `import x as x` count as use."""
    tree = ast.parse(source)
    imported = {}
    for node in ast.walk(tree):
        if isinstance(node, (ast.Import, ast.ImportFrom)) and getattr(node, "module", "") != "__future__":
            for one in node.names:
                if one.name != "*" and one.asname != one.name:
                    imported[(one.asname or one.name).split(".")[0]] = node.lineno
    used = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    texts = {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    marked = {number for number, line in enumerate(source.splitlines(), 1) if "# noqa: F401" in line}
    return [f"{one} (line {line})" for one, line in imported.items() if one not in used | texts and line not in marked]


def untidy_lines(source: str) -> list[str]:
    """Lines with a tab in the indent or a space at the end, and a missing or doubled last newline."""
    found = [f"line {number}: {'tab' if line.lstrip(' ').startswith(chr(9)) else 'trailing space'}"
             for number, line in enumerate(source.split("\n"), 1)
             if line.lstrip(" ").startswith("\t") or line != line.rstrip()]
    if source and (not source.endswith("\n") or source.endswith("\n\n")):
        found.append("must end in one newline")
    return found


def unpinned(requirements: str) -> list[str]:
    """Requirement lines that are not `name==version` exactly."""
    return [line for line in _requirement_lines(requirements)
            if not re.fullmatch(r"[A-Za-z0-9._-]+(\[[a-z,]+\])?==[0-9][0-9A-Za-z.]*", line)]


def _requirement_lines(requirements: str) -> list[str]:
    lines = (line.split("#")[0].strip() for line in requirements.splitlines())
    return [line for line in lines if line]


def inline_code(source: str) -> list[str]:
    """What a strict Content-Security-Policy would refuse in a template."""
    found = re.findall(r"<style\b|\sstyle\s*=\s*[\"']|\son[a-z]+\s*=\s*[\"']|javascript:", source)
    for tag in re.findall(r"<script\b[^>]*>", source):
        if "src=" not in tag and "application/json" not in tag:
            found.append(tag)
    return found


# The repository itself


def every(files, look, skip=()):
    """{file: findings} of `look` over the text of `files`, without those that have none."""
    found = {name(file): look(file.read_text(encoding="utf-8")) for file in files if name(file) not in skip}
    return {file: findings for file, findings in found.items() if findings}


def test_functions_stop_at_60_lines():
    assert every(ours(".py"), long_functions) == {}
    assert every(ours(".js"), long_js_functions) == {}


def test_files_stop_at_400_lines():
    lengths = {name(file): len(file.read_text(encoding="utf-8").splitlines()) for file in ours(*OURS)}
    assert {file: length for file, length in lengths.items() if length > FILE_AT_MOST} == {}


def test_everything_public_says_what_may_be_relied_upon():
    files = [file for file in ours(".py") if name(file).startswith(("simulator/", "distviz/")) or name(file) == "manage.py"]
    assert every(files, undocumented) == {}


def test_no_error_is_swallowed():
    assert every(ours(".py"), swallowed_errors) == {}


def test_no_import_is_unused():
    assert every(ours(".py"), unused_imports) == {}


def test_nothing_is_left_over():
    texts = [file for file in tracked() if file.suffix in TEXTS]
    assert every(texts, LEFT_OVERS.findall) == {}


def test_no_path_of_one_machine_is_mentioned():
    texts = [file for file in tracked() if file.suffix in TEXTS]
    assert every(texts, MACHINE.findall) == {}
    assert every(texts, PACKAGES_NAMED.findall) == {}


def test_only_tests_look_at_the_shared_data():
    outside = [file for file in tracked() if file.suffix in TEXTS and not name(file).startswith("tests/")]
    assert every(outside, SIBLING.findall) == {}


def test_lines_are_tidy():
    makefiles = {"Makefile"}
    assert every([file for file in tracked() if file.suffix in TEXTS - {".po", ".svg"}], untidy_lines, makefiles) == {}


def test_templates_keep_the_content_security_policy():
    assert every(ours(".html"), inline_code) == {}


def test_the_top_level_is_as_it_was_agreed():
    entries = {name(file).split("/")[0] for file in tracked()}
    assert {entry for entry in entries if not entry.startswith(".")} - TOP_LEVEL == set()


def test_everything_compiles():
    command = [sys.executable, "-c", "import ast, sys\nfor path in sys.argv[1:]:\n    ast.parse(open(path, encoding='utf-8').read(), path)"]
    result = subprocess.run([*command, *map(str, ours(".py"))], capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr
    for file in ours(".py"):
        compile(file.read_text(encoding="utf-8"), str(file), "exec", dont_inherit=True)


@pytest.mark.parametrize("listed", ["requirements.txt", "tests/requirements.txt"])
def test_requirements_are_pinned_exactly(listed):
    assert unpinned((ROOT / listed).read_text(encoding="utf-8")) == []


# How a distribution is called where it is imported, started or named in the settings.
CALLED = {"djangorestframework": "rest_framework", "drf-spectacular": "drf_spectacular", "django-filter": "django_filters",
          "django-csp": "csp", "psycopg": "django.db.backends.postgresql", "import-linter": "importlinter"}
# Used without being named: redis-py takes hiredis up by itself; Django takes psycopg by DATABASE_URL.
# The tests' plugins act by being there.
UNNAMED = {"hiredis", "psycopg", "pytest-django", "pytest-playwright", "pytest-xdist"}


@pytest.mark.parametrize(("listed", "under"), [("requirements.txt", ("simulator/", "distviz/")),
                                               ("tests/requirements.txt", ("tests/", "pyproject.toml"))])
def test_every_requirement_is_used(listed, under):
    text = "\n".join(file.read_text(encoding="utf-8") for file in ours(".py", ".toml", ".ini") if name(file).startswith(under))
    names = [re.split(r"[\[=]", line)[0] for line in _requirement_lines((ROOT / listed).read_text(encoding="utf-8"))]
    called = {one: CALLED.get(one.lower(), one.lower().replace("-", "_")) for one in names if one not in UNNAMED}
    assert [one for one, call in called.items() if not re.search(rf"\b{re.escape(call)}\b", text)] == []


def test_the_project_file_is_sound():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert project["project"]["requires-python"] == ">=3.11"


# Broken twins


@pytest.mark.parametrize(("look", "broken", "sound"), [
    (long_functions, "def f():\n" + "    x = 1\n" * 60, "def f():\n" + "    x = 1\n" * 59),
    (long_js_functions, "function f() {\n" + "  a;\n" * 59 + "}\n", "function f() {\n" + "  a;\n" * 58 + "}\n"),
    (long_js_functions, "export const f = (x) => {\n" + "  a;\n" * 59 + "};\n", "const f = () => 1;\n" + "a;\n" * 80),
    (swallowed_errors, "try:\n    f()\nexcept:\n    g()\n", "try:\n    f()\nexcept ValueError:\n    pass\n"),
    (swallowed_errors, "try:\n    f()\nexcept Exception:\n    pass\n", "try:\n    f()\nexcept Exception:\n    log()\n    raise\n"),
    (undocumented, '"""M."""\ndef f(): ...\n', '"""M."""\ndef _f(): ...\n'),
    (undocumented, '"""M."""\nclass A:\n    """A."""\n    def f(self): ...\n', '"""M."""\nclass A:\n    """A."""\n    def __str__(self): ...\n'),
    (undocumented, "x = 1\n", ""),
    (undocumented, '"""M."""\nclass A: ...\n', '"""M."""\nclass A:\n    __doc__ = N_("A.")\n'),
    (undocumented, '"""M."""\n@register(title="t")\ndef f(): ...\n',
     '"""M."""\nclass A: ...\n@register(config=A, description="d")\ndef f(): ...\n'),
    (unused_imports, "import os\n", "import os\nos.getpid()\n"),
    (unused_imports, "from a import b as c\n", "from a import b as c\n__all__ = ['c']\n"),
    (untidy_lines, "a\n\tb\n", "a\n    b\n"),
    (untidy_lines, "a \n", "a\n"),
    (untidy_lines, "a", "a\n"),
    (unpinned, "numpy>=1\n", "numpy==2.4.6  # why\n# a comment\n"),
    (unpinned, "numpy\n", "psycopg[binary]==3.3.9\n"),
    (inline_code, '<p style="color:red">', '<p class="x">'),
    (inline_code, "<button onclick='f()'>", '<button data-on="x">'),
    (inline_code, "<script>f()</script>", '<script type="application/json" id="x">1</script><script src="a.js"></script>'),
    (LEFT_OVERS.findall, "# TO" "DO: later", "# to do"),
    (MACHINE.findall, "open('/wo" "rk/x')", "the /workers/ page"),
    (SIBLING.findall, "see ../sh" "ared/x", "see ../other"),
])
def test_a_broken_rule_is_found(look, broken, sound):
    assert look(broken)
    assert not look(sound)
