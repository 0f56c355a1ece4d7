from __future__ import annotations

import logging

import click
import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from projector_export import errors
from projector_export.cli import console, untrusted
from projector_export.cli.progress_bars import progress_bars
from projector_export.errors import UserFacingError

logger = logging.getLogger("projector_export.test")


@click.command()
@console.verbosity_options
def speak() -> None:
    console.result("result")
    logger.info("message")
    logger.debug("detail")
    with progress_bars() as on_progress:
        on_progress("work", 1, 1)


@pytest.mark.parametrize(
    ("options", "messages"),
    [
        ([], "message\n"),
        (["-q"], ""),
        (["-v"], "message\ndetail\n"),
        (["-vv"], "message\ndetail\n"),
        (["-q", "-v"], "message\ndetail\n"),
    ],
)
def test_results_go_to_stdout_and_messages_of_the_chosen_level_to_stderr(options, messages):
    answer = CliRunner().invoke(speak, options, catch_exceptions=False)
    assert answer.stdout == "result\n"
    assert answer.stderr == messages


def test_no_command_inherits_quiet_from_the_one_before():
    CliRunner().invoke(speak, ["-q"])
    assert CliRunner().invoke(speak, []).stderr == "message\n"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Les Misérables 悲惨世界", "Les Misérables 悲惨世界"),
        ("\x1b[31mred\x07", "\ufffd[31mred\ufffd"),
        ("evil\u202eeltit\r\n", "evil\ufffdeltit\ufffd\ufffd"),
        ("\u0645\u06cc\u200c\u062e\u0648", "\u0645\u06cc\u200c\u062e\u0648"),
        ("\U0001f469\u200d\U0001f680", "\U0001f469\u200d\U0001f680"),
        ("\ud800", "\ufffd"),
    ],
)
def test_untrusted_text_cannot_control_a_terminal(text: str, shown: str):
    assert untrusted.printable(text) == shown


@settings(max_examples=100, deadline=None)
@given(st.text(st.characters()))
def test_printed_text_keeps_its_length_and_can_be_encoded(text: str):
    shown = untrusted.printable(text)
    assert len(shown.encode().decode()) == len(text)
    assert not any(character < " " or "\x7f" <= character < "\xa0" for character in shown)


def all_kinds(kind: type[UserFacingError]) -> list[type[UserFacingError]]:
    return [kind, *(each for below in kind.__subclasses__() for each in all_kinds(below))]


def test_the_tree_of_errors_is_complete():
    for kind in all_kinds(UserFacingError):
        if kind.__module__ == errors.__name__:
            assert kind.__name__ in errors.__doc__


def test_only_a_failed_job_exits_with_1():
    for kind in all_kinds(UserFacingError):
        assert kind.exit_code == (1 if issubclass(kind, errors.JobFailedError) else 2)


def test_an_error_says_what_happened_and_what_to_do():
    error = errors.RunError("there is no run 'x'", tip="make one")
    assert (str(error), error.message, error.tip) == ("there is no run 'x'",) * 2 + ("make one",)
    assert errors.InputError("broken").tip is None
