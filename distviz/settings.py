"""Settings. Deployed mode is the default; DISTVIZ_OPEN=1 (as `make run` sets it) is open mode, for loopback only.

Everything that differs between machines comes from the environment: DISTVIZ_OPEN, DISTVIZ_VAR, SECRET_KEY,
DATABASE_URL, REDIS_URL, ALLOWED_HOSTS, CSRF_TRUSTED_ORIGINS, DISTVIZ_BEHIND_PROXY, and the numbers at the end.
"""

import os
from pathlib import Path

from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from distviz import environment

BASE_DIR = Path(__file__).resolve().parent.parent
VAR = Path(os.environ.get("DISTVIZ_VAR") or BASE_DIR / "var")
DISTVIZ_OPEN = environment.flag("DISTVIZ_OPEN")
DEPLOYED = not DISTVIZ_OPEN

SECRET_KEY = environment.secret_key(VAR)
DEBUG = False
ALLOWED_HOSTS = environment.words("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]")
CSRF_TRUSTED_ORIGINS = environment.words("CSRF_TRUSTED_ORIGINS")
ROOT_URLCONF = "distviz.urls"
ASGI_APPLICATION = "distviz.asgi.application"

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "csp",
    "channels",
    "rest_framework",
    "django_filters",
    "drf_spectacular",
    "simulator.runs",
    "simulator.web",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "simulator.web.errors.ErrorPages",
]

TEMPLATES = [{
    "BACKEND": "django.template.backends.django.DjangoTemplates",
    "DIRS": [BASE_DIR / "templates"],
    "APP_DIRS": True,
    "OPTIONS": {"context_processors": [
        "django.template.context_processors.request",
        "django.template.context_processors.i18n",
        "django.contrib.auth.context_processors.auth",
        "django.contrib.messages.context_processors.messages",
        "simulator.web.context.site",
    ]},
}]

# Data. SQLite beside the code unless DATABASE_URL says otherwise.
DATABASES = {"default": environment.database(os.environ.get("DATABASE_URL", ""), VAR)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
REDIS_URL = os.environ.get("REDIS_URL") or "redis://127.0.0.1:6379/0"

# Languages. Catalogues live in the web app.
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("zh-hans", "简体中文")]
USE_I18N = True
TIME_ZONE = "UTC"
USE_TZ = True

# Static files. Open mode serves them from where they lie, so that the first page need not wait for collectstatic.
# Their address changes when one of them does: a browser may keep them, or every page would ask for 90 modules anew.
STATIC_URL = "/static/" if DEPLOYED else f"/static/{environment.fingerprint(BASE_DIR / 'static')}/"
STATIC_ROOT = VAR / "staticfiles"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "distviz.static.HashedStorage" if DEPLOYED
                    else "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = DISTVIZ_OPEN
WHITENOISE_AUTOREFRESH = DISTVIZ_OPEN
WHITENOISE_MAX_AGE = 24 * 3600 if DISTVIZ_OPEN else 60

# Who comes in, and what a browser may load.
AUTH_PASSWORD_VALIDATORS = [{"NAME": f"django.contrib.auth.password_validation.{name}"} for name in (
    "UserAttributeSimilarityValidator", "MinimumLengthValidator", "CommonPasswordValidator", "NumericPasswordValidator")]
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/"
CSRF_FAILURE_VIEW = "simulator.web.errors.csrf"
CONTENT_SECURITY_POLICY = {"DIRECTIVES": {
    "default-src": [SELF], "script-src": [SELF], "style-src": [SELF], "img-src": [SELF, "data:"],
    "connect-src": [SELF], "object-src": [NONE], "frame-ancestors": [NONE], "base-uri": [SELF], "form-action": [SELF],
}}
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = DEPLOYED
SECURE_SSL_REDIRECT = DEPLOYED
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if DEPLOYED else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = DEPLOYED
DISTVIZ_BEHIND_PROXY = environment.flag("DISTVIZ_BEHIND_PROXY")
if DISTVIZ_BEHIND_PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

# REST.
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["rest_framework.authentication.SessionAuthentication"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "distviz",
    "DESCRIPTION": _("A web laboratory for distributed systems."),
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    # Two nouns have a phase, each with words of its own.
    "ENUM_NAME_OVERRIDES": {
        "HuntPhaseEnum": [(word, word) for word in ("searching", "shrinking")],
        "JudgedModelEnum": [(word, word) for word in (
            "linearizable", "sequential", "causal", "read_your_writes", "monotonic_reads", "monotonic_writes", "writes_follow_reads",
            "convergence")],
        "JudgedEnum": [(word, word) for word in ("yes", "no", "unknown")],
        "ExperimentPhaseEnum": [(word, word) for word in ("warm_up", "replications", "probes")],
    },
}

# Work. Prefork only: threads and solo ignore time limits. The hard limit stays below the visibility
# timeout, or a long task would be handed out a second time while it still runs.
DISTVIZ_TASK_S = environment.number("DISTVIZ_TASK_S", 200)
DISTVIZ_LEASE_S = environment.number("DISTVIZ_LEASE_S", 20)
DISTVIZ_BODY_BYTES = environment.number("DISTVIZ_BODY_BYTES", 256 * 1024 * 1024)
CELERY_BROKER_URL = REDIS_URL
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 300, "unacked_restore_interval": 1, "unacked_restore_throttle": 1,
    "socket_timeout": None, "socket_connect_timeout": 2, "health_check_interval": 25,
}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_DEFAULT_QUEUE = "distviz"
CELERY_TASK_SOFT_TIME_LIMIT = DISTVIZ_TASK_S + 20
CELERY_TASK_TIME_LIMIT = DISTVIZ_TASK_S + 40
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = False
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_PROC_ALIVE_TIMEOUT = 120
CELERY_WORKER_SEND_TASK_EVENTS = False

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {"simulator": {"level": "INFO"}, "distviz": {"level": "INFO"},
                "django": {"handlers": [], "level": "WARNING", "propagate": True}},
}

# How often one person may ask: {"<scope>-<role>": (times, seconds)}; what is not named has no limit.
# In open mode there is one person, and it is their machine; a password is guarded all the same.
DISTVIZ_THROTTLES = {"login-visitor": (10, 60)}
if DEPLOYED:
    DISTVIZ_THROTTLES |= {
        "read-visitor": (1200, 60), "read-member": (2400, 60),
        "write-visitor": (240, 60), "write-member": (480, 60),
        "heavy-visitor": (60, 60), "heavy-member": (120, 60),
    }
