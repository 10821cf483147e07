"""The method of equal shares: floats find the few projects that may come next, and whole numbers decide between them.

Source: Peters, Pierczyński, Skowron, Proportional Participatory Budgeting with Additive Utilities (NeurIPS 2021).
"""

from fractions import Fraction
from typing import Literal

import attrs
import numpy as np
import numpy.typing as npt

from renda_core.domain.ballot.approvals import Approvals

Utility = Literal["cost", "cardinality"]
"""What a paper gains from a project it approves: the project's cost, or one."""
Outcome = tuple[frozenset[int], frozenset[int], frozenset[int]]
"""Projects funded in any order of equals, those tied, and those that wait for the tie."""
_Indices = npt.NDArray[np.intp]

_ROUNDING = 2.0**-53
"""The largest relative error of one operation on floats."""
_MOST_STATES = 256
"""Orders of equals that are followed to their end; a tie with more of them is reported as it stands."""


@attrs.frozen(kw_only=True, eq=False)
class _Price:
    """What a project costs each of its supporters: *top* / *bottom* fen, or all they have left.

    Attributes:
        rate: Fen paid for one unit of utility; the project with the lowest comes next.
        paying: Columns that pay the price and keep something; *emptied*: those that have nothing left then.
    """

    top: int
    bottom: int
    rate: Fraction
    paying: _Indices
    emptied: _Indices


class _Run:
    """The money of each column after some projects are funded.

    What a column has left is the first share less the prices it paid in full, so it is known exactly from who paid
    what: prices are whole numbers of 1/``unit`` fen. The float ``left`` is never further off than ``slack``.
    """

    def __init__(self, given: Approvals, share: Fraction, utility: Utility) -> None:
        self.given, self.utility = given, utility
        self.unit, self.share = share.denominator, share.numerator
        self.most = share.numerator / share.denominator
        self.left = np.full(len(given.weights), self.most)
        self.alive = np.ones(len(given.weights), dtype=np.bool_)
        self.prices: list[int] = []
        self.paid = np.zeros((0, len(given.weights)), dtype=np.bool_)
        self.chosen: list[int] = []
        self.open = {p: 0.0 for p, cost in enumerate(given.costs) if given.votes[p] and cost}
        self.supporters = {p: np.flatnonzero(given.approves[p]) for p in self.open}

    def copy(self) -> "_Run":
        """Return the same state, to be gone on from apart."""
        other = object.__new__(_Run)
        other.__dict__.update(self.__dict__)
        other.left, other.alive = self.left.copy(), self.alive.copy()
        other.prices, other.chosen = list(self.prices), list(self.chosen)
        other.open, other.supporters = dict(self.open), dict(self.supporters)
        return other

    def key(self) -> object:
        """Return what two orders share when they have led to the same state."""
        bought = frozenset((p, Fraction(n, self.unit)) for p, n in zip(self.chosen, self.prices, strict=True))
        return bought, self.alive.tobytes()

    @property
    def slack(self) -> float:
        """How far a float in ``left`` may be from what it stands for."""
        return (2 * len(self.prices) + 2) * _ROUNDING * self.most

    def next(self) -> dict[int, _Price]:
        """Return the projects with the lowest rate, more than one if they are equal; none when nothing is affordable.

        A rate never falls while money is spent, so what was found before is a lower bound, and most are not looked at.
        """
        best, near = np.inf, []
        for p in sorted(self.open, key=self.open.__getitem__):
            if self.open[p] > best:
                break
            bounds = self._bounds(p)
            if bounds is None:
                del self.open[p]
                continue
            self.open[p], high, about, error = bounds
            best = min(best, high)
            near.append((p, about, error))
        found = {p: self._price(p, about, error) for p, about, error in near if self.open[p] <= best}
        prices = {p: price for p, price in found.items() if price is not None}
        lowest = min((price.rate for price in prices.values()), default=None)
        return {p: price for p, price in prices.items() if price.rate == lowest}

    def _bounds(self, p: int) -> tuple[float, float, float, float] | None:
        """Return bounds of the rate, and the price with its error; None if the supporters have too little."""
        who = self.supporters[p] = self.supporters[p][self.alive[self.supporters[p]]]
        cost, weights, left = self.given.costs[p], self.given.weights[who], self.left[who]
        order = np.argsort(left)
        weights, left = weights[order], left[order]
        spent = np.cumsum(weights * left) - weights * left
        rich = weights[::-1].cumsum()[::-1]
        raised = spent + left * rich
        total, papers = (raised[-1], int(rich[0])) if len(who) else (0.0, 0)
        error = 2 * (papers * self.slack + 4 * (len(who) + 8) * _ROUNDING * cost)
        if total < cost - error:
            return None
        at = int(np.searchsorted(raised, cost))
        about = float((cost - spent[at]) / rich[at]) if at < len(left) else float(left[-1])
        if total < cost + error and self._price(p, about, error) is None:
            return None
        gain = cost if self.utility == "cost" else 1
        return (about - error) / gain * (1 - 4 * _ROUNDING), (about + error) / gain * (1 + 4 * _ROUNDING), about, error

    def _price(self, p: int, about: float, error: float) -> _Price | None:
        """Return the exact price, known to be *about* so much; None if the supporters have too little."""
        who, cost = self.supporters[p], self.given.costs[p]
        apart = self.left[who] - about
        margin = error + self.slack
        poor, rich = who[apart < -margin], who[apart > margin]
        missing = cost * self.unit - self._sum(poor)
        payers = int(self.given.weights[rich].sum())
        middle = self._holdings(who[np.abs(apart) <= margin])
        payers += sum(weight for _, weight, _ in middle)
        emptied, paying = [poor], [rich]
        for holding, weight, columns in middle:
            if holding * payers < missing:
                missing, payers = missing - holding * weight, payers - weight
                emptied.append(columns)
            else:
                (emptied if holding * payers == missing else paying).append(columns)
        if not payers:
            return None
        gain = cost if self.utility == "cost" else 1
        return _Price(
            top=missing,
            bottom=self.unit * payers,
            rate=Fraction(missing, self.unit * payers * gain),
            paying=np.concatenate(paying),
            emptied=np.concatenate(emptied),
        )

    def _sum(self, columns: _Indices) -> int:
        weights = self.given.weights[columns]
        spent = self.paid[:, columns] @ weights
        return int(weights.sum()) * self.share - sum(n * int(w) for n, w in zip(self.prices, spent, strict=True))

    def _holdings(self, columns: _Indices) -> list[tuple[int, int, _Indices]]:
        """Group columns by what they have left exactly: (in units, papers, columns), the least first."""
        if not len(columns):
            return []
        past, which = np.unique(self.paid[:, columns], axis=1, return_inverse=True)
        which = which.ravel()
        groups = []
        for at in range(past.shape[1]):
            holding = self.share - sum(n for n, was in zip(self.prices, past[:, at], strict=True) if was)
            members = columns[which == at]
            groups.append((holding, int(self.given.weights[members].sum()), members))
        return sorted(groups, key=lambda group: group[0])

    def buy(self, p: int, price: _Price) -> None:
        """Fund a project: its supporters pay, in whole numbers and in floats."""
        payers = price.bottom // self.unit
        self.unit, self.share = price.bottom, self.share * payers
        self.prices = [n * payers for n in self.prices] + [price.top]
        row = np.zeros((1, len(self.left)), dtype=np.bool_)
        row[0, price.paying] = True
        self.paid = np.concatenate([self.paid, row])
        self.left[price.paying] -= price.top / price.bottom
        self.left[price.emptied] = 0.0
        self.alive[price.emptied] = False
        self.chosen.append(p)
        del self.open[p]

    def apart(self, equals: dict[int, _Price]) -> list[int]:
        """Return those of *equals* that cost the same before and after the others.

        They share nobody with them, or whoever they share can pay for all in full.
        """
        times = np.zeros(len(self.left), dtype=np.intp)
        need = np.zeros(len(self.left))
        for p, price in equals.items():
            times[self.supporters[p]] += 1
            need[self.supporters[p]] += price.top / price.bottom
        shared = np.flatnonzero(times > 1)
        short = self.left - need
        margin = 2 * (len(equals) + 2) * self.slack
        poor = shared[short[shared] < -margin]
        close = shared[np.abs(short[shared]) <= margin]
        worried = set(poor.tolist()) | {int(c) for c in close if self._exceeds(int(c), equals)}
        troubled = np.zeros(len(self.left), dtype=np.bool_)
        troubled[list(worried)] = True
        return [p for p in equals if not troubled[self.supporters[p]].any()]

    def _exceeds(self, column: int, equals: dict[int, _Price]) -> bool:
        """Whether a column has too little for all of *equals* that it approves, exactly."""
        prices = [price for p, price in equals.items() if self.given.approves[p, column]]
        need = sum(Fraction(price.top, price.bottom) for price in prices)
        return self._holdings(np.array([column], dtype=np.intp))[0][0] < need * self.unit


