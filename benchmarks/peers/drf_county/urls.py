"""The routes."""

from __future__ import annotations

from drf_county.views import Cases
from rest_framework.routers import DefaultRouter

router = DefaultRouter()
router.register("cases", Cases, basename="case")
urlpatterns = router.urls
