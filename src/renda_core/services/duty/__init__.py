"""Use cases on duty records (履职记录): what follows from steps, what is entered by hand, checks, appeals, scores."""

from renda_core.services.duty.entering import ENTERING, REVIEWING, Again, Entering, Marking, enter, mark
from renda_core.services.duty.following import Followed, follow
from renda_core.services.duty.reading import READING, list_for, of_person, record, records_of, waiting
from renda_core.services.duty.scoring import Assessed, assess, score_of, scores_of

__all__ = [
    "ENTERING",
    "READING",
    "REVIEWING",
    "Again",
    "Assessed",
    "Entering",
    "Followed",
    "Marking",
    "assess",
    "enter",
    "follow",
    "list_for",
    "mark",
    "of_person",
    "record",
    "records_of",
    "score_of",
    "scores_of",
    "waiting",
]
