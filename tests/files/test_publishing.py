"""Publishing cut off at every system call, by a kill or by the power: old or new afterwards, and nothing left over."""

from __future__ import annotations

import json
import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from scenes.one_row_each import sample

from allokering.errors import Locked, UsageError
from allokering.files import exchange, publishing
from allokering.files.lock import locked
from allokering.files.plan_files import PlanFaulty, read_plan, write_plan
from allokering.files.publishing import mend, published, read_steadily, standing

CALLS = ("mkdir", "rename", "replace", "fsync", "unlink", "rmdir")
"""Of `os`, by which publishing changes what is on the disk, beside the exchange and what is written into files."""
OLD, NEW = "old", "new"


def no_exchange(_one: Path, _other: Path) -> bool:
    """As on a system that has none."""
    return False


EXCHANGES: dict[str, Callable[[Path, Path], bool]] = {"exchange": exchange.exchanged, "two renames": no_exchange}


def put(target: Path, content: str) -> None:
    """Publish a file, or a folder of three files in two folders."""
    with published(target, lambda _: True) as new:
        if target.suffix:
            new.write_text(content)
            return
        (new / "inside").mkdir(parents=True)
        for name in ("one", "two", "inside/three"):
            (new / name).write_text(content)


def found(target: Path) -> str | None:
    """What is published: the same content in every file; None: nothing."""
    place = standing(target)
    if not place.exists():
        return None
    if place.is_file():
        return place.read_text()
    assert sorted(path.name for path in place.rglob("*")) == ["inside", "one", "three", "two"]
    contents = {path.read_text() for path in place.rglob("*") if path.is_file()}
    assert len(contents) == 1
    return contents.pop()


class Counted:
    """Calls that are counted; at one of them somebody acts, just before or just after it."""

    def __init__(self, act: Callable[[], None], at: int, *, is_before: bool) -> None:
        self.count = 0
        self._act, self._at, self._is_before = act, at, is_before

    def around(self, call: Callable[..., Any]) -> Callable[..., Any]:
        """The same call, counted."""

        def counted(*args: Any, **options: Any) -> Any:
            self.count += 1
            is_here = self.count == self._at
            if is_here and self._is_before:
                self._act()
            try:
                return call(*args, **options)
            finally:
                if is_here and not self._is_before:
                    self._act()

        return counted


@contextmanager
def counting(monkeypatch: pytest.MonkeyPatch, counted: Counted, swap: Callable[[Path, Path], bool]) -> Iterator[None]:
    """Every call that changes the disk goes through the counter."""
    with monkeypatch.context() as patched:
        for name in CALLS:
            patched.setattr(os, name, counted.around(getattr(os, name)))
        patched.setattr(exchange, "exchanged", counted.around(swap))
        yield


def calls_of(monkeypatch: pytest.MonkeyPatch, swap: Callable[[Path, Path], bool], job: Callable[[], None]) -> int:
    """How many calls a job makes when nobody interferes."""
    counted = Counted(lambda: None, 0, is_before=True)
    with counting(monkeypatch, counted, swap):
        job()
    return counted.count


def killed_at(
    monkeypatch: pytest.MonkeyPatch,
    swap: Callable[[Path, Path], bool],
    job: Callable[[], None],
    at: int,
    *,
    before: bool,
) -> None:
    """Do the job in a child process that is killed at the given call."""
    child = os.fork()
    if child == 0:
        try:
            kill = partial(os.kill, os.getpid(), signal.SIGKILL)
            with counting(monkeypatch, Counted(kill, at, is_before=before), swap):
                job()
        finally:
            os._exit(1)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status)
    assert os.WTERMSIG(status) == signal.SIGKILL


