"""Settings: typed, few, read once; every mistake is reported together, with the name that was probably meant.

They come from the environment (``XIANGYIN_DATA_DIR``), from a TOML file (``data_dir = "..."``; ``XIANGYIN_CONFIG`` names it, else
``./xiangyin.toml``), or are left at their defaults; the environment wins. A secret may stand in a file of its own:
``XIANGYIN_SECRET_KEY_FILE=/run/secrets/key``.
"""

from __future__ import annotations

import difflib
import os
import secrets
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from ipaddress import ip_network
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

PREFIX = "XIANGYIN_"
DEFAULT_HOST, DEFAULT_PORT = "127.0.0.1", 1883
# Names with this prefix that are no settings: where the TOML file is, and what only tests read.
NOT_SETTINGS = ("CONFIG", "SCREENSHOTS", "TEST_DATA")


TWO_PERSONS = ("centre", "province", "city", "county", "town", "village", "never")
ROLES = ("admin", "reviewer", "operator")
HAKKA_ACCENTS = ("sixian", "southern-sixian", "hailu", "dapu", "raoping", "zhaoan")


class SettingsError(ValueError):
    """Every mistake of the settings, one a line."""

    def __init__(self, mistakes: list[str]) -> None:
        self.mistakes = mistakes
        super().__init__("the settings have mistakes:\n" + "\n".join(f"- {each}" for each in mistakes))


def _setting(default: Any, doc: str, low: float | None = None, high: float | None = None, secret: bool = False) -> Any:
    return field(default=default, metadata={"doc": doc, "low": low, "high": high, "secret": secret})


