"""Earlier cases with a text much alike (相似意见): offered while one is entered, found without any network."""

from renda_core.services.likeness.finding import Alike, alike
from renda_core.services.likeness.keeping import Kept, forget, keep

__all__ = ["Alike", "Kept", "alike", "forget", "keep"]
