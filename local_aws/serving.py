"""The server in the foreground: signals, what it prints, its exit code."""

import signal

from rich.console import Console

from local_aws.s3 import ObjectStoreError
from local_aws.server import ObjectStoreDiedError, PortInUseError, Server
from local_aws.settings import Settings

WRONG_USAGE = 2
screen = Console(highlight=False, soft_wrap=True)
errors = Console(highlight=False, soft_wrap=True, stderr=True)


def run(settings: Settings) -> int:
    """Serve until a signal; return the exit code."""
    server = Server(settings)
    for signum in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(signum, lambda *_: server.stop())
    try:
        server.start()
        announce(settings, server)
        server.wait()
    except PortInUseError as problem:
        errors.print(f"[bold red]error:[/] {problem}")
        return WRONG_USAGE
    except (ObjectStoreError, ObjectStoreDiedError) as problem:
        errors.print(f"[bold red]error:[/] {problem}")
        return 1
    finally:
        server.close()
    screen.print("stopped")
    return 0


def announce(settings: Settings, server: Server) -> None:
    """Say where everything is and how to use it."""
    spark = f"[yellow]none: {server.spark_problem}[/]" if server.spark_problem else "ready"
    screen.print("[bold green]local AWS is ready[/]")
    screen.print(f"EMR, Glue, IAM, STS, ...  {settings.endpoint_url}")
    screen.print(f"S3                        {settings.s3_endpoint_url}  (files in {settings.buckets})")
    screen.print(f"Connection                {settings.state_file}")
    screen.print(f"Spark                     {spark}")
    screen.print("\nTry, in another shell:", style="dim")
    screen.print(
        f"""  python - <<'END'
  import boto3, json
  c = json.load(open({str(settings.state_file)!r}))
  s3_url = c.pop("s3_endpoint_url")
  print(boto3.client("emr", **c).list_clusters()["Clusters"])
  print(boto3.client("s3", **c | {{"endpoint_url": s3_url}}).list_buckets()["Buckets"])
  END
""",
        markup=False,
    )
