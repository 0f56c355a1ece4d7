"""Where the program starts; it can be interrupted before anything else is imported."""

from __future__ import annotations

from projector_export.cli.interrupts import interruptible


def main(arguments: list[str] | None = None) -> None:
    """Run the program and exit with its code; print a user's errors in one line."""
    with interruptible(is_whole_process=arguments is None) as interrupts:
        try:
            from projector_export.cli.program import run_program

            run_program(arguments)
        except BaseException as error:  # noqa: BLE001  (an interrupt too)
            from projector_export.cli.errors import complain, exit_with

            if interrupts.caused(error):
                interrupts.say(complain)
                interrupts.exit()
            exit_with(error)
