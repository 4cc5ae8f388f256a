"""Finds the Chromium that the browser tests drive; `python -m tests.tools.chromium` gets one where there is none."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
SENTENCE = ("The browser tests need Chromium: install your distribution's package `chromium`, "
            "or set CHROMIUM=/path/to/it.")


def find() -> str | None:
    """The path of a Chromium: CHROMIUM, one on the PATH, or Playwright's own."""
    if os.environ.get("CHROMIUM"):
        return os.environ["CHROMIUM"] if os.access(os.environ["CHROMIUM"], os.X_OK) else None
    on_path = (shutil.which(name) for name in NAMES)
    return next(filter(None, on_path), None) or _playwrights()


def _playwrights() -> str | None:
    """In a process of its own: Playwright cannot be started where a test has started it already."""
    ask = "from playwright.sync_api import sync_playwright as p\nwith p() as one: print(one.chromium.executable_path)"
    path = subprocess.run([sys.executable, "-c", ask], capture_output=True, text=True, check=True).stdout.strip()
    return path if Path(path).exists() else None


def get() -> str | None:
    """Install a Chromium by the means this machine has; its path, or None."""
    print("No Chromium found; asking Playwright for one ...", flush=True)
    if subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"]).returncode == 0 and find():
        return find()
    if os.geteuid() == 0 and shutil.which("apt-get"):
        print("Playwright has none for this machine; asking the distribution ...", flush=True)
        subprocess.run(["apt-get", "update", "-qq"])
        subprocess.run(["apt-get", "install", "-y", "-qq", "--no-install-recommends", "chromium"])
    return find()


def main() -> int:
    """Say in one sentence what to install where nothing helped; the other tests can run all the same."""
    if find() or get():
        return 0
    print(SENTENCE, file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
