"""Settings as ``startproject`` makes them, less what the county's cases need not: every line left out favours it."""

from __future__ import annotations

import os

SECRET_KEY = "of a benchmark"  # noqa: S105 - it signs nothing
ALLOWED_HOSTS = ["127.0.0.1"]
INSTALLED_APPS = ["rest_framework", "drf_county"]
MIDDLEWARE = ["django.middleware.common.CommonMiddleware"]
ROOT_URLCONF = "drf_county.urls"
USE_TZ = True
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": os.environ["COUNTY_NAME"],
        "USER": os.environ["COUNTY_USER"],
        "HOST": os.environ["COUNTY_HOST"],
        "PORT": os.environ["COUNTY_PORT"],
        "OPTIONS": {"pool": {"min_size": 8, "max_size": 8}},
    }
}
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [],
    "DEFAULT_PERMISSION_CLASSES": [],
    "UNAUTHENTICATED_USER": None,
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "PAGE_SIZE": 50,
}
