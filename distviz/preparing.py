"""Brings the database up to date before the first page; skipped where nothing has changed since the last time."""

import os
import subprocess
import sys
from hashlib import sha256
from pathlib import Path

from distviz.house import Refused
from distviz.parent import die_with_parent

PATTERNS = ("requirements.txt", "distviz/settings.py", "simulator/*/migrations/*.py", "simulator/scenarios/*/*.json")


def prepare(root: Path, var: Path, environment: dict) -> str:
    """Run `manage.py prepare` where it has something to do; what it says to the person, "" for nothing."""
    stamp, now = var / "prepared", fingerprint(root, environment)
    there = bool(environment.get("DATABASE_URL")) or (var / "db.sqlite3").exists()
    if there and stamp.exists() and stamp.read_text() == now:
        return ""
    parent = os.getpid()
    done = subprocess.run(
        [sys.executable, "manage.py", "prepare"], cwd=root, env=environment, stdout=subprocess.PIPE, text=True,
        start_new_session=True, preexec_fn=lambda: die_with_parent(parent=parent))
    if done.returncode != 0:
        raise Refused("the database could not be prepared; the reason is above.")
    stamp.write_text(now)
    return done.stdout.strip()


def fingerprint(root: Path, environment: dict) -> str:
    """Changes whenever `prepare` may have something to do."""
    whole = sha256()
    for name in ("DATABASE_URL", "DISTVIZ_OPEN"):
        whole.update(f"{name}={environment.get(name, '')}\n".encode())
    for path in sorted(path for pattern in PATTERNS for path in root.glob(pattern)):
        whole.update(os.fsencode(path.relative_to(root)) + b"\0" + path.read_bytes())
    return whole.hexdigest()
