"""One candidate from a table to a bundle, as `churn init` and `dvc repro` make it.

`python -m bench.quality.candidate FOLDER TABLE TARGET POSITIVE [ID]` works in the empty FOLDER.
"""

import os
import sys
import time
from pathlib import Path

from churn import stages, workspace
from churn.console import progress


def main(folder: Path, table: Path, target: str, positive: str, identity: str) -> None:
    """Make a workspace of the table, and run its stages."""
    workspace.create(folder, workspace.plan(table, target, positive, identity or None, None))
    os.chdir(folder)
    for name in stages.STAGES:
        if name == "track":
            return
        start = time.perf_counter()
        stages.run(name, progress)
        sys.stderr.write(f"  {name}: {time.perf_counter() - start:.1f} s\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3], sys.argv[4], sys.argv[5] if len(sys.argv) > 5 else "")
