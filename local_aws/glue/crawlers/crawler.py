"""Crawlers and their crawls: moto's, with states that follow what happens."""

import statistics
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from moto.core.utils import utcnow
from moto.glue.exceptions import CrawlerNotRunningException, CrawlerRunningException
from moto.glue.models import FakeCrawl, FakeCrawler

if TYPE_CHECKING:
    from local_aws.processes import Process

# What LastCrawl calls the states of a crawl that has ended.
LAST = {"COMPLETED": "SUCCEEDED", "STOPPED": "CANCELLED", "FAILED": "FAILED"}
COUNTS = ("TablesCreated", "TablesUpdated", "TablesDeleted")


class Crawl(FakeCrawl):
    """One run of a crawler. Its state is RUNNING, STOPPING while the catalogue is written, then an end state."""

    def __init__(self, crawler_name: str) -> None:
        super().__init__(crawler_name)
        self.state = "RUNNING"
        self.cancelled = False
        self.error: str | None = None
        self.process: Process | None = None
        self.counts = dict.fromkeys(COUNTS, 0)

    def advance(self) -> None:
        """Do nothing: moto advances a crawl when it is looked at, this one advances by itself."""

    @property
    def status(self) -> str | None:
        """The crawl's state, under moto's name."""
        return self.state

    @status.setter
    def status(self, value: str | None) -> None:
        """Ignore what moto's constructor sets."""

    def seconds(self) -> float:
        """Return how long the crawl has taken so far."""
        return float(((self.end_time or utcnow()) - self.start_time).total_seconds())


class Crawler(FakeCrawler):
    """A crawler whose crawls are executed. ``changed`` guards it."""

    def __init__(
        self,
        *args: Any,
        run: Callable[["Crawler", Crawl], None],
        keep: Callable[["Crawler"], None],
        **kwargs: Any,
    ) -> None:
        """``run`` begins a crawl, ``keep`` writes down what one has brought about."""
        super().__init__(*args, **kwargs)
        self.changed = threading.Condition()
        self._run = run
        self._keep = keep
        self.crawls: list[FakeCrawl] = []

    def start_crawler(self) -> None:
        """Start a crawl; raise CrawlerRunningException while one goes on.

        A crawler without targets, which AWS does not have, has moto's crawls, which end when they are looked at.
        """
        if not any((self.targets or {}).values()):
            super().start_crawler()
            return
        with self.changed:
            if self.status != "READY":
                raise CrawlerRunningException(f"Crawler with name {self.name} has already started")
            crawl = Crawl(self.name)
            self.crawls.append(crawl)
        self._run(self, crawl)

    def stop_crawler(self) -> None:
        """Stop the crawl; raise CrawlerNotRunningException if there is none."""
        with self.changed:
            if self.status != "RUNNING":
                raise CrawlerNotRunningException(f"Crawler with name {self.name} isn't running")
            crawl = self.crawls[-1]
            if not isinstance(crawl, Crawl):
                super().stop_crawler()
                return
            self._cancel(crawl)

    @staticmethod
    def _cancel(crawl: Crawl) -> None:
        crawl.state, crawl.cancelled = "STOPPING", True
        if crawl.process is not None:
            crawl.process.kill()

    def give_up(self) -> None:
        """Cancel the crawl that goes on, if one does."""
        with self.changed:
            for crawl in self.crawls:
                if isinstance(crawl, Crawl) and crawl.state == "RUNNING":
                    self._cancel(crawl)

    def end(self, crawl: Crawl, error: str | None) -> None:
        """Make the crawler READY again."""
        with self.changed:
            crawl.error = None if crawl.cancelled else error
            crawl.end_time = utcnow()
            crawl.state = "STOPPED" if crawl.cancelled else "FAILED" if error else "COMPLETED"
            self._keep(self)
            self.changed.notify_all()

    def as_dict(self) -> dict[str, Any]:
        """Return the shape Crawler of the API."""
        shape = super().as_dict()
        executed = [crawl for crawl in self.crawls if isinstance(crawl, Crawl)]
        if executed:
            shape.pop("LastCrawl")
        if ended := [crawl for crawl in executed if crawl.state in LAST]:
            last = ended[-1]
            shape["LastCrawl"] = {
                "Status": LAST[last.state],
                "LogGroup": last.log_group,
                "LogStream": last.log_stream,
                "MessagePrefix": last.message_prefix,
                "StartTime": last.start_time,
                **({"ErrorMessage": last.error} if last.error else {}),
            }
        if self.status != "READY" and executed:
            shape["CrawlElapsedTime"] = round(executed[-1].seconds() * 1000)
        return shape

    def metrics(self) -> dict[str, Any]:
        """Return the shape CrawlerMetrics of the API."""
        ended = [crawl for crawl in self.crawls if isinstance(crawl, Crawl) and crawl.state in LAST]
        lasted = [crawl.seconds() for crawl in ended]
        return {
            "CrawlerName": self.name,
            "TimeLeftSeconds": 0.0,
            "StillEstimating": self.status == "RUNNING",
            "LastRuntimeSeconds": lasted[-1] if lasted else 0.0,
            "MedianRuntimeSeconds": statistics.median(lasted) if lasted else 0.0,
            **{count: sum(crawl.counts[count] for crawl in ended) for count in COUNTS},
        }
