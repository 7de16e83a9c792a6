"""Settings, from the environment. With none given, a clone runs on SQLite.

Every variable is listed in README.md; a `.env` file beside manage.py is read
when there is one.
"""

import os
from pathlib import Path

import environ
from csp.constants import NONCE, SELF
from django.core.exceptions import ImproperlyConfigured

from marketing_map.local_keys import local_key

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()
environ.Env.read_env(BASE_DIR / ".env")

PRODUCTION = env.bool("PRODUCTION", False)
DEBUG = env.bool("DEBUG", False)
VAR_DIR = Path(env.str("VAR_DIR", str(BASE_DIR / "var")))


def _key(name: str) -> str:
    """A secret from the environment; outside production, one of this clone's own."""
    value = env.str(name, "")
    if value:
        return value
    if PRODUCTION:
        raise ImproperlyConfigured(f"{name} must be set in production")
    return local_key(VAR_DIR / "keys.json", name)


SECRET_KEY = _key("SECRET_KEY")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["127.0.0.1", "localhost"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])

# --- personal data (trust/) -------------------------------------------------
# Key rings (trust/keyring.py): the first key is in use, the others open what was made before:
# "3:sm:ab12…,2:cd34…". INDEX_KEY and AUDIT_KEY are rings of one key, with the id 1.
# "national": SM4 and SM3. The algorithm belongs to the key; this demands that those in use are.
CRYPTO_PROFILE = env.str("CRYPTO_PROFILE", "international")


def _one_key(name: str, *, sm_digits: int = 64) -> str:
    """A ring of the one key of that name; where a clone draws its own, one for its profile."""
    if CRYPTO_PROFILE == "national" and not PRODUCTION and not env.str(name, ""):
        return f"1:sm:{local_key(VAR_DIR / 'keys.json', f'{name}_SM')[:sm_digits]}"
    return f"1:{_key(name)}"


FIELD_KEYS = env.str("FIELD_KEYS", "") or _one_key("FIELD_KEY", sm_digits=32)
INDEX_KEYS = env.str("INDEX_KEYS", "") or _one_key("INDEX_KEY")
AUDIT_KEYS = env.str("AUDIT_KEYS", "") or _one_key("AUDIT_KEY")

# --- applications -----------------------------------------------------------
INSTALLED_APPS = [
    "marketing_map.apps.MapAdminConfig",  # not django.contrib.admin: see its docstring
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "rest_framework",
    "django_filters",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "django_htmx",
    "leaflet",
    "template_partials",
    "csp",
    "marketing_map.apps.MarketingMapConfig",
    "outreach",
    "whitelist",
    "branches",
    "jobs",
    "trust",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "marketing_map.compression.compressed",
    "marketing_map.middleware.keep_no_copy",
    "trust.audit.remember_address",
    "csp.middleware.CSPMiddleware",
    "marketing_map.middleware.without_nul",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "marketing_map.middleware.in_the_chosen_language",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "marketing_map.middleware.within_their_branches",
    "marketing_map.doorkeeper.end_sessions",
    "marketing_map.doorkeeper.password_first",
    "marketing_map.doorkeeper.second_factor_first",
    "marketing_map.middleware.LoginRequired",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "marketing_map.middleware.FormsWithoutNul",
]

ROOT_URLCONF = "marketing_map.urls"
WSGI_APPLICATION = "marketing_map.wsgi.application"
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
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
                "marketing_map.context.chrome",
            ],
        },
    }
]
# Django's form templates stand beside ours.
INSTALLED_APPS.append("django.forms")

# --- database: SQLite when nothing is set, PostgreSQL by DATABASE_URL --------
DATABASES = {"default": env.db("DATABASE_URL", default=f"sqlite:///{VAR_DIR / 'db.sqlite3'}")}
_default = DATABASES["default"]
if _default["ENGINE"].endswith("sqlite3"):
    _default["OPTIONS"] = {
        # Writers queue at BEGIN instead of failing half-way with "locked".
        "transaction_mode": "IMMEDIATE",
        "timeout": 30,
        "init_command": (
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA cache_size=-65536;"
            "PRAGMA temp_store=MEMORY; PRAGMA mmap_size=268435456;"
        ),
    }
    # Opening the file and reading its schema costs more than most questions: threads keep it.
    _default["CONN_MAX_AGE"] = None
