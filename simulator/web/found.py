"""Looks things up for pages, REST and sockets alike: what one may not see is not there."""

from django.http import Http404

from simulator.runs import access
from simulator.runs.models import Comparison, Experiment, Hunt, Recording, Run, Scenario


def found(queryset, who, **key):
    """The one thing with this key; Http404 where there is none that `who` may see."""
    for thing in queryset.filter(**key):
        if access.can_see(who, thing):
            return thing
    raise Http404(f"no {queryset.model.__name__} that may be seen")


def scenario(key: str, who) -> Scenario:
    """The Scenario called `key`."""
    return found(Scenario.objects.all(), who, key=key)


def run(key, who) -> Run:
    """The Run with this uuid, its Comparison with it."""
    return found(Run.objects.select_related("scenario", "comparison"), who, pk=key)


def comparison(key, who) -> Comparison:
    """The Comparison with this uuid."""
    return found(Comparison.objects.select_related("scenario").prefetch_related("runs"), who, pk=key)


def hunt(key, who) -> Hunt:
    """The Hunt with this uuid."""
    return found(Hunt.objects.select_related("scenario"), who, pk=key)


def experiment(key, who) -> Experiment:
    """The Experiment with this uuid."""
    return found(Experiment.objects.select_related("scenario"), who, pk=key)


def recording(key: str, who) -> Recording:
    """One's own Recording with this key before anybody else's."""
    rows = found_all(Recording.objects.defer("arrays").filter(key=key), who)
    if not rows:
        raise Http404("no Recording that may be seen")
    return rows[0]


def found_all(queryset, who) -> list:
    """Those of `queryset` that may be seen, one's own first."""
    seen = [thing for thing in queryset if access.can_see(who, thing)]
    return sorted(seen, key=lambda thing: not who.made(thing))
