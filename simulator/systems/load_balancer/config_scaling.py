"""The options of the autoscaler."""

from pydantic import field_validator

from simulator.engine.words import N_
from simulator.parts.options import CHOSEN, Option, quantity

HPA = "Kubernetes 1.31, Horizontal Pod Autoscaling"


class Scaling(Option, title=N_("Autoscaler")):
    __doc__ = N_("Adds servers when those there are too busy, and takes some away when they are not busy enough.")

    maximum: int | None = quantity(None, N_("Servers at most"), ge=1, le=1000, about=N_("Empty: no autoscaler."))
    minimum: int = quantity(1, N_("Servers at least"), ge=1, le=1000)
    target: float = quantity(0.6, N_("Target"), ge=0.01, le=1.0, source=CHOSEN,
                             about=N_("The share of the slots that should be busy: servers wanted = servers there x share busy / target."))
    every_s: float = quantity(15.0, N_("Decides every"), "s", ge=1, le=86_400, source=f"{HPA}, sync period")
    tolerance: float = quantity(0.1, N_("Tolerance"), ge=0, le=1, source=f"{HPA}, tolerance",
                                about=N_("Nothing is done while share busy / target differs from 1 by no more."))
    start_s: float = quantity(30.0, N_("A new server needs"), "s", ge=0, le=86_400, source=CHOSEN,
                              about=N_("So long after it was ordered, and from then on paid for, it takes its first request."))
    calm_s: float = quantity(300.0, N_("Calm before taking away"), "s", ge=0, le=86_400, source=f"{HPA}, downscale stabilization",
                             about=N_("Servers are taken away only down to the largest number wanted within this time."))

    @field_validator("minimum")
    @classmethod
    def _not_above_the_most(cls, minimum: int, info) -> int:
        if info.data.get("maximum") is not None and minimum > info.data["maximum"]:
            raise ValueError(N_("There must not be more servers at least than at most."))
        return minimum
