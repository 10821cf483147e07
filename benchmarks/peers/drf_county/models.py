"""The table as it stands; Django does not manage it."""

from __future__ import annotations

from django.db import models


class CaseFile(models.Model):
    """A case."""

    id = models.UUIDField(primary_key=True)
    tenant_id = models.UUIDField()
    kind = models.TextField()
    edition = models.TextField()
    number = models.TextField()
    title = models.TextField()
    opened_on = models.DateField()
    state = models.TextField()
    closed = models.BooleanField()
    private = models.BooleanField()
    public = models.BooleanField()
    round = models.IntegerField()
    next_due = models.DateField(null=True)
    version = models.IntegerField()
    document = models.BinaryField()

    class Meta:
        """The table, which is made by others."""

        managed = False
        db_table = "case_file"
