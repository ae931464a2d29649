"""What user functions do with single records."""

from collections.abc import Callable
from typing import Any

PASSED_OVER = (KeyError, ValueError, TypeError)


def keeps(function: Callable[[Any], bool], record: dict[str, Any]) -> bool:
    """Whether a filter keeps a record; one that makes it raise one of these errors is dropped, as in Glue."""
    try:
        return bool(function(record))
    except PASSED_OVER:
        return False
