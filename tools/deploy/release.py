"""A release: job code, packages of Spark's jobs and models, what Airflow and Lambda take, under one content hash.

It is built once and then copied, so that what staging ran is what prod runs. Nothing that is there is overwritten.
"""

from __future__ import annotations

import hashlib
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from botocore.exceptions import ClientError

from penstock.documents import Document
from penstock.layout import JOBS_ZIP, Layout, split_uri
from tools.environment.build import ARCHIVE
from tools.errors import ToolError

if TYPE_CHECKING:
    from tools.bundle import Bundle
    from tools.packages import Packages

CODE = "code/"
MODELS = "models.zip"
MANIFEST = "release.json"
Pack = Callable[[Path, Path], Mapping[str, Path]]
"""Builds what Airflow and Lambda take of a checkout into a folder; answers by the names above."""
_SHA_LENGTH = 16
_DIGEST = "sha256"


@dataclass(frozen=True, kw_only=True)
class Release(Document):
    """What is deployed together: job code, packages of Spark's jobs and models, what Airflow and Lambda take."""

    kind: ClassVar[str] = "release"

    sha: str
    """Content hash of all of it: of the names and digests in `files`."""
    code_sha: str
    packages_sha: str = ""
    """Empty where no archive of the models' packages was built."""
    commit: str = ""
    """Of the checkout that it was built from, with `-changed` if that held more."""
    files: dict[str, str] = field(default_factory=dict)
    """The SHA-256 of each file, `code/...` by its path in the bundle."""

    def place(self, name: str, layout: Layout) -> str:
        """The S3 location of one of its files."""
        if name.startswith(CODE):
            return layout.code(self.code_sha).script(name.removeprefix(CODE))
        if name == MODELS:
            return layout.packages(self.packages_sha)
        if name == ARCHIVE:
            return layout.environment(self.environment_sha)
        return f"{layout.release(self.sha)}/{name}"

    @property
    def environment_sha(self) -> str:
        """SHA-256 of the Spark environment's archive; empty where the release has none."""
        return self.files.get(ARCHIVE, "")

    @property
    def ordered(self) -> list[str]:
        """Its files as they are stored: jobs.zip last, so that its presence means all is there."""
        return sorted(self.files, key=lambda each: (each == CODE + JOBS_ZIP, each))


@dataclass(frozen=True, kw_only=True)
class Contents:
    """A release and its files on this machine."""

    release: Release
    files: dict[str, Path]

    def read(self, name: str) -> bytes | None:
        """One file, or None if the release has none of that name."""
        return self.files[name].read_bytes() if name in self.files else None


def build(
    repository: Path, into: Path, *, bundle: Bundle, packages: Packages, spark_environment: Path | None, pack: Pack
) -> Contents:
    """Make a release of a checkout in an empty folder; the Spark environment is an archive, if jobs are to have one."""
    files = {f"{CODE}{path}": into / CODE / path for path in bundle.files}
    for path, content in bundle.files.items():
        target = into / CODE / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
    if packages.built:
        files[MODELS] = packages.path
    if spark_environment is not None:
        files[ARCHIVE] = spark_environment
    files |= pack(repository, into)
    digests = {name: digest(path) for name, path in sorted(files.items())}
    unnamed = Release(
        sha="",
        code_sha=bundle.sha,
        packages_sha=packages.sha if packages.built else "",
        commit=_commit(repository),
    )
    return Contents(release=named(unnamed, digests), files=files)


def named(release: Release, files: dict[str, str]) -> Release:
    """The release with these files; its hash is that of their names and digests."""
    text = "".join(f"{name}\0{each}\n" for name, each in sorted(files.items()))
    return replace(release, sha=hashlib.sha256(text.encode()).hexdigest()[:_SHA_LENGTH], files=files)


def store(s3: Any, contents: Contents, layout: Layout) -> int:
    """Put what is missing, the manifest last, so that its presence means all is there; the number of objects put."""
    release = contents.release
    manifest = release.to_json().encode()
    put = 0
    for name in release.ordered:
        with contents.files[name].open("rb") as body:
            put += _put_once(s3, release.place(name, layout), body, release.files[name])
    return put + _put_once(s3, release.place(MANIFEST, layout), manifest, "")


def find(s3: Any, layout: Layout, sha: str) -> Release:
    """The stored release whose hash begins so; raises ToolError for none and for several."""
    bucket, prefix = split_uri(layout.release(sha))
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix)
    keys = [each["Key"] for page in pages for each in page.get("Contents", ()) if each["Key"].endswith(f"/{MANIFEST}")]
    if len(keys) != 1:
        found = ", ".join(key.split("/")[-2] for key in keys) or "none"
        raise ToolError(
            f"{layout.releases} holds {found} that begins with {sha}; expected one. Which there are: deploy status"
        )
    text = s3.get_object(Bucket=bucket, Key=keys[0])["Body"].read().decode()
    return Release.from_json(text, f"s3://{bucket}/{keys[0]}")


def fetch(s3: Any, release: Release, layout: Layout, into: Path) -> Contents:
    """Copy a stored release to an empty folder; raises ToolError if a byte is not as its manifest says."""
    files = {}
    for name, wanted in release.files.items():
        target = into / name
        target.parent.mkdir(parents=True, exist_ok=True)
        bucket, key = split_uri(release.place(name, layout))
        s3.download_file(bucket, key, str(target))
        if (got := digest(target)) != wanted:
            raise ToolError(
                f"s3://{bucket}/{key} has the SHA-256 {got}; the release {release.sha} was made with {wanted}"
            )
        files[name] = target
    return Contents(release=release, files=files)


def digest(path: Path) -> str:
    """SHA-256 of a file, in hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, _DIGEST).hexdigest()


def _put_once(s3: Any, uri: str, body: Any, wanted: str) -> int:
    """1 if it was put, 0 if it was there; raises ToolError if what is there is something else."""
    bucket, key = split_uri(uri)
    there = s3.list_objects_v2(Bucket=bucket, Prefix=key, MaxKeys=1).get("Contents", ())
    if not there or there[0]["Key"] != key:
        try:
            s3.put_object(Bucket=bucket, Key=key, Body=body, IfNoneMatch="*", Metadata={_DIGEST: wanted})
        except ClientError as error:  # someone was quicker
            if error.response["Error"]["Code"] != "PreconditionFailed":
                raise
        else:
            return 1
    got = s3.head_object(Bucket=bucket, Key=key)["Metadata"].get(_DIGEST, wanted)
    if got != wanted:
        raise ToolError(
            f"{uri} is there with the SHA-256 {got}, not {wanted}. Nothing is overwritten: see who has put it"
        )
    return 0


def _commit(repository: Path) -> str:
    """Empty where there is no git or no checkout of it."""
    try:
        head, status = (
            subprocess.run(  # noqa: S603 - two commands of our own
                ["git", *command],  # noqa: S607 - the user's git, on the PATH
                cwd=repository,
                capture_output=True,
                text=True,
                check=True,
            ).stdout.strip()
            for command in (("rev-parse", "HEAD"), ("status", "--porcelain"))
        )
    except (OSError, subprocess.CalledProcessError):
        return ""
    return f"{head}-changed" if status else head
