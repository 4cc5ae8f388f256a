"""A HUNT as a page shows it: rows, sentences and the figure of the rate. All texts in the language in force.

FACTS: {"share" (0..1 done), "sentence" (what came out, so far), "tone": "ok" | "failed" | "unknown" | "", "interval":
 FIGURE | null, "promises": [{"key", "sentence", "count", "share", "first": FINDING | null}], "sometimes": [{"key",
 "sentence", "count", "share"}], "bug": sentence | "", "faults_a_second", "faults":
 [title, ...], "last_seed", "shrunk": what has been made of the worst seed's schedule | ""}
FIGURE: a line from 0 to `most`, in a box 400 wide: {"low", "high", "rate" (x of each), "ticks": [{"x", "text"}]}
"""

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

LEFT, WIDE = 8, 384
ROUND = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0)


def facts_of(hunt: dict, system: dict) -> dict:
    """The FACTS of a HUNT of a SYSTEM."""
    done = hunt["done"]
    nemesis = hunt["config"]["nemesis"]
    titles = {spec["kind"]: spec["title"] for spec in system["actions"]}
    promised = system["properties"]
    if hunt["model"]:
        own = [one for one in promised if not one["always"]]
        promised = [{"key": hunt["model"], "sentence": hunt["wanted"], "always": True}, *own]
    properties = [{**one, "count": hunt["properties" if one["always"] else "reached"].get(one["key"], 0)} for one in promised]
    rows = [{**row, "share": percent(row["count"] / done) if done else "", "first": hunt["first"].get(row["key"])} for row in properties]
    return {
        "share": done / hunt["seeds"], "tone": _tone(hunt), "sentence": _sentence(hunt), "interval": _figure(hunt) if done else None,
        "rate": percent(hunt["rate"]) if done else "–", "low": percent(hunt["interval"][0]), "high": percent(hunt["interval"][1]),
        "promises": [row for row in rows if row["always"]], "sometimes": [row for row in rows if not row["always"]],
        "bug": next((twin["sentence"] for twin in system["twins"] if twin["key"] == hunt["faulty"]), ""),
        "faults_a_second": f"{nemesis['rate_per_s']:g}", "faults": [titles.get(fault, fault) for fault in nemesis["faults"]],
        "last_seed": hunt["first_seed"] + hunt["seeds"] - 1, "shrunk": _shrunk(hunt),
    }


def percent(share: float) -> str:
    """A share as people read it: "0.38 %", with two digits that mean something."""
    value = 100 * share
    digits = 0 if value in (0, 100) or value >= 99.95 or 10 <= value < 99 and round(value, 1) == round(value) else 1 if value >= 10 else 2
    return f"{number_format(value, decimal_pos=digits, use_l10n=True)} %"


def _tone(hunt: dict) -> str:
    if hunt["violations"]:
        return "failed"
    return "ok" if hunt["state"] == "done" else "unknown" if hunt["state"] in ("failed", "budget", "cancelled") else ""


def _sentence(hunt: dict) -> str:
    done, broken = hunt["done"], hunt["violations"]
    if not done:
        return _("The first seeds are on their way.") if hunt["phase"] else _("No seed was searched.")
    seeds = number_format(done, use_l10n=True, force_grouping=True)
    if not broken:
        sentence = ngettext("No promise was broken in {seeds} seed.", "No promise was broken in {seeds} seeds.", done).format(seeds=seeds)
        bound = _("With 95 % confidence fewer than {share} of all seeds break one.").format(share=percent(hunt["interval"][1]))
        return f"{sentence} {bound}"
    sentence = ngettext("{count} of {seeds} seeds broke a promise.", "{count} of {seeds} seeds broke a promise.", broken)
    return sentence.format(count=number_format(broken, use_l10n=True, force_grouping=True), seeds=seeds)


def _shrunk(hunt: dict) -> str:
    """What has been made of the worst seed's schedule of faults; "" while nothing is known."""
    small, worst = hunt["shrunk"], hunt["worst"]
    if small is None or worst is None or worst["actions"] is None:
        return ""
    before, after = len(worst["actions"]), len(small["actions"])
    if after == 0:
        return _("No fault is needed: with this seed the promise is broken without any.")
    values = {"after": after, "before": before, "tried": small["tried"]}
    if small["minimal"]:
        sentence = ngettext(
            "{after} of {before} faults is left, after {tried} tries: without it the promise holds.",
            "{after} of {before} faults are left, after {tried} tries: without any one of them the promise holds.", after)
        return sentence.format(**values)
    return ngettext("{after} of {before} faults is left so far, after {tried} tries.",
                    "{after} of {before} faults are left so far, after {tried} tries.", after).format(**values)


def _figure(hunt: dict) -> dict:
    low, high = hunt["interval"]
    most = next(bound for bound in ROUND if bound >= high)

    def at(share: float) -> float:
        return round(LEFT + WIDE * share / most, 1)

    ticks = [{"x": at(most * part / 4), "text": percent(most * part / 4)} for part in (0, 2, 4)]
    return {"low": at(low), "high": at(high), "wide": round(at(high) - at(low), 1), "rate": at(hunt["rate"]), "ticks": ticks,
            "from": at(0), "until": at(most)}
