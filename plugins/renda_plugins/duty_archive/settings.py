"""The parameters of the duty archive, each with its source, or U where the sources are silent."""

from collections.abc import Mapping

import attrs

from renda_core.domain.duty import Book
from renda_core.settings import at_least, setting


@attrs.frozen(kw_only=True)
class Settings:
    """What a place keeps otherwise, and from how many people on figures are told."""

    least_people: int = setting(
        10,
        source="U: from ten on, as for the votes of a group (k-threshold)",
        title="分组统计公布最少人数",
        unit="deputies",
        validator=at_least(2),
    )
    books: Mapping[str, Book] = setting(
        {},
        source="article 000 (五簿) names the books and not what stands in each; U: as the practice of a kind says",
        title="登记簿另行归类",
    )
