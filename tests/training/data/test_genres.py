from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from projector_export.errors import ConfigError, InputError
from training.data.genres import (
    assign_genres,
    canonical_genres,
    infer_genres,
    load_genre_map,
    names_a_genre,
)

NAMES = load_genre_map().names


@pytest.mark.parametrize(
    ("text", "genres"),
    [
        ("Science fiction", ("Science fiction",)),
        ("science-fiction novels", ("Science fiction",)),
        ("Sci-fi", ("Science fiction",)),
        ("SF", ("Science fiction",)),
        ("Kid's book", ("Children's literature",)),
        ("Children\u2019s", ("Children's literature",)),
        ("Y.A. novel", ("Young adult",)),
        ("Mistery novel", ("Crime and mystery",)),
        ("Scince ficton", ("Science fiction",)),
        ("Fantasy, horror/romance", ("Fantasy", "Horror", "Romance")),
        ("horror and fantasy", ("Horror", "Fantasy")),
        ("Sword & sorcery", ("Fantasy",)),
        ("Roman à clef", ("Literary fiction",)),
        ("Historical mystery", ("Crime and mystery", "Historical fiction")),
        ("Political thriller", ("Thriller", "Political fiction")),
        ("Comics", ("Graphic novel",)),
        ("Comic novel", ("Humor and satire",)),
        ("Non-fiction", ("Nonfiction",)),
        ("Basque", ()),
        ("", ()),
    ],
)
def test_free_text_becomes_canonical_genres(text: str, genres: tuple[str, ...]):
    assert canonical_genres(text) == genres


@pytest.mark.parametrize("word", ["Novel", "fiction", "Literature", "A novella"])
def test_a_weak_word_alone_is_general_fiction(word: str):
    assert canonical_genres(word) == ("General fiction",)


@pytest.mark.parametrize(
    ("text", "genres"),
    [
        ("Novel, fantasy", ("Fantasy",)),
        ("Fiction, short stories", ("Short stories",)),
        ("Short stories, horror", ("Horror",)),
        ("Non-fiction; history", ("History",)),
    ],
)
def test_a_weak_genre_is_replaced_by_any_stronger_one(text: str, genres: tuple[str, ...]):
    assert canonical_genres(text) == genres


@pytest.mark.parametrize(
    "text",
    [
        "Fantasy < br > Horror",
        "Fantasy<br/>Horror",
        "[[Fantasy literature|Fantasy]], [[Horror fiction|horror]]",
        "{{hlist|Fantasy|Horror}}",
        "Fantasy < ref name=x > a romance < /ref >; Horror < !-- crime? -- >",
        "Fantasy &amp; Horror",
        "* Fantasy\n* Horror",
    ],
)
def test_markup_in_the_text_separates_genres_or_is_dropped(text: str):
    assert canonical_genres(text) == ("Fantasy", "Horror")


def test_a_blank_field_is_inferred_from_categories_of_books():
    links = [
        "Category:1984 novels",
        "Category:American fantasy novels",
        "Category:1984 fantasy novels",
        "Category:American horror novels",
    ]
    assert infer_genres(links) == ("Fantasy", "Horror")


@pytest.mark.parametrize(
    "category",
    [
        "Category:Fantasy Press books",
        "Category:Science Fiction Book Club books",
        "Category:Books by Sidney Romance",
        "Category:War",
        "Category:National Poetry Award-winning works",
        "Category:English-language books",
        "Category:1995 books",
    ],
)
def test_categories_of_publishers_prizes_people_and_topics_have_no_genre(category: str):
    assert infer_genres([category]) == ()


def test_adaptations_of_a_novel_are_not_its_genre():
    assert infer_genres(["Category:Novels adapted into horror films"]) == ("General fiction",)


def test_books_about_a_topic_get_the_genre_of_the_topic():
    assert infer_genres(["Category:Books about spirituality"]) == ("Religion",)


def test_links_to_genres_count_only_if_categories_have_no_strong_genre():
    links = ["Jane Doe", "Thriller (genre)", "Category:1987 American novels"]
    assert infer_genres(links) == ("Thriller",)
    assert infer_genres([*links, "Category:American satirical novels"]) == ("Humor and satire",)


def test_a_link_to_another_title_is_not_a_genre():
    assert infer_genres(["The Greek Myth Mystery", "War", "Poetry Ireland"]) == ()


