"""A county whose deputy keeps duty records, and who reaches for them over HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from renda_core.domain.case import Actor
from renda_core.testing import uid

from . import votes
from .asking import VISIT
from .conftest import WANG
from .prepared import ROSTER, fill

if TYPE_CHECKING:
    from .conftest import Site

PATH, CONGRESS = f"/api/people/{WANG}/records", ROSTER["congress"]
MORE = {
    "station": Actor(id=uid("desk"), roles="station"),
    "second": Actor(id=uid("second clerk"), roles="office"),
    "both": Actor(id=WANG, roles="office deputy"),
}
NOWHERE = uid("nowhere")


def furnish(site: Site) -> Site:
    """Fill a county whose deputy is Wang, with every practice on duty records."""
    fill(site)
    names = ("meetings_and_training", "duty_points", "duty_archive", "five_star_ratings")
    votes.enable(site, **{name: {} for name in names})
    site.give(MORE)
    return site


def entered(site: Site, who: str = "wang", **rest: Any) -> Any:
    """Enter a visit that must be taken."""
    made = site.post(PATH, VISIT | rest, who)
    assert made.status_code == 201, made.text
    return made


def mark(site: Site, id: str, do: str, who: str = "office", why: str = "有据可查", **rest: Any) -> Any:
    """Make a mark on the newest version, whatever comes."""
    version = rest.pop("version", None)
    if version is None:
        version = len(site.get(f"/api/records/{id}").json().get("history", ()))
    return site.post(f"/api/records/{id}/marks", {"do": do, "why": why, "version": version, **rest}, who)


def marked(site: Site, id: str, do: str, who: str = "office", **rest: Any) -> Any:
    """Make a mark that must be taken."""
    return votes.ok(mark(site, id, do, who, **rest))
