"""Glue's transforms: classes whose ``apply`` calls a method of the frame.

https://docs.aws.amazon.com/glue/latest/dg/aws-glue-api-crawler-pyspark-transforms.html
"""

from typing import Any

from awsglue.dynamicframe import DynamicFrame, DynamicFrameCollection

__all__ = [
    "ApplyMapping",
    "DropFields",
    "DropNullFields",
    "Filter",
    "GlueTransform",
    "Join",
    "Map",
    "RenameField",
    "ResolveChoice",
    "SelectFields",
    "SelectFromCollection",
]
MISSING = frozenset(
    {
        *(
            "Relationalize",
            "Unbox",
            "UnnestFrame",
            "SplitFields",
            "SplitRows",
            "Spigot",
            "FlatMap",
            "FillMissingValues",
        ),
        *("FindMatches", "FindIncrementalMatches", "DropDuplicates", "Union", "EvaluateDataQuality"),
    }
)


class GlueTransform:
    """A transform: ``apply`` is what scripts call; an instance is called alike."""

    @classmethod
    def apply(cls, *args: Any, **kwargs: Any) -> Any:
        """Apply the transform to a frame."""
        return cls()(*args, **kwargs)

    @classmethod
    def name(cls) -> str:
        """Return the transform's name."""
        return cls.__name__

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Do what the transform does."""
        raise NotImplementedError


class ApplyMapping(GlueTransform):
    """Select, rename and cast fields."""

    def __call__(self, frame: DynamicFrame, mappings: Any, **_: Any) -> DynamicFrame:
        """Return the frame transformed."""
        return frame.apply_mapping(mappings)


class SelectFields(GlueTransform):
    """Keep fields."""

    def __call__(self, frame: DynamicFrame, paths: Any, *_: Any, **__: Any) -> DynamicFrame:
        """Return the frame transformed."""
        return frame.select_fields(paths)


class DropFields(GlueTransform):
    """Drop fields."""

    def __call__(self, frame: DynamicFrame, paths: Any, *_: Any, **__: Any) -> DynamicFrame:
        """Return the frame transformed."""
        return frame.drop_fields(paths)


class RenameField(GlueTransform):
    """Rename a field."""

    def __call__(self, frame: DynamicFrame, old_name: str, new_name: str, *_: Any, **__: Any) -> DynamicFrame:
        """Return the frame transformed."""
        return frame.rename_field(old_name, new_name)


class ResolveChoice(GlueTransform):
    """Resolve choices."""

    def __call__(self, frame: DynamicFrame, specs: Any = None, choice: str = "", **more: Any) -> DynamicFrame:
        """Return the frame transformed."""
        return frame.resolveChoice(specs, choice, more.get("database"), more.get("table_name"))


class DropNullFields(GlueTransform):
    """Drop the fields that are null in every record."""

    def __call__(self, frame: DynamicFrame, *_: Any, **__: Any) -> DynamicFrame:
        """Return the frame transformed."""
        return frame.drop_null_fields()


class Filter(GlueTransform):
    """Keep the records for which a function is true."""

    def __call__(self, frame: DynamicFrame, f: Any, *_: Any, **__: Any) -> DynamicFrame:
        """Return the frame transformed."""
        return frame.filter(f)


class Map(GlueTransform):
    """Change every record by a function."""

    def __call__(self, frame: DynamicFrame, f: Any, *_: Any, **__: Any) -> DynamicFrame:
        """Return the frame transformed."""
        return frame.map(f)


class Join(GlueTransform):
    """Join two frames where keys are equal."""

    def __call__(self, frame1: DynamicFrame, frame2: DynamicFrame, keys1: Any, keys2: Any, **_: Any) -> DynamicFrame:
        """Return the frame transformed."""
        return frame1.join(keys1, keys2, frame2)


class SelectFromCollection(GlueTransform):
    """Take one frame of a collection."""

    def __call__(self, dfc: DynamicFrameCollection, key: str, *_: Any, **__: Any) -> DynamicFrame:
        """Return the frame."""
        return dfc.select(key)


def __getattr__(name: str) -> Any:
    if name in MISSING:
        raise NotImplementedError(f"awsglue.transforms.{name} is not in the local awsglue: see its COVERAGE.md")
    raise AttributeError(name)
