"""What is stored of a release, once, and what comes back of it."""

import hashlib
import json
from typing import Any

import pytest

from penstock.layout import Layout
from tests.tools.deploy.conftest import DATA, NEWER_NUMPY, NUMPY, Account
from tools.deploy import release
from tools.errors import ToolError

LAYOUT = Layout(f"s3://{DATA}")


def test_what_is_there_under_its_hash_is_never_overwritten(account: Account, make: Any) -> None:
    s3 = account.client("s3")
    s3.create_bucket(Bucket=DATA)
    contents = make(one="a = 1")
    total = len(contents.files) + 1
    key = f"releases/{contents.release.sha}/serving.zip"
    s3.put_object(Bucket=DATA, Key=key, Body=b"other", Metadata={"sha256": "0"})
    with pytest.raises(ToolError) as caught:
        release.store(s3, contents, LAYOUT)
    wanted = contents.release.files["serving.zip"]
    assert str(caught.value) == (
        f"s3://{DATA}/{key} is there with the SHA-256 0, not {wanted}. Nothing is overwritten: see who has put it"
    )
    assert account.read(DATA, key) == b"other"
    s3.delete_object(Bucket=DATA, Key=key)
    assert f"releases/{contents.release.sha}/release.json" not in account.keys(DATA)
    done = release.store(s3, contents, LAYOUT)
    assert 0 < done < total
    assert release.store(s3, contents, LAYOUT) == 0


def test_a_byte_that_is_not_as_the_release_says_stops_a_promotion(account: Account, make: Any, tmp_path: Any) -> None:
    s3 = account.client("s3")
    s3.create_bucket(Bucket=DATA)
    contents = make(one="a = 1")
    release.store(s3, contents, LAYOUT)
    key = f"code/{contents.release.code_sha}/spark_jobs/train.py"
    s3.put_object(Bucket=DATA, Key=key, Body=b"other")
    with pytest.raises(ToolError, match=rf"^s3://{DATA}/{key} has the SHA-256 d9298a10d1b0735837dc4bd85dac641b"):
        release.fetch(s3, contents.release, LAYOUT, tmp_path / "fetched")


def test_releases_are_found_by_as_much_of_their_hash_as_names_one(account: Account, make: Any) -> None:
    s3 = account.client("s3")
    s3.create_bucket(Bucket=DATA)
    with pytest.raises(ToolError, match="holds none that begins with a; expected one"):
        release.find(s3, LAYOUT, "a")
    made = [make(one="a = 1"), make(one="a = 2")]
    for each in made:
        release.store(s3, each, LAYOUT)
    assert release.find(s3, LAYOUT, made[1].release.sha[:8]) == made[1].release
    with pytest.raises(ToolError, match="expected one"):
        release.find(s3, LAYOUT, "")


def test_the_spark_environment_lies_where_steps_look_for_it(account: Account, make: Any, tmp_path: Any) -> None:
    s3 = account.client("s3")
    s3.create_bucket(Bucket=DATA)
    one = make(one="a = 1").release
    sha = hashlib.sha256(NUMPY).hexdigest()
    contents = make(one="a = 2")
    release.store(s3, contents, LAYOUT)
    found = release.find(s3, LAYOUT, contents.release.sha)
    assert found.environment_sha == one.environment_sha == sha
    assert account.keys(DATA, "environments/") == [f"environments/{sha}/environment.tar.gz"]
    assert LAYOUT.environment(sha) == f"s3://{DATA}/environments/{sha}/environment.tar.gz"
    assert account.read(DATA, f"environments/{sha}/environment.tar.gz") == NUMPY
    assert release.fetch(s3, found, LAYOUT, tmp_path / "fetched").read("environment.tar.gz") == NUMPY
    s3.put_object(Bucket=DATA, Key=f"environments/{sha}/environment.tar.gz", Body=NEWER_NUMPY)
    with pytest.raises(ToolError, match=rf"environments/{sha}/environment.tar.gz has the SHA-256 "):
        release.fetch(s3, found, LAYOUT, tmp_path / "changed")


def test_other_packages_make_another_release_and_none_is_one_too(make: Any) -> None:
    found = [make(one="a = 1", environment=each).release for each in (NUMPY, NEWER_NUMPY, None)]
    assert len({each.sha for each in found}) == 3
    assert found[2].environment_sha == ""
    assert "environment.tar.gz" not in found[2].files


def test_the_manifest_is_what_a_release_is(make: Any) -> None:
    one, same, other = make(one="a = 1"), make(one="a = 1"), make(one="a = 2")
    assert one.release == same.release
    assert one.release.sha != other.release.sha
    assert one.release.code_sha == other.release.code_sha
    assert json.loads(one.release.to_json())["files"] == one.release.files
