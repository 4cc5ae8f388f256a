"""How an option of this system is declared: bounds, unit and the source of its default, in one call."""

from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from simulator.engine.words import N_

CHOSEN = N_("chosen for this laboratory")


class Option(BaseModel):
    """A group of options: unknown fields, text instead of numbers, NaN and infinity are refused."""

    model_config = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False, frozen=True)


def quantity(default: Any, title: str, unit: str = "", *, about: str = "", source: str = CHOSEN, **bounds) -> Any:
    """A pydantic field with `title`, `about` as description, and `unit` and `source` in its JSON Schema.

    bounds: ge, gt, le, lt, as pydantic knows them.
    """
    extra = {"unit": unit, "source": source}
    return Field(default, title=title, description=about or title, json_schema_extra=extra, **bounds)
