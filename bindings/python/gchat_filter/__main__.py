"""The command `gchat-filter`."""

import signal
import sys

from gchat_filter import _native


def main() -> None:
    """Runs the command with the arguments of the process, and exits."""
    # Python's handler would only take effect after the command.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    sys.exit(_native.main(["gchat-filter", *sys.argv[1:]]))


if __name__ == "__main__":
    main()
