"""Messages that arrive: SNS on moto, a Slack webhook and a mail server on this machine."""

import json
import logging
import socketserver
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_string, policy
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace
from typing import Any

import pytest
from airflow.providers.amazon.aws.hooks.base_aws import AwsBaseHook
from airflow.sdk import DAG
from airflow.sdk.execution_time.context import set_current_context
from airflow.sdk.log import mask_secret

from penstock.deployment import Deployment
from penstock.errors import DeploymentError
from workflow.notifications import CAUSE, keep_cause, notifiers, notify, run_failed
from workflow.recommender.flow import RecommenderFlow

TASK = "http://airflow/dags/movie_recommender/runs/r%3A1/tasks/train_model"


class Posts(BaseHTTPRequestHandler):
    """Slack's end of an incoming webhook."""

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.got.append((self.path, json.loads(body)["text"]))  # type: ignore[attr-defined]
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"ok")

    def log_request(self, *_: object) -> None:
        """Print nothing."""


class Mail(socketserver.StreamRequestHandler):
    """As much of RFC 5321 as takes one mail."""

    def handle(self) -> None:
        self.wfile.write(b"220 test\r\n")
        while (line := self.rfile.readline().decode().strip()) and line != "quit":
            if line.lower() == "data":
                self.wfile.write(b"354 go on\r\n")
                self._take_mail()
            self.wfile.write(b"250 ok\r\n")

    def _take_mail(self) -> None:
        lines = iter(lambda: self.rfile.readline().decode(), ".\r\n")
        self.server.got.append(message_from_string("".join(lines), policy=policy.default))  # type: ignore[attr-defined]


