"""DynamicFrame: a Spark DataFrame with Glue's methods. Records with errors do not exist: an error ends the job.

https://docs.aws.amazon.com/glue/latest/dg/aws-glue-api-crawler-pyspark-extensions-dynamic-frame.html
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F
from pyspark.sql.types import NullType, StructType, _infer_schema, _merge_type

from awsglue import catalog, choices
from awsglue.gluetypes import column, field_at, glue_name, parts, spark_type, tree
from awsglue.records import keeps

Paths = str | Sequence[str]


class DynamicFrame:
    """A distributed collection of records."""

    def __init__(self, frame: DataFrame, glue_ctx: Any, name: str = "") -> None:
        self._frame = frame
        self._settled = False
        self.glue_ctx = glue_ctx
        self.name = name

    @classmethod
    def fromDF(cls, dataframe: DataFrame, glue_ctx: Any, name: str = "") -> DynamicFrame:
        """Return a DynamicFrame of a DataFrame's rows."""
        return cls(dataframe, glue_ctx, name)

    def toDF(self, options: Any = None) -> DataFrame:
        """Return a DataFrame, in which choices are structs; ``options`` are ResolveOption items."""
        specs = [(item.path, _action(item)) for item in options or []]
        return self.resolveChoice(specs=specs).toDF() if specs else self._now()

    def _now(self) -> DataFrame:
        if not self._settled:
            self._frame, self._settled = choices.settle(self._frame), True
        return self._frame

    def _with(self, frame: DataFrame) -> DynamicFrame:
        return DynamicFrame(frame, self.glue_ctx, self.name)

    def schema(self) -> StructType:
        """Return Spark's schema of the records."""
        return self._now().schema

    def printSchema(self) -> None:
        """Print the schema as a tree."""
        self._now().printSchema()

    def show(self, num_rows: int = 20) -> None:
        """Print records as JSON."""
        for record in self._now().limit(num_rows).toJSON().collect():
            print(record)  # noqa: T201 - that is what show is for

    def count(self) -> int:
        """Return the number of records."""
        return self._frame.count()

    def errorsCount(self) -> int:
        """Return 0: an error ends the job."""
        return 0

    stageErrorsCount = errorsCount

    def repartition(self, num_partitions: int, *_: Any, **__: Any) -> DynamicFrame:
        """Return the same records in another number of partitions."""
        return self._with(self._frame.repartition(num_partitions))

    def coalesce(self, num_partitions: int, *_: Any, **__: Any) -> DynamicFrame:
        """Return the same records in at most this number of partitions."""
        return self._with(self._frame.coalesce(num_partitions))

    def apply_mapping(self, mappings: Iterable[Sequence[str]], *_: Any, **__: Any) -> DynamicFrame:
        """Return the fields that mappings name, cast; absent sources are left out.

        A mapping is (source, source type, target, target type), or (source, target) without a cast.
        """
        frame, leaves = self._now(), []
        for mapping in mappings:
            source, target, kind = (mapping[0], mapping[-2], mapping[-1]) if len(mapping) > 2 else (*mapping, "")  # noqa: PLR2004
            field = field_at(frame.schema, parts(source))
            if field is None:
                continue
            value = column(parts(source))
            if kind:
                value = choices.cast(field, kind) if choices.is_choice(field) else value.cast(spark_type(kind))
            leaves.append((parts(target or source), value))
        return self._with(frame.select(*tree(leaves)))

    def select_fields(self, paths: Paths, *_: Any, **__: Any) -> DynamicFrame:
        """Return the records with these fields only; absent ones are passed over."""
        frame = self._now()
        wanted = [parts(path) for path in _list(paths)]
        present = [path for path in wanted if field_at(frame.schema, path)]
        return self._with(frame.select(*tree([(path, column(path)) for path in present])))

    def drop_fields(self, paths: Paths, *_: Any, **__: Any) -> DynamicFrame:
        """Return the records without these fields."""
        frame = self._now()
        for path in (parts(path) for path in _list(paths)):
            if len(path) == 1:
                frame = frame.drop(f"{path[0]}")
            elif field_at(frame.schema, path):
                below = ".".join(f"`{name}`" for name in path[1:])
                frame = frame.withColumn(path[0], column(path[:1]).dropFields(below))
        return self._with(frame)

    def rename_field(self, oldName: str, newName: str, *_: Any, **__: Any) -> DynamicFrame:
        """Return the records with one field under another name; a new name with dots is a path."""
        frame, old = self._now(), parts(oldName)
        if field_at(frame.schema, old) is None:
            return self
        if len(old) == 1:
            leaves = [
                (parts(newName), column(old)) if [name] == old else ([name], column([name]))
                for name in frame.schema.names
            ]
            return self._with(frame.select(*tree(leaves)))
        moved = frame.withColumn(old[0], column(old[:1]).withField(".".join(parts(newName)[1:]), column(old)))
        return self._with(moved).drop_fields([oldName])

    def resolveChoice(
        self,
        specs: Iterable[tuple[str, str]] | None = None,
        choice: str = "",
        database: str | None = None,
        table_name: str | None = None,
        *_: Any,
        **__: Any,
    ) -> DynamicFrame:
        """Return the records with choices resolved: by path, or all alike by ``choice``; raise ValueError for both."""
        if specs and choice:
            raise ValueError("Both specs and choice are given: give one")
        frame = self._frame if self._settled or not choice else self._now()
        if choice.lower() == "match_catalog":
            types = _catalog_types(database, table_name)
            actions = {field.name: types[field.name] for field in frame.schema if choices.is_choice(field)}
        elif choice:
            actions = {field.name: choice for field in frame.schema if choices.is_choice(field)}
        else:
            actions = {parts(path)[0]: action for path, action in specs or []}
        columns: list[Column] = []
        for field in frame.schema:
            action = actions.get(field.name)
            columns += choices.resolve(field, action) if action else [column([field.name])]
        return self._with(frame.select(*columns))

    def filter(self, f: Callable[[Any], bool], *_: Any, **__: Any) -> DynamicFrame:
        """Return the records for which the function is true; it sees dicts."""
        frame = self._now()
        kept = frame.rdd.filter(lambda row: keeps(f, row.asDict(recursive=True)))
        return self._with(frame.sparkSession.createDataFrame(kept, frame.schema, verifySchema=False))

    def map(self, f: Callable[[Any], Any], *_: Any, **__: Any) -> DynamicFrame:
        """Return what the function makes of each record; the schema is that of all results."""
        frame = self._now()
        made = frame.rdd.map(lambda row: f(row.asDict(recursive=True)))
        kinds = made.map(lambda record: _infer_schema(record, infer_dict_as_struct=True))
        schema = kinds.fold(StructType(), _merge_type) if not made.isEmpty() else frame.schema
        return self._with(frame.sparkSession.createDataFrame(made, schema, verifySchema=False))

    def drop_null_fields(self) -> DynamicFrame:
        """Return the records without the fields that are null in every one (one pass)."""
        frame = self._now()
        if not frame.columns:
            return self
        counts = [F.count(column([name])).alias(str(index)) for index, name in enumerate(frame.columns)]
        [found] = frame.agg(*counts).collect()
        typed = [not isinstance(field.dataType, NullType) for field in frame.schema]
        kept = [name for index, name in enumerate(frame.columns) if found[index] and typed[index]]
        return self._with(frame.select(*[column([name]) for name in kept]))

    def join(self, paths1: Paths, paths2: Paths, frame2: DynamicFrame, *_: Any, **__: Any) -> DynamicFrame:
        """Return the equality join; a field that both have gets a dot before its name on the right side, as in Glue."""
        left, right = self._now(), frame2.toDF()
        pairs = list(zip(_list(paths1), _list(paths2), strict=True))
        renamed = {name: f".{name}" if name in left.columns else name for name in right.columns}
        right = right.select(*[column([name]).alias(new) for name, new in renamed.items()])
        first, second = pairs[0]
        condition = left[f"`{first}`"] == right[f"`{renamed[second]}`"]
        for first, second in pairs[1:]:
            condition &= left[f"`{first}`"] == right[f"`{renamed[second]}`"]
        return self._with(left.join(right, condition, how="inner"))

    def write(self, connection_type: str, connection_options: Any = None, format: Any = None, **more: Any) -> Any:
        """Write the records as ``glueContext.write_dynamic_frame.from_options`` does."""
        more.pop("accumulator_size", None)
        return self.glue_ctx.write_dynamic_frame.from_options(
            self, connection_type, connection_options or {}, format, **more
        )


