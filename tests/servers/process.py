"""The shipped command as a process, as an operator starts it."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

PATIENCE = 60.0
"""Seconds that a test waits for something to happen: the machine may be busy, and nothing fails because it was slow."""
ROOT = Path(__file__).parents[2]
TALKS = Path(sys.executable).with_name("talks")


class TalksProcess:
    """`talks run` on a store of its own; what it logs goes to a file."""

    command: Sequence[str] = (str(TALKS),)
    piped = False
    """Whether its log is written by a process of its own, which goes on when this one's files cannot grow."""

    def __init__(self, database: Path, *words: str, **env: str) -> None:
        self.database = database
        self.log_file = database.with_suffix(f".{time.monotonic_ns()}.log")
        ours = {"TALKS_DB": str(database), "NO_PROXY": "127.0.0.1,localhost", "PYTHONPATH": str(ROOT), **env}
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("TALKS_", "TELEGRAM_", "DISCORD_"))}
        with self.log_file.open("wb") as log:
            writer = subprocess.Popen(["cat"], stdin=subprocess.PIPE, stdout=log) if self.piped else None
            self.process = subprocess.Popen(
                [*self.command, *(words or ("run",))],
                stdin=subprocess.DEVNULL,
                stdout=writer.stdin if writer else log,
                stderr=subprocess.STDOUT,
                env={**kept, **ours},
                cwd=database.parent,
            )
            if writer is not None and writer.stdin is not None:
                writer.stdin.close()

    @property
    def log(self) -> str:
        """What it has logged so far."""
        return self.log_file.read_text(encoding="utf-8", errors="replace")

    def logged(self, text: str, timeout: float = PATIENCE) -> str:
        """Waits until a text stands in the log."""
        end = time.monotonic() + timeout
        while text not in self.log:
            assert time.monotonic() < end, f"not logged: {text!r}\n{self.log}"
            assert self.process.poll() is None or text in self.log, f"ended with {self.process.returncode}\n{self.log}"
            time.sleep(0.02)
        return self.log

    def stop(self, timeout: float = PATIENCE) -> float:
        """Ends it as a service manager does; seconds that it took. It must end with 0."""
        started = time.monotonic()
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        assert self.process.wait(timeout) == 0, self.log
        return time.monotonic() - started

    def ended(self, timeout: float = PATIENCE) -> int:
        """The exit code of a process that ends by itself."""
        return self.process.wait(timeout)

    def kill(self) -> None:
        """Ends it at once, as a power cut does."""
        self.process.kill()
        self.process.wait()


class Piped(TalksProcess):
    """One whose disk can be full, but for its log."""

    piped = True

    def full_disk(self, full: bool = True) -> None:
        """No file of the process can grow any more, which is what a full disk is to it; or they can again."""
        most = 0 if full else resource.RLIM_INFINITY
        resource.prlimit(self.process.pid, resource.RLIMIT_FSIZE, (most, resource.RLIM_INFINITY))


def slowed(file: Path) -> type[TalksProcess]:
    """Processes whose desk answers nothing while a file is there."""

    class Slowed(TalksProcess):
        command = (sys.executable, "-m", "tests.servers.slowed", str(file))

    return Slowed