class _Endless(Exception):
    """There are more orders of equals than are followed."""


def fund(given: Approvals, share: Fraction, utility: Utility) -> Outcome:
    """Fund what can be funded when every paper holds *share* fen."""
    free = frozenset(p for p, cost in enumerate(given.costs) if not cost and given.votes[p])
    run = _Run(given, share, utility)
    equals = _advance(run)
    if not equals:
        return free | frozenset(run.chosen), frozenset(), frozenset()
    seen: dict[object, tuple[frozenset[int], frozenset[int]]] = {}
    try:
        every, some = _follow(run, equals, seen)
    except _Endless:
        sure = frozenset(run.chosen)
        return free | sure, frozenset(equals), frozenset(run.open) - frozenset(equals)
    unsure = some - every
    tied = frozenset(equals) & unsure or unsure
    return free | every, tied, unsure - tied


def _advance(run: _Run) -> dict[int, _Price]:
    """Fund projects until equals come whose order may matter; return these, or none at the end."""
    while equals := run.next():
        apart = list(equals) if len(equals) == 1 else run.apart(equals)
        if not apart:
            return equals
        run.buy(apart[0], equals[apart[0]])
    return {}


def _follow(
    run: _Run, equals: dict[int, _Price], seen: dict[object, tuple[frozenset[int], frozenset[int]]]
) -> tuple[frozenset[int], frozenset[int]]:
    """Try each of *equals* first; return what is funded in every order, and what in some."""
    ends = []
    for p, price in equals.items():
        branch = run.copy()
        branch.buy(p, price)
        key = branch.key()
        if key not in seen:
            if len(seen) >= _MOST_STATES:
                raise _Endless
            seen[key] = frozenset(), frozenset()
            further = _advance(branch)
            if further:
                seen[key] = _follow(branch, further, seen)
            else:
                seen[key] = frozenset(branch.chosen), frozenset(branch.chosen)
        ends.append(seen[key])
    return frozenset.intersection(*(e for e, _ in ends)), frozenset.union(*(s for _, s in ends))
