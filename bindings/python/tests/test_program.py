"""The command `gchat-filter`."""

import signal
import subprocess
import sys
import sysconfig
from functools import partial
from pathlib import Path

import pytest

PROGRAM = str(Path(sysconfig.get_path("scripts"), "gchat-filter"))


def run(*arguments: str, text: str | None = None) -> subprocess.CompletedProcess[str]:
    command = [PROGRAM, *arguments]
    return subprocess.run(command, input=text, capture_output=True, text=True, timeout=60, check=False)


def test_check() -> None:
    done = run("check", 'role = "ROLE_MANAGER" AND member.type="HUMAN"')
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == 'member.type = "HUMAN" AND role = "ROLE_MANAGER"\n'


def test_exit_status() -> None:
    assert run("check", "role = OWNER").returncode == 1
    done = run("chek")
    assert done.returncode == 2 and done.stderr.startswith("error: unrecognized subcommand 'chek'")
    assert "Usage: gchat-filter [OPTIONS] <COMMAND>" in run("--help").stdout
    assert run("--version").stdout.startswith("gchat-filter ")


def test_module() -> None:
    command = [sys.executable, "-m", "gchat_filter", "check", "role = OWNER"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 1 and "error[" in done.stderr


def test_arguments_and_input_are_unicode() -> None:
    assert 'unknown value `"🙂"`' in run("check", 'role = "🙂"').stderr
    done = run("match", "--count", 'role = "ROLE_MANAGER"', text='{"role": "ROLE_MANAGER", "name": "é"}\n')
    assert done.stdout == "1\n"


def test_an_argument_that_is_not_unicode_is_an_error() -> None:
    done = subprocess.run([PROGRAM, b"check", b"\xff"], capture_output=True, check=False)
    assert done.returncode == 2 and b"invalid UTF-8" in done.stderr


def test_ctrl_c_ends_the_command() -> None:
    # A shell starts what runs in the background with the signal ignored, which processes inherit.
    restored = partial(signal.signal, signal.SIGINT, signal.SIG_DFL)
    pipe = subprocess.PIPE
    with subprocess.Popen([PROGRAM, "check", "-"], stdin=pipe, stdout=pipe, preexec_fn=restored) as process:
        assert process.stdin and process.stdout
        process.stdin.write(b"role = 'ROLE_MANAGER'\n")
        process.stdin.flush()
        process.send_signal(signal.SIGINT)
        assert process.wait(60) == -signal.SIGINT


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_serve_stops_on_signals(number: signal.Signals) -> None:
    command = [PROGRAM, "serve", "--listen", "127.0.0.1:0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout
        assert process.stdout.readline().startswith("http://127.0.0.1:")
        process.send_signal(number)
        assert process.wait(60) == 0


def test_a_closed_pipe_is_not_an_error() -> None:
    command = f"'{PROGRAM}' lints | true; echo ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=True)
    assert (done.stdout, done.stderr) == ("0\n", "")
