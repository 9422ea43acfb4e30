"""The shipped command as a process, as an operator starts it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

TALKS = Path(sys.executable).with_name("talks")


class TalksProcess:
    """`talks run` on a store of its own; what it logs goes to a file."""

    def __init__(self, database: Path, *words: str, **env: str) -> None:
        self.database = database
        self.log_file = database.with_suffix(f".{time.monotonic_ns()}.log")
        ours = {"TALKS_DB": str(database), "NO_PROXY": "127.0.0.1,localhost", **env}
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("TALKS_", "TELEGRAM_", "DISCORD_"))}
        with self.log_file.open("wb") as log:
            self.process = subprocess.Popen(
                [str(TALKS), *(words or ("run",))],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env={**kept, **ours},
                cwd=database.parent,
            )

    @property
    def log(self) -> str:
        """What it has logged so far."""
        return self.log_file.read_text(encoding="utf-8", errors="replace")

    def logged(self, text: str, timeout: float = 15) -> str:
        """Waits until a text stands in the log."""
        end = time.monotonic() + timeout
        while text not in self.log:
            assert time.monotonic() < end, f"not logged: {text!r}\n{self.log}"
            assert self.process.poll() is None or text in self.log, f"ended with {self.process.returncode}\n{self.log}"
            time.sleep(0.02)
        return self.log

    def stop(self, timeout: float = 10) -> float:
        """Ends it as a service manager does; seconds that it took. It must end with 0."""
        started = time.monotonic()
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        assert self.process.wait(timeout) == 0, self.log
        return time.monotonic() - started

    def ended(self, timeout: float = 15) -> int:
        """The exit code of a process that ends by itself."""
        return self.process.wait(timeout)

    def kill(self) -> None:
        """Ends it at once, as a power cut does."""
        self.process.kill()
        self.process.wait()
