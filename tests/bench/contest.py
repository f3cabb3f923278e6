"""One row: its contestants take turns, round by round; the medians of the rounds are compared."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field
from pathlib import Path
from statistics import median
from tempfile import mkdtemp
from typing import TypeVar

from generator import Sample
from server import Server
from settings import Settings

REQUESTS = "requests/s"
MEBIBYTES = "MiB/s"

LOAD_BOUND = 0.95  # of its core that the generator may use before it is what is measured
SPREAD = 1.3  # highest to lowest round, from which on a median is doubtful
COUNTABLE = 0.5  # seconds from which on the use of a core is known
QUIET = 0.1  # of a core that others may use while it is measured

AnyServer = TypeVar("AnyServer", bound=Server)


class Stage:
    """The servers of one row, which end with it."""

    def __init__(self, settings: Settings, cleanup: ExitStack) -> None:
        self.settings = settings
        self.cleanup = cleanup
        self.servers: list[Server] = []

    def start(self, kind: type[AnyServer]) -> AnyServer:
        """Awake."""
        prefix = f"{kind.__name__.lower()}-"
        directory = mkdtemp(prefix=prefix, dir=self.settings.directory)
        server = kind(self.settings, Path(directory))
        server.start()
        self.cleanup.callback(server.stop)
        self.servers.append(server)
        return server

    def start_each(self, *kinds: type[AnyServer]) -> Iterator[AnyServer]:
        """Those that are wanted. Each is awake until the next one is asked for."""
        for kind in kinds:
            if self.settings.wants(kind.name):
                server = self.start(kind)
                yield server
                server.pause()


@dataclass
class Contestant:
    """`measure` gets the number of the round. The first contestant of a row is compared with each
    of the others."""

    name: str
    measure: Callable[[int], Sample]
    samples: list[Sample] = field(default_factory=list)

    def median(self, of: Callable[[Sample], float]) -> float:
        return median(of(sample) for sample in self.samples)

    @property
    def rate(self) -> float:
        return self.median(lambda sample: sample.rate)

    @property
    def p50(self) -> float:
        return self.median(lambda sample: sample.p50)

    @property
    def p99(self) -> float:
        return self.median(lambda sample: sample.p99)

    def use(self, part: str) -> float | None:
        """The median share of a core that the "server" or the "load" used."""
        used = [sample.raw["usage"][part] for sample in self.samples if "usage" in sample.raw]
        return median(used) if used else None

    def disturbance(self, settings: Settings) -> float:
        """The most of either core that somebody else used in a round."""
        most = 0.0
        # The kernel counts in hundredths of a second: of a moment that says nothing.
        long = [s.raw for s in self.samples if "usage" in s.raw and s.raw["seconds"] >= COUNTABLE]
        for usage in (raw["usage"] for raw in long):
            for core, user in ((settings.server_core, "server"), (settings.load_core, "load")):
                shares = usage["cores"][str(core)]
                others = shares["busy"] + shares["steal"] - shares["irq"] - usage[user]
                most = max(most, others)
        return most

    def doubts(self) -> list[str]:
        """What a reader has to know before believing the number."""
        found = []
        load, server = self.use("load") or 0.0, self.use("server") or 0.0
        if load > LOAD_BOUND and server < LOAD_BOUND:
            found.append(
                f"{self.name}: the generator used {load:.0%} of its core, the server {server:.0%}: "
                "the rate may be the generator's"
            )
        rates = [sample.rate for sample in self.samples]
        if min(rates) > 0 and max(rates) / min(rates) > SPREAD:
            found.append(f"{self.name}: rounds between {min(rates):,.4g} and {max(rates):,.4g}")
        return found


Prepared = tuple[list[Contestant], list[str]]  # and notes on what is not as it was asked for


@dataclass(frozen=True)
class Row:
    """`prepare` starts and fills what is needed; the title names settings in braces."""

    name: str
    title: str
    unit: str
    prepare: Callable[[Stage], Prepared]
    aims: Mapping[str, float] = field(default_factory=dict)  # ratios to reach, by contestant
    notes: Sequence[str] = ()


@dataclass
class Result:
    row: Row
    title: str
    contestants: list[Contestant]
    notes: list[str]

    @property
    def first(self) -> Contestant:
        return self.contestants[0]

    def others(self) -> list[tuple[Contestant, float]]:
        """Each with the ratio of the first to it."""
        return [(other, self.first.rate / other.rate) for other in self.contestants[1:]]


def noise(contestants: Sequence[Contestant], settings: Settings) -> list[str]:
    """Whether others used the cores, and what can be said in spite of it."""
    disturbance = max(contestant.disturbance(settings) for contestant in contestants)
    if disturbance <= QUIET:
        return []
    found = [f"other work used up to {disturbance:.0%} of a core: the machine is not quiet"]
    first, *others = contestants
    for other in others:
        own_use, its_use = first.use("server"), other.use("server")
        if own_use and its_use:
            ratio = (first.rate / own_use) / (other.rate / its_use)
            found.append(f"by the processor time that each server used: {ratio:.2f} × {other.name}")
    return found


def hold(row: Row, settings: Settings) -> Result:
    with ExitStack() as cleanup:
        contestants, notes = row.prepare(Stage(settings, cleanup))
        for number in range(settings.rounds):
            for contestant in contestants:
                os.sync()  # what one left to be written is not for the next to wait for
                contestant.samples.append(contestant.measure(number))
    doubts = [doubt for contestant in contestants for doubt in contestant.doubts()]
    doubts += noise(contestants, settings)
    doubts = [f"{row.name}: {doubt}" for doubt in doubts]
    title = row.title.format_map(asdict(settings))
    return Result(row, title, contestants, [*row.notes, *notes, *doubts])
