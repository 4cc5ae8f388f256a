"""Every address of the product. The socket's own is in routing.py."""

from django.contrib import admin
from django.contrib.auth import views as auth
from django.urls import include, path
from django.views.generic import RedirectView
from django.views.i18n import JavaScriptCatalog

from simulator.web import experiment_pages, hunt_pages, judge_pages, pages
from simulator.web.signing import SignIn

urlpatterns = [
    path("", pages.gallery, name="gallery"),
    path("scenarios/<slug:key>/", pages.scenario, name="scenario"),
    path("runs/", pages.runs, name="runs"),
    path("runs/<uuid:id>/", pages.run, name="run"),
    path("compare/new/", pages.compare_new, name="compare-new"),
    path("compare/<uuid:id>/", pages.compare, name="compare"),
    path("hunts/", hunt_pages.hunts, name="hunts"),
    path("hunts/new/", hunt_pages.new, name="hunt-new"),
    path("hunts/<uuid:id>/", hunt_pages.hunt, name="hunt"),
    path("hunts/<uuid:id>/cancel/", hunt_pages.cancel, name="hunt-cancel"),
    path("hunts/<uuid:id>/run/", hunt_pages.run, name="hunt-run"),
    path("experiments/", experiment_pages.experiments, name="experiments"),
    path("experiments/new/", experiment_pages.new, name="experiment-new"),
    path("experiments/<uuid:id>/", experiment_pages.experiment, name="experiment"),
    path("judge/", judge_pages.judge, name="judge"),
    path("recordings/", pages.recordings, name="recordings"),
    path("recordings/<slug:key>/", pages.recording, name="recording"),
    path("systems/<slug:key>/", pages.system, name="system"),
    path("accounts/login/", SignIn.as_view(), name="login"),
    path("accounts/logout/", auth.LogoutView.as_view(), name="logout"),
    path("i18n/", include("django.conf.urls.i18n")),
    path("jsi18n/", JavaScriptCatalog.as_view(packages=["simulator.web"]), name="jsi18n"),
    path("api/", include("simulator.web.api.urls")),
    path("admin/login/", RedirectView.as_view(pattern_name="login", query_string=True)),
    path("admin/", admin.site.urls),
]

handler400 = "simulator.web.errors.bad_request"
handler403 = "simulator.web.errors.forbidden"
handler404 = "simulator.web.errors.not_found"
handler500 = "simulator.web.errors.server_error"
