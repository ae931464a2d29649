"""The interface of ml_model_abc (2019), for models that are written to it; ml_base is its successor."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any, ClassVar

from schema import Schema, SchemaError


class MLModelSchemaValidationError(Exception):
    """A record does not fit the model's input schema."""


class MLModel(ABC):
    """A model that says what it is and what it takes; `predict` takes a dict and returns one."""

    display_name: ClassVar[str]
    qualified_name: ClassVar[str]
    description: ClassVar[str]
    major_version: ClassVar[int]
    minor_version: ClassVar[int]
    input_schema: ClassVar[Schema]
    output_schema: ClassVar[Schema]

    @abstractmethod
    def predict(self, data: dict[str, Any]) -> dict[str, Any]:
        """The prediction for one record; raises MLModelSchemaValidationError for one that does not fit."""

    def validated(self, data: dict[str, Any]) -> dict[str, Any]:
        """The record, if it fits the input schema."""
        try:
            return dict(self.input_schema.validate(data))
        except SchemaError as error:
            raise MLModelSchemaValidationError(f"Failed to validate input data: {error}") from error
