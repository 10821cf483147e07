"""Points of everybody as data frames make them: grouped by deputy and kind, capped, added up, graded.

Runs in the peers' environment. Each library is given its columns as it wants them, in memory, in order of deputies.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl

KEPT: dict[str, Any] = {}
"""The frames of :func:`load`, the rule, and what was found last."""


def load(folder: str, libraries: list[str], deputies: int) -> int:
    """Read the columns of so many deputies, and make of them what each library is handed."""
    amount, kind, deputy = (
        np.load(Path(folder) / f"{name}.npy", mmap_mode="r") for name in ("amount", "kind", "deputy")
    )
    n = int(np.searchsorted(deputy, deputies))
    columns = {"deputy": deputy[:n], "kind": kind[:n], "amount": amount[:n]}
    KEPT.clear()
    if "polars" in libraries:
        KEPT["polars"] = pl.DataFrame({k: np.array(v) for k, v in columns.items()}).with_columns(
            pl.col("deputy").set_sorted()
        )
    if "pandas" in libraries:
        KEPT["pandas"] = pd.DataFrame({k: np.array(v) for k, v in columns.items()})
    return n


def run(library: str, each: list[int], caps: list[int], least: list[int]) -> int:
    """Score everybody; give how many there are."""
    KEPT["found"] = found = {"polars": _polars, "pandas": _pandas}[library](each, caps, least)
    return len(found)


def totals(deputies: int, path: str) -> None:
    """Write the points and grades found last, by deputy; of one without records they are zero."""
    found = KEPT["found"]
    points, grades = np.zeros(deputies, np.int64), np.zeros(deputies, np.uint8)
    deputy = found["deputy"].to_numpy()
    points[deputy], grades[deputy] = found["points"].to_numpy(), found["grade"].to_numpy()
    np.save(path, np.stack([points, grades]))


def _polars(each: list[int], caps: list[int], least: list[int]) -> Any:
    rule = pl.LazyFrame({"kind": range(len(each)), "each": each, "cap": caps}, schema_overrides={"kind": pl.UInt8})
    return (
        KEPT["polars"]
        .lazy()
        .group_by("deputy", "kind")
        .agg(pl.col("amount").sum().cast(pl.Int64))
        .join(rule, on="kind")
        .select("deputy", points=(pl.col("amount") * pl.col("each")).clip(-pl.col("cap"), pl.col("cap")))
        .group_by("deputy")
        .agg(pl.col("points").sum())
        .with_columns(grade=pl.sum_horizontal((pl.col("points") >= n).cast(pl.UInt8) for n in least))
        .collect()
    )


def _pandas(each: list[int], caps: list[int], least: list[int]) -> Any:
    counted = KEPT["pandas"].groupby(["deputy", "kind"], sort=False)["amount"].sum().reset_index()
    kind = counted["kind"].to_numpy()
    cap = np.array(caps)[kind]
    counted["points"] = (counted["amount"] * np.array(each)[kind]).clip(-cap, cap)
    found = counted.groupby("deputy", sort=False)["points"].sum().reset_index()
    found["grade"] = np.searchsorted(least, found["points"].to_numpy(), side="right")
    return found
