"""Numbers as people read them; what is undefined is a dash."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from penstock.estimate import Estimate

NONE = "\N{EN DASH}"
MINUTE, HOUR = 60, 3600
KIB = 1024
ACRONYMS = {
    "auc": "AUC",
    "brier": "Brier",
    "f1": "F1",
    "mae": "MAE",
    "map": "MAP",
    "mrr": "MRR",
    "ndcg": "NDCG",
    "pr": "PR",
    "r2": "R²",
    "rmse": "RMSE",
    "roc": "ROC",
}


def number(value: float | None) -> str:
    """Four significant digits, and no exponent where one can do without."""
    if value is None:
        return NONE
    size = abs(value)
    if value == int(value) and size < 1e15:  # noqa: PLR2004 - beyond, a float holds no whole numbers
        return f"{int(value):,}"
    if size >= 10_000:  # noqa: PLR2004
        return f"{value:,.0f}"
    return f"{value:.4g}"


def signed(value: float | None) -> str:
    """A difference."""
    return NONE if value is None else f"{value:+.4g}"


def percent(part: float, whole: float) -> str:
    """A share; a part of nothing is a dash."""
    if not whole:
        return NONE
    return "<0.1%" if 0 < part / whole < 0.0005 else f"{part / whole:.1%}"  # noqa: PLR2004 - what would be 0.0%


def estimate(found: Estimate | None, *, sign: bool = False) -> str:
    """A value with its interval."""
    if found is None or found.value is None:
        return NONE
    write = signed if sign else number
    spread = "" if found.low is None or found.high is None else f" [{write(found.low)}, {write(found.high)}]"
    return f"{write(found.value)}{spread}"


def seconds(value: float | None) -> str:
    """A duration."""
    if value is None:
        return NONE
    if value < 9.95:  # noqa: PLR2004 - where one decimal would say 10.0
        return f"{value:.1f} s"
    whole = round(value)
    if whole < MINUTE:
        return f"{whole} s"
    if whole < HOUR:
        return f"{whole // MINUTE} min {whole % MINUTE:02d} s"
    return f"{whole // HOUR} h {whole % HOUR // MINUTE:02d} min"


def size(count: float | None) -> str:
    """Bytes."""
    if count is None:
        return NONE
    value, unit = float(count), "B"
    for unit in ("B", "KiB", "MiB", "GiB", "TiB"):
        if value < KIB or unit == "TiB":
            break
        value /= KIB
    return f"{value:.0f} {unit}" if unit == "B" else f"{value:.1f} {unit}"


def plural(count: int, one: str, many: str = "") -> str:
    """`1 row`, `2 rows`."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def values(params: dict[str, Any]) -> str:
    """Parameters in one line."""
    return ", ".join(f"{name} {number(each) if _is_number(each) else each}" for name, each in params.items()) or NONE


def label(name: str) -> str:
    """A metric's or a parameter's name as people write it."""
    return " ".join(ACRONYMS.get(each, each) for each in name.split("_")).replace(" at k", "@k")


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)
