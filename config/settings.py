"""Django's settings: one file for every place, and the environment decides.

docs/operating.md lists the variables. Without any, the registry runs on SQLite
and answers this machine alone.
"""

import os
import secrets
import sys
from datetime import timedelta
from pathlib import Path
from urllib.parse import unquote, urlsplit

import dj_database_url
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.http.request import split_domain_port

BASE_DIR = Path(__file__).resolve().parent.parent


def is_on(name: str) -> bool:
    """Return whether an environment variable says yes; unset and empty say no."""
    value = os.environ.get(name, "").strip().lower()
    if value in {"1", "true", "yes", "on"}:
        return True
    if value in {"", "0", "false", "no", "off"}:
        return False
    raise ImproperlyConfigured(f"{name} is {value!r}: give it 1 or 0.")


def listed(name: str) -> list[str]:
    """Return the comma-separated parts of an environment variable."""
    parts = os.environ.get(name, "").split(",")
    return [part.strip() for part in parts if part.strip()]


def number(name: str, default: int, least: int) -> int:
    """Return the whole number in an environment variable."""
    value = os.environ.get(name, "").strip() or str(default)
    if value.isdecimal() and int(value) >= least:
        return int(value)
    raise ImproperlyConfigured(f"{name} is {value!r}: give a number from {least} on.")


def hosts(name: str) -> list[str]:
    """Return the names of hosts in an environment variable."""
    named = listed(name)
    for host in named:
        if split_domain_port(host) != (host.lower(), ""):
            raise ImproperlyConfigured(
                f"{name} holds {host!r}: give the names that readers use, without"
                " https:// and port, such as registry.example."
            )
    return named


def database(name: str) -> dj_database_url.DBConfig:
    """Return Django's settings for the database in an environment variable."""
    address = os.environ.get(name, f"sqlite:///{BASE_DIR / 'registry.sqlite3'}")
    try:
        found = dj_database_url.parse(
            address, conn_max_age=600, conn_health_checks=True
        )
    except ValueError:
        found = {}
    if found.get("ENGINE", "").rpartition(".")[2] in ("sqlite3", "postgresql"):
        return found
    # Not the address itself: it may hold a password.
    raise ImproperlyConfigured(
        f"{name} is no database that the registry knows: give it an address such as"
        " postgresql://user:password@host/registry, with %40 for @ and so on in user"
        " and password."
    )


def mail_server(address: str) -> dict[str, object]:
    """Return Django's settings for a server such as smtp+tls://user:key@host:587."""
    ports = {"smtp": 25, "smtp+tls": 587, "smtps": 465}
    try:
        parts = urlsplit(address)
        port = parts.port or ports.get(parts.scheme)
    except ValueError:
        port = None
    if not port or parts.scheme not in ports or not parts.hostname:
        # Not the address itself: it may hold a password.
        raise ImproperlyConfigured(
            "EMAIL_URL is no mail server: give it an address such as"
            " smtp+tls://user:password@host:587 (or smtp:, or smtps:)."
        )
    return {
        "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "EMAIL_HOST": parts.hostname,
        "EMAIL_PORT": port,
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_TLS": parts.scheme == "smtp+tls",
        "EMAIL_USE_SSL": parts.scheme == "smtps",
        "EMAIL_TIMEOUT": 20,
    }


DEBUG = is_on("DEBUG")

# Whether readers reach the registry over TLS, usually through a proxy.
HTTPS = is_on("HTTPS")

SECRET_KEY = os.environ.get("SECRET_KEY", "")
if not SECRET_KEY:
    if not DEBUG and "pytest" not in sys.modules:
        raise ImproperlyConfigured(
            "SECRET_KEY is not set: put a long random text in the environment, "
            "or start the registry with ./run, which makes and keeps one."
        )
    # For a developer and for the tests: sign-ins end with the process.
    SECRET_KEY = secrets.token_urlsafe(50)

ALLOWED_HOSTS = hosts("ALLOWED_HOSTS") or ["127.0.0.1", "localhost", "[::1]"]
CSRF_TRUSTED_ORIGINS = listed("CSRF_TRUSTED_ORIGINS")

INSTALLED_APPS = [
    "accounts",
    "briefings",
    "partnerships",
    "councils",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.sitemaps",
    # runserver must leave static files to whitenoise, as gunicorn does.
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django_filters",
    "drf_spectacular",
    "corsheaders",
    "csp",
    "axes",
    "django_otp",
    "django_otp.plugins.otp_totp",
    "django_otp.plugins.otp_static",
]

