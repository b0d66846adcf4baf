"""Settings come back as they were set, and all mistakes are told together."""

from __future__ import annotations

import stat
from dataclasses import fields
from pathlib import Path

import pytest

from station.settings import Settings, SettingsError, document

# One value off the default for each setting; a setting without a line here fails the test below.
OTHER = {
    "data_dir": "/tmp/elsewhere", "database_url": "postgresql+psycopg://a@b/c", "http_host": "0.0.0.0", "http_port": "81",
    "public_url": "https://voice.example", "broker": "mqtt://u:p@h:1", "broker_reload": "true", "broker_host": "10.0.0.1", "broker_port": "1", "mqtt_domain": "ab", "broker_ws_port": "0", "broker_ws_url": "wss://voice.example/mqtt",
    "secret_key": "s", "locale": "en", "emergency_two_persons": "town", "private_peers": "true",
    "second_step_roles": "admin operator", "timezone": "Asia/Urumqi", "speech_workers": "1", "speech_timeout_s": "1.5",
    "engines": "system", "sherpa_model_dir": "/tmp/model", "speech_url": "https://speech.example", "speech_token": "t", "speech_url_timeout_s": "1.5",
    "upload_max_mb": "1", "upload_max_minutes": "1", "plan_horizon_days": "1", "heartbeat_s": "1", "silent_after_s": "2",
    "lost_after_s": "700", "pairing_minutes": "1", "secure_cookies": "1", "rate_limits": "0", "log_level": "DEBUG",
    "https_port": "0", "https_names": "voice.lan", "https_certificate": __file__, "https_key": __file__,
    "webhook_networks": "192.168.1.0/24", "backup_dir": "/mnt/usb", "backup_every_h": "0", "backup_keep": "9", "backup_trial_days": "0",
    "hakka_accent": "hailu", "hakka_lexicon": __file__,
}  # fmt: skip


@pytest.mark.parametrize("name", [item.name for item in fields(Settings)])
def test_a_setting_comes_back_from_environment_and_file(name: str, tmp_path: Path) -> None:
    default = next(item.default for item in fields(Settings) if item.name == name)
    from_env = getattr(Settings.load({f"XIANGYIN_{name.upper()}": OTHER[name]}), name)
    assert str(from_env) != str(default)
    plain = OTHER[name] if isinstance(default, str | Path) else ("false" if default is True else "true" if default is False else OTHER[name])
    quoted = f'"{plain}"' if isinstance(default, str | Path) else plain
    (tmp_path / "x.toml").write_text(f"{name} = {quoted}\n")
    assert getattr(Settings.load({}, tmp_path / "x.toml"), name) == from_env


def test_all_mistakes_are_told_together_with_what_was_meant(tmp_path: Path) -> None:
    (tmp_path / "x.toml").write_text('brokr = "auto"\ntimezone = "Asia/Nowhere"\n')
    env = {"XIANGYIN_HTP_PORT": "1", "XIANGYIN_BROKER_PORT": "many", "XIANGYIN_RATE_LIMITS": "perhaps", "XIANGYIN_SILENT_AFTER_S": "99999999"}
    with pytest.raises(SettingsError) as caught:
        Settings.load(env, tmp_path / "x.toml")
    text = "\n".join(caught.value.mistakes)
    for part in ("did you mean broker?", "did you mean XIANGYIN_HTTP_PORT?", "broker_port: 'many'", "rate_limits: 'perhaps'", "Asia/Nowhere", "outside"):
        assert part in text


def test_hakka_s_accent_and_list_must_be_there() -> None:
    with pytest.raises(SettingsError, match=r"(?s)hakka_accent: 'meixian' is none of sixian.*there is no file '/no/list.csv'"):
        Settings.load({"XIANGYIN_HAKKA_ACCENT": "meixian", "XIANGYIN_HAKKA_LEXICON": "/no/list.csv"})


def test_the_environment_wins_over_the_file(tmp_path: Path) -> None:
    (tmp_path / "x.toml").write_text("http_port = 1\n")
    assert Settings.load({"XIANGYIN_HTTP_PORT": "2"}, tmp_path / "x.toml").http_port == 2
    with pytest.raises(SettingsError, match="does not exist"):
        Settings.load({"XIANGYIN_CONFIG": str(tmp_path / "none.toml")})


def test_a_secret_may_stand_in_a_file_and_is_never_shown(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("hush\n")
    settings = Settings.load({"XIANGYIN_SECRET_KEY_FILE": str(tmp_path / "key")})
    assert settings.with_secret() == "hush" and "hush" not in str(settings.shown())
    with pytest.raises(SettingsError, match="cannot be read"):
        Settings.load({"XIANGYIN_SECRET_KEY_FILE": str(tmp_path / "nokey")})


def test_a_secret_is_made_once_and_kept_for_the_owner_only(tmp_path: Path) -> None:
    settings = Settings.load({"XIANGYIN_DATA_DIR": str(tmp_path / "d")})
    assert settings.with_secret() == settings.with_secret()
    assert stat.S_IMODE((tmp_path / "d" / "secret-key").stat().st_mode) == 0o600


def test_the_document_is_the_settings(request: pytest.FixtureRequest) -> None:
    assert (request.config.rootpath / "docs" / "settings.md").read_text(encoding="utf-8") == document()


@pytest.mark.parametrize(
    ("env", "told"),
    [
        ({}, ("127.0.0.1", 1883, False)),
        ({"BROKER_HOST": "0.0.0.0", "BROKER_PORT": "1884"}, ("", 1884, False)),
        ({"BROKER": "mqtt://a:b@mq.example"}, ("mq.example", 1883, False)),
        ({"BROKER": "mqtts://a:b@mq.example"}, ("mq.example", 8883, True)),
        ({"BROKER": "mqtts://a:b@10.0.0.1:9", "BROKER_HOST": "mq.example", "BROKER_PORT": "99"}, ("mq.example", 99, True)),
    ],
)
def test_terminals_are_told_where_the_broker_is(env: dict[str, str], told: tuple[str, int, bool]) -> None:
    assert Settings.load({f"XIANGYIN_{name}": value for name, value in env.items()}).told_broker == told
