"""The shipped command with a desk that answers nothing while a file is there: `python -m tests.servers.slowed FILE …`."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Any

from adapters.cli import main
from bot.chat.desk import Desk


def slow_down(file: Path) -> None:
    """Has what the desk does wait until the file is gone."""
    for name in ("message", "command", "press"):
        does: Any = getattr(Desk, name)

        def waiting(self: Desk, *args: Any, does: Any = does, **more: Any) -> Any:
            while file.exists():
                time.sleep(0.02)
            return does(self, *args, **more)

        setattr(Desk, name, waiting)


if __name__ == "__main__":
    slow_down(Path(sys.argv[1]))
    main(sys.argv[2:])