@pytest.mark.parametrize("way", EXCHANGES)
@pytest.mark.parametrize("name", ["plan", "plan.xlsx"])
@pytest.mark.parametrize("is_first", [True, False], ids=["nothing there", "one there"])
def test_killed_at_any_call_there_is_old_or_new_and_the_next_run_leaves_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, way: str, name: str, is_first: bool
) -> None:
    swap = EXCHANGES[way]
    monkeypatch.setattr(exchange, "exchanged", swap)

    def fresh(number: int) -> Path:
        target = tmp_path / str(number) / name
        target.parent.mkdir()
        if not is_first:
            put(target, OLD)
        return target

    calls = calls_of(monkeypatch, swap, partial(put, fresh(0), NEW))
    assert calls >= (8 if name == "plan.xlsx" else 15)
    seen = set()
    for number in range(1, 2 * calls + 1):
        target = fresh(number)
        killed_at(monkeypatch, swap, partial(put, target, NEW), (number + 1) // 2, before=number % 2 == 1)
        left = sorted(target.parent.rglob("*"))

        seen.add(found(target))
        assert sorted(target.parent.rglob("*")) == left

        before = found(target)
        mend(target)
        assert found(target) == before
        assert [path.name for path in target.parent.iterdir()] == ([name] if before else [])
        put(target, "newer")
        assert found(target) == "newer"
        assert [path.name for path in target.parent.iterdir()] == [name]
    assert seen == ({None, NEW} if is_first else {OLD, NEW})


@pytest.mark.parametrize("way", EXCHANGES)
def test_killed_while_mending_the_next_one_mends(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, way: str) -> None:
    """Every leftover of the first kill, and then every call of the run that mends it."""
    swap = EXCHANGES[way]
    monkeypatch.setattr(exchange, "exchanged", swap)

    def cut_off(number: int, at: int) -> Path:
        target = tmp_path / f"{at}-{number}" / "plan"
        target.parent.mkdir()
        put(target, OLD)
        killed_at(monkeypatch, swap, partial(put, target, NEW), at, before=False)
        return target

    target = tmp_path / "plan"
    put(target, OLD)
    for at in range(2, calls_of(monkeypatch, swap, partial(put, target, NEW)), 6):
        for number in range(1, calls_of(monkeypatch, swap, partial(mend, cut_off(0, at))) + 1):
            target = cut_off(number, at)
            before = found(target)
            killed_at(monkeypatch, swap, partial(mend, target), number, before=True)
            assert found(target) == before
            mend(target)
            assert found(target) == before
            assert list(target.parent.iterdir()) == [target]


@pytest.mark.parametrize("way", EXCHANGES)
@pytest.mark.parametrize("name", ["plan", "plan.xlsx"])
def test_a_call_that_fails_leaves_old_or_new_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, way: str, name: str
) -> None:
    """A full disk, a folder that may not be written any more: the run says so, and cleans up after itself."""
    swap, target = EXCHANGES[way], tmp_path / name

    def fail() -> None:
        raise OSError(28, "No space left on device")

    put(target, OLD)
    calls = calls_of(monkeypatch, swap, partial(put, target, NEW))
    for at in range(1, calls + 1):
        put(target, OLD)
        with counting(monkeypatch, Counted(fail, at, is_before=True), swap):
            try:
                put(target, NEW)
                said = False
            except OSError:
                said = True
        assert found(target) in ({OLD, NEW} if said else {NEW})
        mend(target)
        assert [path.name for path in tmp_path.iterdir()] == [name]


