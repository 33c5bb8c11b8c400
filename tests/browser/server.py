"""A dashboard in a process of its own."""

import os
import resource
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[2]


class Server:
    """The dashboard on a free port, to be ended and started again; a context manager.

    Parameters
    ----------
    *audits : Path
        What it shows; without any, the audits in its home folder.
    script : str
        What Streamlit runs, from the repository's root.
    home : Path, optional
        Its home folder; without one, that of this process.
    log : Path, optional
        A file for what it prints.
    """

    def __init__(
        self,
        *audits: Path,
        script: str = "dashboard.py",
        home: Path | None = None,
        log: Path | None = None,
    ) -> None:
        self.audits = audits
        self.script = script
        self.home = home
        self.log = log
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.address = f"http://localhost:{self.port}"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it and wait until it answers."""
        command = [sys.executable, "-m", "streamlit", "run", self.script]
        command += ["--server.port", str(self.port), "--server.headless", "true", "--"]
        command += map(str, self.audits)
        environment = os.environ | ({"SECOND_LOOK_HOME": str(self.home)} if self.home else {})
        output = self.log.open("ab") if self.log else subprocess.DEVNULL
        self._process = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=output, stderr=subprocess.STDOUT
        )
        for _ in range(600):
            try:
                urllib.request.urlopen(f"{self.address}/_stcore/health")
                return
            except OSError:
                time.sleep(0.05)
        raise RuntimeError("the server does not start")

    def show(self, *audits: Path) -> str:
        """Let it show those audits alone, from wherever they lie; return the server's address.

        Those before are there until these are: a server without any makes the demo.
        """
        assert self.home is not None
        before = list(self.home.glob("*"))
        for number, audit in enumerate(audits):
            (self.home / f"{time.monotonic_ns()}-{number}").symlink_to(audit)
        for link in before:
            link.unlink()
        return self.address

    def hang(self) -> None:
        """Let it stand still: it takes what is sent, and does nothing about it."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)

    def kill(self) -> None:
        """End it by ``kill -9``, in the middle of whatever it does."""
        assert self._process is not None
        self._process.kill()
        self._process.wait()

    @contextmanager
    def full_disk(self) -> Iterator[None]:
        """Let it write to no file, as if the disk were full."""
        assert self._process is not None
        pid, (_, most) = self._process.pid, resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (0, most))
        try:
            yield
        finally:
            resource.prlimit(pid, resource.RLIMIT_FSIZE, (most, most))

    def __enter__(self) -> "Server":
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()
