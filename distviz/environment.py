"""What the settings read from the environment: flags, the secret key, the database's address."""

import os
import secrets
from hashlib import sha256
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

SQLITE_PRAGMAS = "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA mmap_size=134217728; PRAGMA cache_size=-16000;"


def flag(name: str) -> bool:
    """Whether the variable `name` is set to 1; ImproperlyConfigured for anything but 0, 1 or nothing."""
    value = os.environ.get(name, "")
    if value not in ("", "0", "1"):
        raise ImproperlyConfigured(f"{name} must be 0 or 1, not {value!r}.")
    return value == "1"


def number(name: str, default: int) -> int:
    """The variable `name` as a whole number above 0, or `default` where it is not set."""
    value = os.environ.get(name, "") or str(default)
    if not value.isdigit() or int(value) == 0:
        raise ImproperlyConfigured(f"{name} must be a whole number above 0, not {value!r}.")
    return int(value)


def words(name: str, default: str = "") -> list[str]:
    """The variable `name` as a list: its comma-separated parts without blanks around them."""
    return [part.strip() for part in os.environ.get(name, default).split(",") if part.strip()]


def fingerprint(folder: Path) -> str:
    """Eight hex digits that change when a file below `folder` does: from names, sizes and times, not from contents."""
    files = ((str(path), path.stat()) for path in sorted(folder.rglob("*")) if path.is_file())
    facts = [(name, status.st_size, status.st_mtime_ns) for name, status in files]
    return sha256(repr(facts).encode()).hexdigest()[:8]


def secret_key(var: Path) -> str:
    """SECRET_KEY, or the one kept in var/secret_key; that file is made, readable by its owner alone, where it is missing."""
    if os.environ.get("SECRET_KEY"):
        return os.environ["SECRET_KEY"]
    path = var / "secret_key"
    try:
        if not path.exists():
            var.mkdir(parents=True, exist_ok=True)
            _write_once(path, secrets.token_urlsafe(64))
        return path.read_text().strip()
    except OSError as trouble:
        raise ImproperlyConfigured(f"Set SECRET_KEY, or make {path} readable and writable: {trouble}.") from trouble


def _write_once(path: Path, text: str) -> None:
    """Write `path` whole or not at all; where another process was first, its file stays."""
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
    try:
        os.link(draft, path)
    except FileExistsError:
        pass  # the other process' key is as good as ours, and it is the one in use
    finally:
        draft.unlink()


def database(url: str, var: Path) -> dict:
    """Django's description of the database at `url`: postgres://user:password@host:port/name?option=value,
    sqlite:///relative/path, sqlite:////absolute/path, or "" for var/db.sqlite3."""
    if not url:
        return sqlite(var / "db.sqlite3")
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        return sqlite(Path(unquote(parts.path[1:])))
    if parts.scheme in ("postgres", "postgresql"):
        return {
            "ENGINE": "django.db.backends.postgresql", "NAME": unquote(parts.path[1:]),
            "USER": unquote(parts.username or ""), "PASSWORD": unquote(parts.password or ""),
            "HOST": unquote(parts.hostname or ""), "PORT": str(parts.port or ""),
            "OPTIONS": dict(parse_qsl(parts.query)), "CONN_HEALTH_CHECKS": True,
        }
    raise ImproperlyConfigured(f"DATABASE_URL must begin with postgres:// or sqlite://, not {parts.scheme}://.")


def sqlite(path: Path) -> dict:
    """SQLite as a server wants it: readers beside one writer, and a writer that waits for its turn."""
    options = {"init_command": SQLITE_PRAGMAS, "transaction_mode": "IMMEDIATE", "timeout": 20}
    return {"ENGINE": "django.db.backends.sqlite3", "NAME": str(path), "OPTIONS": options}
