"""An environment from nothing until it is refused to end.

Its life is one test, whose parts each stand on what the one before has left: a whole deployment takes a while.
"""

import dataclasses
from typing import Any

import pytest

from penstock.deployment import Deployment
from tests.tools.deploy.conftest import AIRFLOW, DATA, NEWER_NUMPY, NUMPY, Account, said
from tools.bundle import stored_zip
from tools.deploy import apply as applying
from tools.deploy import destroy as ending
from tools.deploy import history, release
from tools.deploy import plan as planning
from tools.deploy.contents import promoted
from tools.errors import ToolError
from tools.package.build import PLUGINS_ZIP

pytestmark = pytest.mark.filterwarnings("ignore:Tried to parse AWS:UserWarning")
BLOCKED = f"s3://{AIRFLOW} keeps no versions, by which MWAA is told what to install. Enable its versioning"


def deployed(account: Account, bucket: str = AIRFLOW) -> Deployment:
    return Deployment.from_json(account.read(bucket, "dags/deployment.json").decode(), bucket)


def apply(account: Account, contents: release.Contents, name: str = "dev", how: str = "apply") -> applying.Outcome:
    return applying.apply(account.target(name), contents, how=how)


@pytest.fixture
def dev(account: Account, make: Any) -> release.Contents:
    """An environment that runs a release; moto's CloudFormation makes buckets that keep no versions."""
    contents: release.Contents = make(one="a = 1", two="b = 1")
    with pytest.raises(ToolError) as caught:
        apply(account, contents)
    assert str(caught.value) == BLOCKED
    assert account.keys(AIRFLOW, "dags/deployment.json") == []
    account.keep_versions(DATA, AIRFLOW)
    apply(account, contents)
    return contents


def test_a_life(account: Account, dev: release.Contents, make: Any, tmp_path: Any) -> None:
    first = dev.release
    _an_unfinished_apply_has_gone_on(account, first)
    _a_second_apply_changes_nothing(account, dev)
    second = _a_second_release(account, make)
    _the_way_back(account, first, second, tmp_path)
    _the_next_environment(account, first, tmp_path)
    _the_end(account)


def _an_unfinished_apply_has_gone_on(account: Account, first: release.Release) -> None:
    order = account.target("dev").order.names
    found = account.target("dev")
    names = [each for each in order if found.stacks.find(each) is not None]
    assert names == list(order)
    assert deployed(account).code_sha == first.code_sha
    assert len(names) == 21
    document = deployed(account)
    assert document.root == f"s3://{DATA}"
    assert document.environment_sha == first.environment_sha
    assert account.read(DATA, f"environments/{first.environment_sha}/environment.tar.gz") == NUMPY
    assert document.approvers == ["anna"]
    assert document.poll_seconds == 7
    assert document.notify == ["sns:arn:aws:sns:us-east-1:123456789012:penstock-dev", "slack:ops"]
    assert len(document.subnet_ids) == 2
    assert account.keys(AIRFLOW) == [
        "dags/deployment.json",
        "dags/one.py",
        "dags/two.py",
        "plugins.zip",
        "requirements.txt",
    ]
    stored = set(account.keys(DATA))
    assert {f"code/{first.code_sha}/jobs.zip", f"code/{first.code_sha}/spark_jobs/train.py"} < stored
    assert {f"releases/{first.sha}/{name}" for name in ("dags.zip", "serving.zip", "release.json")} < stored


def _a_second_apply_changes_nothing(account: Account, dev: release.Contents) -> None:
    found = planning.plan(account.target("dev"), dev)
    assert [each for each in found.stacks if each.what != planning.SAME] == []
    assert found.files == {}
    assert found.empty
    done = apply(account, dev)
    assert (done.objects, done.dags, done.removed) == (0, [], [])
    assert {each.status for each in account.events} == {"UNCHANGED"}


