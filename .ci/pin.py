"""Write constraints.txt: the exact releases that the tests pass with, for Python 3.11 and for newer ones.

The command, with an interpreter of each version::

    python3 .ci/pin.py python3.11 python3.13

Each interpreter gets a fresh virtual environment with every extra of the project. What both hold in the same
release is one line; where they differ, each line carries a marker. The file names no registry and no hash, so
that it serves any index.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
EXTRAS = "test,lint,dev,docs,lab,notebook,xarray"
HEADER = """\
# Exact releases with which the tests pass on Python 3.11 and 3.13: pip install -c constraints.txt '.[test]'
# Written by: python3 .ci/pin.py python3.11 python3.13
"""


def frozen(interpreter: str, folder: Path) -> dict[str, str]:
    """Return name -> release of all that the project and its extras bring to a fresh environment."""
    subprocess.run([interpreter, "-m", "venv", folder], check=True)
    pip = [folder / "bin" / "python", "-m", "pip", "--disable-pip-version-check"]
    subprocess.run([*pip, "install", "--quiet", f"{ROOT}[{EXTRAS}]"], check=True)
    lines = subprocess.run([*pip, "freeze"], check=True, capture_output=True, text=True).stdout.splitlines()
    return dict(line.split("==") for line in lines if "==" in line)


def merge(older: dict[str, str], newer: dict[str, str]) -> list[str]:
    """Return the constraint lines for Python 3.11 (``older``) and for 3.12 onwards (``newer``)."""
    lines = []
    for name in sorted(older | newer, key=str.lower):
        if older.get(name) == newer.get(name):
            lines.append(f"{name}=={older[name]}")
            continue
        if name in older:
            lines.append(f'{name}=={older[name]} ; python_version < "3.12"')
        if name in newer:
            lines.append(f'{name}=={newer[name]} ; python_version >= "3.12"')
    return lines


def main(older: str, newer: str) -> None:
    """Pin both environments and write the file."""
    with tempfile.TemporaryDirectory() as folder:
        pins = [frozen(interpreter, Path(folder) / str(i)) for i, interpreter in enumerate((older, newer))]
    (ROOT / "constraints.txt").write_text(HEADER + "\n".join(merge(*pins)) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
