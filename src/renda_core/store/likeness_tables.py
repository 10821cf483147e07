"""The index of texts that are much alike: which texts hold a word, in segments, each written once and whole."""

from sqlalchemy import Integer, LargeBinary, String

from renda_core.store.columns import Id
from renda_core.store.schema import key, must, table

likeness_segment = table(  # the texts of one sort of case up to one of them, numbered from 0
    "likeness_segment",
    key("kind", String),
    key("segment", Integer),
    must("upto", Id),
    must("size", Integer),
    must("lengths", LargeBinary),  # words of each text, two bytes a text
    rowid=False,
)
likeness_list = table(  # the numbers of the texts that hold a word, four bytes each
    "likeness_list",
    key("kind", String),
    key("segment", Integer),
    key("word", String),
    must("texts", LargeBinary),
)
likeness_page = table(  # a few texts with the cases that they are of
    "likeness_page",
    key("kind", String),
    key("segment", Integer),
    key("page", Integer),
    must("texts", LargeBinary),
)
