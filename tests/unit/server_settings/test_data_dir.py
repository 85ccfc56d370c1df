"""The data directory: made, writable, and worked in by one alone."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from scheduledwf_core.errors import InvalidSetting, WrongState
from scheduledwf_server.data_dir import claimed, make_usable

CLAIM = """
import sys
from pathlib import Path
from scheduledwf_server.data_dir import claimed
with claimed(Path(sys.argv[1])):
    print("claimed", flush=True)
    sys.stdin.read()
"""


def test_it_is_made_for_its_owner_alone(tmp_path: Path) -> None:
    directory = tmp_path / "a" / "b"

    make_usable(directory)

    assert directory.stat().st_mode & 0o777 == 0o700
    assert list(directory.iterdir()) == []


def test_what_is_there_stays_as_it_is(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)

    make_usable(tmp_path)

    assert tmp_path.stat().st_mode & 0o777 == 0o755


def test_a_place_where_no_directory_can_be_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(InvalidSetting, match="--data-dir") as refused:
        make_usable(tmp_path / "file" / "data")

    assert refused.value.field == "data-dir"


def test_a_directory_that_may_not_be_written_is_refused() -> None:
    with pytest.raises(InvalidSetting, match="no files can be kept in /proc"):
        make_usable(Path("/proc"))  # not even root may


def test_only_one_works_in_it_until_it_ends_however_that_comes_about(tmp_path: Path) -> None:
    command = [sys.executable, "-c", CLAIM, str(tmp_path)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "claimed\n"
        with pytest.raises(WrongState, match="another `scheduledwf up`"), claimed(tmp_path):
            pass
        other.kill()

    with claimed(tmp_path):
        pass
