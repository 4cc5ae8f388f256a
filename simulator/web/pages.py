"""The pages. What each template is given:

EVERY page (context processor `simulator.web.context.site`):
    site        {"open_mode", "may_create", "signed_in", "name" (of the user, "" for a visitor), "staff"}
    request, user, messages, i18n as Django's own context processors give them

    Pages with a script carry `page_data`, to be written by
    `{{ page_data|json_script:"page-data" }}`; it always holds "who" (= site) and "socket" ("/ws/").

gallery.html        GET /
    systems     [{"key", "title", "summary", "url" (fidelity sheet), "scenarios": [CARD, ...] (built-in)}]
    mine        [CARD, ...] (this visitor's own scenarios)
    shared      [CARD, ...] (other people's public scenarios)
    recordings  [RECORDING, ...] (that this visitor may see, newest first)
    page_data   {"who", "socket", "scenarios": [CARD, ...] (all of the above)}

scenario.html       GET /scenarios/<key>/        the set-up form; the script posts to /api/runs/
    scenario    CARD
    system      SYSTEM
    page_data   {"who", "socket", "scenario": CARD + "document" (whole, see scenarios/document.py),
                 "system": SYSTEM, "recordings": [RECORDING, ...],
                 "urls": {"runs": "/api/runs/", "scenarios": "/api/scenarios/"}}
    POST (no script): starts the scenario as it is, redirects to its stage. Fields: seed (optional).

runs.html           GET /runs/?page=N            my runs and comparisons, newest first
    page        Django Page of ROW; page.has_next, page.next_page_number, page.paginator.num_pages
    page_data   {"who", "socket", "runs": [RUN, ...] (unfinished ones on this page, to be watched)}

stage.html          GET /runs/<uuid>/?t=4.21     one lane        (also without the last slash: redirected)
                    GET /compare/<uuid>/?t=4.21  two to four lanes
    title       of the run or the comparison
    runs        [RUN, ...] for the mirror without a script
    page_data   {"who", "socket", "runs": [RUN, ...] (by lane), "comparison": null | COMPARISON,
                 "system": SYSTEM, "t_ns": int | null, "scenario": CARD | null}

compare_new.html    GET /compare/new/?scenario=<key>   the script posts to /api/comparisons/
    scenario    CARD | null (null: let the visitor choose from `scenarios`)
    scenarios   [CARD, ...]
    page_data   {"who", "socket", "scenario": CARD + "document" | null, "scenarios": [CARD, ...],
                 "system": SYSTEM | null, "recordings": [RECORDING, ...],
                 "lanes": [{"title", "config": {...overrides, e.g. {"strategy": {"name": "random"}}}}, ...] (a proposal:
                 the first property of the Config whose schema is a choice by "name"),
                 "lanes_at_most": 4, "urls": {"comparisons": "/api/comparisons/"}}

recordings.html     GET /recordings/
    recordings  [RECORDING, ...]
    page_data   {"who", "socket", "recordings": [...], "upload_bytes_at_most": int, "formats": [...],
                 "urls": {"preview": "/api/recordings/preview/", "recordings": "/api/recordings/"}}
    The file stays in the browser: it is posted to `preview` (multipart: file, mapping as JSON text, optional)
    as often as the mapping is changed, and at last to `recordings` (file, mapping, name).

recording.html      GET /recordings/<key>/
    recording   RECORDING
    scenarios   [CARD, ...] (that use it)
    page_data   {"who", "socket", "recording": RECORDING + "preview" (rate over time, cv2, span, ...)}

system.html         GET /systems/<key>/          the fidelity sheet
    system      SYSTEM
    parameters  [PARAMETER, ...] in the schema's order; see sheet.py
    scenarios   [CARD, ...]

login.html          GET, POST /accounts/login/?next=   `form` (Django's AuthenticationForm), `next`
                    POST /accounts/logout/
error.html          400, 403, 404, 405, 413, 429, 500, 503: `status` (int), `sentence`

Shapes (texts already in the page's language):
    CARD        {"key", "title", "text", "watch_for": [sentence, ...], "system", "system_title", "seed", "duration_s",
                 "builtin", "mine", "visibility", "needs": key of a recording that is not there | null,
                 "url", "compare_url"}
    RECORDING   {"key", "name", "rows", "span_ns", "demand" (bool), "warnings": [...], "refused_total",
                 "visibility", "mine", "created", "url"}
    RUN         as in the socket's contract, plus "url" and "scenario" (key or null)
    COMPARISON  {"id", "title", "parent": id | null, "branch_at_ns", "visibility", "mine", "can_act", "created", "url"}
    ROW         {"is": "run" | "comparison", "id", "title", "state", "created", "url", "runs": [RUN, ...]}
    SYSTEM      {"key", "title", "summary", "schema" (JSON Schema of Config), "actions": [SPEC], "roles", "sources",
                 "modelled", "left_out", "url"}
    SPEC        {"kind", "title", "role", "states", "otherwise", "params": [{"name", "title", "default", "minimum",
                 "maximum", "unit", "integer"}], "shortcut", "done"}
"""
