"""An environment from nothing to nothing, and what is refused on the way.

Its life is one test, whose parts each stand on what the one before has left: a whole deployment takes a while.
"""

import dataclasses
from typing import Any

import pytest
from moto.cloudformation.models import cloudformation_backends
from typer.testing import CliRunner

from penstock.deployment import Deployment
from penstock.layout import Layout
from tests.tools.deploy.conftest import ACCESS, AIRFLOW, DATA, Account
from tools.bundle import stored_zip
from tools.cli import app
from tools.deploy import apply as applying
from tools.deploy import destroy as ending
from tools.deploy import history, release, stacks
from tools.deploy import plan as planning
from tools.deploy.contents import promoted
from tools.errors import ToolError
from tools.package.build import PLUGINS_ZIP

pytestmark = pytest.mark.filterwarnings("ignore:Tried to parse AWS:UserWarning")
LAYOUT = Layout(f"s3://{DATA}")
BLOCKED = f"s3://{AIRFLOW} keeps no versions, by which MWAA is told what to install. Enable its versioning"


def deployed(account: Account, bucket: str = AIRFLOW) -> Deployment:
    return Deployment.from_json(account.read(bucket, "dags/deployment.json").decode(), bucket)


def said(account: Account, status: str) -> list[str]:
    return [each.stack.removeprefix("penstock-dev-") for each in account.events if each.status == status]


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
    contents = make(one="a = 2", three="c = 1")
    contents.files[PLUGINS_ZIP].write_bytes(make_zip("pages.py"))
    contents = dataclasses.replace(contents, release=_again(contents))
    found = planning.plan(account.target("dev"), contents)
    assert found.files == {"dags.zip": "changed", "plugins.zip": "changed"}
    assert sorted(each.template for each in found.stacks if each.what != planning.SAME) == ["airflow", "serving"]
    before = account.client("s3").head_object(Bucket=AIRFLOW, Key="plugins.zip")["VersionId"]
    done = apply(account, contents)
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
    code = f"code/{first.code_sha}/"
    assert account.keys("penstock-staging-123456789012-us-east-1", code) == account.keys(DATA, code)


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


def test_the_command_line_refuses_what_would_go_around_the_order(account: Account) -> None:
    def run(*words: str) -> tuple[int, str]:
        folders = ["--infra", str(account.infra), "--environments", str(account.environments)]
        found = CliRunner().invoke(app, ["deploy", *words, *folders])
        return found.exit_code, " ".join(found.output.split())

    assert run("apply", "staging", "--yes") == (
        2,
        "Error: staging takes what dev runs and nothing else: make promote ENV=staging",
    )
    assert run("promote", "dev", "--yes") == (2, "Error: dev promotes from nowhere: make deploy ENV=dev")
    assert run("promote", "staging", "--yes") == (
        1,
        "Error: dev has no stack that puts out Root. If it is in another account: `source_root:` says where",
    )
    assert run("rollback", "dev", "abc", "--yes") == (
        1,
        "Error: No stack of dev puts out Root yet: deploy the environment first",
    )
    assert run("destroy", "dev", "--name", "prod")[0] == 130


def test_what_is_empty_is_destroyed_but_the_key_and_who_has_asked_for_what(account: Account) -> None:
    """Of two stacks: moto's server breaks when it deletes some of the others."""
    target = account.target("dev")
    for name in ("key", "storage"):
        made = target.stacks.put(target.templates[name], target.values(target.templates[name], {}))
        target.outputs |= made.outputs
    s3 = account.client("s3")
    s3.put_object(Bucket=DATA, Key="raw/ratings.csv", Body=b"1")
    s3.put_object(Bucket=ACCESS, Key="data/2026", Body=b"who has asked")
    with pytest.raises(ToolError, match=rf": {DATA} \(1 objects, 0 former versions and marks of removal\)\. Save"):
        ending.destroy(account.target("dev"))
    assert account.target("dev").stacks.find("storage") is not None
    account.empty(DATA)
    kept = ending.destroy(account.target("dev"))
    assert kept[0].startswith("AWS::KMS::Key ")
    assert kept[1:] == [f"AWS::S3::Bucket {ACCESS}"]
    assert [each["Name"] for each in s3.list_buckets()["Buckets"]] == [ACCESS]
    target = account.target("dev")
    assert [each for each in target.order.names if target.stacks.find(each) is not None] == ["key"]


def test_a_stack_that_never_came_about_is_made_anew(account: Account, server: str) -> None:
    target = account.target("dev")
    template = target.templates["key"]
    made = target.stacks.put(template, {"Deployment": "dev"})
    backend = cloudformation_backends["123456789012"]["us-east-1"]
    backend.stacks[made.id].status = "ROLLBACK_COMPLETE"
    again = target.stacks.put(template, {"Deployment": "dev"})
    assert again.id != made.id
    assert again.status == "CREATE_COMPLETE"
    assert said(account, "DELETE_COMPLETE") == ["key"]


def test_a_stack_that_is_stuck_is_left_to_a_person(account: Account) -> None:
    target = account.target("dev")
    made = target.stacks.put(target.templates["key"], {"Deployment": "dev"})
    cloudformation_backends["123456789012"]["us-east-1"].stacks[made.id].status = stacks.STUCK
    with pytest.raises(ToolError, match=r"^penstock-dev-key is UPDATE_ROLLBACK_FAILED: .* penstock-dev-key$"):
        target.stacks.put(target.templates["key"], {"Deployment": "dev"})
