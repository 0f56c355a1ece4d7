"""`check` reports what a real TensorBoard serves of a log directory."""

from __future__ import annotations

import json
import shutil
import time
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

import pytest

from projector_export.checker.check import check
from projector_export.checker.model.view import Tensor, View
from projector_export.serve.tensorboard import PROJECTOR_ROUTE, tensorboard
from tests.helpers.check_cases import CASES
from tests.helpers.check_exports import (
    Export,
    event_file,
    good_rows,
    good_vectors,
    tsv,
    write_checkpoint,
)

pytestmark = pytest.mark.slow
MAX_ROWS = 100_000


def tensorboard_view(logdir: Path) -> View:
    return next(view for view in check(logdir).views if view.viewer == "TensorBoard")


def put_event_files(logdir: Path) -> None:
    """Make a run of every folder with a config, started one second after the other."""
    configs = sorted(logdir.rglob("projector_config.pbtxt"))
    for second, config in enumerate(configs, start=1):
        (config.parent / "events.out.tfevents.1.here").write_bytes(event_file(float(second)))


@pytest.fixture(scope="module")
def logdir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Every case as a run, except those that make the server fail for all, according to `check`."""
    logdir = tmp_path_factory.mktemp("cases") / "logdir"
    for code, builds in CASES.items():
        for name, build in zip(("breaks", "keeps"), builds, strict=True):
            folder = logdir / code / name
            path = build(folder)
            if isinstance(path, tuple) or path.suffix == ".json" or tensorboard_view(path).crash:
                shutil.rmtree(folder)
    lines = tsv(good_rows()).replace(b"\n", b"\r\n")
    Export(logdir / "windows", files={"metadata.tsv": lines}).write()
    put_event_files(logdir)
    (logdir / "E18" / "breaks" / "logdir" / "books" / "events.out.tfevents.1.here").unlink()
    return logdir


def get(address: str, route: str, **query: object) -> tuple[int, bytes]:
    try:
        with urllib.request.urlopen(
            f"{address}{PROJECTOR_ROUTE}/{route}?{urllib.parse.urlencode(query)}"
        ) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.read()


def runs(address: str, num_expected: int) -> list[str]:
    """Repeat the request until TensorBoard has read all event files in the background."""
    deadline = time.monotonic() + 60
    while True:
        found = json.loads(get(address, "runs")[1])
        if len(found) >= num_expected or time.monotonic() > deadline:
            return found
        time.sleep(0.5)


def test_runs_tensors_shapes_vectors_and_metadata_are_those_that_tensorboard_serves(logdir: Path):
    view = tensorboard_view(logdir)
    assert view.crash == ""
    with tensorboard(logdir) as address:
        assert runs(address, len(view.shown_runs)) == [run.name for run in view.shown_runs]
        assert len(view.shown_runs) > 50
        for run in view.shown_runs:
            served = json.loads(get(address, "info", run=run.name)[1])["embeddings"]
            shapes = {
                tensor["tensorName"]: tuple(tensor.get("tensorShape", ())) for tensor in served
            }
            assert shapes == {tensor.name: tensor.shape or () for tensor in run.tensors}, run.name
            for tensor in run.tensors:
                check_vectors(address, run.name, tensor)
                check_metadata(address, run.name, tensor)


def check_vectors(address: str, run: str, tensor: Tensor) -> None:
    status, raw = get(address, "tensor", run=run, name=tensor.name, num_rows=MAX_ROWS)
    assert (status == 200) == tensor.has_points, (run, raw[:200])
    if status == 200:
        assert len(raw) == 4 * tensor.num_points * tensor.dim, run


def check_metadata(address: str, run: str, tensor: Tensor) -> None:
    if not tensor.entry.metadata_path:
        return
    status, text = get(address, "metadata", run=run, name=tensor.name, num_rows=MAX_ROWS)
    is_served = tensor.metadata is not None and not tensor.metadata.stream.undecodable
    assert (status == 200) == is_served, (run, text[:200])
    if is_served:
        assert len(text) == tensor.metadata.stream.size, run


def unparsable(folder: Path) -> None:
    Export(folder, more="embeddings {").write()


def misread(folder: Path) -> None:
    CASES["E19"][0](folder)


def wrong_size(folder: Path) -> None:
    CASES["E13"][0](folder)


def word_among_numbers(folder: Path) -> None:
    Export(folder, entry={"tensorPath": "v.tsv"}, files={"v.tsv": b"1\t2\t3\nx\t2\t3\n"}).write()


def missing_vectors(folder: Path) -> None:
    Export(folder, entry={"tensorPath": "nowhere.bytes"}).write()


@pytest.mark.parametrize(
    "build", [unparsable, misread, wrong_size, word_among_numbers, missing_vectors]
)
def test_if_check_says_that_the_server_fails_its_first_answer_is_500(
    build, tmp_path: Path, monkeypatch
):
    build(tmp_path)
    assert tensorboard_view(tmp_path).crash
    first: list[int] = []
    ask = urllib.request.urlopen

    def ask_once(*arguments, **options):
        try:
            with ask(*arguments, **options) as answer:
                first.append(answer.status)
        except urllib.error.HTTPError as error:
            first.append(error.code)
        raise FirstAnswerError

    # `tensorboard` retries after an error, and later answers come from an incomplete state.
    monkeypatch.setattr(urllib.request, "urlopen", ask_once)
    with pytest.raises(FirstAnswerError), tensorboard(tmp_path):
        pass
    assert first == [500]


class FirstAnswerError(Exception):
    """The first answer arrived."""


def test_a_checkpoint_above_the_log_directory_leaks_in(tmp_path: Path):
    write_checkpoint(tmp_path, weights=good_vectors(9, 5))
    folder = Export(tmp_path / "export").write()
    report = check(folder)
    assert {finding.code for finding in report.findings} == {"E18"}
    with tensorboard(folder) as address:
        served = json.loads(get(address, "info", run=".")[1])["embeddings"]
    assert [tensor["tensorName"] for tensor in served] == ["books", "weights"]
    assert [tensor.name for tensor in report.views[0].runs[0].tensors] == ["books", "weights"]
