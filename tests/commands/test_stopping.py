"""The first signal asks the work to stop, the second leaves it; work in a thread of its own hears neither."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from threading import Thread

import pytest

from allokering.commands.stopping import SIGNALS, in_a_thread, signals_held, stoppable
from allokering.language import speak, spoken
from allokering.solvers.budget import Stop


@pytest.mark.parametrize("number", SIGNALS)
def test_the_first_signal_stops_and_the_second_interrupts(number: signal.Signals) -> None:
    """Afterwards the signals mean what they meant before."""
    before = signal.getsignal(number)
    stop = Stop()
    asked: list[bool] = []

    def work() -> None:
        with stoppable(stop):
            for _ in range(2):
                os.kill(os.getpid(), number)
                asked.append(stop.is_set)

    with pytest.raises(KeyboardInterrupt):
        work()

    assert asked == [True]
    assert signal.getsignal(number) is before


def test_outside_the_main_thread_nothing_is_changed() -> None:
    """A signal has no handler there."""
    before, during = signal.getsignal(signal.SIGINT), []

    def work() -> None:
        with stoppable(Stop()):
            during.append(signal.getsignal(signal.SIGINT))

    thread = Thread(target=work)
    thread.start()
    thread.join()

    assert during == [before]


def test_work_in_a_thread_speaks_the_same_language_and_hears_no_signal() -> None:
    """So do the programs that it calls, which inherit what is blocked."""
    speak("nb")

    language, blocked = in_a_thread(lambda: (spoken(), signal.pthread_sigmask(signal.SIG_BLOCK, ())))

    assert language == "nb"
    assert blocked >= set(SIGNALS)
    assert not signal.pthread_sigmask(signal.SIG_BLOCK, ()) & set(SIGNALS)


def test_what_the_work_raises_is_raised_where_it_is_waited_for() -> None:
    """With its own message."""

    def work() -> None:
        raise ValueError("no plan today")

    with pytest.raises(ValueError, match="no plan today"):
        in_a_thread(work)


def test_a_signal_while_a_command_is_loaded_is_heard_when_it_has_been() -> None:
    """It neither breaks the loading off nor is it lost."""
    reached: list[bool] = []
    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell starts what runs behind it deaf to it

    def load() -> None:
        with signals_held():
            signal.raise_signal(signal.SIGINT)  # to this thread: another one would not hold it back
            reached.append(True)

    try:
        with pytest.raises(KeyboardInterrupt):
            load()
    finally:
        signal.signal(signal.SIGINT, before)
    assert reached == [True]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_after_the_command_does_not_change_how_it_ended(number: signal.Signals) -> None:
    """Python shuts down slowly, and would be killed meanwhile: also where a thread that has not ended hears signals."""
    code = f"""
import atexit, os, sys, threading
from allokering.cli import run
threading.Thread(target=threading.Event().wait, daemon=True).start()
atexit.register(os.kill, os.getpid(), {int(number)})
sys.argv = ["allokering", "list"]
run()
"""
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False)

    assert (ended.returncode, ended.stderr) == (0, b"")
    assert b"alis-vest-2017" in ended.stdout