else:
    _default["CONN_MAX_AGE"] = env.int("CONN_MAX_AGE", 60)
    _default["CONN_HEALTH_CHECKS"] = True
    # Requests take milliseconds: starting parallel workers or compiling costs more than it
    # saves. (PgBouncer needs ignore_startup_parameters = options, and the role the settings.)
    _default.setdefault("OPTIONS", {}).setdefault(
        "options", "-c jit=off -c max_parallel_workers_per_gather=0"
    )
# On PostgreSQL the application is not the tables' owner: `migrate` runs as the
# owner and grants this role what the application needs (see trust/grants.py).
DATABASE_APP_ROLE = env.str("DATABASE_APP_ROLE", "")
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- people -------------------------------------------------------------------
AUTH_USER_MODEL = "branches.Staff"
AUTHENTICATION_BACKENDS = ["marketing_map.backend.StaffBackend"]
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "login"
SESSION_IDLE_MINUTES = env.int("SESSION_IDLE_MINUTES", 15)  # without a touch the session ends …
SESSION_HOURS = env.int("SESSION_HOURS", 12)  # … and after so long in any case
TEMPORARY_PASSWORD_HOURS = env.int("TEMPORARY_PASSWORD_HOURS", 24)  # of one that was reset
LOGIN_FAILURES = env.int("LOGIN_FAILURES", 5)  # wrong tries in a row that lock a person out …
LOGIN_LOCK_MINUTES = env.int("LOGIN_LOCK_MINUTES", 15)  # … for so long
# Who must give a code besides the password: roles, and `admin` for those of the admin.
PRIVILEGED = ["supervisor", "admin", "reviewer", "auditor"]
MFA_ROLES = env.list("MFA_ROLES", default=PRIVILEGED if PRODUCTION else [])
# Sensitive acts ask once more who sits here, unless password and second factor were given
# within so many minutes; copying numbers asks from so many an hour on.
STEP_UP_MINUTES = env.int("STEP_UP_MINUTES", 10)
COPIES_BEFORE_STEP_UP = env.int("COPIES_BEFORE_STEP_UP", 10)
# Passkeys are bound to a host name (no number): the relying party, and the origins it may have.
PASSKEY_HOST = env.str("PASSKEY_HOST", "" if PRODUCTION else "localhost")
PASSKEY_ORIGINS = env.list(
    "PASSKEY_ORIGINS",
    default=[f"https://{PASSKEY_HOST}"] if PRODUCTION else ["http://localhost:8000"],
)
# The bank's own login (OpenID Connect): off unless OIDC_ISSUER names it. Its endpoints are at the
# issuer's host, or at one of OIDC_HOSTS. OIDC_STAFF_CLAIM says the 工号 of somebody who is here.
OIDC_ISSUER = env.str("OIDC_ISSUER", "")
OIDC_CLIENT_ID = env.str("OIDC_CLIENT_ID", "")
OIDC_CLIENT_SECRET = env.str("OIDC_CLIENT_SECRET", "")
OIDC_HOSTS = env.list("OIDC_HOSTS", default=[])
OIDC_SCOPES = env.list("OIDC_SCOPES", default=["openid", "profile"])
OIDC_STAFF_CLAIM = env.str("OIDC_STAFF_CLAIM", "sub")
OIDC_ALGORITHMS = env.list("OIDC_ALGORITHMS", default=["RS256", "PS256", "ES256"])
OIDC_MFA_ACR = env.list("OIDC_MFA_ACR", default=[])  # in such a token the second factor was given
OIDC_MFA_AMR = env.list("OIDC_MFA_AMR", default=[])  # … or with one of these methods
OIDC_LABEL = env.str("OIDC_LABEL", "行内统一登录")  # what the button says
OIDC_TIMEOUT = env.float("OIDC_TIMEOUT", 5.0)  # seconds for an answer of the provider
# Heads of the audit chain are noted here, for the log collection to carry away (trust/heads.py).
AUDIT_HEADS = env.str("AUDIT_HEADS", str(VAR_DIR / "audit-heads.txt"))
# What passwords must be: `asvs` (long, nothing else forced) or `dengbao` (等保: kinds of
# characters, an age, none of the last ones). A profile is the defaults of the next four.
PASSWORD_PROFILES = {"asvs": (12, 0, 0, 0), "dengbao": (8, 3, 90, 5)}
PASSWORD_PROFILE = env.str("PASSWORD_PROFILE", "asvs")
_rules = PASSWORD_PROFILES.get(PASSWORD_PROFILE, PASSWORD_PROFILES["asvs"])
PASSWORD_MIN_LENGTH = env.int("PASSWORD_MIN_LENGTH", _rules[0])
PASSWORD_CLASSES = env.int("PASSWORD_CLASSES", _rules[1])
MAX_PASSWORD_AGE = env.int("MAX_PASSWORD_AGE", _rules[2])  # days; 0: as long as it is good
PASSWORD_HISTORY = env.int("PASSWORD_HISTORY", _rules[3])
PASSWORD_WORDS = env.str("PASSWORD_WORDS", "")  # a file of the bank's own words, one a line
BREACHED_PASSWORDS = env.str("BREACHED_PASSWORDS", "")  # see branches/passwords/breached.py
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": name}
    for name in (
        "branches.passwords.validators.LongEnough",
        "branches.passwords.validators.EnoughKinds",
        "django.contrib.auth.password_validation.CommonPasswordValidator",
        "django.contrib.auth.password_validation.NumericPasswordValidator",
        "branches.passwords.validators.NotGuessable",
        "branches.passwords.validators.NotBreached",
        "branches.passwords.validators.NotUsedBefore",
    )
]

