"""Metadata of generated books: titles, infoboxes, and the names of links."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

from generated_words import (
    ADJECTIVES,
    COUNTRIES,
    FAMILY_NAMES,
    GENRES,
    GIVEN_NAMES,
    NOUNS,
    PLACES,
    SEPARATORS,
    VAGUE_GENRES,
)

from training.data.link_names import canonical_link

AUTHORS_PER_TOPIC = 30
LAST_YEAR = 2010  # on average a book is 33 years older than this
MONTHS = ("January", "March", "May", "June", "August", "September", "October", "November")
NONFICTION_NOUNS = ("books", "works", "memoirs", "biographies")


class UniqueNames:
    """Unique names of pages: "Emma", "Emma (novel)", "Emma (Hill novel)"."""

    def __init__(self, random: Random) -> None:
        self._random = random
        self._taken: set[str] = set()

    def title(self, kind: str) -> str:
        """Name a book; `kind` is added in parentheses if another book has the same title."""
        title = self._title()
        if self._random.random() < 0.15:
            title += f" ({kind})"
        return self._taken_by(title, kind)

    def link(self, genre: int) -> str:
        """Name a page that books link to: a person, a thing, a place, or a category of books."""
        random = self._random
        draw = random.random()
        if draw < 0.12:
            name = f"Category:{random.randrange(1850, 2018)} {random.choice([*COUNTRIES])} {GENRES[genre][0]}"
        elif draw < 0.18:
            name = f"Category:{random.choice(NOUNS)}s of {random.choice(PLACES)}"
        elif draw < 0.5:
            name = person(random)
        elif draw < 0.6:
            name = f"{random.choice(PLACES)} {random.choice(NOUNS)}"
        else:
            name = self._title()
        return self._taken_by(name, random.choice(NOUNS).lower())

    def _title(self) -> str:
        random = self._random
        adjective, noun, other = (random.choice(words) for words in (ADJECTIVES, NOUNS, NOUNS))
        place = random.choice(PLACES)
        patterns = (
            f"The {adjective} {noun}",
            f"{adjective} {noun}",
            f"The {noun} of {place}",
            f"The {noun} and the {other}",
            f"{random.choice(GIVEN_NAMES)}'s {noun}",
            f"A {adjective} {noun} in {place}",
            f"{noun}: A History of {place}",
            f"{noun}",
            f"The {noun} {other}",
            f"{adjective} {noun}, {random.choice(ADJECTIVES)} {other}",
        )
        return random.choice(patterns)

    def _taken_by(self, name: str, kind: str) -> str:
        """Use `name`, or if it is taken, a variant of it."""
        plain, number = name.partition(" (")[0], 1
        while (key := canonical_link(name)) in self._taken:
            name = f"{plain} ({self._random.choice(FAMILY_NAMES)} {kind})"
            if number > 20:
                name = f"{plain} ({kind} {number})"
            number += 1
        self._taken.add(key)
        return name


def person(random: Random) -> str:
    """Make up a name; a third of them have one or two initials."""
    initials = "".join(
        f"{random.choice('ABCDEFGHJKLMRSTW')}. " for _ in range(random.choice((0, 0, 1)))
    )
    return f"{random.choice(GIVEN_NAMES)} {initials}{random.choice(FAMILY_NAMES)}"


def infoboxes(genres: Sequence[int], topics: Sequence[int], random: Random) -> list[dict[str, str]]:
    """Describe a book for each latent genre and topic; each author has one topic."""
    authors: dict[tuple[int, int], tuple[str, str]] = {}
    weights = [country[0] for country in COUNTRIES.values()]
    boxes = []
    for genre, topic in zip(genres, topics, strict=True):
        number = int(AUTHORS_PER_TOPIC * random.random() ** 2)  # some write more than others
        if (topic, number) not in authors:
            authors[topic, number] = person(random), random.choices([*COUNTRIES], weights)[0]
        author, nationality = authors[topic, number]
        boxes.append(_infobox(genre, author, nationality, random))
    return boxes


def _infobox(genre: int, author: str, nationality: str, random: Random) -> dict[str, str]:
    _, countries, languages = COUNTRIES[nationality]
    fields = {
        "author": _unless(0.03, author, random),
        "country": _unless(0.15, _commonest_first(countries, random), random),
        "language": _unless(0.13, _commonest_first(languages, random), random),
        "genre": _unless(0.24, genre_text(genre, random), random),
        random.choice(("release_date", "release_date", "pub_date")): _unless(
            0.02, date(random), random
        ),
        "media_type": _unless(0.3, "Print (Hardcover and Paperback)", random),
        "pages": _unless(0.2, f"{random.randrange(32, 800)} pp", random),
    }
    return {name: text for name, text in fields.items() if text}


def _unless(share: float, text: str, random: Random) -> str:
    """Leave this share of the fields blank."""
    return "" if random.random() < share else text


def _commonest_first(spellings: Sequence[str], random: Random) -> str:
    return random.choices(spellings, [(1 + rank) ** -2.5 for rank in range(len(spellings))])[0]


def genre_text(genre: int, random: Random) -> str:
    """Spell a latent genre like an infobox: vaguely, with a second genre, or with markup."""
    if random.random() < 0.09:
        return random.choice(VAGUE_GENRES)
    text = _commonest_first(GENRES[genre][1], random)
    if random.random() < 0.2:
        text += random.choice(SEPARATORS) + _commonest_first(random.choice(GENRES)[1], random)
    decorated = {
        0: text.lower(),
        1: text.title().replace("'S", "'s"),
        2: f"[[{text}]]",
        3: f"{text} < !-- Wikipedia:WikiProject Novels -- >",
        4: _misspelled(text, random),
    }
    return decorated.get(random.randrange(40), text)


def _misspelled(text: str, random: Random) -> str:
    """Swap two letters in the middle."""
    place = random.randrange(1, max(2, len(text) - 2))
    return text[:place] + text[place + 1 : place + 2] + text[place] + text[place + 2 :]


def date(random: Random) -> str:
    """Write a date in one of the formats of infoboxes."""
    year = LAST_YEAR + random.randrange(8) - int(random.expovariate(1 / 33))
    if random.random() < 0.005:
        return random.choice(("45 BC", "c. 1380", "8th century", "1667 < br > 1674"))
    month, day = random.choice(MONTHS), random.randrange(1, 29)
    return random.choice(
        (
            *[str(year)] * 6,
            f"{month} {year}",
            f"{month} {day}, {year}",
            f"{day} {month} {year}",
            f"{year} (US) < br > {year + 1} (UK)",
        )
    )


def kind_of(genre: int) -> str:
    """Return the text in parentheses after a title of this latent genre."""
    return "book" if GENRES[genre][0].endswith(NONFICTION_NOUNS) else "novel"
