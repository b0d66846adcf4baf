"""English notices in words: not a digit is left, and every letter keeps its place."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tts.spoken import joined, places, say, spoken
from tts.spoken.english_numbers import cardinal, ordinal, year

EN = [
    ("Call 13812345678 now", "Call one three eight one two three four five six seven eight now"),
    ("call 0771-5832166", "call zero seven seven one, five eight three two one six six"),
    ("dial 110", "dial one one zero"),
    ("It costs $3.50", "It costs three dollars fifty cents"),
    ("It costs ¥12.80 per jin.", "It costs twelve point eight yuan per jin."),
    ("¥1,200", "one thousand two hundred yuan"),
    ("at 9:30 am", "at nine thirty AM"),
    ("from 8:00 to 17:30", "from eight o'clock to seventeen thirty"),
    ("8:00-17:30", "eight o'clock to seventeen thirty"),
    ("2026-11-24", "November twenty-fourth twenty twenty-six"),
    ("November 24, 2026", "November twenty-fourth, twenty twenty-six"),
    ("Nov. 24", "November twenty-fourth"),
    ("24 November 2026", "the twenty-fourth of November twenty twenty-six"),
    ("the 24th of November", "the twenty-fourth of November"),
    ("up 3.5%", "up three point five percent"),
    ("5%-10%", "five to ten percent"),
    ("8-12 years", "eight to twelve years"),
    ("1,234,567 people", "one million two hundred thirty-four thousand five hundred and sixty-seven people"),
    ("$2.4 million", "two point four million dollars"),
    ("60 km/h", "sixty kilometers per hour"),
    ("Room 501, Building 3", "Room five zero one, Building three"),
    ("1500 households", "one thousand five hundred households"),
    ("in 1500 households", "in one thousand five hundred households"),
    ("since 1998", "since nineteen ninety-eight"),
    ("In 2026, 2,026 people", "In twenty twenty-six, two thousand and twenty-six people"),
    ("It rained 2000 mm.", "It rained two thousand millimeters."),
    ("temperatures of -5 to 3°C", "temperatures of minus five to three degrees Celsius"),
    ("-10°C", "minus ten degrees Celsius"),
    ("No. 12", "Number twelve"),
    ("Section 3.2.1", "Section three point two point one"),
    ("v2.0.1", "v two point zero point one"),
    ("A4 paper and 5G", "A four paper and five G"),
    ("COVID-19", "COVID-nineteen"),
    ("half past 7", "half past seven"),
    ("7pm - 9pm", "seven PM to nine PM"),
    ("9 a.m. to 5 p.m.", "nine AM to five PM"),
    ("May 5-8", "May fifth to eighth"),
    ("5-8 May", "the fifth to the eighth of May"),
    ("the 1990s and '80s", "the nineteen nineties and eighties"),
    ("1/2 cup, 3 1/2 hours, 3/4 of villagers", "one half cup, three and a half hours, three quarters of villagers"),
    ("1st, 2nd, 3rd, 21st", "first, second, third, twenty-first"),
    ("Dr. Li and Prof. Wang of St. Mary's", "Doctor Li and Professor Wang of Saint Mary's"),
    ("e.g. this, etc.", "e.g. this, et cetera."),
    ("AT&T and R&D", "AT and T and R and D"),
    ("you & me", "you and me"),
    ("5 + 3 = 8", "five plus three equals eight"),
    ("#3 and #water", "number three and hash water"),
    ("3:2", "three to two"),
    ("won 3-2", "won three to two"),
    ("24/7", "twenty-four seven"),
    ("10x20 m", "ten by twenty meters"),
    ("a Ph.D. thesis", "a PHD thesis"),
    ("(12 of 30)", "(twelve of thirty)"),
    ("£5, €10.50 and HK$20", "five pounds, ten euros fifty cents and twenty Hong Kong dollars"),
    ("$5/kg", "five dollars per kilogram"),
    ("¥2,000/mu", "two thousand yuan per mu"),
    ("WHO's 3rd", "WHO's third"),
    (
        "e-mail li_3@village.cn or see https://www.village.cn/a?x=1",
        "e-mail li underscore three at village dot cn or see https colon slash slash www dot village dot cn slash a question mark x equals one",
    ),
    ("1,000", "one thousand"),
    ("12,345", "twelve thousand three hundred and forty-five"),
    ("100 mu", "one hundred mu"),
    ("12345 hotline", "one two three four five hotline"),
    ("The hotline is 12345.", "The hotline is one two three four five."),
    ("Mrs. Li", "Mrs. Li"),
    ("24 hrs", "twenty-four hours"),
    ("9:05", "nine oh five"),
    ("12:00 p.m.", "twelve PM"),
    ("10-15 cm", "ten to fifteen centimeters"),
    ("30-40 km/h", "thirty to forty kilometers per hour"),
    ("the year 2000", "the year two thousand"),
    ("Flight CZ3456, train G1234", "Flight CZ three four five six, train G one two three four"),
    ("1939-45", "nineteen thirty-nine to forty-five"),
    ("Windows 10", "Windows ten"),
    ("iPhone 12", "iPhone twelve"),
    ("H1N1", "H one N one"),
    ("7 lbs 3 oz", "seven pounds three ounces"),
    ("6 ft tall", "six feet tall"),
    ("90° turn", "ninety degrees turn"),
    ("Tel: 2345 6711", "Tel: two three four five, six seven one one"),
    ("It's 5 o'clock", "It's five o'clock"),
    ("Act IV, Chapter XII", "Act four, Chapter twelve"),
    ("King George VI.", "King George the sixth."),
    ("World War I and Part V", "World War one and Part five"),
    ("9/11 and 50/50", "nine eleven and fifty fifty"),
    ("the 103rd day", "the one hundred third day"),
    ("1-800-555-1234", "one, eight hundred, five five five, one two three four"),
    ("mid-1980s", "mid-nineteen eighties"),
    ("$10 - $15", "ten dollars to fifteen dollars"),
    ("200 RMB", "two hundred yuan"),
    ("24/11/2026", "the twenty-fourth of November twenty twenty-six"),
    ("Mon-Fri 9am-5pm", "Monday to Friday nine AM to five PM"),
    ("Nov 24-26, 2026", "November twenty-fourth to twenty-sixth, twenty twenty-six"),
    ("The Sun shines", "The Sun shines"),
    ("Rm. 305, 3/F, Bldg. 2", "Room three zero five, third floor, Building two"),
    ("1.18 yuan/jin", "one point one eight yuan per jin"),
    ("Bus 302 and Flight 6321", "Bus three zero two and Flight six three two one"),
    ("Police: 110. Fire: 119.", "Police: one one zero. Fire: one one nine."),
    ("in 2025/26", "in twenty twenty-five to twenty-six"),
    ("Call 1-800-FLOWERS", "Call one, eight hundred, FLOWERS"),
    ("from 2026-01 to 12/2026", "from January twenty twenty-six to December twenty twenty-six"),
    ("2010-11 and 1939-45", "twenty ten to eleven and nineteen thirty-nine to forty-five"),
    ("H1 2023, FY2024", "the first half of twenty twenty-three, FY twenty twenty-four"),
    ("5 ft 10 in, 6'2\"", "five feet ten inches, six feet two inches"),
    ("12 / 3 = 4, 10^6, x^2", "twelve divided by three equals four, ten to the power of six, x squared"),
    ("1m people", "one million people"),
    ("12 Elm Dr., Dr. Li", "twelve Elm Drive, Doctor Li"),
]


@pytest.mark.parametrize(("written", "said"), EN)
def test_english_notices_are_said_in_words(written: str, said: str) -> None:
    assert spoken(written, "en") == said


def test_and_stands_only_before_the_last_tens_and_ones() -> None:
    assert cardinal("123456") == "one hundred twenty-three thousand four hundred and fifty-six"
    assert cardinal("1005") == "one thousand and five"
    assert spoken("460 billion", "en") == "four hundred sixty billion"


@pytest.mark.parametrize(
    ("written", "said"), [("1", "first"), ("12", "twelfth"), ("20", "twentieth"), ("43", "forty-third"), ("100", "one hundredth")]
)
def test_ordinals(written: str, said: str) -> None:
    assert ordinal(written) == said


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("1905", "nineteen oh five"),
        ("2000", "two thousand"),
        ("2006", "two thousand six"),
        ("2010", "twenty ten"),
        ("1900", "nineteen hundred"),
    ],
)
def test_years(written: str, said: str) -> None:
    assert year(written) == said


def test_a_word_of_letters_keeps_its_place() -> None:
    text = "On 24 November 2026 meet in Room 501 at 9:30 am, bring 2 kg."
    pieces = say(text, "en")
    said, place = joined(pieces), places(pieces)
    assert text[place[said.index("November")] :].startswith("November 2026")
    assert text[place[said.index("meet")] :].startswith("meet in Room") and text[place[said.index("bring")] :].startswith("bring")


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet="0123456789.,:-~/%$£¥ apmPMstndrhkgKMJanQH½Ⅲ²№#@&+=x×()'①٣༥", max_size=24))
def test_whatever_is_written_no_digit_is_left_and_no_place_is_lost(text: str) -> None:
    pieces = say(text, "en")
    assert not any(char.isdigit() for char in joined(pieces))
    assert [piece.start for piece in pieces] == [0, *[piece.end for piece in pieces]][: len(pieces)]
    assert (pieces[-1].end if pieces else 0) == len(text)