# No GZipMiddleware: councils.caching compresses what is the same for all readers, and
# whitenoise the static files. The rest holds CSRF tokens.
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "config.middleware.PermissionsPolicyMiddleware",
    "config.health.HealthMiddleware",
    "config.middleware.AdminContentSecurityPolicyMiddleware",
    "config.middleware.ImpossibleValueMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "corsheaders.middleware.CorsMiddleware",
    "councils.caching.PublicCacheMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_otp.middleware.OTPMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "accounts.middleware.SessionEndMiddleware",
    "accounts.middleware.SecondFactorMiddleware",
    "accounts.kept_forms.KeptFormMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    # The last, so that the page about a lock gets what the others add.
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "partnerships.context_processors.data_date",
            ],
        },
    },
]

DATABASES = {"default": database("DATABASE_URL")}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"].setdefault("OPTIONS", {}).update(
        {
            # A transaction that reads first and writes later would otherwise
            # fail at once, without waiting for the timeout, when another writes.
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL",
        }
    )

if DATABASES["default"]["ENGINE"] == "django.db.backends.postgresql":
    # A server that is there and silent would otherwise hold each thread for minutes or
    # for good: seconds to connect, milliseconds until what was sent arrives.
    DATABASES["default"]["OPTIONS"] = {
        "connect_timeout": 10,
        "tcp_user_timeout": 20_000,
    } | DATABASES["default"].get("OPTIONS", {})

# A release answers filters from a database of its own, beside this one.
DATABASE_ROUTERS = ["partnerships.snapshots.SnapshotRouter"]

# A record of 20 members with all its facts and the boxes of their sources is one form.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 10_000

DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
FIXTURE_DIRS = [BASE_DIR / "fixtures"]

# ---- Accounts

AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
LOGIN_URL = "admin:login"

AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": f"django.contrib.auth.password_validation.{name}",
        "OPTIONS": options,
    }
    for name, options in (
        ("UserAttributeSimilarityValidator", {}),
        ("MinimumLengthValidator", {"min_length": 12}),
        ("CommonPasswordValidator", {}),
        ("NumericPasswordValidator", {}),
    )
]
# The link in an e-mail that lets its reader choose a new password.
PASSWORD_RESET_TIMEOUT = 60 * 60

# After so many wrong passwords for one name from one network, neither is let in for
# a while. The count is in the database, so all server processes share it.
AXES_FAILURE_LIMIT = number("SIGN_IN_FAILURES", default=5, least=1)
AXES_COOLOFF_TIME = timedelta(minutes=number("LOCK_MINUTES", default=30, least=1))
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_CLIENT_IP_CALLABLE = "accounts.locks.network"
AXES_USERNAME_CALLABLE = "accounts.locks.name_tried"
AXES_LOCKOUT_CALLABLE = "accounts.locks.locked_out"
AXES_RESET_ON_SUCCESS = True
# Trying while locked out does not make it last longer: the page says how long.
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
# Who signed in and out goes to the log instead, without addresses.
AXES_DISABLE_ACCESS_LOG = True
AXES_ENABLE_ADMIN = False
AXES_VERBOSE = False

# Whoever is in one of these groups, and every superuser once one is named, signs in
# with a one-time code besides the password.
SECOND_FACTOR_GROUPS = listed("SECOND_FACTOR_GROUPS")
OTP_TOTP_ISSUER = "Shared Services Registry"

# A session ends after so long without a page of the admin, and at the latest after so
# long altogether.
SESSION_IDLE = timedelta(minutes=number("SESSION_IDLE_MINUTES", default=120, least=1))
SESSION_COOKIE_AGE = 60 * 60 * number("SESSION_HOURS", default=12, least=1)

RESETS_AN_HOUR = number("RESETS_AN_HOUR", default=10, least=1)
if email_url := os.environ.get("EMAIL_URL", "").strip():
    globals().update(mail_server(email_url))
else:
    # Mail is written to the output of the server.
    EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
DEFAULT_FROM_EMAIL = os.environ.get("EMAIL_FROM", "").strip() or "registry@localhost"

LANGUAGE_CODE = "en-gb"
TIME_ZONE = "Europe/London"
USE_I18N = True
USE_TZ = True

