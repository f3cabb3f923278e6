"""What it costs to be watched: the same reads with metrics and access log, and without."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from blob_servers import Lapis
from contest import REQUESTS, Contestant, Prepared, Row, Stage
from filling import fill
from get_rows import SMALL, get_small
from settings import Settings
from signing import DEVELOPMENT_ACCOUNT

CONFIG = """\
listen = ["127.0.0.1:0"]
[metadata]
path = "{directory}/meta"
[[pool]]
name = "flash"
class = "flash"
paths = ["{directory}/flash"]
[[account]]
name = "{account.name}"
keys = ["{account.key}"]
"""
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
    sections: ClassVar[str]

    def __init__(self, settings: Settings, directory: Path) -> None:
        super().__init__(settings, directory)
        self.daemon.config = directory / "lapisd.toml"
        text = (CONFIG + self.sections).format(directory=directory, account=DEVELOPMENT_ACCOUNT)
        self.daemon.config.write_text(text)


class WithBoth(ConfiguredLapis):
    name = "metrics and access log"
    sections = METRICS + ACCESS_LOG


class WithMetrics(ConfiguredLapis):
    name = "metrics only"
    sections = METRICS


class WithNeither(ConfiguredLapis):
    name = "neither"
    sections = NO_METRICS


def observed(stage: Stage) -> Prepared:
    contestants: list[Contestant] = []
    for kind in (WithBoth, WithNeither, WithMetrics):
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
            "get-4k-observed: Lapis beside itself with fewer of them; metrics only is the default"
        ],
    ),
]