@dataclass(frozen=True)
class Settings:
    """Everything that can be chosen about a station; ``docs/settings.md`` is made from the texts here."""

    data_dir: Path = _setting(Path("data"), "Folder for the database, audio, keys and the broker's files.")
    database_url: str = _setting("", "SQLAlchemy URL; empty means SQLite in the data folder. PostgreSQL: postgresql+psycopg://user:password@host/name.", secret=True)
    http_host: str = _setting("127.0.0.1", "Address the pages listen on; 0.0.0.0 for every network of this machine.")
    http_port: int = _setting(8080, "Port of the pages and of the audio.", 1, 65535)
    public_url: str = _setting("", "Address under which terminals and people reach the pages; empty means http://http_host:http_port.")
    https_port: int = _setting(8443, "Second port of the pages, over HTTPS with a certificate of the station's own authority (docs/https.md): browsers give the microphone to no other. 0: none.", 0, 65535)
    https_names: str = _setting("", "Further names and addresses, with spaces between, for that certificate; private ones only, such as voice.lan.")
    https_certificate: str = _setting("", "PEM file of a certificate of one's own, with its chain, instead of that of the station's authority; read anew when it changes.")
    https_key: str = _setting("", "PEM file of its key; empty where the certificate's file holds it too.")
    broker: str = _setting("auto", "auto (mosquitto where installed, else amqtt), mosquitto, amqtt, or mqtt://user:password@host:port of one that runs.", secret=True)
    broker_reload: str = _setting("", "Command after which a broker that somebody else runs has read its password and ACL files again, such as systemctl reload mosquitto.")
    broker_host: str = _setting(DEFAULT_HOST, "Address the broker listens on and terminals are told (0.0.0.0: every network; told is the address of the pages).")
    broker_port: int = _setting(DEFAULT_PORT, "Port of the broker.", 1, 65535)
    broker_ws_port: int = _setting(9001, "Port on which our broker is reached over WebSocket by set-top boxes (docs/tv.md); 0: none.", 0, 65535)
    broker_ws_url: str = _setting("", "What set-top boxes are told instead, such as wss://voice.example/mqtt where the pages stand behind TLS or somebody else runs the broker.")
    mqtt_domain: str = _setting("xy", "First level of every topic.")
    secret_key: str = _setting("", "Signs forms and sessions; empty means one is made and kept in the data folder.", secret=True)
    locale: str = _setting("zh", "Language of the pages until a person chooses: zh or en.")
    timezone: str = _setting("Asia/Shanghai", "Time zone offered at first start.")
    hakka_accent: str = _setting("sixian", "Accent of Hakka: sixian, southern-sixian, hailu, dapu, raoping or zhaoan.")
    hakka_lexicon: str = _setting("", "CSV file (word,reading) of Hakka; its words win over those of the package formog2p. Without either Hakka is spoken only by an engine named for it (engines: hak = recorded http).")
    speech_workers: int = _setting(2, "Speech worker processes.", 1, 64)
    speech_timeout_s: float = _setting(60.0, "Seconds after which a speech worker counts as hung.", 1, 3600)
    engines: str = _setting("recorded system", "Engines that speak, first choice first; apart per dialect or dialect/voice: recorded system; cmn = recorded sherpa system; bo/slow = http.")
    sherpa_model_dir: str = _setting("", "Folder of a sherpa-onnx model for the engine sherpa (docs/engines.md); empty means none.")
    speech_url: str = _setting("", "Address of a speech server for the engine http (docs/engines.md).")
    speech_token: str = _setting("", "Sent to the speech server as a bearer token.", secret=True)
    speech_url_timeout_s: float = _setting(20.0, "Seconds the speech server may take for one sentence.", 0.1, 300)
    upload_max_mb: int = _setting(50, "Largest upload in megabytes.", 1, 2000)
    upload_max_minutes: int = _setting(60, "Longest audio upload in minutes.", 1, 600)
    plan_horizon_days: int = _setting(7, "Days ahead that terminals hold their plan and audio for.", 1, 31)
    heartbeat_s: int = _setting(30, "Seconds between a terminal's signs of life.", 1, 3600)
    silent_after_s: int = _setting(90, "Seconds without a sign of life after which a terminal counts as silent.", 2, 86400)
    lost_after_s: int = _setting(600, "Seconds without a sign of life after which a terminal counts as lost.", 3, 864000)
    pairing_minutes: int = _setting(10, "Minutes a pairing code lives.", 1, 60)
    emergency_two_persons: str = _setting("county", "Emergencies ordered for places of this level and above take a second person: province, city, county, town or village; never for none.")
    backup_dir: str = _setting("", "Folder for backups that the station takes itself, such as one on another disk; empty means backups in the data folder.")
    backup_every_h: int = _setting(24, "Hours after which the station takes a backup by itself; 0: never.", 0, 8760)
    backup_keep: int = _setting(3, "So many backups stay on the shelf; older ones are thrown away.", 1, 1000)
    backup_trial_days: int = _setting(30, "Days after which the newest backup is really restored for a trial by itself; 0: never.", 0, 366)
    private_peers: bool = _setting(False, "Platforms above that are told what became of their warnings may have addresses in private networks.")
    webhook_networks: str = _setting("", "Private addresses and networks that webhooks may reach, with blanks between, such as 192.168.1.0/24; others than public ones are refused.")
    second_step_roles: str = _setting("", "Roles that sign in with a second step (a telephone's six digits): of admin, reviewer, operator; empty for none. Single persons are asked on their page.")
    secure_cookies: bool = _setting(False, "Cookies only over HTTPS; set it where the pages stand behind TLS.")
    rate_limits: bool = _setting(True, "Limit how often one address may try to sign in.")
    log_level: str = _setting("INFO", "DEBUG, INFO, WARNING or ERROR.")

    @classmethod
    def load(cls, env: Mapping[str, str] | None = None, toml_path: Path | None = None) -> Settings:
        """The settings of this process. Raises SettingsError with every mistake at once."""
        env = os.environ if env is None else env
        mistakes: list[str] = []
        raw: dict[str, Any] = {**_from_toml(env, toml_path, mistakes), **_from_env(env, mistakes)}
        values: dict[str, Any] = {}
        for item in fields(cls):
            if item.name in raw:
                try:
                    values[item.name] = _typed(item.name, raw[item.name], item.default, item.metadata)
                except ValueError as error:
                    mistakes.append(str(error))
        settings = cls(**values)
        mistakes += settings._unfitting()
        if mistakes:
            raise SettingsError(mistakes)
        return settings._completed()

    def _unfitting(self) -> list[str]:
        """What is of the right type but cannot be."""
        found: list[str] = []
        try:
            ZoneInfo(self.timezone)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            found.append(f"timezone: no zone is called {self.timezone!r}; write it like Asia/Shanghai")
        if self.locale not in ("zh", "en"):
            found.append(f"locale: {self.locale!r} is neither zh nor en")
        if self.emergency_two_persons not in TWO_PERSONS:
            found.append(f"emergency_two_persons: {self.emergency_two_persons!r} is none of {', '.join(TWO_PERSONS)}")
        if self.log_level not in ("DEBUG", "INFO", "WARNING", "ERROR"):
            found.append(f"log_level: {self.log_level!r} is none of DEBUG, INFO, WARNING, ERROR")
        if self.hakka_accent not in HAKKA_ACCENTS:
            found.append(f"hakka_accent: {self.hakka_accent!r} is none of {', '.join(HAKKA_ACCENTS)}")
        if self.hakka_lexicon and not Path(self.hakka_lexicon).expanduser().is_file():
            found.append(f"hakka_lexicon: there is no file {self.hakka_lexicon!r}")
        if self.broker not in ("auto", "mosquitto", "amqtt") and urlsplit(self.broker).scheme not in ("mqtt", "mqtts"):
            found.append(f"broker: {self.broker.split('@')[-1]!r} is none of auto, mosquitto, amqtt, mqtt://user:password@host:port")
        if self.speech_url and urlsplit(self.speech_url).scheme not in ("http", "https"):
            found.append(f"speech_url: {self.speech_url!r} must start with http:// or https://")
        if self.speech_url and self.speech_timeout_s <= 2 * self.speech_url_timeout_s + 1:
            found.append("speech_timeout_s must be more than twice speech_url_timeout_s and a second: the speech server is asked twice")
        if self.public_url and urlsplit(self.public_url).scheme not in ("http", "https"):
            found.append(f"public_url: {self.public_url!r} must start with http:// or https://")
        if self.broker_ws_url and urlsplit(self.broker_ws_url).scheme not in ("ws", "wss"):
            found.append(f"broker_ws_url: {self.broker_ws_url!r} must start with ws:// or wss://")
        if set(self.second_step_roles.split()) - set(ROLES):
            found.append(f"second_step_roles: {self.second_step_roles!r} names something else than {', '.join(ROLES)}")
        for network in self.webhook_networks.split():
            try:
                ip_network(network, strict=False)
            except ValueError:
                found.append(f"webhook_networks: {network!r} is no address or network such as 192.168.1.0/24")
        for name in ("https_certificate", "https_key"):
            if getattr(self, name) and not Path(getattr(self, name)).expanduser().is_file():
                found.append(f"{name}: there is no file {getattr(self, name)!r}")
        if self.https_port and self.https_port == self.http_port:
            found.append("https_port and http_port are the same: one of them must be another")
        if not self.silent_after_s < self.lost_after_s:
            found.append("lost_after_s must be larger than silent_after_s")
        return found

    def _completed(self) -> Settings:
        """With the defaults that depend on other settings filled in."""
        values = {item.name: getattr(self, item.name) for item in fields(self)}
        data = self.data_dir.expanduser().resolve()
        values["data_dir"] = data
        values["database_url"] = self.database_url or f"sqlite:///{data / 'xiangyin.db'}"
        shown = "127.0.0.1" if self.http_host == "0.0.0.0" else self.http_host
        values["public_url"] = (self.public_url or f"http://{shown}:{self.http_port}").rstrip("/")
        return Settings(**values)

    @property
    def told_broker(self) -> tuple[str, int, bool]:
        """What terminals are told of the broker: host (empty: the one under which they reached the pages), port, whether it speaks TLS.

        A broker by URL stands where the URL says, unless broker_host or broker_port name what terminals see of it.
        """
        host, port, tls = self.broker_host, self.broker_port, False
        there = urlsplit(self.broker)
        if there.scheme in ("mqtt", "mqtts"):
            tls = there.scheme == "mqtts"
            host = host if host != DEFAULT_HOST else there.hostname or ""
            port = port if port != DEFAULT_PORT else there.port or (8883 if tls else DEFAULT_PORT)
        return "" if host in ("0.0.0.0", "::") else host, port, tls

    @property
    def told_ws(self) -> tuple[str, int]:
        """What set-top boxes are told: an address, or ("", port) where our own broker listens on the address of the pages, 0 for nowhere."""
        ours = self.broker in ("auto", "mosquitto", "amqtt")
        return self.broker_ws_url, self.broker_ws_port if ours and not self.broker_ws_url else 0

    @property
    def shelf(self) -> Path:
        """Where the station's own backups lie."""
        return Path(self.backup_dir).expanduser() if self.backup_dir else self.data_dir / "backups"

    def with_secret(self) -> str:
        """The secret key: the one set, or one that is made at first start and kept (0600) in the data folder."""
        if self.secret_key:
            return self.secret_key
        path = self.data_dir / "secret-key"
        self.data_dir.mkdir(parents=True, exist_ok=True)
        try:
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            return path.read_text().strip()
        with os.fdopen(handle, "w") as file:
            file.write(made := secrets.token_urlsafe(32))
        return made

    def shown(self) -> dict[str, str]:
        """Every setting in words, secrets hidden: for ``doctor`` and the log."""
        return {
            item.name: "(hidden)" if item.metadata["secret"] and getattr(self, item.name) else str(getattr(self, item.name))
            for item in fields(self)
        }


