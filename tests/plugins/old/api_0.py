"""旧插件.

A plugin as somebody wrote it before the first version of the hooks. Source: U: a test.
"""

from renda_core import hookimpl

RENDA_API = 0


@hookimpl
def register_cases():
    """Offer nothing."""
    return ()
