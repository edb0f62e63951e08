"""Work that Ctrl-C, or whoever manages the process, can ask to stop: it ends with the best it has."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from contextvars import copy_context
from types import FrameType
from typing import TypeVar

from allokering.solvers.budget import Stop

Made = TypeVar("Made")
SIGNALS = signal.SIGINT, signal.SIGTERM


@contextmanager
def stoppable(stop: Stop) -> Iterator[None]:
    """The first Ctrl-C, or SIGTERM, sets the token; the second interrupts what waits for the work.

    Outside the main thread there are no signals, and nothing is changed.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def heard(_: int, __: FrameType | None) -> None:
        if stop.is_set:
            raise KeyboardInterrupt
        stop.set()

    before = {number: signal.signal(number, heard) for number in SIGNALS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def signals_held() -> Iterator[None]:
    """Ctrl-C and SIGTERM wait until this is over: in the middle of loading a compiled module they are lost in it.

    Or they come out of it as a failed import. Systems that cannot hold signals back change nothing.
    """
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def ignore_signals() -> None:
    """From now on Ctrl-C and SIGTERM do nothing: a process that is about to end has nothing left to stop.

    While Python shuts down, either would kill it, and a plan that is published and told would look like none. To hold
    them back in this thread would not do: a solver's thread that has not ended hears them too.
    """
    for number in SIGNALS:
        signal.signal(number, signal.SIG_IGN)


def in_a_thread(work: Callable[[], Made]) -> Made:
    """What the work gives, made in a thread of its own, in the language in use.

    Python hears a signal in its main thread only, and only between two steps: not while that thread is inside a solver.
    The thread, all that it begins, and programs that it calls hear no signals: a solver in another process would end
    with nothing on the Ctrl-C that is meant for this one.
    """
    made: Future[Made] = Future()
    context = copy_context()

    def make() -> None:
        signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)
        try:
            made.set_result(context.run(work))
        except BaseException as error:  # noqa: BLE001 - raised again where it is waited for
            made.set_exception(error)

    threading.Thread(target=make, daemon=True).start()
    return made.result()
