"""A script that loads an Experiment from REST: for a notebook, or to go on from."""

from simulator.runs.models import Experiment

SCRIPT = '''"""The experiment {id} of distviz: {{"cells": a row a Cell, "replications": a row a seed}}.

Paste it into a notebook, or: python distviz-experiment-{id}-notebook.py
"""

import csv
import io
import json
from urllib.request import Request, urlopen

SERVER = "{server}"
EXPERIMENT = "{id}"
COOKIE = ""  # "sessionid=...", where the experiment is private


def fetch(path):
    """The bytes at `path` below the experiment."""
    with urlopen(Request(f"{{SERVER}}api/experiments/{{EXPERIMENT}}/{{path}}", headers={{"Cookie": COOKIE}})) as answer:
        return answer.read()


def table(name):
    """"results" or "replications", as a pandas DataFrame where pandas is there, as a list of dicts where it is not."""
    text = fetch(f"{{name}}.csv").decode()
    try:
        import pandas
    except ImportError:
        return list(csv.DictReader(io.StringIO(text)))
    return pandas.read_csv(io.StringIO(text))


experiment = json.loads(fetch("results.json"))
cells = table("results")
replications = table("replications")

if __name__ == "__main__":
    print(experiment["answer"]["sentence"] if experiment["answer"] else experiment["state"])
    print(cells)
'''


def script(row: Experiment, server: str) -> str:
    """The script for this Experiment; `server`: the address of this server, with a slash at its end."""
    return SCRIPT.format(id=row.pk, server=server)
