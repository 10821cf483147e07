"""新插件.

A plugin that was written for a version of the hooks after this one. Source: U: a test.
"""

from renda_core import hookimpl

RENDA_API = 3


@hookimpl
def register_cases():
    """Offer nothing."""
    return ()
