"""A serializer for one case, one for a line of the list, and the view set of both.

It asks nobody who they are, sets no tenant, and hears of no rule. A page of the list is walked by a cursor: the pages
that are the default count the whole table first.
"""

from __future__ import annotations

import os
from typing import Any, ClassVar
from uuid import UUID

from drf_county.models import CaseFile
from rest_framework import mixins, serializers, viewsets
from rest_framework.pagination import CursorPagination

TENANT = UUID(os.environ["COUNTY_TENANT"])


class Line(serializers.ModelSerializer):
    """A line of the list."""

    class Meta:
        """The columns that a ledger shows."""

        model = CaseFile
        fields: ClassVar = [
            "id",
            "kind",
            "number",
            "title",
            "opened_on",
            "state",
            "closed",
            "round",
            "next_due",
            "version",
        ]


class Shown(Line):
    """A case with its document as it is stored."""

    document = serializers.SerializerMethodField()

    class Meta(Line.Meta):
        """The columns of a line, and the document."""

        fields: ClassVar = [*Line.Meta.fields, "document"]

    def get_document(self, case: CaseFile) -> str:
        """Give the document as text."""
        return bytes(case.document).decode()


class ById(CursorPagination):
    """Pages in the order of ids."""

    ordering = "id"


class Cases(mixins.RetrieveModelMixin, mixins.ListModelMixin, viewsets.GenericViewSet):
    """Cases of the county."""

    queryset = CaseFile.objects.filter(tenant_id=TENANT)
    pagination_class = ById

    def get_queryset(self) -> Any:
        """List without documents, and without drafts."""
        found = super().get_queryset()
        return found.filter(kind="suggestion", private=False).defer("document") if self.action == "list" else found

    def get_serializer_class(self) -> type[Line]:
        """Choose by what is asked."""
        return Line if self.action == "list" else Shown
