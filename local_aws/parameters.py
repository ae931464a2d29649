"""The parameters of a request, as moto parsed them."""

from typing import Any


def plain(value: Any) -> Any:
    """Return a parsed parameter as what the client sent: moto folds the case of keys."""
    if isinstance(value, list):
        return [plain(item) for item in value]
    return value.original_dict() if hasattr(value, "original_dict") else value
