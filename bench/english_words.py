"""Makes tts/reading/english_words.xz and english_rare.xz: ``python3 -m bench.english_words cmudict.dict MainDictionary.txt``, in a minute.

The first has the words of the CMU Pronouncing Dictionary, the second those that only Gnuspeech's has (``bench._english_sources``): apart, for
their licences differ. Words that the voice has right stand there without a reading. The tables are made again when espeak-ng changes its
mind; one that is a little old does no harm.
"""

from __future__ import annotations

import lzma
import sys
from pathlib import Path

from bench._english_sources import cmudict, gnuspeech
from tts.reading.english import VOICE
from tts.reading.english_net import plain
from tts.reading.english_words import TABLES
from tts.reading.ipa import english_ipa


def table(words: dict[str, list[str]]) -> bytes:
    """A line a word in order, ``word`` TAB readings parted by blanks; none where the voice has one of them."""
    against = {word: [] if english_ipa(word, VOICE) in [plain(one) for one in each] else each for word, each in words.items()}
    return b"".join(sorted(f"{word}\t{' '.join(each)}\n".encode() for word, each in against.items()))


def main() -> None:
    """Write the tables."""
    usual, rare = cmudict(Path(sys.argv[1])), gnuspeech(Path(sys.argv[2]))
    for path, words in zip(TABLES, (usual, {word: rare[word] for word in rare.keys() - usual.keys()}), strict=True):
        made = table(words)
        path.write_bytes(lzma.compress(made, preset=9 | lzma.PRESET_EXTREME))
        against = len(words) - made.count(b"\t\n")
        print(f"{path.name}: {len(words)} words, {against} of them otherwise than the voice, {path.stat().st_size} bytes")


if __name__ == "__main__":
    main()