def test_the_source_of_a_genre_is_reported():
    categories = ["Category:Western novels"]
    assert assign_genres("Crime", categories).source == "infobox"
    inferred = assign_genres(" ", categories)
    assert (inferred.genres, inferred.source) == (("Western",), "inferred")
    unknown = assign_genres("", ["Paris"])
    assert (unknown.genres, unknown.source) == (("Unknown",), "unknown")


def test_unknown_text_is_other_unless_the_links_have_a_genre():
    assert assign_genres("Oulipo", []).genres == ("Other",)
    assert assign_genres("Oulipo", ["Category:Poetry"]).source == "inferred"


@pytest.mark.parametrize("text", ["Various", "None", "N/A", "various, unknown", "?"])
def test_none_and_various_are_not_unknown_genres(text: str):
    assert assign_genres(text, []).genres == ("Unknown",)
    assert not names_a_genre(text)
    assert names_a_genre(f"{text}; Oulipo")


@pytest.mark.parametrize(
    ("text", "genres"),
    [
        ("Gay erotica", ("Romance",)),
        ("Literary memoirs", ("Memoir",)),
        ("Existential psychology", ("Psychology and self-help",)),
        ("LGBT, Mystery", ("Crime and mystery",)),
        ("Mystery / LGBT", ("Crime and mystery",)),
        ("Literary short stories", ("Short stories",)),
        ("Gay fiction", ("Literary fiction",)),
        ("Literary", ("Literary fiction",)),
    ],
)
def test_a_label_is_replaced_by_any_genre_except_general_fiction(
    text: str, genres: tuple[str, ...]
):
    assert canonical_genres(text) == genres


@pytest.mark.parametrize(
    ("text", "genres"),
    [
        ("Survival horror", ("Horror", "Adventure")),
        ("Science thriller novel", ("Thriller", "Science fiction")),
        ("Humorous science fiction", ("Science fiction", "Humor and satire")),
        ("War poetry", ("Poetry", "War fiction")),
        ("War, poetry", ("War fiction", "Poetry")),
        ("Humorous short stories", ("Humor and satire",)),
        ("Romantic religious poems", ("Poetry", "Romance", "Religion")),
    ],
)
def test_a_qualifier_ranks_below_the_genre_that_follows_it(text: str, genres: tuple[str, ...]):
    assert canonical_genres(text) == genres


def test_of_732_strings_at_most_one_in_a_hundred_is_misread():
    path = Path(__file__).with_name("genre_strings.yaml")
    strings = yaml.safe_load(path.read_text("utf-8"))
    wrong = [
        (text, expected)
        for expected, texts in strings.items()
        for text in texts
        if (canonical_genres(text) or ("Nothing",))[0] not in expected.split(" or ")
    ]
    assert sum(map(len, strings.values())) == 732
    assert len(wrong) <= 7, wrong


def test_there_are_at_most_40_genres_and_every_name_means_itself():
    assert len(NAMES) <= 40
    assert [canonical_genres(name) for name in NAMES] == [(name,) for name in NAMES]


def test_a_users_file_extends_and_overrides(tmp_path: Path):
    path = tmp_path / "mine.yaml"
    path.write_text(
        "genres: {Oulipo: [lipogram], Poetry: [haibun]}\nphrases: {steampunk: Fantasy}\n"
    )
    mapping = load_genre_map(path)
    assert canonical_genres("Lipograms", mapping=mapping) == ("Oulipo",)
    assert canonical_genres("haibun, sonnets", mapping=mapping) == ("Poetry",)
    assert canonical_genres("Steampunk", mapping=mapping) == ("Fantasy",)
    assert canonical_genres("Steampunk") == ("Science fiction",)