class DynamicFrameCollection(Mapping[str, DynamicFrame]):
    """DynamicFrames by name."""

    def __init__(self, dynamic_frames: Mapping[str, DynamicFrame], glue_ctx: Any) -> None:
        self._frames = dict(dynamic_frames)
        self.glue_ctx = glue_ctx

    def __getitem__(self, key: str) -> DynamicFrame:
        return self._frames[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._frames)

    def __len__(self) -> int:
        return len(self._frames)

    def select(self, key: str, *_: Any, **__: Any) -> DynamicFrame:
        """Return one of the frames."""
        return self._frames[key]


class ResolveOption:
    """How ``toDF`` resolves one choice: ``action`` is Project, Cast or KeepAsStruct."""

    def __init__(self, path: str, action: str, target: Any = None) -> None:
        self.path, self.action, self.target = path, action, target


def _action(option: ResolveOption) -> str:
    if option.action == "KeepAsStruct":
        return "make_struct"
    return f"{option.action.lower()}:{glue_name(option.target)}"


def _list(paths: Paths) -> list[str]:
    return [paths] if isinstance(paths, str) else list(paths)


def _catalog_types(database: str | None, table_name: str | None) -> dict[str, str]:
    if not database or not table_name:
        raise ValueError("choice match_catalog needs database and table_name")
    definition = catalog.table(database, table_name)
    columns = [*definition["StorageDescriptor"]["Columns"], *definition.get("PartitionKeys", [])]
    return {item["Name"]: f"cast:{item['Type']}" for item in columns}
