"""Simulated times in templates: {{ at_ns|seconds }}."""

from django import template
from django.utils.formats import number_format

register = template.Library()
S = 1_000_000_000


@register.filter
def seconds(at_ns: int) -> str:
    """A time in ns as people read it: to the microsecond below a second, to the millisecond above."""
    digits = 6 if at_ns < S else 3
    return f"{number_format(at_ns / S, decimal_pos=digits, use_l10n=True)}\N{NO-BREAK SPACE}s"
