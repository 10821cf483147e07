"""Points of everybody as data frames make them: added up by deputy and kind, capped, added up, graded.

Runs in the peers' environment. Each library is given its columns as it wants them, in memory, in order of deputies. Two
ways are tried: the plain one groups by deputy and kind; the wide one makes a column of each kind first and groups once,
which is faster in both.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl

KEPT: dict[str, Any] = {}
"""The frame of :func:`load`, and what was found last."""


def load(folder: str, library: str) -> None:
    """Read the columns, and make of them what a library is handed."""
    columns = {name: np.load(Path(folder) / f"{name}.npy") for name in ("deputy", "kind", "amount")}
    KEPT["frame"] = {"polars": pl.DataFrame, "pandas": pd.DataFrame}[library](columns)


def run(way: str, each: list[int], caps: list[int], least: list[int]) -> None:
    """Score everybody."""
    KEPT["found"] = WAYS[way](KEPT["frame"], each, caps, least)


def totals(deputies: int, path: str) -> None:
    """Write the points and grades found last, by deputy; of one without records they are zero."""
    found = KEPT["found"]
    points, grades = np.zeros(deputies, np.int64), np.zeros(deputies, np.int64)
    deputy = found["deputy"].to_numpy()
    points[deputy], grades[deputy] = found["points"].to_numpy(), found["grade"].to_numpy()
    np.save(path, np.stack([points, grades]))


def polars(frame: Any, each: list[int], caps: list[int], least: list[int]) -> Any:
    """Group by deputy and kind."""
    rule = pl.LazyFrame({"kind": range(len(each)), "each": each, "cap": caps}, schema_overrides={"kind": pl.UInt8})
    return (
        frame.lazy()
        .group_by("deputy", "kind")
        .agg(pl.col("amount").sum().cast(pl.Int64))
        .join(rule, on="kind")
        .select("deputy", points=(pl.col("amount") * pl.col("each")).clip(-pl.col("cap"), pl.col("cap")))
        .group_by("deputy")
        .agg(pl.col("points").sum())
        .with_columns(grade=_graded(least))
        .collect()
    )


def polars_wide(frame: Any, each: list[int], caps: list[int], least: list[int]) -> Any:
    """Group by deputy, each kind by itself."""
    own = (
        (pl.col("amount").filter(pl.col("kind") == kind).sum().cast(pl.Int64) * n).clip(-cap, cap)
        for kind, (n, cap) in enumerate(zip(each, caps, strict=True))
    )
    grouped = frame.lazy().group_by("deputy").agg(points=pl.sum_horizontal(own))
    return grouped.with_columns(grade=_graded(least)).collect()


def pandas(frame: Any, each: list[int], caps: list[int], least: list[int]) -> Any:
    """Group by deputy and kind."""
    counted = frame.groupby(["deputy", "kind"], sort=False)["amount"].sum().reset_index()
    kind = counted["kind"].to_numpy()
    cap = np.array(caps)[kind]
    counted["points"] = (counted["amount"] * np.array(each)[kind]).clip(-cap, cap)
    found = counted.groupby("deputy", sort=False)["points"].sum().reset_index()
    found["grade"] = np.searchsorted(least, found["points"].to_numpy(), side="right")
    return found


def pandas_wide(frame: Any, each: list[int], caps: list[int], least: list[int]) -> Any:
    """Group by deputy, a column for each kind."""
    wide = pd.DataFrame({kind: frame["amount"].where(frame["kind"] == kind, 0) for kind in range(len(each))})
    counted = wide.groupby(frame["deputy"]).sum()
    points = (counted * np.array(each)).clip(-np.array(caps), np.array(caps), axis=1).sum(axis=1)
    found = points.rename("points").reset_index()
    found["grade"] = np.searchsorted(least, found["points"].to_numpy(), side="right")
    return found


WAYS = {"polars": polars, "polars_wide": polars_wide, "pandas": pandas, "pandas_wide": pandas_wide}


def _graded(least: list[int]) -> Any:
    return pl.sum_horizontal((pl.col("points") >= n).cast(pl.UInt8) for n in least)
