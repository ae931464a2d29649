"""The limits of StartJobRun that botocore leaves to the service.

https://docs.aws.amazon.com/emr-serverless/latest/APIReference/API_StartJobRun.html
"""

from typing import Any

from moto.emrserverless.exceptions import ValidationException

LONGEST_ENTRY_POINT = 256
LONGEST_ARGUMENT = 10_280
LONGEST_PARAMETERS = 102_400
LONGEST_NAME = 256
LEAST_TIMEOUT_MINUTES = 5
MOST_TIMEOUT_MINUTES = 1_000_000
ARN_PARTS = 6


def check_job_run(request: dict[str, Any]) -> None:
    """Raise ValidationException for what the service rejects."""
    _check_timeout(request.get("executionTimeoutMinutes"))
    if request["executionRoleArn"].count(":") < ARN_PARTS - 1:
        raise ValidationException("executionRoleArn must be the ARN of an IAM role.")
    submit = (request.get("jobDriver") or {}).get("sparkSubmit") or {}
    arguments = submit.get("entryPointArguments") or []
    for name, value, longest in (
        ("name", request.get("name"), LONGEST_NAME),
        ("entryPoint", submit.get("entryPoint"), LONGEST_ENTRY_POINT),
        ("sparkSubmitParameters", submit.get("sparkSubmitParameters"), LONGEST_PARAMETERS),
        *(("entryPointArguments", argument, LONGEST_ARGUMENT) for argument in arguments),
    ):
        if value and len(value) > longest:
            raise ValidationException(
                f"1 validation error detected: Value at '{name}' failed to satisfy constraint: "
                f"Member must have length less than or equal to {longest}"
            )


def _check_timeout(minutes: int | None) -> None:
    if not minutes:
        return  # 0 is without end
    if minutes < LEAST_TIMEOUT_MINUTES:
        raise ValidationException("RunTimeout must be at least 5 minutes.")
    if minutes > MOST_TIMEOUT_MINUTES:
        raise ValidationException(f"RunTimeout must be at most {MOST_TIMEOUT_MINUTES} minutes.")
