"""The only door of this floor: what pages, REST, sockets and the admin may ask for.

Mistake (field, sentence, HTTP status) is the user's slip; Forbidden is what they may not do.
"""

from simulator.runs import Forbidden, Mistake
from simulator.runs.experiment_exports import export_cells, export_parquet, export_replications, export_results
from simulator.runs.experimented import cell_json, experiment_entry, experiment_json
from simulator.runs.experimenting import cancel_experiment, create_experiment, proposed_experiment, run_cell
from simulator.runs.explaining import why
from simulator.runs.exports import (
    export_document, export_history, export_messages, export_requests, export_series, export_text, import_document)
from simulator.runs.hunting import cancel_hunt, create_hunt, hunt_json, proposed_hunt
from simulator.runs.judging import judge_text, verdicts
from simulator.runs.making import branch, branch_comparison, cancel, create_comparison, create_run
from simulator.runs.recordings import described, preview_recording, store_recording
from simulator.runs.shelf import adopt, change_scenario, delete, load_builtin, parsed, save_scenario, set_visibility
from simulator.runs.showing import run_json, segment_payload, summary
from simulator.runs.systems import systems

__all__ = [
    "Forbidden", "Mistake", "adopt", "branch", "branch_comparison", "cancel", "cancel_experiment", "cancel_hunt", "cell_json",
    "change_scenario", "create_comparison", "create_experiment", "create_hunt", "create_run", "delete", "described",
    "experiment_entry", "experiment_json", "export_cells", "export_document", "export_history", "export_messages", "export_parquet", "export_replications",
    "export_requests", "export_results", "export_series", "export_text", "hunt_json", "import_document", "judge_text", "load_builtin", "parsed", "preview_recording",
    "proposed_experiment", "proposed_hunt", "run_cell", "run_json", "save_scenario", "segment_payload",
    "set_visibility", "store_recording", "summary", "systems", "verdicts", "why",
]