# --- language and time -------------------------------------------------------
# Screens are written in Chinese; English is the translation (locale/en).
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True

# --- static files: from installed packages and static/, never from a CDN --------
STATIC_URL = "static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": VAR_DIR / "files"},
    },
    "staticfiles": {
        "BACKEND": (
            "marketing_map.static_storage.WovenManifestStorage"
            if not DEBUG
            else "django.contrib.staticfiles.storage.StaticFilesStorage"
        )
    },
}
LEAFLET_CONFIG = {"TILES": [], "ATTRIBUTION_PREFIX": "", "FORCE_IMAGE_PATH": False}

# --- the browser -------------------------------------------------------------
HTTPS = env.bool("HTTPS", PRODUCTION)
SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
if HTTPS:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = HTTPS
if HTTPS:  # bound to this host, this path and HTTPS by the browser itself
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-session", "__Host-csrf"
    LANGUAGE_COOKIE_NAME = "__Host-language"
DISPLAY_COOKIE_NAME = "__Host-display" if HTTPS else "display"
DEVICE_COOKIE_NAME = "__Secure-device" if HTTPS else "device"  # for /login/ alone
# Proxies in front, each of which adds to X-Forwarded-For: whose request it is, for the audit log.
TRUSTED_PROXIES = env.int("TRUSTED_PROXIES", 0)
SESSION_COOKIE_AGE = SESSION_HOURS * 3600
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = LANGUAGE_COOKIE_HTTPONLY = True  # no script of ours reads one
X_FRAME_OPTIONS = "DENY"
# A base map: tile URL with {z}/{x}/{y}, the datum of its tiles, its 审图号.
BASE_MAP_URL = env.str("BASE_MAP_URL", "")
BASE_MAP_DATUM = env.str("BASE_MAP_DATUM", "wgs84")
BASE_MAP_ATTRIBUTION = env.str("BASE_MAP_ATTRIBUTION", "")
BASE_MAP_MAX_ZOOM = env.int("BASE_MAP_MAX_ZOOM", 18)
_tiles = [BASE_MAP_URL.split("/{")[0].replace("{s}", "*")] if "://" in BASE_MAP_URL else []
_scheme, _, _rest = OIDC_ISSUER.partition("://")
_sso = [f"{_scheme}://{host}" for host in [_rest.split("/")[0], *OIDC_HOSTS] if host]
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF, NONCE],
        "style-src": [SELF],
        "img-src": [SELF, "data:", *_tiles],
        "connect-src": [SELF],
        "object-src": ["'none'"],
        "base-uri": ["'none'"],
        # Who logs out is sent on to the bank's login, to be logged out there, too.
        "form-action": [SELF, *_sso],
        "frame-ancestors": ["'none'"],
    }
}