def _serve(server: Any) -> Iterator[Any]:
    server.got = []
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def slack(_localhost: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    for server in _serve(ThreadingHTTPServer(("127.0.0.1", 0), Posts)):
        host = f"http://127.0.0.1:{server.server_port}/services"
        connection = {"conn_type": "slackwebhook", "host": host, "password": "T0/B0/x"}
        monkeypatch.setenv("AIRFLOW_CONN_SLACK_TEST", json.dumps(connection))
        yield server


@pytest.fixture
def mail(_localhost: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    for server in _serve(socketserver.ThreadingTCPServer(("127.0.0.1", 0), Mail)):
        extra = {"disable_ssl": True, "disable_tls": True, "from_email": "penstock@example.org"}
        port = server.server_address[1]
        connection = {"conn_type": "smtp", "host": "127.0.0.1", "port": port, "extra": extra}
        monkeypatch.setenv("AIRFLOW_CONN_SMTP_DEFAULT", json.dumps(connection))
        yield server


@pytest.fixture
def topic(aws: dict[str, Any]) -> tuple[str, Any]:
    """The ARN of a topic, and a call that takes what a queue got from it."""
    sns, sqs = (AwsBaseHook(client_type=each, **aws).get_conn() for each in ("sns", "sqs"))
    arn, url = sns.create_topic(Name="penstock")["TopicArn"], sqs.create_queue(QueueName="q")["QueueUrl"]
    attributes = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]
    sns.subscribe(TopicArn=arn, Protocol="sqs", Endpoint=attributes["QueueArn"])

    def receive() -> list[tuple[str, str]]:
        messages = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", [])
        bodies = [json.loads(each["Body"]) for each in messages]
        return [(each["Subject"], each["Message"]) for each in bodies]

    return arn, receive


class Task(SimpleNamespace):
    """A task instance with XComs of its own."""

    dag_id, run_id, task_id, try_number, log_url = "movie_recommender", "r:1", "train_model", 2, TASK

    def xcom_push(self, key: str, value: str) -> None:
        setattr(self, key, value)

    def xcom_pull(self, *, task_ids: str, key: str) -> str | None:
        assert task_ids == self.task_id
        return getattr(self, key, None)


def failure(ti: Task | None = None) -> dict[str, Any]:
    """The context of a DAG's failure callback; without a task that Airflow knows, there is only this."""
    dag = DAG("movie_recommender", schedule=None, start_date=datetime(2024, 1, 1, tzinfo=UTC))
    context = {"dag": dag, "run_id": "r:1", "reason": "task_failure"}
    return {**context, "ti": ti} if ti else context


def failed_run_callbacks(deployment: Deployment, arn: str) -> list[Any]:
    callbacks = run_failed(replace(deployment, notify=[f"sns:{arn}"]))
    assert callbacks
    return callbacks


def test_a_failed_run_is_told_to_a_topic_with_its_cause(deployment: Deployment, topic: tuple[str, Any]) -> None:
    arn, receive = topic
    ti = Task()
    keep_cause({"ti": ti, "exception": ValueError("no rows: {{ 1 }}")})  # type: ignore[typeddict-item]
    (each,) = failed_run_callbacks(deployment, arn)
    each(failure(ti))
    expected = (
        "DAG: movie_recommender\nRun: r:1\nTask: train_model, try 2\nCause: ValueError: no rows: {{ 1 }}\n"
        f"Log: {TASK}\nRun in Airflow: http://airflow/dags/movie_recommender/runs/r%3A1"
    )
    assert receive() == [("movie_recommender failed at train_model", expected)]


def test_a_run_that_failed_without_a_task_is_told_too(deployment: Deployment, topic: tuple[str, Any]) -> None:
    arn, receive = topic
    (each,) = failed_run_callbacks(deployment, arn)
    each(failure())
    assert receive() == [("movie_recommender failed", "DAG: movie_recommender\nRun: r:1\nCause: task_failure")]


def test_a_worker_that_was_lost_left_no_cause(deployment: Deployment, topic: tuple[str, Any]) -> None:
    arn, receive = topic
    (each,) = failed_run_callbacks(deployment, arn)
    each(failure(Task()))
    assert "Cause: not known here, see the log\n" in receive()[0][1]


def test_secrets_that_airflow_knows_and_that_show_are_masked_in_what_people_are_sent() -> None:
    mask_secret("hunter2-of-a-connection")
    ti = Task()
    error = ValueError("POST with hunter2-of-a-connection and ASIAIOSFODNN7EXAMPLE to http://u:pw@h/p")
    keep_cause({"ti": ti, "exception": error})  # type: ignore[typeddict-item]
    assert getattr(ti, CAUSE) == "ValueError: POST with *** and ASIA*** to http://u:***@h/p"


def test_a_cause_is_kept_short_and_only_if_there_is_one() -> None:
    ti = Task()
    keep_cause({"ti": ti})  # type: ignore[typeddict-item]
    assert not hasattr(ti, CAUSE)
    keep_cause({"ti": ti, "exception": ValueError("x" * 9_000)})  # type: ignore[typeddict-item]
    assert len(getattr(ti, CAUSE)) == 4_000


def test_a_subject_is_made_fit_for_sns(deployment: Deployment, topic: tuple[str, Any]) -> None:
    arn, receive = topic
    (each,) = notifiers(replace(deployment, notify=[f"sns:{arn}"]), f"größer\n{'x' * 200}", "größer")
    each(failure())
    assert receive() == [(f"gr??er {'x' * 92}", "größer")]


def test_slack_gets_the_text_through_its_connection(deployment: Deployment, slack: Any) -> None:
    (each,) = notifiers(replace(deployment, notify=["slack:slack_test"]), "{{ dag.dag_id }}: a < b", "so & so")
    each(failure())
    assert slack.got == [("/services/T0/B0/x", "*movie_recommender: a &lt; b*\nso &amp; so")]


def test_a_task_tells_everybody_where_to_look(deployment: Deployment, slack: Any, mail: Any) -> None:
    told = replace(deployment, notify=["email:ml@example.org", "slack:slack_test"])
    with set_current_context({"ti": Task()}):  # type: ignore[typeddict-item]
        notify(told, "promoted {{ x }}", "version <2>")
    origin = f"DAG: movie_recommender\nRun: r:1\nTask: train_model\nLog: {TASK}\n"
    (sent,) = mail.got
    assert (sent["To"], sent["From"]) == ("ml@example.org", "penstock@example.org")
    assert sent["Subject"] == "promoted {{ x }}"
    body = sent.get_body().get_content().replace("\r\n", "\n")
    assert body.strip() == f"<pre>version &lt;2&gt;\n\n{origin}</pre>"
    assert slack.got == [("/services/T0/B0/x", f"*promoted {{{{ x }}}}*\nversion &lt;2&gt;\n\n{origin}")]


def test_who_cannot_be_told_keeps_nobody_else_from_it(
    deployment: Deployment, slack: Any, caplog: pytest.LogCaptureFixture
) -> None:
    told = replace(deployment, notify=["slack:no_such_connection", "slack:slack_test"])
    with caplog.at_level(logging.ERROR), set_current_context({"ti": Task()}):  # type: ignore[typeddict-item]
        notify(told, "promoted", "version 2")
    assert [text.partition("\n")[0] for _, text in slack.got] == ["*promoted*"]
    assert "slack:no_such_connection was not told 'promoted'" in caplog.messages


def test_a_notifier_renders_anew_for_every_run(deployment: Deployment, slack: Any) -> None:
    (each,) = notifiers(replace(deployment, notify=["slack:slack_test"]), "{{ run_id }}", "failed")
    each(failure())
    each({**failure(), "run_id": "r:2"})
    assert [text for _, text in slack.got] == ["*r:1*\nfailed", "*r:2*\nfailed"]


@pytest.mark.parametrize(
    ("uri", "remedy"),
    [
        ("slak:x", "; did you mean 'slack'?"),
        ("pager:x", "; known: email, slack, sns"),
        ("sns:penstock", ""),
        ("email:ml", ""),
        ("slack:", ""),
    ],
)
def test_an_unknown_channel_is_named_when_the_file_is_parsed(deployment: Deployment, uri: str, remedy: str) -> None:
    with pytest.raises(DeploymentError) as caught:
        notifiers(replace(deployment, notify=[uri]), "x", "x")
    expected = "expected sns:<topic's ARN>, slack:<connection id> or email:<address>"
    assert str(caught.value) == f"notify: got {uri!r}, {expected}{remedy}"


def test_nobody_is_told_by_default(deployment: Deployment) -> None:
    assert run_failed(deployment) is None


def test_a_workflow_tells_of_its_failures(flow: RecommenderFlow, dag: DAG) -> None:
    told = replace(flow, deployment=replace(flow.deployment, notify=["slack:slack_ml"]))
    (callback,) = told.dag("page").on_failure_callback
    assert callback.uri == "slack:slack_ml"
    assert {tuple(each.on_failure_callback) for each in dag.tasks} == {(keep_cause,)}
