"""Hashes that mosquitto 2 and our broker both check."""

from __future__ import annotations

import pytest

from broadcast.brokers.passwords import check_password_hash, hash_password

# made by mosquitto_passwd of mosquitto 2.0.11 for the password "turnip"
TURNIP = "$7$101$QOkg3jV/72eHjwkL$s70pndAa/vIMNjLpwsFCuv6oW17mrQRN6Xc0J4zJt2rQuR/vk4OMyA9/K34Ys5yjUTVDIscp+UtgA0s+pHZR/Q=="


@pytest.mark.parametrize("password", ["", "turnip", "密码", "x" * 10_000, "a:b\nc"])
def test_a_password_fits_its_own_hash_and_no_other(password: str) -> None:
    hashed = hash_password(password)
    assert check_password_hash(password, hashed) and not check_password_hash(password + " ", hashed)
    assert hashed != hash_password(password) and ":" not in hashed and "\n" not in hashed


@pytest.mark.parametrize("hashed", ["", "$7$", "$7$101$!!$!!", "$6$101$aa$bb", "$7$x$aaaa$bbbb", "$7$-1$aaaa$bbbb", "turnip", "$7$101$aaaa$bbbb$cc", "$7$101$é$é"])
def test_what_is_no_hash_fits_nothing(hashed: str) -> None:
    assert check_password_hash("turnip", hashed) is False


def test_a_hash_of_mosquittos_own_tool_is_understood() -> None:
    assert check_password_hash("turnip", TURNIP) and not check_password_hash("Turnip", TURNIP)