# --- API -----------------------------------------------------------------------
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["branches.tokens.SystemTokenAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["branches.tokens.IsSystem"],
    "DEFAULT_PAGINATION_CLASS": "marketing_map.api.NewestFirst",
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_VERSIONING_CLASS": None,
    "PAGE_SIZE": 100,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "营销地图 / Marketing map API",
    "VERSION": "1.0.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "ENFORCE_NON_BLANK_FIELDS": True,
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "marketing_map.api_docs.with_refusals",
    ],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
}

# --- lists (whitelist/) ---------------------------------------------------------
TWO_PEOPLE = env.bool("TWO_PEOPLE", True)  # 经办 uploads, 复核 puts in force
UPLOAD_MAX_BYTES = env.int("UPLOAD_MAX_BYTES", 300 * 1024 * 1024)
UPLOAD_MAX_ROWS_CSV = env.int("UPLOAD_MAX_ROWS_CSV", 1_000_000)
UPLOAD_MAX_ROWS_XLSX = env.int("UPLOAD_MAX_ROWS_XLSX", 300_000)
# Processes that check the rows of a big list; 1: the worker does it alone.
CHECK_PROCESSES = env.int("CHECK_PROCESSES", min(4, os.cpu_count() or 1))
READER_MAX_MEMORY = env.int("READER_MAX_MEMORY", 512 * 1024 * 1024)
READER_MAX_SECONDS = env.int("READER_MAX_SECONDS", 600)
UPLOAD_KEEP_DAYS = env.int("UPLOAD_KEEP_DAYS", 90)
WITHDRAW_ALARM_PERCENT = env.int("WITHDRAW_ALARM_PERCENT", 30)
CONTROL_GROUP_PERCENT = env.int("CONTROL_GROUP_PERCENT", 5)
DEMO_ID_AREAS_ALLOWED = env.bool("DEMO_ID_AREAS_ALLOWED", not PRODUCTION)
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.TemporaryFileUploadHandler"]
FILE_UPLOAD_TEMP_DIR = VAR_DIR / "tmp"

# --- how long personal data is kept (trust/retention.py, docs/retention.md), in days ---------
RETAIN_CUSTOMER_DAYS = env.int("RETAIN_CUSTOMER_DAYS", 730)  # after 移出, if nobody was in touch
RETAIN_ROWS_DAYS = env.int("RETAIN_ROWS_DAYS", 365)  # of former lists; so long one can be undone
RETAIN_STAGED_DAYS = env.int("RETAIN_STAGED_DAYS", 90)  # a list that was never put in force
RETAIN_REPORT_DAYS = env.int("RETAIN_REPORT_DAYS", 365)  # masked values of what was wrong
RETAIN_NOTES_DAYS = env.int("RETAIN_NOTES_DAYS", 1_095)  # free text of the field
RETAIN_VILLAGE_DAYS = env.int("RETAIN_VILLAGE_DAYS", 730)  # helpers of villages
RETAIN_SHARE_DAYS = env.int("RETAIN_SHARE_DAYS", 365)  # pages sent, after they ended
RETAIN_GEOCODE_DAYS = env.int("RETAIN_GEOCODE_DAYS", 730)  # answers of online geocoders
RETAIN_DEVICE_DAYS = env.int("RETAIN_DEVICE_DAYS", 180)  # devices and tokens, after they ended
RETAIN_SESSION_DAYS = env.int("RETAIN_SESSION_DAYS", 1)  # sessions, after they ended

# --- online geocoders: off unless configured --------------------------------------
GEOCODERS = env.list("GEOCODERS", default=[])  # e.g. "nominatim,baidu"
NOMINATIM_URL = env.str("NOMINATIM_URL", "")
BAIDU_URL = env.str("BAIDU_URL", "https://api.map.baidu.com")
BAIDU_KEY = env.str("BAIDU_KEY", "")
BAIDU_SECRET = env.str("BAIDU_SECRET", "")