def test_a_users_file_adds_labels_qualifiers_and_words(tmp_path: Path):
    path = tmp_path / "mine.yaml"
    path.write_text("labels: [haiku]\nno_genre: [tbc]\nreal_words: [fantasm]\n")
    mapping = load_genre_map(path)
    assert canonical_genres("Haiku, horror", mapping=mapping) == ("Horror",)
    assert canonical_genres("Gay horror", mapping=mapping) == ("Horror",)
    assert not names_a_genre("TBC", mapping=mapping)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("labels: []\ngenre: {}", ":2: there is no key genre"),
        ("1: x", ":1: there is no key 1"),
        ("genres: [a]", ":1: genres is [a]; expected a section with keys"),
        ("genres:\n  1: [a]", ":2: genres.1 is 1; expected text"),
        (
            "genres:\n  Poetry: haiku",
            ":2: genres.Poetry is haiku; expected a list of words, such as [space opera, sci-fi]",
        ),
        ("genres: {Poetry: [{a: b}]}", ":1: genres.Poetry is [{a: b}]; expected a list of words"),
        (
            "weak: [Fantasie]",
            ":1: weak: 'Fantasie' is not a canonical genre; did you mean 'Fantasy'?",
        ),
        ("weak: [xyz]", ":1: weak: 'xyz' is not a canonical genre"),
        ("phrases:\n\n  a b: [Poetri]", ":3: phrases.a b: 'Poetri' is not a canonical genre; did"),
        ("phrases: {a b: 5}", ":1: phrases.a b is 5; expected a list of words"),
        ("phrases: {'?': Poetry}", ":1: phrases.?: '?' contains no word"),
        ("genres: {Poetry: ['...']}", ":1: genres.Poetry: '...' contains no word"),
        ("genres:\n  A: [x y]\n  B: [x y]", ":3: genres.B: 'x y' is also in genres.A"),
        ("genres: {A: [x]}\ngenres: {}", ":2: genres is given twice"),
        ("labels: [haiku, limericc]", ":1: labels: 'limericc' does not mean any genre"),
        ("qualifiers: comic", ":1: qualifiers is comic; expected a list of words"),
        ("genres: {A: [", ":1: not YAML: expected the node content"),
        ("- a", ": expected keys and values, such as `genres: {Oulipo: [lipogram]}`"),
        ("!!python/object/apply:os.getcwd []", ":1: not YAML: could not determine a constructor"),
        ("no_genre: [2020-13-45]", ":1: not YAML: invalid value"),
        (b"no_genre: [\xff]", " is not UTF-8 at byte 11"),
    ],
)
def test_a_bad_mapping_is_refused_with_file_line_and_key(
    tmp_path: Path, content: str | bytes, message: str
):
    path = tmp_path / "mine.yaml"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(ConfigError) as caught:
        load_genre_map(path)
    assert caught.value.message.startswith(f"{path}{message}")
    assert "\n" not in caught.value.message


@pytest.mark.parametrize(
    ("key", "tip"),
    [
        ("genre", "did you mean genres?"),
        ("qualifyers", "did you mean qualifiers?"),
        (
            "zzz",
            "the keys are genres, weak, phrases, labels, qualifiers, no_genre, real_words",
        ),
    ],
)
def test_an_unknown_key_of_a_mapping_names_the_nearest_one(tmp_path: Path, key: str, tip: str):
    path = tmp_path / "mine.yaml"
    path.write_text(f"{key}: []")
    with pytest.raises(ConfigError) as caught:
        load_genre_map(path)
    assert caught.value.tip == tip


@pytest.mark.parametrize("content", ["", "# nothing yet", "genres:\nlabels:\nphrases:\nweak:\n"])
def test_an_empty_mapping_changes_nothing(tmp_path: Path, content: str):
    path = tmp_path / "mine.yaml"
    path.write_text(content)
    mapping = load_genre_map(path)
    assert (mapping.names, mapping.weak) == (NAMES, load_genre_map().weak)
    assert mapping.phrases == load_genre_map().phrases


def test_a_genre_may_have_no_phrases_but_its_name_and_a_phrase_may_be_a_number(tmp_path: Path):
    path = tmp_path / "mine.yaml"
    path.write_text("genres: {Oulipo: , Dystopian fiction: [1984]}")
    mapping = load_genre_map(path)
    assert canonical_genres("Oulipo", mapping=mapping) == ("Oulipo",)
    assert canonical_genres("1984", mapping=mapping) == ("Dystopian fiction",)


def test_a_missing_mapping_is_named(tmp_path: Path):
    with pytest.raises(InputError, match=r"nowhere\.yaml does not exist; expected a genre mapping"):
        load_genre_map(tmp_path / "nowhere.yaml")


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=80), st.lists(st.text(max_size=30), max_size=5))
def test_any_text_gives_distinct_genres_of_the_list(text: str, links: list[str]):
    assigned = assign_genres(text, [*links, *(f"Category:{link} novels" for link in links)])
    assert len(set(assigned.genres)) == len(assigned.genres) > 0
    assert set(assigned.genres) <= {*NAMES, "Other", "Unknown"}


@settings(max_examples=100, deadline=None)
@given(st.lists(st.sampled_from(NAMES), min_size=1, max_size=4, unique=True))
def test_a_list_of_canonical_names_comes_back_without_its_weak_ones(names: list[str]):
    weak = load_genre_map().weak
    strong = tuple(name for name in names if name not in weak)
    assert canonical_genres("; ".join(names)) == (strong or (min(names, key=weak.index),))
