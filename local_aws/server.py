"""The server: S3, then the other services, then the state file; and everything undone in reverse."""

import functools
import logging
import socket
import threading
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from moto.moto_server.werkzeug_app import DomainDispatcherApplication, MotoRequestHandler, create_backend_app
from werkzeug.serving import BaseWSGIServer, make_server

from local_aws import services
from local_aws.archive import ClassArchive
from local_aws.authentication.gate import Gate
from local_aws.authentication.keys import Key, Keys
from local_aws.documents import Documents
from local_aws.emr.restore import restore_clusters
from local_aws.faults.clusters import KINDS as CLUSTER_FAULTS
from local_aws.faults.clusters import strike_running
from local_aws.faults.endpoint import FaultyApi
from local_aws.faults.registry import Fault, Faults
from local_aws.freshness import keep_fresh
from local_aws.guard import Guard
from local_aws.processes import Processes
from local_aws.recording import spark as recording
from local_aws.recording.calls import RecordedApi
from local_aws.runtime import Runtime
from local_aws.s3 import ObjectStore
from local_aws.settings import Settings
from local_aws.spark import NoSparkError, SparkInstall, find_spark
from local_aws.state import remove_state, write_state
from local_aws.status.page import StatusPage

S3_SCOPE = "/s3/aws4_request"
log = logging.getLogger(__name__)


class PortInUseError(Exception):
    """Another program listens where the server was to listen."""


class ObjectStoreDiedError(Exception):
    """rclone ended while the server was running."""


class SignpostToS3:
    """Tells clients that bring S3 requests to the other services where S3 is, before moto's imitation answers."""

    def __init__(self, application: Any, s3_endpoint_url: str) -> None:
        self._application = application
        self._body = (
            '<?xml version="1.0" encoding="UTF-8"?><Error><Code>InvalidRequest</Code>'
            f"<Message>S3 is served at {s3_endpoint_url}: set AWS_ENDPOINT_URL_S3</Message></Error>"
        ).encode()

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """Answer a WSGI request."""
        if S3_SCOPE in environ.get("HTTP_AUTHORIZATION", ""):
            start_response("400 Bad Request", [("Content-Type", "application/xml")])
            return [self._body]
        answer: Iterable[bytes] = self._application(environ, start_response)
        return answer


class Server:
    """All services of one local AWS."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._processes = Processes(settings.max_processes)
        self._stop = threading.Event()
        self._store_died = False
        self._web: BaseWSGIServer | None = None
        self.store = ObjectStore(settings, self._processes)
        self.faults = Faults()
        self.documents: Documents | None = None
        self.spark_problem: str | None = None

    def start(self) -> None:
        """Start everything and return when it is ready; raise PortInUseError before anything is started."""
        check_ports(self._settings.host, {"port": self._settings.port, "s3-port": self._settings.s3_port})
        if record := self._settings.record:
            record.begin()
        self.store.start(self._on_store_death)
        self.documents = Documents(self._settings.documents)
        services.install(self._runtime(self.documents))
        keep_fresh(self.store, self._processes, self._stop)
        services.restore(self.documents)
        self.faults.on_change.append(self._on_fault)
        application = DomainDispatcherApplication(create_backend_app)
        restore_clusters(application, self._settings.clusters)
        self._web = make_server(
            self._settings.host,
            self._settings.port,
            self._application(application),
            threaded=True,
            request_handler=MotoRequestHandler,
        )
        threading.Thread(target=self._web.serve_forever, daemon=True, name="api").start()
        write_state(self._settings.state_file, self._settings.connection())

    def _application(self, moto: Any) -> Guard:
        """What answers, from the outside in: guard, status page, signpost, record, signatures, faults, services."""
        settings = self._settings
        api: Any = FaultyApi(moto, self.faults)
        if settings.authenticate:
            roles = [Key(id=key.id, secret=key.secret) for key in settings.role_keys.values()]
            api = Gate(api, Keys(own=Key(id=settings.access_key, secret=settings.secret_key), roles=roles))
        if settings.record:
            api = RecordedApi(api, settings.record, services.tags_of)
        return Guard(StatusPage(SignpostToS3(api, settings.s3_endpoint_url), settings, self.faults), settings.names)

    def _runtime(self, documents: Documents) -> Runtime:
        try:
            install = find_spark(self._settings.spark_python)
        except NoSparkError as problem:
            self.spark_problem = str(problem)
            install = None
        recorded = self._recorded(install)
        quick = install and self._settings.warm_up and not recorded  # an archive fits one class path only
        archive = ClassArchive(install, self._settings.cache) if install and quick else None
        if archive:
            archive.make_in_background(self._processes)
        return Runtime(
            settings=self._settings,
            processes=self._processes,
            store=self.store,
            spark=install,
            archive=archive,
            faults=self.faults,
            documents=documents,
            recorded=recorded,
        )

    def _recorded(self, install: SparkInstall | None) -> Callable[[], Path] | None:
        """Return what makes the class that records Spark when it is first needed."""
        if install is None or self._settings.record is None:
            return None
        return functools.cache(functools.partial(recording.compiled, install, self._settings.cache))

    def _on_fault(self, fault: Fault, added: bool) -> None:  # noqa: FBT001 - the shape of Faults.on_change
        if added and fault.kind in CLUSTER_FAULTS:
            strike_running(self.faults, services.all_clusters())
        elif fault.kind == "s3-unavailable":
            self._switch_s3(fault, off=added)

    def _switch_s3(self, fault: Fault, *, off: bool) -> None:
        if not off:
            self.store.resume()
            return
        fault.hits += 1
        self.store.suspend()
        if fault.seconds:
            timer = threading.Timer(fault.seconds, self.faults.clear, (fault.id,))
            timer.daemon = True
            timer.start()

    def _on_store_death(self) -> None:
        self._store_died = not self._stop.is_set()
        self._stop.set()

    def stop(self) -> None:
        """Ask ``wait`` to return; safe to call from a signal handler."""
        self._stop.set()

    def wait(self) -> None:
        """Return when asked to stop; raise ObjectStoreDiedError if S3 is gone."""
        self._stop.wait()
        if self._store_died:
            raise ObjectStoreDiedError(f"S3 died: see {self.store.log}")

    def close(self) -> None:
        """Stop everything that was started, however far that went."""
        self._stop.set()
        remove_state(self._settings.state_file, self._settings.connection())
        if self._web is not None:
            self._web.shutdown()
            self._web.server_close()
        self._processes.close()
        self.store.close()
        if self.documents is not None:
            self.documents.close()


def check_ports(host: str, ports: dict[str, int]) -> None:
    """Raise PortInUseError if a port cannot be listened on."""
    for option, port in ports.items():
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except OSError as error:
                variable = f"LOCAL_AWS_{option.replace('-', '_').upper()}"
                raise PortInUseError(
                    f"port {port} is not free ({error.strerror}): choose another with --{option} or {variable}"
                ) from error
