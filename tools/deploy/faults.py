"""What AWS says when it does not do as asked, as one sentence."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError

from tools.errors import ToolError

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def aws_faults() -> Iterator[None]:
    """Raise ToolError for what AWS or the way to it refuses."""
    try:
        yield
    except NoCredentialsError as error:
        raise ToolError("There are no AWS credentials: aws sso login, or AWS_PROFILE, or a role in CI") from error
    except ClientError as error:
        found = error.response["Error"]
        raise ToolError(f"AWS refuses {error.operation_name}: {found.get('Message', '')} ({found['Code']})") from error
    except BotoCoreError as error:
        raise ToolError(f"AWS cannot be asked: {error}") from error
