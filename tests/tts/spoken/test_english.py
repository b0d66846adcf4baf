"""English notices in words."""

from __future__ import annotations

import pytest

from tts.spoken import spoken

EN = [
    ("Call 13812345678 now", "Call one three eight one two three four five six seven eight now"),
    ("call 0771-5832166", "call zero seven seven one, five eight three two one six six"),
    ("dial 110", "dial one one zero"),
    ("It costs $3.50", "It costs 3 dollars 50 cents"),
    ("It costs ¥12.80 per jin.", "It costs 12.8 yuan per jin."),
    ("¥1,200", "1200 yuan"),
    ("at 9:30 am", "at 9 30 A M"),
    ("from 8:00 to 17:30", "from 8 o'clock to 17 30"),
    ("2026-11-24", "November 24, 2026"),
    ("up 3.5%", "up 3.5 percent"),
    ("8-12 years", "8 to 12 years"),
    ("1,234,567 people", "1234567 people"),
    ("$1.5 million", "1.5 million dollars"),
    ("60 km/h", "60 kilometres per hour"),
]


@pytest.mark.parametrize(("written", "said"), EN)
def test_english_notices_are_said_in_words(written: str, said: str) -> None:
    assert spoken(written, "en") == said
