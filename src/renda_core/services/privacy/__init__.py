"""Personal data: where they lie, who sees them whole, consent, copies, erasure, retention, and keys that change."""

from __future__ import annotations
