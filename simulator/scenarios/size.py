"""How large a Run will be, so that one which no machine should be asked for is refused at once."""

from collections.abc import Iterable, Mapping

from simulator.engine.action import Action
from simulator.engine.words import N_
from simulator.scenarios.mistake import Mistake, Phrase

MAX_REQUESTS = 1_000_000_000
MAX_EVENTS = 100_000_000
"""The same of a system whose protocol really runs: an event there costs about forty times as much."""

SENTENCES = {
    "traffic": N_("The scenario asks for about {count:,} requests; at most {most:,} are simulated: lower the rate or duration_s."),
    "actors": N_("The scenario asks for about {count:,} events; at most {most:,} are simulated: lower the load or duration_s."),
}


def check_size(document, actions: Iterable[Action], inputs: Mapping) -> None:
    """Mistake, status 413, where more than MAX_REQUESTS (MAX_EVENTS) are expected."""
    expected = expected_work(document, actions, inputs)
    kernel = document.facts.kernel
    most = MAX_EVENTS if kernel == "actors" else MAX_REQUESTS
    if expected > most:
        raise Mistake("duration_s", Phrase(SENTENCES[kernel], count=round(expected), most=most), status=413)


def expected_work(document, actions: Iterable[Action], inputs: Mapping) -> float:
    """Requests (events, where a protocol runs) that the system expects of its Config, times the mean load that `rate` Actions make.

    document: a ScenarioDocument. inputs: the Recordings that its Config names, by key; Mistake where
    the Config does not suit them.
    """
    try:
        expected = document.facts.estimate(document.options, document.duration_ns, inputs)
    except ValueError as wrong:
        field = getattr(wrong, "field", None)  # a system names the field of the Config that its inputs do not suit
        if field is None:
            raise
        raise Mistake(field, Phrase("{field}: {said}", field=field, said=str(wrong))) from None
    return expected * mean_load(actions, document.duration_ns)


def mean_load(actions: Iterable[Action], duration_ns: int) -> float:
    """The mean over the Run of the factor that `rate` Actions set; 1 without any."""
    changes = sorted((action.at_ns, action.params.get("factor", 1.0)) for action in actions if action.kind == "rate")
    times = [0, *(at_ns for at_ns, _factor in changes), duration_ns]
    factors = [1.0, *(factor for _at_ns, factor in changes)]
    return sum((until - since) * factor for since, until, factor in zip(times[:-1], times[1:], factors, strict=True)) / duration_ns