# --- contact (outreach/): every figure of the gates ---------------------------------
CALL_GATEWAY = env.str("CALL_GATEWAY", "tel")  # "tel" or "http"
CALL_GATEWAY_URL = env.str("CALL_GATEWAY_URL", "")
CALL_GATEWAY_TOKEN = env.str("CALL_GATEWAY_TOKEN", "")
CALL_HOURS = env.str("CALL_HOURS", "08:00-20:30")
CALL_MIDDAY_BAN = env.str("CALL_MIDDAY_BAN", "")  # e.g. "12:00-14:00"
CONVERSATIONS_PER_DAY = env.int("CONVERSATIONS_PER_DAY", 1)
CONVERSATIONS_PER_30_DAYS = env.int("CONVERSATIONS_PER_30_DAYS", 3)
ATTEMPTS_PER_DAY = env.int("ATTEMPTS_PER_DAY", 3)
ATTEMPTS_PER_30_DAYS = env.int("ATTEMPTS_PER_30_DAYS", 8)
CALLS_PER_HOUR = env.int("CALLS_PER_HOUR", 60)  # numbers to call or copy, one member of staff
UNLOGGED_MAX = env.int("UNLOGGED_MAX", 10)  # so many of today's calls may wait for their outcome
EXPIRING_DAYS = env.int("EXPIRING_DAYS", 7)
CLAIMS_PER_DAY = env.int("CLAIMS_PER_DAY", 20)  # a manager's, from the pool of their outlet
COLLISION_MINUTES = env.int("COLLISION_MINUTES", 15)  # an attempt without outcome is under way
CALLBACK_HOURS = env.int("CALLBACK_HOURS", 24)  # after they rang, calling back is service
AGREED_DAYS = env.int("AGREED_DAYS", 7)  # so long an agreed follow-up stays agreed
CALL_GATEWAY_TIMEOUT = env.float("CALL_GATEWAY_TIMEOUT", 5.0)  # seconds
BUSY_SEASON_ENDS = env.list("BUSY_SEASON_ENDS", default=["06-20", "10-20"])  # month-day
POSITION_MAX_ACCURACY = env.int("POSITION_MAX_ACCURACY", 200)  # metres
POSITION_MAX_DISTANCE = env.int("POSITION_MAX_DISTANCE", 30_000)  # metres from the village

# --- pages sent to customers ----------------------------------------------------------
SHARE_DAYS = env.int("SHARE_DAYS", 30)  # so long a page answers
SHARE_URL = env.str("SHARE_URL", "")  # where customers reach /s/; empty: as staff reach it
APPLY_APP_SCHEMES = env.list("APPLY_APP_SCHEMES", default=[])  # of the bank's own apps
REVEALS_PER_HOUR = env.int("REVEALS_PER_HOUR", 30)  # numbers to copy, of one member of staff

# --- files with personal data, and how much one person looks at (outreach/exports/) ---
EXPORT_ROWS = env.int("EXPORT_ROWS", 5_000)  # customers in one file
EXPORT_DAYS = env.int("EXPORT_DAYS", 3)  # so long a file waits for its asker, and a request
EXPORT_DOWNLOADS = env.int("EXPORT_DOWNLOADS", 3)  # of one file
PAGES_PER_HOUR = env.int("PAGES_PER_HOUR", 600)  # of customers, and searches, of one person …
API_TOKEN_DAYS = env.int("API_TOKEN_DAYS", 365)  # a new token of a system, unless a day is set
API_PAGES_PER_HOUR = env.int("API_PAGES_PER_HOUR", 3_600)  # … and of one system
SCREEN_WATERMARK = env.bool("SCREEN_WATERMARK", True)  # 工号 and day, faint, over many customers

# --- jobs ---------------------------------------------------------------------------
JOB_LEASE_SECONDS = env.int("JOB_LEASE_SECONDS", 30)

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"},
        "json": {"()": "marketing_map.log_lines.JsonLines"},
    },
    "filters": {"expected": {"()": "marketing_map.log_lines.OneLineForWhatIsRefused"}},
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "formatter": env.str("LOG_FORMAT", "line"),  # or "json"
            "filters": ["expected"],
        }
    },
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", "WARNING")},
}

# Database, keys and sealed files: for the application's own user alone.
VAR_DIR.mkdir(mode=0o700, parents=True, exist_ok=True)
for _dir in (VAR_DIR / "tmp", VAR_DIR / "files", STATIC_ROOT):
    _dir.mkdir(parents=True, exist_ok=True)