def _a_second_release(account: Account, make: Any) -> release.Release:
    contents = make(one="a = 2", three="c = 1", environment=NEWER_NUMPY)
    contents.files[PLUGINS_ZIP].write_bytes(make_zip("pages.py"))
    contents = dataclasses.replace(contents, release=_again(contents))
    found = planning.plan(account.target("dev"), contents)
    assert found.files == {"dags.zip": "changed", "environment.tar.gz": "changed", "plugins.zip": "changed"}
    assert sorted(each.template for each in found.stacks if each.what != planning.SAME) == ["airflow", "serving"]
    before = account.client("s3").head_object(Bucket=AIRFLOW, Key="plugins.zip")["VersionId"]
    done = apply(account, contents)
    sha = contents.release.environment_sha
    assert deployed(account).environment_sha == done.deployed.environment_sha == sha
    assert account.read(DATA, f"environments/{sha}/environment.tar.gz") == NEWER_NUMPY
    assert done.dags == ["dags/one.py", "dags/three.py"]
    assert done.removed == ["dags/two.py"]
    assert sorted(said(account, "UPDATE_COMPLETE")) == ["airflow", "serving"]
    after = account.client("s3").head_object(Bucket=AIRFLOW, Key="plugins.zip")["VersionId"]
    assert after != before
    assert parameter(account, "penstock-dev-airflow", "PluginsVersion") == after
    assert parameter(account, "penstock-dev-serving", "CodeKey") == f"releases/{contents.release.sha}/serving.zip"
    return contents.release


def _the_way_back(account: Account, first: release.Release, second: release.Release, tmp_path: Any) -> None:
    target = account.target("dev")
    target.learn()
    assert applying.running(target).release == second.sha
    found = release.find(target.s3, target.layout, first.sha[:6])
    assert found == first
    contents = release.fetch(target.s3, found, target.layout, tmp_path / "back")
    done = applying.apply(target, contents, how="rollback", stacks=target.takers)
    assert (done.objects, done.dags, done.removed) == (0, ["dags/one.py", "dags/two.py"], ["dags/three.py"])
    assert account.read(AIRFLOW, "dags/one.py") == b"a = 1"
    assert deployed(account).environment_sha == first.environment_sha != second.environment_sha
    assert parameter(account, "penstock-dev-serving", "CodeKey") == f"releases/{first.sha}/serving.zip"
    past = history.history(target.s3, target.layout)
    assert [(each.release, each.how, each.former) for each in past] == [
        (first.sha, "rollback", second.sha),
        (second.sha, "apply", first.sha),
        (first.sha, "apply", first.sha),
        (first.sha, "apply", ""),
    ]
    assert {each.by for each in past} == {"arn:aws:sts::123456789012:user/moto"}


def _the_next_environment(account: Account, first: release.Release, tmp_path: Any) -> None:
    chosen = account.target("staging").environment
    contents = promoted(chosen, account.environments, tmp_path / "promoted")
    assert contents.release == first
    with pytest.raises(ToolError, match=r"^s3://penstock-staging-airflow-123456789012-us-east-1 keeps no versions"):
        apply(account, contents, "staging", "promote")
    account.keep_versions("penstock-staging-airflow-123456789012-us-east-1")
    done = apply(account, contents, "staging", "promote")
    assert (done.deployed.release, done.deployed.how) == (first.sha, "promote")
    theirs, ours = deployed(account, "penstock-staging-airflow-123456789012-us-east-1"), deployed(account)
    assert (theirs.code_sha, theirs.name, theirs.root) == (
        ours.code_sha,
        "staging",
        "s3://penstock-staging-123456789012-us-east-1",
    )
    code, bucket = f"code/{first.code_sha}/", "penstock-staging-123456789012-us-east-1"
    assert account.keys(bucket, code) == account.keys(DATA, code)
    archive = f"environments/{theirs.environment_sha}/environment.tar.gz"
    assert account.keys(bucket, "environments/") == [archive]
    assert account.read(bucket, archive) == NUMPY


def _the_end(account: Account) -> None:
    target = account.target("dev")
    objects = {each: len(account.keys(each)) for each in (DATA, AIRFLOW)}
    with pytest.raises(ToolError) as caught:
        ending.destroy(target)
    for each, count in objects.items():
        assert f"{each} ({count} objects, " in str(caught.value)
    assert "penstock-dev-page" not in str(caught.value)
    assert said(account, "DELETE_COMPLETE") == []


def parameter(account: Account, stack: str, key: str) -> str:
    (found,) = account.client("cloudformation").describe_stacks(StackName=stack)["Stacks"]
    return next(each["ParameterValue"] for each in found["Parameters"] if each["ParameterKey"] == key)


def make_zip(name: str) -> bytes:
    return stored_zip({name: b"PAGES = 1\n"})


def _again(contents: release.Contents) -> release.Release:
    """The release of files that were changed by hand."""
    return release.named(contents.release, {name: release.digest(path) for name, path in contents.files.items()})
