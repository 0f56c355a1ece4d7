"""One YAML file configures a run, and every error in it is reported in one line."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from projector_export.errors import ConfigError, InputError
from projector_export.prepare.layouts import LAYOUTS
from tests.helpers.running import PROJECT
from training.config.docs_page import configuration_page
from training.config.loading import config_yaml, key_paths, load_config
from training.config.models import BOOK_COLUMNS, Config

START = "run: trial\ntraining:\n  epochs: 4\n"


def written(folder: Path, content: str | bytes) -> Path:
    path = folder / "c.yaml"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def refused(path: Path, *overrides: str) -> ConfigError:
    with pytest.raises(ConfigError) as caught:
        load_config(path, overrides)
    assert caught.value.exit_code == 2
    assert "\n" not in caught.value.message
    return caught.value


@pytest.mark.parametrize(
    "path", sorted((PROJECT / "configs").iterdir()), ids=lambda path: path.name
)
def test_the_built_in_configs_are_valid(path: Path):
    assert load_config(path).run == path.stem


def test_a_missing_key_has_its_default(tmp_path: Path):
    config = load_config(written(tmp_path, "run: trial"))
    assert config == Config(run="trial")
    assert config.run_path == Path("logs/trial")


def test_a_config_needs_only_what_differs(tmp_path: Path):
    config = load_config(written(tmp_path, "\ufeff" + START + "dataset: {books: x.ndjson}\n"))
    assert (config.run, config.training.epochs, config.dataset.books) == ("trial", 4, "x.ndjson")
    assert config.training.batch_size == Config().training.batch_size


@pytest.mark.parametrize("number", ["1e-3", "1E-3", "0.001", "1.e-3", ".001"])
def test_numbers_are_read_in_any_common_notation(tmp_path: Path, number: str):
    path = written(tmp_path, f"training: {{learning_rate: {number}}}")
    assert load_config(path).training.learning_rate == 0.001


@pytest.mark.parametrize(
    ("override", "key", "value"),
    [
        ("training.epochs=5", "training.epochs", 5),
        (" training.epochs = 5 ", "training.epochs", 5),
        ("training.learning_rate=1e-3", "training.learning_rate", 0.001),
        ("training={batch_size: 7}", "training.batch_size", 7),
        ("export.tables=[links]", "export.tables", ["links"]),
        ("dataset.books=a=b.ndjson", "dataset.books", "a=b.ndjson"),
        ("dataset.genres=null", "dataset.genres", None),
        ("run='2024'", "run", "2024"),
    ],
)
def test_set_changes_one_key(tmp_path: Path, override: str, key: str, value: object):
    config: object = load_config(written(tmp_path, START), [override])
    for name in key.split("."):
        config = getattr(config, name)
    assert config == value


def test_the_last_set_of_a_key_wins(tmp_path: Path):
    path = written(tmp_path, START)
    config = load_config(path, ["training.epochs=5", "run=x", "training.epochs=6"])
    assert (config.run, config.training.epochs) == ("x", 6)


def test_set_can_fix_an_error_in_the_file(tmp_path: Path):
    path = written(tmp_path, "training:\n  epochs: 0\n")
    assert load_config(path, ["training.epochs=3"]).training.epochs == 3


def test_every_registered_layout_can_be_exported_in_any_number(tmp_path: Path):
    path = written(tmp_path, f"export: {{layouts: [{', '.join(LAYOUTS)}]}}")
    assert load_config(path).export.layouts == list(LAYOUTS)


def test_reading_a_config_imports_no_library_that_computes_layouts():
    program = (
        "import sys, training.config.loading;"
        "print({'openTSNE', 'umap', 'sklearn', 'tensorflow', 'numba'} & set(sys.modules))"
    )
    command = [sys.executable, "-c", program]
    printed = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=True)
    assert printed.stdout.strip() == "set()"


@pytest.mark.parametrize(
    ("num_pairs", "epochs"), [(100, 40), (200_000, 40), (340_000, 25), (850_000, 10), (10**9, 6)]
)
def test_the_default_number_of_epochs_depends_on_the_number_of_pairs(num_pairs: int, epochs: int):
    # Enough to see 8.5 million pairs, within 6 to 40.
    assert Config().with_epochs_for(num_pairs).training.epochs == epochs
    chosen = Config.model_validate({"training": {"epochs": 3}})
    assert chosen.with_epochs_for(num_pairs) == chosen


@pytest.mark.parametrize("objective", ["regression", "classification"])
def test_the_articles_objectives_have_the_articles_defaults(tmp_path: Path, objective: str):
    path = written(tmp_path, f"model: {{objective: {objective}}}\ntraining: {{epochs: 3}}")
    training = load_config(path).training
    assert (training.epochs, training.learning_rate, training.batch_size) == (3, 0.001, 1024)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("seed: 1\ntrainin:\n  epochs: 3\n", ":2: there is no key trainin"),
        ("run: 2024", ":1: run is 2024; expected text"),
        ("run: 2020-01-01", ":1: run is 2020-01-01; expected text"),
        ("run: null", ":1: run is null; expected text"),
        ("run: a/b", ":1: run is a/b; expected a folder name of letters, digits and _ . -"),
        ("run: ..", ":1: run is ..; expected a folder name"),
        ("run: ''", ":1: run is ''; expected a folder name"),
        (f"run: {'a' * 101}", "aaa...; expected at most 100 characters"),
        ("training:\n  epochs: 0", ":2: training.epochs is 0; expected a number greater than or"),
        ("training: {epochs: 2.5}", ":1: training.epochs is 2.5; expected a whole number"),
        ("training: {epochs: '5'}", ":1: training.epochs is '5'; expected a whole number"),
        ("training: {epochs: yes}", ":1: training.epochs is true; expected a whole number"),
        ("training: {learning_rate: 0}", "learning_rate is 0; expected a number greater than 0"),
        ("training: {learning_rate: .nan}", "learning_rate is .nan; expected a finite number"),
        ("training: {learning_rate: fast}", "learning_rate is fast; expected a number"),
        (
            "model: {embedding_dim: 3}",
            "embedding_dim is 3; expected a number greater than or equal",
        ),
        ("model: {objective: softmx}", "objective is softmx; expected 'softmax', 'regression' or"),
        ("model: {objective: [regression]}", "objective is [regression]; expected text"),
        ("model:\n", ":1: model is null; expected a section with keys"),
        ("model: 5", ":1: model is 5; expected a section with keys"),
        ("model: [a]", ":1: model is [a]; expected a section with keys"),
        ("export: {tables: []}", "export.tables is []; expected at least 1 item"),
        ("export: {tables: books}", "export.tables is books; expected a list"),
        ("export:\n  tables:\n    - lnks", ":3: export.tables.0 is lnks; expected 'books' or"),
        ("export: {tables: [books, books]}", "'books' is given twice"),
        ("export: {metadata: [titel]}", "the column 'titel' does not exist; did you mean 'title'?"),
        (
            "export: {metadata: [zzz]}",
            "the column 'zzz' does not exist; choose from title, genre, author",
        ),
        (
            "export: {color_by: gener}",
            "color_by is gener; that column does not exist; did you mean",
        ),
        (
            "export: {max_colors: 9}",
            "max_colors is 9; expected 10 or more: the viewer's tenth color is the gray for Other",
        ),
        (
            "export: {max_colors: 51}",
            "max_colors is 51; expected a number less than or equal to 50",
        ),
        (
            "export:\n  layouts: [pca,\n    tsn]",
            ":3: export.layouts.1 is tsn; expected 'tsne', 'umap', 'pca' or 'pacmap'",
        ),
        ("export: {layouts: [pca, pca]}", "'pca' is given twice"),
        ("dataset: {ignore_links: [a, 1]}", "dataset.ignore_links.1 is 1; expected text"),
        ("seed: 4294967296", "seed is 4294967296; expected a number less than 4294967296"),
        ("run: a\nseed: 1\nrun: b", ":3: run is given twice"),
        ("training:\n  epochs: 1\n  epochs: 2", ":3: training.epochs is given twice"),
        ("training: {epochs: 1}\ntraining: {}", ":2: training is given twice"),
        ("", "c.yaml is empty"),
        ("# nothing\n", "c.yaml is empty"),
        ("---\n", "c.yaml: expected keys and values, such as `run: starter`"),
        ("- run", "c.yaml: expected keys and values"),
        ("run", "c.yaml: expected keys and values"),
        ("!!set {run}", "c.yaml: expected keys and values"),
        ("run: [\n", ":2: not YAML: expected the node content"),
        ("a:\n\tb: 1", ":2: not YAML: found character '\\t' that cannot start any token"),
        ("run: a\nrun: b: c", ":2: not YAML: mapping values are not allowed here"),
        ("run: a\n---\nrun: b", ":2: not YAML: expected a single document in the stream but"),
        ("run: !!python/name:os.system", ":1: not YAML: could not determine a constructor"),
        ("seed: 1\nrun: 2020-13-45", ":2: not YAML: invalid value: month must be in 1..12"),
        ("run: " + "9" * 5000, ":1: not YAML: invalid value: Exceeds the limit"),
        ("run: \x01", "c.yaml: not YAML: unacceptable character"),
        ("[" * 1000, "c.yaml: sections nested too deeply"),
        ("run: &a {b: *a}", "c.yaml: sections nested too deeply"),
        ("? [a]\n: 1", "not YAML: found unhashable key"),
        ("1: x", ":1: there is no key 1"),
        (b"run: \xff", "c.yaml is not UTF-8 at byte 5"),
        ("provenance: {}\nrun: 5", ":2: run is 5; expected text"),
    ],
)
def test_a_bad_file_is_refused_with_its_name_line_key_and_what_was_expected(
    tmp_path: Path, content: str | bytes, words: str
):
    path = written(tmp_path, content)
    message = refused(path).message
    assert message.startswith(str(path))
    assert words in message


@pytest.mark.parametrize(
    ("key", "tip"),
    [
        ("trainin", "did you mean training?"),
        ("training.epoch", "did you mean training.epochs?"),
        ("epochs", "did you mean training.epochs?"),
        ("model.epochs", "did you mean training.epochs?"),
        ("colour_by", "did you mean export.color_by?"),
        ("dataset.seed", "did you mean seed?"),
        ("zzzz", "docs/configuration.md lists all keys"),
    ],
)
def test_an_unknown_key_names_the_nearest_right_one(tmp_path: Path, key: str, tip: str):
    error = refused(written(tmp_path, START), f"{key}=1")
    assert error.message == f"--set {key}=1: there is no key {key}"
    assert error.tip == tip


@pytest.mark.parametrize(
    ("override", "words"),
    [
        ("training.epochs", "expected key.path=value, such as training.epochs=5"),
        ("=5", "expected key.path=value"),
        ("training..epochs=5", "expected key.path=value"),
        ("training.batch_size=", "training.batch_size is null; expected a whole number"),
        ("training.epochs=many", "training.epochs is many; expected a whole number"),
        ("training=5", "training is 5; expected a section with keys"),
        ("training.epochs.x=5", "training.epochs is not a section"),
        ("trainig.epochs=5", "there is no key trainig"),
        ("dataset.books=[", "not YAML: expected the node content"),
        ("run=2020-13-45", "not YAML: invalid value: month must be in 1..12"),
        ("training={epochs: 1, epochs: 2}", "training.epochs is given twice"),
        ("training={epochs: 0}", "training.epochs is 0; expected a number greater"),
    ],
)
def test_a_bad_set_is_refused_and_quoted(tmp_path: Path, override: str, words: str):
    message = refused(written(tmp_path, START), override).message
    assert message.startswith(f"--set {override}: {words}")


def test_a_missing_file_and_a_folder_are_refused(tmp_path: Path):
    for path, words in [
        (tmp_path / "no.yaml", "does not exist; expected a config file"),
        (tmp_path, "is a folder; expected a config file"),
    ]:
        with pytest.raises(InputError) as caught:
            load_config(path)
        assert caught.value.message == f"{path} {words}"
        assert caught.value.exit_code == 2


def test_the_same_key_in_two_sections_is_not_a_repetition(tmp_path: Path):
    path = written(tmp_path, "dataset: &a {}\nmodel: *a\ntraining: {}\n")
    assert load_config(path) == Config()


texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=8) | st.sampled_from(
    [
        "1e5",
        "1.e3",
        "007",
        "2020-01-01",
        "null",
        "yes",
        "~",
        "- a",
        "a: b",
        "#",
        "\x85",
        "\ufeff",
        "'",
    ]
)


any_values = st.fixed_dictionaries(
    {
        "run": st.sampled_from(["starter", "1e5", "0x1", "no", "2024-01-01", "1_0", "_.", "1.5"]),
        "logdir": texts,
        "seed": st.integers(0, 2**32 - 1),
        "dataset": st.fixed_dictionaries(
            {"books": texts, "ignore_links": st.lists(texts, max_size=3)}
        ),
        "training": st.fixed_dictionaries(
            {"learning_rate": st.floats(min_value=1e-300, max_value=1e300)}
        ),
        "export": st.fixed_dictionaries(
            {"metadata": st.lists(st.sampled_from(BOOK_COLUMNS), min_size=1, unique=True)}
        ),
    }
)


@settings(max_examples=100, deadline=None)
@given(any_values)
def test_a_config_that_is_written_is_read_back_equal(tmp_path_factory, values):
    config = Config.model_validate(values)
    text = config_yaml(config) + "provenance: {packages: {numpy: '2'}}\n"
    assert load_config(written(tmp_path_factory.getbasetemp(), text)) == config


fragments = st.sampled_from(
    "run training epochs model objective regression export tables books : - [ ] { } , ' \" & * ! "
    "!! | > # % @ ? ~ 1 0x 1e5 2020-99-99 .nan <<".split()
) | st.sampled_from([" ", "\n", "\n  ", ": ", "\t", "---\n", "\x00", "é"])


@settings(max_examples=200, deadline=None)
@given(
    st.lists(fragments, max_size=14).map("".join) | st.binary(max_size=20),
    st.lists(fragments, max_size=6).map("".join),
)
def test_any_file_and_any_set_is_a_config_or_is_refused(tmp_path_factory, content, override):
    path = written(tmp_path_factory.getbasetemp(), content)
    try:
        assert isinstance(load_config(path, [override] if override else []), Config)
    except ConfigError as error:
        assert error.message.startswith((str(path), "--set "))  # noqa: PT017


def test_every_key_has_a_description():
    schema = yaml.safe_load(yaml.safe_dump(Config.model_json_schema()))
    for section in [schema, *schema["$defs"].values()]:
        for name, key in section["properties"].items():
            assert key.get("description"), name
            assert "\n" not in key["description"]
            assert not key["description"].endswith(".")


@pytest.mark.parametrize(
    ("stop", "message"),
    [
        ("titel: Two", "c.yaml:4: there is no key export.tour.0.titel"),
        ("select: 5", "c.yaml:4: export.tour.0.select is 5; expected text"),
        ("show: sea", "c.yaml:4: export.tour.0.show is sea; expected a list"),
    ],
)
def test_a_stop_of_the_tour_is_checked_with_its_line(tmp_path: Path, stop: str, message: str):
    path = written(tmp_path, f"export:\n  tour:\n    - title: One\n      {stop}\n")
    assert message in refused(path).message
    text = written(tmp_path, "export:\n  tour:\n    - text: One\n")
    assert "c.yaml:3: export.tour.0.title is missing" in refused(text).message


def test_the_page_of_all_keys_is_up_to_date():
    page = (PROJECT / "docs" / "configuration.md").read_text("utf-8")
    assert page == configuration_page(), "regenerate it with: make docs"


def test_the_page_names_every_key_with_its_values_and_default():
    rows = [line for line in configuration_page().splitlines() if line.startswith("| `")]
    sections = set(Config.model_fields) - {"run", "logdir", "seed"}
    assert [row.split("`")[1] for row in rows] == [
        path for path in key_paths() if path not in sections
    ]
    assert all(row.count("|") == 5 for row in rows)
    (colors,) = [row for row in rows if row.startswith("| `export.max_colors` |")]
    assert colors.endswith("| whole number from 10 to 50 | `10` |")
    assert rows[-1].startswith("| `export.tour.show` |")
    assert '| `softmax`, `regression`, `classification` | `"softmax"` |' in configuration_page()
    assert "| text or null | `null` |" in configuration_page()


def test_the_articles_config_counts_links_as_its_text_does():
    dataset = load_config(PROJECT / "configs" / "article.yaml").dataset
    assert (dataset.min_link_count, dataset.count_links_once) == (5, False)
    assert len(dataset.ignore_links) == 4


def test_the_page_s_address_is_one_of_the_web() -> None:
    config = Config(export={"url": "https://example.org/maps/", "source": "Wikipedia"})
    assert config.export.url == "https://example.org/maps/"
    with pytest.raises(ValueError, match=r"'example\.org' is no address of a page"):
        Config(export={"url": "example.org"})
