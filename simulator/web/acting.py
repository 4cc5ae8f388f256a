"""What a client may do to Runs over the socket. Plain functions for a thread that may use the database."""

from uuid import UUID

from django.utils import translation
from django.utils.translation import gettext_noop as N_

from simulator.runs import Mistake, Phrase, service
from simulator.web import found, shown
from simulator.web.messages import Message
from simulator.web.throttling import wait_s


def act(message: Message, who, address: str, language: str) -> dict:
    """Branch the Runs of an "act" message: one Run, or all lanes of one Comparison. The answer to send."""
    with translation.override(language):
        _throttle(who, address)
        runs = [found.run(run, who) for run in message.runs]
        if len(runs) == 1:
            made = [service.branch(runs[0], message.at_ns, message.action, who)]
            comparison = None
        else:
            comparison = service.branch_comparison(_shared(runs), message.at_ns, message.action, who)
            made = comparison.runs.select_related("scenario").order_by("lane")
        return {"is": "branch", "tag": message.tag, "runs": [shown.run(run, who) for run in made],
                "comparison": str(comparison.pk) if comparison else None}


def cancel(run: UUID, who, address: str) -> None:
    """Stop computing a Run."""
    _throttle(who, address)
    service.cancel(found.run(run, who), who)


def _shared(runs: list):
    """The Comparison whose lanes these Runs are, all of them."""
    comparisons = {run.comparison for run in runs}
    comparison = comparisons.pop()
    if comparisons or comparison is None or comparison.runs.count() != len(runs):
        raise Mistake("runs", N_("runs must be one run, or all lanes of one comparison."))
    return comparison


def _throttle(who, address: str) -> None:
    wait = wait_s("write", who, address)
    if wait:
        raise Mistake("", Phrase(N_("Too many requests: try again in {seconds} s."), seconds=wait), status=429)
