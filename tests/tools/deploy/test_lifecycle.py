"""What ends an environment, what is refused, and stacks that are dead or stuck."""

import pytest
from moto.cloudformation.models import cloudformation_backends
from typer.testing import CliRunner

from tests.tools.deploy.conftest import ACCESS, DATA, Account, said
from tools.cli import app
from tools.deploy import destroy as ending
from tools.deploy import stacks
from tools.errors import ToolError

pytestmark = pytest.mark.filterwarnings("ignore:Tried to parse AWS:UserWarning")


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
