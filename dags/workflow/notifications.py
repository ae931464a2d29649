"""Who is told, and how: the deployment's `notify`, through Airflow's own notifiers.

A run's failure is told by the DAG's callback, which the DAG processor calls. It knows the failed task but no
exception, so the failed task leaves the cause behind as an XCom. A notification that fails is logged and fails nothing.
"""

from __future__ import annotations

import html
import logging
import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, cast

from airflow.sdk import BaseNotifier, get_current_context, literal
from airflow.sdk.log import redact as mask  # type: ignore[attr-defined] # what Airflow masks its own log with

from penstock.errors import DeploymentError, did_you_mean
from penstock.redaction import redact

if TYPE_CHECKING:
    from collections.abc import Sequence

    from airflow.sdk import Context

    from penstock.deployment import Deployment

log = logging.getLogger(__name__)

CAUSE = "penstock_cause"
"""The XCom in which a failed task leaves its exception's text."""
MAX_CAUSE = 4_000
MAX_SNS_SUBJECT = 100
"""https://docs.aws.amazon.com/sns/latest/api/API_Publish.html: fewer than 100 printable ASCII characters."""

FAILED_SUBJECT = "{{ dag.dag_id }} failed{{ ' at ' ~ ti.task_id if ti is defined }}"
FAILED_MESSAGE = f"""\
DAG: {{{{ dag.dag_id }}}}
Run: {{{{ run_id }}}}
{{% if ti is defined -%}}
Task: {{{{ ti.task_id }}}}, try {{{{ ti.try_number }}}}
Cause: {{{{ ti.xcom_pull(task_ids=ti.task_id, key='{CAUSE}') or 'not known here, see the log' }}}}
Log: {{{{ ti.log_url }}}}
Run in Airflow: {{{{ ti.log_url.partition('/tasks/')[0] }}}}
{{%- else -%}}
Cause: {{{{ reason }}}}
{{%- endif %}}
"""


def run_failed(deployment: Deployment) -> list[Callable[[Context], None]] | None:
    """The `on_failure_callback` of a DAG; None if nobody is to be told."""
    return [*notifiers(deployment, FAILED_SUBJECT, FAILED_MESSAGE)] or None


def keep_cause(context: Context) -> None:
    """The `on_failure_callback` of every task: leaves the exception's text where the DAG's callback finds it.

    Airflow masks its log but no XCom, and this one is sent to people: so what it knows as a secret is masked here.
    """
    error = cast("Mapping[str, Any]", context).get("exception")
    cause = f"{type(error).__name__}: {error}" if isinstance(error, BaseException) else str(error or "")
    if cause:
        context["ti"].xcom_push(key=CAUSE, value=redact(str(mask(cause)))[:MAX_CAUSE])


def notify(deployment: Deployment, subject: str, message: str) -> None:
    """Tell everybody from inside a task, and add where to look; the texts are taken as they are, without templates."""
    ti: Any = get_current_context()["ti"]
    origin = f"DAG: {ti.dag_id}\nRun: {ti.run_id}\nTask: {ti.task_id}\nLog: {ti.log_url}\n"
    texts: Any = literal(subject), literal(f"{message.rstrip()}\n\n{origin}")
    for each in notifiers(deployment, *texts):
        each({})


def notifiers(deployment: Deployment, subject: str, message: str) -> list[BaseNotifier]:
    """One notifier for each entry of the deployment's `notify`; the texts are Jinja templates.

    Raises DeploymentError for an entry that names no known channel.
    """
    return [_notifier(uri, deployment, subject, message) for uri in deployment.notify]


class Notifier(BaseNotifier):
    """Renders its texts and hands them to a provider's notifier, imported only now so that DAG files parse quickly."""

    template_fields: Sequence[str] = ("subject", "message")

    def __init__(self, *, uri: str, channel: Channel, deployment: Deployment, subject: str, message: str) -> None:
        super().__init__()
        self.uri, self.channel, self.deployment = uri, channel, deployment
        self.subject, self.message = subject, message

    def __call__(self, *args: Any) -> None:
        """Send; what goes wrong is logged, because the work is done or has failed already."""
        subject, message = self.subject, self.message
        try:
            super().__call__(*args)
        except Exception:
            log.exception("%s was not told %r", self.uri, self.subject)
        finally:
            self.subject, self.message = subject, message

    def notify(self, context: Context) -> None:
        """Send by the provider's notifier."""
        address = self.uri.partition(":")[2]
        self.channel(address, self.deployment, self.subject, self.message).notify(context)
        log.info("Told %s: %s", self.uri, self.subject)


def _sns(topic: str, deployment: Deployment, subject: str, message: str) -> BaseNotifier:
    from airflow.providers.amazon.aws.notifications.sns import SnsNotifier  # noqa: PLC0415 - see Notifier

    plain = " ".join(subject.encode("ascii", "replace").decode().split())[: MAX_SNS_SUBJECT - 1]
    region = topic.split(":")[3]
    return SnsNotifier(
        aws_conn_id=deployment.aws_conn_id, region_name=region, target_arn=topic, subject=plain, message=message
    )


def _slack(connection: str, _: Deployment, subject: str, message: str) -> BaseNotifier:
    from airflow.providers.slack.notifications.slack_webhook import SlackWebhookNotifier  # noqa: PLC0415

    text = html.escape(
        f"*{subject}*\n{message}", quote=False
    )  # https://docs.slack.dev/messaging/formatting-message-text
    return SlackWebhookNotifier(slack_webhook_conn_id=connection, text=text)


def _email(address: str, _: Deployment, subject: str, message: str) -> BaseNotifier:
    from airflow.providers.smtp.notifications.smtp import SmtpNotifier  # noqa: PLC0415

    line = " ".join(subject.split())
    return SmtpNotifier(to=address, subject=line, html_content=f"<pre>{html.escape(message)}</pre>")


Channel = Callable[[str, "Deployment", str, str], BaseNotifier]
"""Makes the provider's notifier for an address, a deployment, a subject and a message."""
CHANNELS: dict[str, Channel] = {"sns": _sns, "slack": _slack, "email": _email}
ADDRESSES = {
    "sns": re.compile(r"arn:[a-z-]+:sns:[a-z0-9-]+:\d{12}:[\w.-]+"),
    "slack": re.compile(r"[\w.-]+"),
    "email": re.compile(r"[^@\s]+@[^@\s]+"),
}


def _notifier(uri: str, deployment: Deployment, subject: str, message: str) -> Notifier:
    scheme, _, address = uri.partition(":")
    expected = "expected sns:<topic's ARN>, slack:<connection id> or email:<address>"
    if scheme not in CHANNELS:
        raise DeploymentError(f"notify: got {uri!r}, {expected}; {did_you_mean(scheme, CHANNELS)}")
    if not ADDRESSES[scheme].fullmatch(address):
        raise DeploymentError(f"notify: got {uri!r}, {expected}")
    return Notifier(uri=uri, channel=CHANNELS[scheme], deployment=deployment, subject=subject, message=message)
