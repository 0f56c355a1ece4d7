"""The program: built-in commands, and the ones that other packages plug in."""

from __future__ import annotations

import logging
from importlib.metadata import entry_points

import click

from projector_export import __version__
from projector_export.cli import commands
from projector_export.cli.messages import show_messages

logger = logging.getLogger(__name__)

COMMAND_GROUP = "projector_export.commands"


class Program(click.Group):
    """A group whose commands also come from entry points, loaded when they are used."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """List every command in alphabetical order."""
        plugged_in = {entry.name for entry in entry_points(group=COMMAND_GROUP)}
        return sorted(plugged_in.union(super().list_commands(ctx)))

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Find a built-in command, or load the plug-in with that name."""
        if built_in := super().get_command(ctx, cmd_name):
            return built_in
        for entry in entry_points(group=COMMAND_GROUP, name=cmd_name):
            try:
                command: click.Command = entry.load()
            except ImportError as error:
                message = "the command %r of %s cannot be loaded: %s"
                logger.warning(message, cmd_name, entry.value, error)
            else:
                return command
        return None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List every command with its whole first sentence, on two lines if necessary."""
        commands = [(name, self.get_command(ctx, name)) for name in self.list_commands(ctx)]
        summaries = [
            (name, command.get_short_help_str(limit=formatter.width * 2))
            for name, command in commands
            if command is not None and not command.hidden
        ]
        with formatter.section("Commands"):
            formatter.write_dl(summaries)


@click.group(cls=Program, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="projector-export")
def program() -> None:
    """Turn vectors into a colored map for TensorFlow's Embedding Projector.

    \b
    projector-export export vectors.npy --metadata words.csv -o map
    projector-export view map
    projector-export neighbors map "king"
    """


for _command in commands.ALL:
    program.add_command(_command)


def run_program(arguments: list[str] | None) -> None:
    """Run a command; raise its errors."""
    show_messages(0)
    try:
        program.main(args=arguments, prog_name="projector-export", standalone_mode=False)
    except click.Abort as error:  # click's own name of a KeyboardInterrupt
        raise KeyboardInterrupt from error
