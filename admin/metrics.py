"""The station's numbers in the text form that Prometheus reads (exposition format 0.0.4)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from broadcast.vitals import PRESENCES, RENDERS, STALE_S, Vitals

MIME = "text/plain; version=0.0.4; charset=utf-8"
DISK_MIN = 500 * 2**20
YEAR_MIN = 2024


@dataclass(frozen=True)
class Surroundings:
    """What is seen from the page server itself, at the moment somebody asks. Bytes; None where it is not known."""

    now: datetime
    database: bool
    version: str = "0"
    disk_free: int | None = None
    disk_total: int | None = None
    synchronised: bool | None = None
    clock_error_s: float | None = None
    backup_at: datetime | None = None
    rehearsed_at: datetime | None = None
    certificate_ends: datetime | None = None


@dataclass(frozen=True)
class Metric:
    """One name with its values by labels."""

    name: str
    kind: str
    help: str
    values: Mapping[tuple[tuple[str, str], ...], float | None] = field(default_factory=dict)

    def lines(self) -> Iterator[str]:
        known = [(labels, value) for labels, value in self.values.items() if value is not None]
        if known:
            yield f"# HELP {self.name} {_escaped(self.help, quotes=False)}"
            yield f"# TYPE {self.name} {self.kind}"
            for labels, value in known:
                told = ",".join(f'{name}="{_escaped(word)}"' for name, word in labels)
                yield f"{self.name}{'{' + told + '}' if told else ''} {_number(value)}"


def _escaped(text: str, quotes: bool = True) -> str:
    text = text.replace("\\", "\\\\").replace("\n", "\\n")
    return text.replace('"', '\\"') if quotes else text


def _number(value: float) -> str:
    return str(int(value)) if float(value).is_integer() else repr(float(value))


def text(vitals: Vitals | None, around: Surroundings) -> str:
    """Everything that is known; what is not is left out, except that the age of numbers that are not there is told by ``up``."""
    return "\n".join(line for metric in _metrics(vitals, around) for line in metric.lines()) + "\n"


def _one(name: str, help: str, value: float | None, kind: str = "gauge") -> Metric:
    return Metric(f"xiangyin_{name}", kind, help, {(): value})


def _by(name: str, help: str, label: str, values: Mapping[str, float]) -> Metric:
    return Metric(f"xiangyin_{name}", "gauge", help, {((label, each),): value for each, value in values.items()})


def _moment(value: datetime | None) -> float | None:
    return None if value is None else value.timestamp()


def _metrics(vitals: Vitals | None, around: Surroundings) -> Iterator[Metric]:
    yield Metric("xiangyin_info", "gauge", "The version that runs.", {(("version", around.version),): 1})
    yield _one("pipeline_up", "1 while the pipeline counts, 0 when its numbers are older than a minute or missing.", float(fresh(vitals, around.now)))
    yield _one("database_up", "1 when the database answers the page server.", float(around.database))
    yield _one("disk_free_bytes", "Free space of the data folder's disk.", around.disk_free)
    yield _one("disk_size_bytes", "Size of that disk.", around.disk_total)
    yield _one("clock_timestamp_seconds", "What the station takes for the time.", around.now.timestamp())
    yield _one("clock_synchronised", "1 while the system holds its clock by a time server.", None if around.synchronised is None else float(around.synchronised))
    yield _one("clock_error_seconds", "By how much the system says the clock may be wrong at most.", around.clock_error_s)
    yield _one("backup_timestamp_seconds", "When the last backup was taken.", _moment(around.backup_at))
    yield _one("restore_test_timestamp_seconds", "When a backup was last really restored for a trial.", _moment(around.rehearsed_at))
    yield _one("certificate_end_timestamp_seconds", "When the certificate of the encrypted pages ends.", _moment(around.certificate_ends))
    if vitals is None:
        return
    yield _one("vitals_timestamp_seconds", "When the numbers below were counted.", vitals.at.timestamp())
    yield _one("vitals_duration_seconds", "How long counting them took.", vitals.took_s)
    yield _one("broker_connected", "1 while the station's line to the broker is up.", float(vitals.broker))
    yield _by("terminals", "Terminals by presence.", "presence", {**dict.fromkeys(PRESENCES, 0), **vitals.terminals})
    yield _one("receipts_total", "Receipts taken since the station started.", vitals.receipts, "counter")
    yield _one("receipt_timestamp_seconds", "When the last receipt came.", _moment(vitals.last_receipt_at))
    yield _by("renditions", "Renditions that are not ready, by state.", "state", {**dict.fromkeys(RENDERS, 0), **vitals.renders})
    yield _one("rendition_oldest_seconds", "Age of the oldest rendition that waits or is being spoken; 0: none.", vitals.oldest_render_s or 0.0)
    yield _one("urgent_speech", "Texts of emergencies that wait to be spoken.", vitals.urgent)
    yield _one("urgent_speech_oldest_seconds", "Age of the oldest of them; 0: none.", vitals.oldest_urgent_s or 0.0)
    yield _one("plans_unsent", "Plans that the broker does not have yet.", vitals.plans_unsent)
    yield _one("commands_unsent", "Commands to terminals that the broker does not have yet.", vitals.commands_unsent)
    yield _by("emergencies", "Emergencies that wait for a second person, or sound.", "state", {**dict.fromkeys(("proposed", "live"), 0), **vitals.emergencies})
    yield _by("step_failing", "Steps of the pipeline whose last try failed.", "step", dict.fromkeys(vitals.failing, 1.0))


def fresh(vitals: Vitals | None, now: datetime) -> bool:
    """Whether the pipeline counted within the last minute; a clock that was set back makes nothing old."""
    return vitals is not None and (now - vitals.at).total_seconds() < STALE_S


def lacking(vitals: Vitals | None, around: Surroundings) -> list[str]:
    """Why the station could not bring a warning to its speakers right now, each with the next step; nothing when it could."""
    found = []
    if not around.database:
        found.append("the database does not answer: look at xiangyin doctor and at its server")
    if not fresh(vitals, around.now):
        found.append("the pipeline has not counted for a minute: look at the station's log, start it again")
    elif vitals is not None and not vitals.broker:
        found.append("the line to the broker is down: look at the broker's log")
    if around.disk_free is not None and around.disk_free < DISK_MIN:
        found.append(f"only {around.disk_free // 2**20} MB are free for the data folder: free some space")
    if around.now.year < YEAR_MIN:
        found.append("the clock is wrong: timedatectl set-ntp true")
    return found
