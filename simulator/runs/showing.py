"""What is shown of a Run and of its Segments, as JSON."""

from uuid import UUID

from simulator.runs.access import Who, can_change, can_see, may_create
from simulator.runs.models import Run, Segment
from simulator.runs.systems import chosen_of, nodes_of
from simulator.runs.told import in_language, told, told_each, told_summary


def run_json(run: Run, who: Who) -> dict:
    """The Run as REST and sockets send it; texts in the language in force. Asks the database nothing."""
    return {
        "id": str(run.id), "state": run.state, "title": in_language(run.document["title"]),
        "system": run.document["system"], "seed": run.seed,
        "duration_ns": run.duration_ns, "window_ns": run.window_ns, "sample_ns": run.sample_ns,
        "segments": run.segment_count, "progress_ns": run.progress_ns,
        "parent": run.parent_id and str(run.parent_id), "branch_at_ns": run.branch_at_ns,
        "journal": run.journal, "actions": run.document["actions"], "config": run.document["config"],
        "nodes": nodes_of(run.document), "chosen": told_each(chosen_of(run.document)),
        "comparison": run.comparison_id and str(run.comparison_id), "lane": run.lane, "lane_title": run.lane_title,
        "digest": run.digest or None, "summary": told_summary(run.summary), "error": told(run.error) or None,
        "visibility": run.visibility, "mine": can_change(who, run), "can_act": may_create(who) and can_see(who, run),
        "created": run.created.isoformat(),
    }


def summary(run: Run) -> dict | None:
    """The Run's numbers, its sentence in the language in force; None until it has some."""
    return told_summary(run.summary)


def segment_payload(run: Run, number: int) -> bytes | None:
    """The packed Segment, wherever in the lineage it is stored; None where it is not stored (yet)."""
    if not 0 <= number < run.segment_count:
        return None
    return payload_of(run.holder(number), number)


def payload_of(holder: UUID, number: int) -> bytes | None:
    """The packed Segment `number` stored for the Run `holder` itself."""
    found = Segment.objects.filter(run=holder, number=number).values_list("payload", flat=True).first()
    return None if found is None else bytes(found)
