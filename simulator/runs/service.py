"""The only door of this floor: what pages, REST, sockets and the admin may ask for.

Mistake (field, sentence, HTTP status) is the user's slip; Forbidden is what they may not do.
"""

from simulator.runs import Forbidden, Mistake
from simulator.runs.exports import export_document, export_requests, export_series, import_document
from simulator.runs.making import branch, branch_comparison, cancel, create_comparison, create_run
from simulator.runs.recordings import described, preview_recording, store_recording
from simulator.runs.shelf import adopt, change_scenario, delete, load_builtin, parsed, save_scenario, set_visibility
from simulator.runs.showing import run_json, segment_payload, summary, systems

__all__ = [
    "Forbidden", "Mistake", "adopt", "branch", "branch_comparison", "cancel", "change_scenario", "create_comparison",
    "create_run", "delete", "described", "export_document", "export_requests", "export_series", "import_document",
    "load_builtin", "parsed", "preview_recording", "run_json", "save_scenario", "segment_payload",
    "set_visibility", "store_recording", "summary", "systems",
]
