"""Plots of a report as inline SVG: no script, no network, the same in print. Every series has a colour and a mark of its own."""

from math import ceil, floor, log10

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

WIDE, HIGH = 640, 320
LEFT, RIGHT, TOP, BOTTOM = 64, 12, 12, 44
COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#8a6d00", "#56b4e9", "#000000", "#7f7f7f")
"""Okabe and Ito's, which people tell apart who see colours differently."""

MARKS = ("M-4-4h8v8h-8z", "M0-5L5 4H-5z", "M-5 0A5 5 0 1 0 5 0A5 5 0 1 0 -5 0", "M0-6L6 0L0 6L-6 0z",
         "M0 5L5-4H-5z", "M-4-1h3v-3h2v3h3v2h-3v3h-2v-3h-3z", "M-5-2h10v4h-10z", "M-2-5h4v10h-4z")


class Scale:
    """From values to places: linear from 0 (or the least below), or logarithmic between whole powers of ten."""

    def __init__(self, values: list[float], start: float, end: float, log: bool = False, from_zero: bool = True):
        self.log, self._start, self._end = log, start, end
        if log:
            self._low, self._high = floor(log10(min(values))), ceil(log10(max(values)))
            self._high += self._high == self._low
            return
        self._low = min(0.0, *values) if from_zero else min(values)
        self._high = max(values) if max(values) > self._low else self._low + 1.0

    def __call__(self, value: float) -> float:
        share = ((log10(value) if self.log else value) - self._low) / (self._high - self._low)
        return round(self._start + share * (self._end - self._start), 1)

    def ticks(self) -> list[float]:
        """Some round values."""
        if self.log:
            return [10.0**power for power in range(self._low, self._high + 1)]
        span = self._high - self._low
        step = 10 ** floor(log10(span / 4))
        step *= next(times for times in (1, 2, 5, 10) if span / (step * times) <= 6)
        return [step * number for number in range(ceil(self._low / step), floor(self._high / step) + 1)]


def plot(series: list[dict], x_title: str, y_title: str, log_x: bool = False, log_y: bool = False) -> SafeString:
    """series: [{"name", "points": [(x, y, half of the interval | None)], "marked": whether each point has a mark}].

    "" where there is nothing to be drawn.
    """
    points = [point for one in series for point in one["points"]]
    if not points:
        return mark_safe("")
    x = Scale([point[0] for point in points], LEFT, WIDE - RIGHT, log_x, from_zero=False)
    ends = [end for _x, y, half in points for end in ((y - (half or 0), y + (half or 0)) if not log_y else (y,))]
    y = Scale(ends, HIGH - BOTTOM, TOP, log_y)
    lines = format_html_join("", "{}", ((_line(number, one, x, y),) for number, one in enumerate(series)))
    legend = format_html_join("", "{}", ((_entry(number, one["name"]),) for number, one in enumerate(series)))
    return format_html(
        '<figure><svg viewBox="0 0 {} {}" role="img"><title>{}: {}</title>{}{}</svg><figcaption>{}</figcaption></figure>',
        WIDE, HIGH, y_title, x_title, _axes(x, y, x_title, y_title), lines, legend)


def _axes(x: Scale, y: Scale, x_title: str, y_title: str) -> SafeString:
    floor_y, middle = HIGH - BOTTOM, (TOP + HIGH - BOTTOM) / 2
    across = format_html_join("", '<path class="grid" d="M{} {}H{}"/><text x="{}" y="{}" class="end">{}</text>', (
        (LEFT, y(tick), WIDE - RIGHT, LEFT - 6, y(tick) + 4, f"{tick:,.6g}") for tick in y.ticks()))
    down = format_html_join("", '<path class="grid" d="M{} {}V{}"/><text x="{}" y="{}" class="middle">{}</text>', (
        (x(tick), TOP, floor_y, x(tick), floor_y + 16, f"{tick:,.6g}") for tick in x.ticks()))
    return format_html('{}{}<text x="{}" y="{}" class="middle">{}</text><text transform="translate(14 {}) rotate(-90)" class="middle">{}</text>',
                       across, down, (LEFT + WIDE - RIGHT) / 2, HIGH - 6, x_title, middle, y_title)


def _line(number: int, one: dict, x: Scale, y: Scale) -> SafeString:
    colour, mark = COLOURS[number % len(COLOURS)], MARKS[number % len(MARKS)]
    path = "M" + "L".join(f"{x(at)} {y(value)}" for at, value, _half in one["points"])
    made = format_html('<path d="{}" fill="none" stroke="{}" stroke-width="2"/>', path, colour)
    if not one.get("marked", True):
        return made
    bars = format_html_join("", '<path d="M{} {}V{}" stroke="{}"/>', (
        (x(at), y(value - half), y(value + half), colour) for at, value, half in one["points"] if half))
    marks = format_html_join("", '<path transform="translate({} {})" d="{}" fill="{}"/>', (
        (x(at), y(value), mark, colour) for at, value, _half in one["points"]))
    return format_html("{}{}{}", made, bars, marks)


def _entry(number: int, name: str) -> SafeString:
    return format_html('<span><svg viewBox="-8 -8 16 16" class="mark"><path d="{}" fill="{}"/></svg>{}</span> ',
                       MARKS[number % len(MARKS)], COLOURS[number % len(COLOURS)], name)
