"""Settings, all from the environment. The default is the embedded demo on this machine only.

`HONGYUN_MODE=production` refuses to start on anything unsafe: see hongyun/safety.py.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

import environ
from celery.schedules import crontab
from django.core.exceptions import ImproperlyConfigured
from kombu import Exchange, Queue

from hongyun.demo_keys import demo_keys

env = environ.Env()
BASE_DIR = Path(__file__).resolve().parent.parent
if (BASE_DIR / ".env").exists():
    env.read_env(BASE_DIR / ".env")

MODE = env("HONGYUN_MODE", default="demo")
DEMO = MODE == "demo"
PRODUCTION = MODE == "production"
if not DEMO and not PRODUCTION:  # "prod" would be neither, and no check would ever look at it
    raise ImproperlyConfigured("Refusing to start: HONGYUN_MODE is demo or production, nothing else")
TESTING = env.bool("HONGYUN_TESTING", default=False) and not PRODUCTION
DATA_DIR = Path(env("HONGYUN_DATA_DIR", default=str(BASE_DIR / "var"))).resolve()
DEBUG = env.bool("DEBUG", default=False)
FAILPOINTS_ON = DEMO and env.bool("HONGYUN_FAILPOINTS_ON", default=False)

_made = {} if PRODUCTION else demo_keys(DATA_DIR)


def _key(name: str) -> str:
    """A secret from the environment; the demo may make its own, production may not."""
    return env(name, default=_made.get(name, ""))


SECRET_KEY = _key("SECRET_KEY") or "unset-so-that-safety-can-name-it"
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])
FIELD_KEYS = _key("FIELD_KEYS")
INDEX_KEY = _key("INDEX_KEY")
AUDIT_KEY = _key("AUDIT_KEY")
CODE_KEY = _key("CODE_KEY")
METRICS_TOKEN = _key("METRICS_TOKEN")

SITE_URL = env("SITE_URL", default=f"http://127.0.0.1:{env('PORT', default='8000')}")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[] if PRODUCTION else ["127.0.0.1", "localhost", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])

INSTALLED_APPS = [
    "hongyun.apps.HongyunConfig",
    "stations.apps.StationsConfig",
    "care.apps.CareConfig",
    "dashboards.apps.DashboardsConfig",
    "appeals.apps.AppealsConfig",
    "members.apps.MembersConfig",
    "branches.apps.BranchesConfig",
    "notices.apps.NoticesConfig",
    "accounts.apps.AccountsConfig",
    "common.apps.CommonConfig",
    "accounts.apps.HouseAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "rest_framework",
    "drf_spectacular",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "common.middleware.BodyLimitMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "common.middleware.NoNulMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "accounts.middleware.ViewerMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "common.middleware.PrivatePagesMiddleware",
]

ROOT_URLCONF = "hongyun.urls"
WSGI_APPLICATION = "hongyun.wsgi.application"
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
                "hongyun.context.house",
            ],
        },
    },
]

# --- database: SQLite that keeps its promises, or whatever DATABASE_URL says -------------------
DATABASES = {"default": env.db("DATABASE_URL", default=f"sqlite:///{DATA_DIR / 'hongyun.sqlite3'}")}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",  # a deferred BEGIN fails at once among parallel writers
        "timeout": 20,
        "init_command": (
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;"
            "PRAGMA secure_delete=ON;"  # trusted_schema=OFF would refuse JSON_VALID in our own checks
        ),
    }
    DATABASES["default"]["TEST"] = {"NAME": env("TEST_SQLITE", default=None)}
else:
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
    DATABASES["default"]["OPTIONS"] = {
        # jit: our statements run for milliseconds, compiling them took a quarter of a second each
        "options": "-c jit=off -c lock_timeout=3s -c idle_in_transaction_session_timeout=60s"
        + f" -c statement_timeout={env('STATEMENT_TIMEOUT', default='30s')}"
    }
# Opening SQLite anew, with its pragmas and functions, costs a request as much as all else that a form page does.
DATABASES["default"]["CONN_MAX_AGE"] = env.int("CONN_MAX_AGE", default=60)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- cache: sign-in limits live in the database, the cache may vanish at any moment ------------
CACHES = {"default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "common_cache"}}
SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 30 * 24 * 3600
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "hongyun.web.errors.csrf_failure"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"  # "no-referrer" makes browsers post with "Origin: null", which CSRF refuses
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
if PRODUCTION:
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-s", "__Host-c"
    SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", default=True)
    SECURE_HSTS_SECONDS = env.int("SECURE_HSTS_SECONDS", default=31_536_000)
    if env.bool("BEHIND_TLS_PROXY", default=False):
        SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
else:
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "s", "c"
TRUSTED_PROXIES = env.list("TRUSTED_PROXIES", default=[])

# The map of the stations shows plain ground unless a service of tiles is named: https, with {z}, {x} and {y}. Its host, and
# no other, may then be asked for pictures, by that one page.
MAP_TILES = env("MAP_TILES", default="")
MAP_TILES_CREDIT = env("MAP_TILES_CREDIT", default="")
MAP_TILES_GCJ = env.bool("MAP_TILES_GCJ", default=False)  # drawn in GCJ-02, as 高德 is; 天地图 is not
_tiles = re.match(r"https://[a-z0-9.-]+(?::[0-9]+)?(?=/)", MAP_TILES)
if MAP_TILES and (_tiles is None or not all(part in MAP_TILES for part in ("{z}", "{x}", "{y}"))):
    raise ImproperlyConfigured("Refusing to start: MAP_TILES is an address like https://tiles.example/{z}/{x}/{y}.png")
MAP_TILES_HOST = _tiles[0] if _tiles else ""

_SELF = ["'self'"]
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": _SELF,
        "style-src": _SELF,
        "img-src": ["'self'", "blob:"],  # blob: shows a photo before it is sent
        "font-src": _SELF,
        "connect-src": _SELF,
        "manifest-src": _SELF,
        "worker-src": _SELF,
        "form-action": _SELF,
        "frame-ancestors": ["'none'"],
        "base-uri": ["'none'"],
        "object-src": ["'none'"],
    }
}

# --- people -------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.Person"
AUTHENTICATION_BACKENDS = ["accounts.backends.StaffBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "/accounts/driver/"
LOGIN_REDIRECT_URL = "/me/"
ACCOUNT_USER_MODEL_USERNAME_FIELD = "login"
ACCOUNT_USER_MODEL_EMAIL_FIELD = None
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_ADAPTER = "accounts.adapter.HouseAccountAdapter"
MFA_ADAPTER = "accounts.adapter.HouseMFAAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "红运之家"
STAFF_IDLE_MINUTES = env.int("STAFF_IDLE_MINUTES", default=30)
STAFF_ABSOLUTE_HOURS = env.int("STAFF_ABSOLUTE_HOURS", default=12)
RECUSAL_MONTHS = env.int("RECUSAL_MONTHS", default=12)  # a past posting counts this long

# --- words and times ----------------------------------------------------------------------------
LANGUAGE_CODE = "zh-hans"
TIME_ZONE = "Asia/Shanghai"
USE_I18N = USE_TZ = True
LOCALE_PATHS = [BASE_DIR / "locale"]
HOTLINE = env("HOTLINE", default="12328")
HALL_PHONE = env("HALL_PHONE", default="0516-5550 1232")
HALL_HOURS = env("HALL_HOURS", default="周一到周五 9:00–12:00，13:30–17:30")
QUICK_EXIT_URL = env("QUICK_EXIT_URL", default="/weather/")

# --- files --------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if TESTING
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
MEDIA_ROOT = DATA_DIR / "uploads"  # never mapped to a URL: every file has an authorising view
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 200
DATA_UPLOAD_MAX_NUMBER_FILES = 40  # more than the nine that are kept: whoever taps ten is told so beside his photos
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
MAX_BODY_BYTES = 100 * 1024 * 1024  # nine pictures of ten megabytes and their wrapping

# --- jobs ---------------------------------------------------------------------------------------
REDIS_URL = env("REDIS_URL", default="")
if REDIS_URL:
    CELERY_BROKER_URL = REDIS_URL
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "socket_timeout": 0.3,
        "socket_connect_timeout": 0.3,
        "max_retries": 0,  # without it a broker that accepts and never answers holds a filing for seconds
        "visibility_timeout": 120,
        "global_keyprefix": env("REDIS_PREFIX", default="hongyun:"),
    }
else:
    CELERY_BROKER_URL = "folder://"  # common.folder_broker
    _broker = DATA_DIR / "broker"
    for _folder in ("queue", "control", "done"):
        (_broker / _folder).mkdir(parents=True, exist_ok=True)
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": str(_broker / "queue"),
        "data_folder_out": str(_broker / "queue"),
        "control_folder": str(_broker / "control"),
        "polling_interval": 0.2,
    }
CELERY_TASK_SERIALIZER = CELERY_RESULT_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
# More than one in hand: else a thread waits for the folder to be looked at again (five times a second), and a
# process for the next message to come over. What a killed worker held is found by the sweep.
CELERY_WORKER_PREFETCH_MULTIPLIER = 4 if REDIS_URL else 16
CELERY_TASK_SOFT_TIME_LIMIT, CELERY_TASK_TIME_LIMIT = 60, 90
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_PUBLISH_RETRY = False
CELERY_TASK_DEFAULT_QUEUE = "work"
CELERY_TIMEZONE = TIME_ZONE
# Messages wait in a queue of their own: a flood of them, or a gateway that hangs, holds up no routing and no
# deadline. A worker that is not told its queues (-Q) reads both.
CELERY_TASK_QUEUES = [Queue(name, Exchange(name), routing_key=name) for name in ("work", "messages")]
CELERY_TASK_ROUTES = {
    "appeals.*": {"queue": "work"},
    "stations.*": {"queue": "work"},
    "care.*": {"queue": "work"},
    "notices.*": {"queue": "messages"},
    "accounts.*": {"queue": "work"},
    "members.*": {"queue": "work"},
    "hongyun.*": {"queue": "work"},
}
CELERY_BEAT_SCHEDULE = {
    "sweep": {"task": "hongyun.sweep", "schedule": 15.0},
    "messages": {"task": "notices.sweep", "schedule": 15.0, "options": {"expires": 15.0}},
    "tidy": {"task": "hongyun.tidy", "schedule": crontab(minute=17)},
}
CELERY_BEAT_SCHEDULE_FILENAME = str(DATA_DIR / "beat-schedule")

# --- messages out -------------------------------------------------------------------------------
SMS_URL = env("SMS_URL", default="")  # empty in the demo: what would be sent is shown on its outbox page
SMS_SECRET = _key("SMS_SECRET")
SMS_STATUS_URL = env("SMS_STATUS_URL", default="")  # where the gateway tells what became of a message, if it does
SMS_ALLOWED_HOSTS = env.list("SMS_ALLOWED_HOSTS", default=[])
SMS_DAILY_BUDGET = env.int("SMS_DAILY_BUDGET", default=5000)
SMS_PER_SECOND = env.int("SMS_PER_SECOND", default=20)  # 0: no limit
EMAIL_CONFIG = env.email_url("EMAIL_URL", default="consolemail://")
vars().update(EMAIL_CONFIG)
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env("DEFAULT_FROM_EMAIL", default="noreply@hongyun.invalid")
STORM_BRAKE = env.int("STORM_BRAKE", default=200)

# --- API ----------------------------------------------------------------------------------------
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["rest_framework.authentication.SessionAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.AllowAny"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "hongyun.api.problems.problem_details",
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
    "URL_FORMAT_OVERRIDE": None,  # ?format= is an unknown parameter like any other
}
REGISTER_TAGS = [
    {"name": "信息库", "description": "管库的看全区，支部书记看自己范围里的；都遮着"},
    {"name": "认领和入列", "description": "核实一个人，入列要另一个人"},
    {"name": "支部", "description": "书记看自己的支部，党委书记看全部"},
    {"name": "换届", "description": "谁任什么职、到哪天；当选和卸任由别人来记"},
    {"name": "片区和联系人", "description": "书记定提议；党员和司机看自己的"},
    {"name": "导入", "description": "先读先看，另一个人才能写入，七天内能撤"},
    {"name": "工会", "description": "名册、不在信息库的、入会申请；工会的人办"},
    {"name": "企业", "description": "两边的叫法和单位并排放着，由人来定"},
    {"name": "导出", "description": "超过 200 行要另一人同意，只能下载一次"},
    {"name": "我要找组织", "description": "登录的司机，只说自己"},
    {"name": "加入工会", "description": "登录的司机，只说自己"},
    {"name": "我的信息", "description": "登录的人，只看自己的"},
    {"name": "关爱物资", "description": "活动、发放点和库存公开；管这个点的人发放，没有信号时的事后补传"},
]
STATION_TAGS = [
    {"name": "驿站", "description": "人人能看：在哪、开没开、空几个、能订哪些时间"},
    {"name": "我的预约", "description": "不登录也能订，拿着 key 看和取消；登录订的只有本人"},
    {"name": "驿站值班", "description": "只有自己值班的那个驿站；司机都遮着"},
    {"name": "所有驿站", "description": "管全部驿站的人：记一个、改写、开停关"},
]
SPECTACULAR_SETTINGS = {
    "TITLE": "红运之家 API",
    "DESCRIPTION": (
        "提交诉求、查进度、评价和办理；信息库、认领、支部、片区、工会、企业、导入、导出和本人的信息；驿站和预约。错误一律是 application/problem+json（RFC 9457），errors 里写着哪一项怎么改。"
        "提交诉求、预约、排候补、要导出、交表要带 Idempotency-Key；其他会改东西的也可以带，三天内重发，做的还是那一次，回答也是那一次的。列表一页最多 100 行，按 next 往下走；时间都带时区，按北京时间给。"
    ),
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",  # 3.0 cannot say that an object may be null
    "TAGS": [{"name": "司机", "description": "不用登录，凭编号和查询码"}, {"name": "办理", "description": "工作人员，登录并过第二步验证"}, *REGISTER_TAGS, *STATION_TAGS],
    "SCHEMA_PATH_PREFIX": "/api/v1/",
    "POSTPROCESSING_HOOKS": ["drf_spectacular.hooks.postprocess_schema_enums", "appeals.api.schema.in_chinese"],
    "ENUM_GENERATE_CHOICE_DESCRIPTION": True,
    "ENUM_NAME_OVERRIDES": {
        "State": "appeals.rules.life.STATE_WORDS.items",
        "AppealKind": "appeals.rules.life.KIND_WORDS.items",
        "Urgency": "appeals.rules.life.URGENCY_WORDS.items",
        "About": "appeals.rules.life.ABOUT_WORDS.items",
        "RatingValue": "appeals.rules.life.RATING_WORDS.items",
        "HandBackGround": "appeals.services.requests.GROUNDS.items",
        "StationService": "stations.models.bookings.KINDS",
        "DeclineGround": "appeals.services.requests.DECLINE_GROUNDS.items",
        "MemberKind": "branches.models.Membership.Kind",
    },
    "SERVE_INCLUDE_SCHEMA": False,
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"scrub": {"()": "common.log_scrub.ScrubFilter"}},
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"out": {"class": "logging.StreamHandler", "filters": ["scrub"], "formatter": "line"}},
    # the folder broker has no host; kombu says so on every connection
    "loggers": {"kombu.connection": {"level": "ERROR"}},
    "root": {"handlers": ["out"], "level": env("LOG_LEVEL", default="WARNING")},
}

if PRODUCTION:
    from hongyun.safety import refuse_unsafe

    refuse_unsafe(globals(), dict(os.environ))
