"""The embedded PostgreSQL: a real server that the application starts, shares between its processes and stops again.

    with embedded.running(folder) as url:      # SQLAlchemy address of `market_owner`, who is no superuser
        ...

The first process starts the server, further ones share it, and some seconds after the last has left it is stopped. Who
uses it is known by file locks, which the operating system releases however a process ends; whether it is alive, by
connecting. It listens on loopback only, on a port of its own, and asks for a password.

Where it lives: in the folder given, if we may write there and the server may enter it. PostgreSQL does not run as root:
as root its server runs under an unprivileged account (`postgres`, `daemon` or `nobody`, whichever the system has), and
when that may not enter the folder given, or none is given, the database lives in `/var/lib/technology-market/<name>`,
the programs beside it. As an ordinary user who may not write to the folder: `~/.local/share/technology-market/<name>`.
The name depends on the folder given, or on the checkout. No existing folder's mode is ever changed.
"""

from kernel.db.embedded.binaries import wheel_bin
from kernel.db.embedded.errors import EmbeddedProblem
from kernel.db.embedded.service import EmbeddedServer, running, server, temporary

__all__ = ["EmbeddedProblem", "EmbeddedServer", "running", "server", "temporary", "wheel_bin"]