def _known() -> list[str]:
    return [item.name for item in fields(Settings)]


def _meant(name: str, known: list[str]) -> str:
    close = difflib.get_close_matches(name, known, 1)
    return f"; did you mean {close[0]}?" if close else ""


def _from_env(env: Mapping[str, str], mistakes: list[str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    known = _known()
    for variable, value in env.items():
        name = variable.removeprefix(PREFIX)
        if name == variable or name in NOT_SETTINGS:
            continue
        lower = name.lower()
        if lower in known:
            found[lower] = value
        elif lower.endswith("_file") and lower.removesuffix("_file") in known:
            try:
                found[lower.removesuffix("_file")] = Path(value).read_text().strip()
            except OSError as error:
                mistakes.append(f"{variable}: {value} cannot be read: {error.strerror}")
        else:
            mistakes.append(f"{variable} is no setting{_meant(variable, [PREFIX + each.upper() for each in known])}")
    return found


def _from_toml(env: Mapping[str, str], path: Path | None, mistakes: list[str]) -> dict[str, Any]:
    named = path or (Path(env[PREFIX + "CONFIG"]) if PREFIX + "CONFIG" in env else None)
    path = named or Path("xiangyin.toml")
    if not path.exists():
        if named:
            mistakes.append(f"{path} does not exist: it was named as the settings file")
        return {}
    try:
        found = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        mistakes.append(f"{path}: {error}")
        return {}
    known = _known()
    for name in [each for each in found if each not in known]:
        mistakes.append(f"{path}: {name} is no setting{_meant(name, known)}")
        del found[name]
    return found


def _typed(name: str, raw: Any, default: Any, metadata: Mapping[str, Any]) -> Any:
    """The raw value in the type of the default; ValueError in words otherwise."""
    kind = type(default)
    if isinstance(default, Path):
        return Path(str(raw))
    if kind is bool:
        word = str(raw).strip().lower()
        if word in ("1", "true", "yes", "on"):
            return True
        if word in ("0", "false", "no", "off"):
            return False
        raise ValueError(f"{name}: {raw!r} is neither true nor false")
    if kind is str:
        if not isinstance(raw, str):
            raise ValueError(f"{name}: expected text, got {raw!r}")
        return raw
    try:
        value = kind(raw)
    except (TypeError, ValueError) as error:
        raise ValueError(f"{name}: {raw!r} is not a {'whole number' if kind is int else 'number'}") from error
    low, high = metadata["low"], metadata["high"]
    if not (low <= value <= high):
        raise ValueError(f"{name}: {value} is outside {low} to {high}")
    return value


def document() -> str:
    """The text of docs/settings.md."""
    lines = [
        "# Settings", "",
        "From the environment (`XIANGYIN_` and the name in capitals), or from `xiangyin.toml` (`XIANGYIN_CONFIG` names another file). The",
        "environment wins. A value may stand in a file: `XIANGYIN_SECRET_KEY_FILE=/run/secrets/key`. All mistakes are reported together.", "",
        "| setting | default | meaning |", "|---|---|---|",
    ]  # fmt: skip
    for item in fields(Settings):
        default = str(item.default) if item.default != "" else "(empty)"
        meta = item.metadata
        limits = f" From {meta['low']:g} to {meta['high']:g}." if meta["low"] is not None else ""
        lines.append(f"| `{item.name}` | `{default}` | {meta['doc']}{limits} |")
    return "\n".join(lines) + "\n"
