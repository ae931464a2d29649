"""cfn-lint and checkov have nothing to say, and every rule that is passed over has its reason in the template."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.infra.stacks import INFRA, REPOSITORY

CHECKOV = """
import json, sys
from checkov.cloudformation.runner import Runner
from checkov.runner_filter import RunnerFilter
report = Runner().run(root_folder=sys.argv[1], runner_filter=RunnerFilter(framework=["cloudformation"]))
found = report.get_dict()["results"]
print(json.dumps({key: [
    [each["file_path"], each["check_id"], each["resource"], each["check_result"].get("suppress_comment", "")]
    for each in found[key]
] for key in ("passed_checks", "failed_checks", "skipped_checks")} | {"errors": found["parsing_errors"]}))
"""
"""Not by its command line, which asks its maker's server for guidelines and waits where there is no way out."""


def cfn_lint(folder: Path) -> list[str]:
    program = Path(sys.executable).with_name("cfn-lint")
    files = sorted(map(str, folder.rglob("*.yaml")))
    argv = [str(program), "--format", "parseable", "--", *files]
    return subprocess.run(argv, capture_output=True, text=True, check=False).stdout.splitlines()


def checkov(folder: Path) -> dict[str, Any]:
    done = subprocess.run([sys.executable, "-c", CHECKOV, str(folder)], capture_output=True, text=True, check=True)
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


@pytest.fixture(scope="module")
def checked() -> dict[str, Any]:
    return checkov(INFRA)


def test_cfn_lint_is_content() -> None:
    assert cfn_lint(INFRA) == []


def test_checkov_is_content(checked: dict[str, Any]) -> None:
    assert checked["failed_checks"] == []
    assert checked["errors"] == []


def test_checkov_has_looked_at_every_template_with_resources_that_it_knows(checked: dict[str, Any]) -> None:
    seen = {file for part in ("passed_checks", "skipped_checks") for file, *_ in checked[part]}
    unknown = {"/budget.yaml", "/catalog.yaml", "/users.yaml"}
    assert seen | unknown == {f"/{each.relative_to(INFRA)}" for each in INFRA.rglob("*.yaml")}


def test_every_rule_that_is_passed_over_has_a_reason_and_is_one_that_would_fail(checked: dict[str, Any]) -> None:
    text = "\n".join(each.read_text(encoding="utf-8") for each in INFRA.rglob("*.yaml"))
    assert len(checked["skipped_checks"]) == text.count("{id: CKV")
    assert all(reason for *_, reason in checked["skipped_checks"])


def zizmor(folder: Path) -> tuple[int, str]:
    program = Path(sys.executable).with_name("zizmor")
    settings = ["--offline", "--no-progress", "--config", str(REPOSITORY / ".github" / "zizmor.yml")]
    done = subprocess.run([str(program), *settings, str(folder)], capture_output=True, text=True, check=False)
    return done.returncode, done.stdout


def test_zizmor_is_content_with_the_workflows_of_github_actions() -> None:
    status, said = zizmor(REPOSITORY / ".github" / "workflows")
    assert status == 0, said


def test_zizmor_sees_an_action_without_a_hash_and_a_title_that_becomes_a_command(tmp_path: Path) -> None:
    folder = tmp_path / ".github" / "workflows"  # in others zizmor looks for workflows below it
    folder.mkdir(parents=True)
    (folder / "wrong.yaml").write_text(
        "on: pull_request_target\npermissions: {}\njobs:\n  one:\n    runs-on: ubuntu-24.04\n    steps:\n"
        "      - uses: actions/checkout@v6\n"
        "      - run: echo ${{ github.event.pull_request.title }}\n",
        encoding="utf-8",
    )
    status, said = zizmor(folder)
    assert status != 0
    assert {"error[unpinned-uses]", "error[template-injection]"} <= {each.split(":")[0] for each in said.splitlines()}


def test_both_see_a_template_that_is_wrong(tmp_path: Path) -> None:
    (tmp_path / "open.yaml").write_text(
        "Resources:\n"
        "  Open: {Type: AWS::S3::Bucket, Properties: {AccessControl: PublicRead}}\n"
        "  Odd: {Type: AWS::S3::Bucket, Properties: {BucketNam: x}}\n",
        encoding="utf-8",
    )
    assert any("E3002" in line and "BucketNam" in line for line in cfn_lint(tmp_path))
    assert ["/open.yaml", "CKV_AWS_20", "AWS::S3::Bucket.Open", ""] in checkov(tmp_path)["failed_checks"]
