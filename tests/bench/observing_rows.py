"""What it costs to be watched: the same reads with metrics and access log, and without."""

from __future__ import annotations

import os
from pathlib import Path
from typing import ClassVar

from blob_servers import Lapis
from configuration import Pool, write_config
from contest import REQUESTS, Contestant, Prepared, Row, Stage
from filling import fill
from get_rows import SMALL, get_small
from settings import Settings

LOG_THREAD = "lapis-access"
METRICS = """\
[admin]
listen = "127.0.0.1:0"
metrics = true
"""
NO_METRICS = """\
[admin]
listen = "off"
metrics = false
"""
ACCESS_LOG = """\
[access_log]
path = "{directory}/access.log"
"""


class ConfiguredLapis(Lapis):
    root: ClassVar[str] = ""
    sections: ClassVar[str]

    def __init__(self, settings: Settings, directory: Path) -> None:
        super().__init__(settings, directory)
        self.load_core = settings.load_core
        pool = Pool("flash", "flash", [directory / "flash"], settings="")
        self.daemon.config = write_config(
            directory / "lapisd.toml",
            directory / "meta",
            [pool],
            top=self.root,
            more=self.sections.format(directory=directory),
        )


class WithBoth(ConfiguredLapis):
    """What a request pays. The log's own thread is moved off the server's core, as it is by itself
    where there is another: writing a line takes a few microseconds of whichever core it runs on."""

    name = "metrics and access log"
    sections = METRICS + ACCESS_LOG

    def start(self) -> None:
        super().start()
        threads = Path(f"/proc/{self.daemon.pid}/task").iterdir()
        (writer,) = [t for t in threads if (t / "comm").read_text().strip() == LOG_THREAD]
        os.sched_setaffinity(int(writer.name), {self.load_core})


class WithBothOnOneCore(ConfiguredLapis):
    name = "log's thread on the same core"
    sections = METRICS + ACCESS_LOG


class WithMetrics(ConfiguredLapis):
    name = "metrics only"
    sections = METRICS


class WithNeither(ConfiguredLapis):
    name = "neither"
    root = 'slow_request = "0s"'  # which would have phases measured
    sections = NO_METRICS


def observed(stage: Stage) -> Prepared:
    contestants: list[Contestant] = []
    for kind in (WithBoth, WithNeither, WithMetrics, WithBothOnOneCore):
        server = stage.start(kind)
        fill(server, stage.settings, stage.settings.blobs, SMALL)
        contestants.append(get_small(server, stage.settings, stage.settings.blobs))
        server.pause()
    return contestants, []


OBSERVING_ROWS = [
    Row(
        "get-4k-observed",
        "GET 4 KiB, {blobs:,} blobs, SAS, with metrics and access log",
        REQUESTS,
        observed,
        notes=[
            "get-4k-observed: Lapis beside itself with fewer of them; metrics only is the default",
            "get-4k-observed: the access log's own thread runs on the load's core, or else as said",
        ],
    ),
]
