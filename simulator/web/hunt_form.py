"""The form that starts a Hunt, read out of the JSON Schema of the system's Config.

FORM: {"seeds", "first_seed" (as typed), "models": [{"key", "title", "chosen"}], "bugs": [{"key", "sentence", "chosen"}], "numbers": [{"name", "title", "unit",
 "about", "value", "bounds"}], "spares": [{"key", "title", "chosen"}], "faults": [{"key", "title", "chosen", "refused"}]}
 The page adds "secret": whether the bug is for the reader to find, so that its sentence is told on demand only.
"""

from django.utils.translation import gettext as _

from simulator.web.sheet import bounds, resolved

NUMBERS = ("rate_per_s", "mean_duration_ms", "until_share")


def form_of(system: dict, proposal: dict, values: dict | None) -> dict:
    """The FORM for a SYSTEM. proposal: as runs/hunting.py gives it; `values`, of `asked`, win where given."""
    now = values or proposal
    nemesis = proposal["config"]["nemesis"] | (now["config"].get("nemesis", {}))
    chosen = now["config"].get("faulty", "none")
    options = resolved(system["schema"]["properties"]["nemesis"], system["schema"])["properties"]
    bugs = [{"key": "none", "sentence": _("None: the system as it should be"), "chosen": chosen == "none"}]
    bugs += [{**twin, "chosen": twin["key"] == chosen} for twin in system["twins"]]
    spare = options["spare"]
    return {
        "seeds": now["seeds"], "first_seed": now["first_seed"], "bugs": bugs,
        "models": [{"key": key, "title": title, "chosen": key == now["model"]} for key, title in proposal["models"].items()],
        "numbers": [_number(name, options[name], nemesis[name]) for name in NUMBERS],
        "spare_title": spare["title"], "spare_about": spare["description"],
        "spares": [{"key": key, "title": spare["labels"][key], "chosen": key == nemesis["spare"]} for key in spare["enum"]],
        "faults": _faults(system, options["faults"]["items"], nemesis["faults"]),
    }


def asked(post, system: dict) -> dict:
    """{"seeds", "first_seed", "model", "config": what differs from the scenario's} as a form was filled in, numbers where they are some."""
    numbers = {name: _typed(post[name]) for name in NUMBERS if name in post}
    spare = {"spare": post["spare"]} if "spare" in post else {}
    config = {"nemesis": {**numbers, **spare, "faults": post.getlist("faults")}}
    if system["twins"] and "faulty" in post:
        config["faulty"] = post["faulty"]
    return {"seeds": _typed(post.get("seeds", "")), "first_seed": _typed(post.get("first_seed", "1")), "model": post.get("model", ""), "config": config}


def _number(name: str, node: dict, value) -> dict:
    about = node.get("description", "")
    return {"name": name, "title": node["title"], "unit": node.get("unit", ""), "about": "" if about == node["title"] else about,
            "value": f"{value:.12g}" if isinstance(value, (int, float)) else value, "bounds": bounds(node)}


def _faults(system: dict, node: dict, chosen) -> list[dict]:
    """The palette; a fault that the system refuses, or has no use for, is shown with the reason."""
    kinds = {spec["kind"] for spec in system["actions"]}
    labels = node.get("labels", {})
    return [{
        "key": key, "title": labels.get(key, key), "chosen": key in chosen,
        "refused": system["refuses"].get(key) or ("" if key in kinds else _("There is no such fault in this system.")),
    } for key in node["enum"]]


def _typed(text: str):
    """What was typed as a number; as it is where it is none, for the floor below to say what would be right."""
    bare = text.strip().replace(",", "")
    try:
        return int(bare)
    except ValueError:
        pass  # not a whole number
    try:
        return float(bare)
    except ValueError:
        return text
