"""电子履职档案: the file of a deputy, the five registers (五簿), and what everybody did, all views of one table.

Source: 道外 (article 004): 代表电子履职档案管理系统, 通过系统生成数据报告, 即时更新; 沧州 (article 000): 五簿.
"""

from collections.abc import Iterator

from renda_core import hookimpl
from renda_core.records import Page, RecordKind
from renda_plugins.duty_archive import books, duty_file, kinds, register, statistics
from renda_plugins.duty_archive.settings import Settings


@hookimpl
def register_settings() -> type:
    """Offer the parameters."""
    return Settings


@hookimpl
def register_records() -> Iterator[RecordKind]:
    """Offer kinds of records that no step makes."""
    yield from kinds.kinds()


@hookimpl
def register_pages() -> Iterator[Page]:
    """Show what is recorded, of one deputy and of all."""
    yield from duty_file.pages()
    yield from books.pages()
    yield from register.pages()
    yield from statistics.pages()
