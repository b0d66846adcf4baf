"""How Lhasa says a written syllable, in broad IPA: register, initial, vowel, ending and contour.

Rules after Tournadre and Sangda Dorje, "Manual of Standard Tibetan"; the spelling of the sounds is the one usual in dictionaries that
give IPA: t͡ɕ ʈ͡ʂ c ȵ ʐ, ɛː øː yː before d s l, nasal vowels before n, and tones ˥˥ ˥˨ ˩˨ ˩˧˨.
"""

from __future__ import annotations

from dataclasses import dataclass

from tts.reading.tibetan_syllable import Written

# root -> (high initial, low initial of a bare root, low initial below a head or behind a prefix); a bare root that is high has no low ones
_ROOTS = {
    "ཀ": ("k", "", ""), "ཁ": ("kʰ", "", ""), "ག": ("", "kʰ", "k"), "ང": ("ŋ", "ŋ", ""), "ཅ": ("t͡ɕ", "", ""), "ཆ": ("t͡ɕʰ", "", ""),
    "ཇ": ("", "t͡ɕʰ", "t͡ɕ"), "ཉ": ("ȵ", "ȵ", ""), "ཏ": ("t", "", ""), "ཐ": ("tʰ", "", ""), "ད": ("", "tʰ", "t"), "ན": ("n", "n", ""),
    "པ": ("p", "", ""), "ཕ": ("pʰ", "", ""), "བ": ("", "pʰ", "p"), "མ": ("m", "m", ""), "ཙ": ("t͡s", "", ""), "ཚ": ("t͡sʰ", "", ""),
    "ཛ": ("", "t͡sʰ", "t͡s"), "ཝ": ("w", "w", ""), "ཞ": ("", "ɕ", "ɕ"), "ཟ": ("", "s", "s"), "འ": ("", "ʔ", "ʔ"), "ཡ": ("j", "j", ""),
    "ར": ("ʐ", "ʐ", ""), "ལ": ("l", "l", ""), "ཤ": ("ɕ", "", ""), "ས": ("s", "", ""), "ཧ": ("h", "", ""), "ཨ": ("ʔ", "", ""),
}  # fmt: skip
_Y = {"k": "c", "kʰ": "cʰ", "p": "t͡ɕ", "pʰ": "t͡ɕʰ", "m": "ȵ"}
_R = {"k": "ʈ͡ʂ", "kʰ": "ʈ͡ʂʰ", "t": "ʈ͡ʂ", "tʰ": "ʈ͡ʂʰ", "p": "ʈ͡ʂ", "pʰ": "ʈ͡ʂʰ", "s": "s", "h": "ʂ", "ɕ": "ɕ", "m": "m", "n": "n"}
_FRONT = {"a": "ɛ", "o": "ø", "u": "y", "e": "e", "i": "i"}
_TILDE = "\u0303"
HIGH, HIGH_FALLING, LOW, LOW_FALLING = "˥˥", "˥˨", "˩˨", "˩˧˨"


@dataclass(frozen=True)
class Around:
    """What stands before and after a syllable in its word; None at the ends of it."""

    before: Written | None = None
    after: Written | None = None


def is_high(written: Written) -> bool:
    """The register: high for voiceless roots, and for nasals, y, r, l below a head, behind a prefix, or above ླ."""
    if written.below == "l":
        return written.root != "ཟ"
    high, low, _ = _ROOTS[written.root]
    if written.prefix == "ད" and written.root == "བ":
        return True
    return bool(high) and (not low or bool(written.prefix or written.head))


def initial(written: Written, *, first: bool) -> str:
    """The consonants before the vowel; away from the beginning of a word a bare low root loses its breath."""
    root, covered = written.root, bool(written.prefix or written.head)
    if written.below == "l":
        return "t" if root == "ཟ" else "l"
    if written.prefix == "ད" and root == "བ":
        return "j" if written.below == "y" else "ʐ" if written.below == "r" else "w" if written.vowel == "a" else "ʔ"
    if root == "ཧ" and written.head == "ལ":
        return "ɬ"
    high, bare, below_head = _ROOTS[root]
    sound = high if is_high(written) else below_head if covered and below_head else bare
    if not first and not is_high(written) and below_head:
        sound = below_head
    return {"y": _Y, "r": _R}.get(written.below, {}).get(sound, sound)


def prenasal(written: Written, sound: str) -> str:
    """The nasal that a voiced root behind འ མ or below ལ hands to the syllable before: མདོ in ཨ་མདོ is said am-to."""
    if written.root not in "གཇདབཛ" or not (written.prefix in ("འ", "མ") or written.head == "ལ"):
        return ""
    if written.prefix == "མ" or sound.startswith("p"):
        return "m"
    return "ŋ" if sound[0] in "kc" else "n"


def rhyme(written: Written, around: Around) -> str:
    """The vowel and what closes it, in harmony with its neighbours.

    Before a high vowel (i u) an open e o is raised and a closed a is dulled; after one, the a of the endings པ བ.
    """
    vowel, suffix, after = written.vowel, written.suffix, around.after
    nasal = prenasal(after, initial(after, first=False)) if after else ""
    if after and after.vowel in "iu" and suffix not in ("ད", "ས", "ན", "ལ"):
        vowel = {"a": "ə"}.get(vowel, vowel) if suffix else {"e": "i", "o": "u"}.get(vowel, vowel)
    elif (
        around.before
        and around.before.vowel in "iu"
        and written.root in "པབ"
        and vowel == "a"
        and not (suffix or written.prefix or written.head)
    ):
        vowel = "ə"
    if suffix in ("ད", "ས", "ལ", "ན"):
        front = _FRONT[vowel]
        return front + (_TILDE if suffix == "ན" or nasal else "" if vowel == "i" else "ː")
    if suffix == "ར":
        return vowel + (_TILDE if nasal else "ː")
    if suffix == "ག":
        return vowel + ("" if after is None else "ŋ" if nasal else "k̚ˀ")
    if suffix == "བ":
        return ("ə" if vowel == "a" else vowel) + "p̚"
    return vowel + ({"ང": "ŋ", "མ": "m"}[suffix] if suffix else nasal)


def contour(written: Written, around: Around) -> str:
    """The tone: falling where the syllable ends in a stop, in ད, in ས, or in a nasal with ས; only first syllables can be low."""
    stopped = written.suffix in ("ག", "ད", "བ", "ས") or (written.suffix in ("ང", "མ") and written.second)
    last = around.after is None
    if is_high(written) or around.before is not None:
        return HIGH_FALLING if stopped and last else HIGH
    return LOW_FALLING if stopped and (last or written.suffix in ("ད", "ས")) else LOW


def said(written: Written, around: Around = Around()) -> str:
    """The syllable in IPA with its tone, and the particles that merge with its end."""
    begins = initial(written, first=around.before is None)
    if around.before is not None and _is_ending(written) and around.before.suffix in ("", "ང", "ར", "ལ"):
        begins = "w"
    closed, rest = rhyme(written, around), ""
    for particle in written.after:
        if particle == "i" and not rest:
            closed = _FRONT[written.vowel] + ("" if written.vowel == "i" else "ː")
        elif particle == written.vowel and not rest:
            rest = "ː"
        else:
            rest += {"aང": "aŋ", "aམ": "am"}.get(particle, particle[0] + ("ː" if particle[1:] else ""))
    return begins + closed + rest + contour(written, around)


def _is_ending(written: Written) -> bool:
    """བ and བོ, which make nouns: said wa and wo after a vowel."""
    return written.root == "བ" and written.vowel in "ao" and not (written.prefix or written.head or written.below or written.suffix)
