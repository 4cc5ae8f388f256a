"""Addresses of the REST floor."""

from django.urls import path, re_path

from simulator.web.api import comparisons, docs, exports, recordings, runs, scenarios, systems

urlpatterns = [
    path("", docs.Root.as_view(), name="api"),
    path("schema/", docs.Schema.as_view(), name="api-schema"),
    path("docs/", docs.page, name="api-docs"),
    path("systems/", systems.Systems.as_view()),
    path("systems/<slug:key>/", systems.OneSystem.as_view()),
    path("systems/<slug:key>/schema/", systems.ConfigSchema.as_view()),
    path("scenarios/", scenarios.Scenarios.as_view()),
    path("scenarios/check/", scenarios.Check.as_view()),
    path("scenarios/<slug:key>/", scenarios.OneScenario.as_view()),
    path("runs/", runs.Runs.as_view()),
    path("runs/import/", runs.Import.as_view()),
    path("runs/<uuid:id>/", runs.OneRun.as_view()),
    path("runs/<uuid:id>/branch/", runs.Branch.as_view()),
    path("runs/<uuid:id>/cancel/", runs.Cancel.as_view()),
    path("runs/<uuid:id>/segments/", runs.Segments.as_view()),
    path("runs/<uuid:id>/segments/<int:number>/", runs.OneSegment.as_view(), name="api-segment"),
    path("runs/<uuid:id>/summary/", runs.Summary.as_view()),
    path("runs/<uuid:id>/requests.csv", exports.RequestsCSV.as_view()),
    path("runs/<uuid:id>/requests.json", exports.RequestsJSON.as_view()),
    path("runs/<uuid:id>/series.csv", exports.SeriesCSV.as_view()),
    path("runs/<uuid:id>/series.json", exports.SeriesJSON.as_view()),
    path("runs/<uuid:id>/document.json", exports.WholeDocument.as_view()),
    path("comparisons/", comparisons.Comparisons.as_view()),
    path("comparisons/<uuid:id>/", comparisons.OneComparison.as_view()),
    path("comparisons/<uuid:id>/branch/", comparisons.Branch.as_view()),
    path("recordings/", recordings.Recordings.as_view()),
    path("recordings/preview/", recordings.Preview.as_view()),
    path("recordings/<slug:key>/", recordings.OneRecording.as_view()),
    re_path("^.*$", docs.Nowhere.as_view()),
]
