"""Columns of the tables that cross a boundary: name to type, in the type names that Hive, Glue and Spark share.

Names are lower case because the Glue Data Catalog folds them.
"""

from __future__ import annotations

from enum import StrEnum

from penstock.documents import Column

Schema = dict[str, str]

RATINGS: Schema = {"user_id": "int", "item_id": "int", "rating": "float", "rated_at": "bigint"}
"""One rating per user and item; `rated_at` in seconds since 1970, UTC."""

ITEMS: Schema = {"item_id": "int"}

HISTORIES: Schema = {"user_id": "int", "item_ids": "array<int>"}
"""The ratings by user: one row for each, sorted by user, `item_ids` ascending."""

MOVIES: Schema = {"item_id": "int", "title": "string", "genres": "array<string>"}

SHARES: dict[str, tuple[str, ...]] = {
    "share_action": ("Action",),
    "share_adventure": ("Adventure",),
    "share_animation": ("Animation",),
    "share_children": ("Children", "Children's"),
    "share_comedy": ("Comedy",),
    "share_crime": ("Crime",),
    "share_documentary": ("Documentary",),
    "share_drama": ("Drama",),
    "share_fantasy": ("Fantasy",),
    "share_film_noir": ("Film-Noir",),
    "share_horror": ("Horror",),
    "share_musical": ("Musical",),
    "share_mystery": ("Mystery",),
    "share_romance": ("Romance",),
    "share_sci_fi": ("Sci-Fi",),
    "share_thriller": ("Thriller",),
    "share_war": ("War",),
    "share_western": ("Western",),
}
"""Column of a viewer to the genre as MovieLens spells it: the 18 of its README. ML-1M and older write Children's."""

VIEWERS: Schema = {
    "user_id": "int",
    "ratings": "bigint",
    "mean_rating": "double",
    "std_rating": "double",
    "active_days": "bigint",
    "mean_year": "double",
    **dict.fromkeys(SHARES, "double"),
    "liked": "array<string>",
}
"""One row per user who rated; `active_days` from the first rating to the last, both days included, UTC; `mean_year` of
the titles' releases, null if no title says; `std_rating` of the population, 0 for a single rating; each share is of the
user's ratings; `liked` are the titles rated high enough, sorted."""


class Part(StrEnum):
    """Values of the column `part`: the split that the publisher of the data made, kept with its rows."""

    TRAIN = "train"
    TEST = "test"


ADULT: Schema = {
    "age": "bigint",
    "workclass": "string",
    "fnlwgt": "bigint",
    "education": "string",
    "education_num": "bigint",
    "marital_status": "string",
    "occupation": "string",
    "relationship": "string",
    "race": "string",
    "sex": "string",
    "capital_gain": "bigint",
    "capital_loss": "bigint",
    "hours_per_week": "bigint",
    "native_country": "string",
    "income": "string",
    "part": "string",
}
"""UCI Adult: people of the US census of 1994; NULL is unknown, `income` is <=50K or >50K US dollars a year."""

EXAMPLES: Schema = {
    "label": "double",
    "features": "struct<type:tinyint,size:int,indices:array<int>,values:array<double>>",
    "part": "string",
    "file": "string",
    "line": "string",
}
"""Labelled sparse rows, each with the file and the line it was read from; indices count from 0, zeros are left out.

`features` is what Spark ML's VectorUDT is stored as in Parquet (type 0: sparse), but not marked as one: Hive, Glue and
Athena read it as the struct that it is, and Spark reads it as vectors if its schema for reading says VectorUDT.
"""

QUARANTINE: Schema = {"source": "string", "file": "string", "line": "string", "reason": "string"}
"""Refused rows: which source, which file, the line as it arrived, the first rule it broke."""

UNPREDICTED: Schema = {
    "file": "string",
    "line": "bigint",
    "error_type": "string",
    "error_message": "string",
    "payload": "string",
}
"""Records without a prediction: which file and line (of Parquet: row), counted from 1, what went wrong, the record."""

PREDICTIONS: Schema = {
    "input_file": "string",
    "input_line": "bigint",
    "record_key": "string",
    "prediction": "string",
    "prediction_number": "double",
    "error_type": "string",
}
"""What a model said of every record: its file and line (of Parquet: row), counted from 1, and the value of its key, if
one is named; the prediction, a text as it is and all else as JSON, and again as a number if it is one; null, and the
type of the error, for a record without a prediction."""

SCORES: Schema = {"user_id": "int", "rank": "int", "item_id": "int", "score": "float"}
"""Top-k items per user; `rank` counts from 1."""

SIMILAR_ITEMS: Schema = {"item_id": "int", "rank": "int", "similar_item_id": "int", "similarity": "float"}
"""Top-k other items per item by the cosine of their factors; `rank` counts from 1."""

ITEM_USERS: Schema = {"item_id": "int", "rank": "int", "user_id": "int", "score": "float"}
"""Top-k users per item; `rank` counts from 1."""

EVENT_COUNTS: Schema = {
    "window_start": "timestamp",
    "window_end": "timestamp",
    "action": "string",
    "events": "bigint",
}
"""Events of a window of event time, its start included and its end not, UTC; one row per window and action."""

EVENT_QUARANTINE: Schema = {
    "kind": "string",
    "reason": "string",
    "payload": "string",
    "event_time": "timestamp",
    "watermark": "timestamp",
    "origin": "string",
    "arrived_at": "timestamp",
    "batch": "bigint",
}
"""Events that are counted in no window: `kind` is late or malformed, `payload` the event as it arrived, `watermark`
what it was held against, `origin` its file or its shard's sequence number."""


def ddl(schema: Schema) -> str:
    """The schema as a Spark DDL string."""
    return ", ".join(f"{name} {kind}" for name, kind in schema.items())


def columns(schema: Schema) -> list[Column]:
    """The schema as it stands in documents."""
    return [Column(name=name, type=kind) for name, kind in schema.items()]
