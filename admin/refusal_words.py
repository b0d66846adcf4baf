"""The sentences with which the rooms refuse, marked for translation; a test compares them with what the rooms say."""

from __future__ import annotations


def N_(sentence: str) -> str:
    """A sentence for the catalogue; it is translated when it is said."""
    return sentence


SENTENCES = (
    # station.second_step, station.vault
    N_("these digits do not fit: wait for the next ones, and look whether the telephone's clock is right"),
    N_("these digits were used a moment ago: wait for the next ones"),
    N_("this code is none of yours, or was used before: take the next one of the list"),
    N_("too many wrong codes: try again in %(minutes)s minutes"),
    N_("no second step is set up"),
    N_("there is a second step already: take it away first"),
    N_("what was kept for %(whose)s cannot be read: the secret key of the station is another one; set it up anew"),
    # station.access
    N_("a password has %(low)s to 200 characters; four words in a row are good"),
    N_("this password repeats itself: take at least five different characters"),
    # devices.days, playlists.days, playlists.holidays
    N_("the last day %(last)s lies before the first day %(first)s: exchange them"),
    N_("%(day)s is over: choose a day to come"),
    N_("this day is marked so already in %(place)s: take that mark away first"),
    N_("days to come are marked “%(kind)s”: take those marks away first"),
    N_("more than %(most)s quiet days, or hours of such days, would lie ahead in %(place)s: a speaker cannot remember them all"),
    N_("mark at most %(most)s days at once, and not farther ahead than %(ahead)s days"),
    N_("give the kind of day a name"),
    N_("it cannot be heard and left out on the same kind of day: %(kinds)s"),
    N_("line %(number)s: write it like 2027-02-06,off,春节 (off: nobody works; work: a weekend on which one works)"),
    N_("there is no day in this file: write lines like 2027-02-06,off,春节"),
)
