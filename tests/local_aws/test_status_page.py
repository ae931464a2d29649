"""The status page, as a browser asks for it."""

import re

import httpx
import pytest

BROWSER = {"Accept": "text/html,application/xhtml+xml"}


@pytest.fixture(scope="module")
def browser(aws):
    with httpx.Client(base_url=aws.connection["endpoint_url"], headers=BROWSER, trust_env=False) as client:
        yield client


def test_clusters_and_steps_are_shown_with_their_states_and_logs(emr, browser):
    name = "<script>alert(1)</script>"
    steps = [emr.step("bash", "-c", "echo 'from the step'"), emr.step("bash", "-c", "echo 'no table' >&2; exit 1")]
    cluster_id = emr.create(steps, keep=False, Name=name)
    emr.until(cluster_id, "TERMINATED")
    page = browser.get("/").text
    assert cluster_id in page
    assert name not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    [card] = [part for part in page.split('<div class="card">') if cluster_id in part]
    assert re.findall(r'class="state \w+">(\w+)<', card) == ["TERMINATED", "COMPLETED", "FAILED"]
    assert 'title="no table"' in card
    [stdout] = [link for link in re.findall(r'href="([^"]+/stdout)"', card) if browser.get(link).text]
    answer = browser.get(stdout)
    assert answer.text == "from the step\n"
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert re.search(r'class="time">\d+\.\d s<', card)


def test_the_page_needs_nothing_from_elsewhere_and_follows_the_browsers_theme(browser):
    answer = browser.get("/")
    assert not re.search(r'(src|href)="(https?:)?//', answer.text)
    assert "prefers-color-scheme: dark" in answer.text
    assert 'http-equiv="refresh"' in answer.text
    assert "default-src 'none'" in answer.headers["content-security-policy"]


@pytest.mark.parametrize(
    "path",
    [
        "/_local_aws/logs/%2e%2e/%2e%2e/etc/stdout",
        "/_local_aws/logs/..%2f..%2f..%2fetc%2fpasswd",
        "/_local_aws/logs/%2fetc%2fpasswd",
        "/_local_aws/logs/emr/x/conf/spark-defaults.conf",
    ],
)
def test_nothing_but_logs_is_served(browser, path):
    answer = browser.get(path)
    assert answer.status_code == 403
    assert answer.text == "only the logs of steps, bootstrap actions and job runs are shown\n"


def test_a_log_that_is_a_link_to_the_outside_is_refused(aws, emr, cluster, browser):
    step_id, _ = emr.run(cluster, "bash", "-c", "mv stdout kept; ln -s /etc/passwd stdout")
    assert browser.get(f"/_local_aws/logs/emr/{cluster}/steps/{step_id}/stdout").status_code == 403
    assert browser.get(f"/_local_aws/logs/emr/{cluster}/steps/none/stdout").status_code == 404


def test_other_names_for_this_machine_and_aws_clients_do_not_get_the_page(browser):
    assert browser.get("/", headers={"Host": "evil.example:8081"}).status_code == 403
    assert "local AWS" not in browser.get("/", headers={"X-Amz-Target": "ElasticMapReduce.ListClusters"}).text
