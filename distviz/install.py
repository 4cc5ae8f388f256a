"""Makes .venv and installs requirement files into it: `python3 -I distviz/install.py requirements.txt ...`.

Runs under whatever Python is there, so that an old one can be told so: no syntax here is newer than
Python 3.6. Nothing is done where the files are what they were at the last success.
"""

import hashlib
import os
import subprocess
import sys

FLOOR = (3, 11)
ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
VENV = os.path.join(ROOT, ".venv")
PYTHON = os.path.join(VENV, "bin", "python")


def main(files):
    """Install what is not installed yet; SystemExit with one sentence where that cannot be."""
    missing = [name for name in files if not os.path.exists(stamp(name))]
    if not missing and works("sys"):
        return
    if sys.version_info < FLOOR:
        sys.exit("distviz needs Python %d.%d or newer; %s is %s. Install one, or say `make run PYTHON=/path/to/python3.11`."
                 % (FLOOR + (sys.executable, sys.version.split()[0])))
    if not works("pip"):
        make_venv()
    print("Installing %s into .venv (about a minute the first time) ..." % " and ".join(missing or files), flush=True)
    arguments = [part for name in files for part in ("-r", os.path.join(ROOT, name))]
    pip = [PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input"]
    if subprocess.call(pip + arguments) != 0:
        sys.exit("The packages could not be installed; pip says why above. `make run` may be tried again at any time.")
    for name in files:
        open(stamp(name), "w").close()


def works(module):
    """Whether there is a .venv whose Python starts, is new enough and has `module`."""
    check = "import sys, %s; sys.exit(sys.version_info < %r)" % (module, FLOOR)
    try:
        return subprocess.call([PYTHON, "-c", check], stderr=subprocess.DEVNULL) == 0
    except OSError:
        return False


def make_venv():
    """A new .venv in place of a broken or missing one."""
    if subprocess.call([sys.executable, "-m", "venv", "--clear", VENV]) != 0:
        sys.exit("Python's venv module does not work here; on Debian and Ubuntu install the package python3-venv.")


def stamp(name):
    """The file that says that the requirement file `name` is installed as it is now."""
    with open(os.path.join(ROOT, name), "rb") as file:
        digest = hashlib.sha256(file.read()).hexdigest()[:16]
    return os.path.join(VENV, "installed-%s-%s" % (name.replace("/", "-"), digest))


if __name__ == "__main__":
    main(sys.argv[1:])