STATIC_URL = "static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STATICFILES_DIRS = [BASE_DIR / "frontend" / "dist"]
# Served at the root of the site: /favicon.ico.
WHITENOISE_ROOT = BASE_DIR / "frontend" / "dist" / "top"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    }
}
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
X_FRAME_OPTIONS = "DENY"

SESSION_COOKIE_SECURE = HTTPS
CSRF_COOKIE_SECURE = HTTPS
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "accounts.kept_forms.form_refused"
if HTTPS:
    SECURE_SSL_REDIRECT = True
    # A monitor on the same machine asks over plain HTTP.
    SECURE_REDIRECT_EXEMPT = [r"^healthz$"]
    SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    # W021 asks for preloading, which only the domain's owner can promise.
    SILENCED_SYSTEM_CHECKS = ["security.W021"]
if is_on("TRUST_FORWARDED_PROTO"):
    # Only behind a proxy that always sets or removes this header itself.
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

# Readers' reports. The privacy page says the same days.
REPORT_EMAIL_DAYS = number("REPORT_EMAIL_DAYS", default=365, least=1)
REPORTS_AN_HOUR = number("REPORTS_AN_HOUR", default=10, least=1)
# How many proxies of ours a request has passed, each of which has added the address
# that it came from to X-Forwarded-For.
PROXIES = number("PROXIES", default=0, least=0)
# Who answers for this site, as the privacy page says it.
OPERATOR = os.environ.get("OPERATOR", "").strip()

# After how many days a record is due for checking again; live is every one of which no
# source says that it ended.
CHECK_DAYS_LIVE = number("CHECK_DAYS_LIVE", default=180, least=1)
CHECK_DAYS_ENDED = number("CHECK_DAYS_ENDED", default=365, least=1)

# ---- The API

# How many answers one network may have made in a minute, by each server process.
API_REQUESTS_A_MINUTE = number("API_REQUESTS_A_MINUTE", default=120, least=1)
REST_FRAMEWORK = {
    # It only reads what everybody may read: no session, no cookie, no token.
    "DEFAULT_AUTHENTICATION_CLASSES": [],
    "DEFAULT_PERMISSION_CLASSES": [],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": [],
    "DEFAULT_FILTER_BACKENDS": ["councils.api.questions.QuestionBackend"],
    "DEFAULT_PAGINATION_CLASS": "councils.api.questions.Pages",
    "DEFAULT_THROTTLE_CLASSES": ["partnerships.api.limits.NetworkThrottle"],
    "DEFAULT_SCHEMA_CLASS": "councils.api.reading.Described",
    "EXCEPTION_HANDLER": "councils.api.problems.problem",
    # Or "format" would be a parameter that nobody declared.
    "URL_FORMAT_OVERRIDE": None,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Shared Services Partnership Registry",
    "DESCRIPTION": (
        "What the pages say, for programs. Everything is read without signing in."
        " Names and filters are those of the pages and files, and never change within"
        " a version."
    ),
    "VERSION": "1.0.0",
    "OAS_VERSION": "3.1.0",
    # It asks for the services shared, and so for a database that is there.
    "ENABLE_DJANGO_DEPLOY_CHECK": False,
    "SERVE_INCLUDE_SCHEMA": False,
    # Vocabularies stand where they are used: several fields share a name.
    "POSTPROCESSING_HOOKS": [],
    "SERVE_AUTHENTICATION": [],
    "SERVE_PERMISSIONS": [],
}
# Scripts of any site may read what is public; they send no cookies.
CORS_ALLOW_ALL_ORIGINS = True
CORS_URLS_REGEX = r"^/(api/v1/.*|reconcile/.*|data/.*\.(json|zip)|[a-z-]+\.csv)$"
# A question to /reconcile/ may be posted.
CORS_ALLOW_METHODS = ["GET", "HEAD", "OPTIONS", "POST"]
# What a script needs to ask again for what may not have changed; nothing that signs in.
CORS_ALLOW_HEADERS = ["accept", "content-type", "if-none-match"]
CORS_EXPOSE_HEADERS = ["ETag", "Link", "Retry-After"]

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "config.json_logs.JsonFormatter"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["stderr"], "level": "INFO"},
    "loggers": {
        # Django's own handlers would write the same line twice, and mail admins.
        "django": {"handlers": [], "level": "INFO", "propagate": True},
        "django.server": {"handlers": [], "level": "INFO", "propagate": True},
        # Its lines hold what was typed as a name; ours do not, if nobody has it.
        "axes": {"level": "ERROR"},
    },
}