@pytest.mark.parametrize("way", EXCHANGES)
def test_all_that_is_new_is_on_the_disk_before_it_takes_its_place_and_the_place_after(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    """What a power cut drops is what was not synced: every file, every folder that names one, then the place itself."""
    target, told = tmp_path / "plan", []
    put(target, OLD)
    sync, rename = os.fsync, os.rename

    def synced(handle: int) -> None:
        told.append(("sync", Path(f"/proc/self/fd/{handle}").readlink().name))
        sync(handle)

    def swapped(one: Path, other: Path) -> bool:
        told.append(("swap", other.name))
        return EXCHANGES[way](one, other)

    def renamed(one: Any, other: Any) -> None:
        told.append(("rename", Path(other).name))
        rename(one, other)

    monkeypatch.setattr(os, "fsync", synced)
    monkeypatch.setattr(os, "rename", renamed)
    monkeypatch.setattr(exchange, "exchanged", swapped)
    put(target, NEW)

    swap = told.index(("swap", "plan"))
    staging = next(name for kind, name in told if name.endswith(publishing.STAGING))
    assert [name for _, name in told[:swap]] == ["three", "inside", "one", "two", "new", staging]
    after = [("sync", staging), ("rename", "old"), ("rename", "plan")] if way == "two renames" else []
    assert told[swap + 1 :] == [*after, ("sync", tmp_path.name)]


@pytest.mark.parametrize("way", EXCHANGES)
def test_whoever_reads_meanwhile_sees_old_or_new(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, way: str) -> None:
    """A reader of three files, with a publisher that never rests; a reader alone may meet both in one reading."""
    monkeypatch.setattr(exchange, "exchanged", EXCHANGES[way])
    target, is_done = tmp_path / "plan", threading.Event()
    put(target, "0")

    def publish() -> None:
        number = 0
        while not is_done.is_set():
            number += 1
            put(target, str(number))

    def read(folder: Path) -> set[str]:
        try:
            return {(folder / name).read_text() for name in ("one", "two", "inside/three")}
        except FileNotFoundError:
            return set()

    publisher = threading.Thread(target=publish)
    publisher.start()
    try:
        seen = [read_steadily(target, read)]
        while len(seen) < 300 or len(set.union(*seen)) < 3:  # a busy machine may let the reader read before any is put
            assert publisher.is_alive()
            seen.append(read_steadily(target, read))
    finally:
        is_done.set()
        publisher.join()

    assert all(len(one) == 1 for one in seen)


def test_who_writes_at_the_same_time_is_left_alone(tmp_path: Path) -> None:
    """What looks left over is a living writer's: it is not removed, and the last to finish stands."""
    target = tmp_path / "plan"
    with published(target, lambda _: True) as slow:
        slow.mkdir()
        put(target, OLD)
        assert slow.is_dir()
        assert found(target) == OLD
        (slow / "inside").mkdir()
        for name in ("one", "two", "inside/three"):
            (slow / name).write_text(NEW)

    assert found(target) == NEW
    assert list(tmp_path.iterdir()) == [target]


def test_what_was_put_there_meanwhile_is_not_replaced(tmp_path: Path) -> None:
    target = tmp_path / "letter"

    def put_meanwhile() -> None:
        with published(target, lambda _: False) as new:
            new.write_text(NEW)
            target.write_text("mine")

    with pytest.raises(UsageError, match="holds something else"):
        put_meanwhile()

    assert target.read_text() == "mine"
    assert list(tmp_path.iterdir()) == [target]


def test_names_as_long_as_there_can_be_and_nearly_alike_are_told_apart(tmp_path: Path) -> None:
    targets = [tmp_path / f"{'p' * 240}{number}" for number in range(2)]
    for target in targets:
        put(target, target.name)

    with published(targets[0], lambda _: True) as new:
        new.mkdir()
        mend(targets[1])
        assert new.is_dir()
        put(targets[1], NEW)
        (new / "inside").mkdir()
        for name in ("one", "two", "inside/three"):
            (new / name).write_text(OLD)
    assert [found(target) for target in targets] == [OLD, NEW]


@pytest.mark.parametrize("way", EXCHANGES)
def test_a_plan_killed_at_its_swap_is_read_old_or_new(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    """The whole way of a plan: written, killed at each of the last calls, read by `read_plan`, written again."""
    swap, target = EXCHANGES[way], tmp_path / "plan"
    monkeypatch.setattr(exchange, "exchanged", swap)
    plan = sample()
    write_plan(plan, target)
    facts = json.loads((target / "plan.json").read_text(encoding="utf-8"))
    calls = calls_of(monkeypatch, swap, partial(write_plan, plan, target))
    for at in range(calls - 24, calls + 1, 2):
        killed_at(monkeypatch, swap, partial(write_plan, plan, target), at, before=True)
        assert read_plan(target) == plan
        write_plan(plan, target)
        assert list(tmp_path.iterdir()) == [target]
    assert json.loads((target / "plan.json").read_text(encoding="utf-8")) == facts


def test_a_folder_that_is_no_plan_is_read_once_and_its_faults_told(tmp_path: Path) -> None:
    (tmp_path / "plan").mkdir()
    with pytest.raises(PlanFaulty):
        read_plan(tmp_path / "plan")


def test_a_lock_through_a_link_is_the_same_lock_and_a_file_of_that_name_is_left_alone(tmp_path: Path) -> None:
    """Two runs to one plan, one by a symbolic link: the second is told. And `.plan.lock` may be somebody's own."""
    (tmp_path / "link").symlink_to(tmp_path / "plan")
    with locked(tmp_path / "plan"), pytest.raises(Locked), locked(tmp_path / "link"):
        pass
    own = tmp_path / ".plan.lock"
    own.write_text("mine")
    with pytest.raises(UsageError, match="holds something else"), locked(tmp_path / "plan"):
        pass

    assert own.read_text() == "mine"
