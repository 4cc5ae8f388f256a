"""Which column of a file is the time of arrival and which is the demand, and how to read them."""

from decimal import Decimal
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from simulator.engine.words import N_
from simulator.scenarios.checked import checked, loaded

FACTOR = 0.001
"""The demand factor proposed for a column of numbers of unknown unit: milliseconds."""


class Mapping(BaseModel):
    """How to read a file of requests, as JSON:

    {"format": "csv", "header": true, "delimiter": ",", "time": "TIMESTAMP", "time_unit": "auto",
     "demand": "GeneratedTokens", "demand_factor": 0.02}

    header and delimiter matter to "csv" alone. A csv without a header has columns "column 1", ...;
    in "jsonl" "request.time" is the field time of the object request. Demand = column x factor, in
    seconds; demand null: the Scenario's service law decides.
    """

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    format: Literal["csv", "jsonl", "combined"] = Field(title=N_("Format"))
    header: bool = Field(default=True, title=N_("First line holds the names"))
    delimiter: Literal[",", ";", "\t", "|", " "] = Field(default=",", title=N_("Delimiter"))
    time: str = Field(title=N_("Arrival time"), min_length=1, max_length=200)
    time_unit: Literal["auto", "s", "ms", "us", "ns", "iso"] = Field(default="auto", title=N_("Unit of the time"))
    demand: str | None = Field(default=None, title=N_("Service demand"), min_length=1, max_length=200)
    demand_factor: float = Field(
        default=FACTOR, title=N_("Demand factor"), gt=0, le=1e6, json_schema_extra={"unit": "s"},
        description=N_("Seconds of service for each 1 in the column."))

    def factor_ns(self) -> Decimal:
        """The factor in ns, exactly as it was written: 0.02 s is 20,000,000 ns."""
        return Decimal(str(self.demand_factor)) * 1_000_000_000


def parse_mapping(raw: dict | str | bytes) -> Mapping:
    """The Mapping in `raw`; Mistake names "mapping.time" and so on."""
    return checked(Mapping, loaded(raw, "mapping"), "mapping")
