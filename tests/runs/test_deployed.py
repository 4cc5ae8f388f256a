"""Deployed mode, which is the default of the settings: nothing to complain about, everything over TLS."""

import os
import re
import subprocess
import sys
import urllib.request

import pytest

from tests.stack import ROOT, Stack

IMPORT = re.compile(r"""^(?:import|export)\b(?:[^"';]*\bfrom)?\s*["']([^"']+)["'];""", re.MULTILINE)


@pytest.fixture(scope="module")
def deployed(tmp_path_factory):
    """A folder, and the environment of somebody who deploys: nothing set but where the data lies."""
    var = tmp_path_factory.mktemp("deployed")
    names = ("DISTVIZ_OPEN", "SECRET_KEY", "REDIS_URL", "DATABASE_URL", "DJANGO_SETTINGS_MODULE", "ALLOWED_HOSTS")
    return var, {name: value for name, value in os.environ.items() if name not in names} | {"DISTVIZ_VAR": str(var)}


def manage(environment: dict, *arguments: str) -> subprocess.CompletedProcess:
    """manage.py in a process of its own."""
    return subprocess.run([sys.executable, "manage.py", *arguments], cwd=ROOT, env=environment,
                          capture_output=True, text=True, timeout=120)


def test_check_deploy_is_clean(deployed):
    answer = manage(deployed[1], "check", "--deploy", "--fail-level", "WARNING")
    assert answer.returncode == 0, answer.stderr
    assert "no issues (0 silenced)" in answer.stdout


def test_no_migration_is_missing(deployed):
    assert manage(deployed[1], "makemigrations", "--check", "--dry-run").returncode == 0


@pytest.mark.parametrize(("name", "value", "words"), [
    ("DISTVIZ_OPEN", "yes", "DISTVIZ_OPEN must be 0 or 1"), ("DISTVIZ_LEASE_S", "0", "DISTVIZ_LEASE_S must be a whole number"),
    ("DATABASE_URL", "mysql://a/b", "DATABASE_URL must begin with postgres:// or sqlite://")])
def test_a_setting_that_is_wrong_is_named(deployed, name, value, words):
    assert words in manage(deployed[1] | {name: value}, "check").stderr


def test_a_database_of_its_own():
    from distviz.environment import database

    found = database("postgres://me:p%40ss@db.example:5433/dist?sslmode=require", ROOT)
    assert (found["USER"], found["PASSWORD"], found["HOST"], found["PORT"]) == ("me", "p@ss", "db.example", "5433")
    assert found["NAME"] == "dist" and found["OPTIONS"] == {"sslmode": "require"}
    assert database("sqlite:////tmp/x.sqlite3", ROOT)["NAME"] == "/tmp/x.sqlite3"


@pytest.mark.stack
def test_pages_come_over_tls_alone_with_a_strict_policy(deployed):
    var, environment = deployed
    stack = Stack(var, DISTVIZ_OPEN="", DISTVIZ_BEHIND_PROXY="1", ALLOWED_HOSTS="127.0.0.1").start()
    try:
        class Stay(urllib.request.HTTPRedirectHandler):
            def redirect_request(self, *_):
                return None

        plain = urllib.request.build_opener(Stay)
        with pytest.raises(urllib.error.HTTPError) as sent_away:
            plain.open(stack.url + "/", timeout=10)
        assert sent_away.value.headers["Location"].startswith("https://")
        secure = urllib.request.Request(stack.url + "/", headers={"X-Forwarded-Proto": "https"})
        with plain.open(secure, timeout=10) as page:
            text, headers = page.read().decode(), page.headers
    finally:
        stack.stop()
    assert "max-age=31536000" in headers["Strict-Transport-Security"]
    assert "script-src 'self'" in headers["Content-Security-Policy"] and "unsafe" not in headers["Content-Security-Policy"]
    assert re.search(r"/static/distviz/main\.[0-9a-f]{12}\.js", text)
    assert_hashed(var / "staticfiles" / "distviz")


def assert_hashed(folder) -> None:
    """Every import in a hashed module names a hashed module that is there."""
    modules = list(folder.rglob("*.????????????.js"))
    assert len(modules) > 20
    for module in modules:
        for name in IMPORT.findall(module.read_text()):
            assert re.search(r"\.[0-9a-f]{12}\.js$", name), f"{module.name} imports {name} by its plain name"
            assert (module.parent / name).exists(), f"{module.name} imports {name}, which is not there"
