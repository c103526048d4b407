"""Why the embedded database could not be had: one sentence, its facts, and the end of the server's own log."""

from dataclasses import dataclass
from pathlib import Path

from kernel.errors import Unavailable

LOG_LINES_MAX = 15


class EmbeddedProblem(Unavailable):
    """The embedded database cannot be used."""

    zh = "内置数据库无法使用。"

    def __str__(self) -> str:
        facts = self.facts()
        log = facts.pop("log", "")
        told = ", ".join(f"{name}: {value}" for name, value in facts.items())
        sentence = f"{self.title()} ({told})" if told else self.title()
        return f"{sentence}\n{log}" if log else sentence


@dataclass(eq=False)
class NoServerFound(EmbeddedProblem):
    """No PostgreSQL server was found to run."""

    zh = "没有找到可运行的 PostgreSQL 服务器。"
    looked_in: str


@dataclass(eq=False)
class ServerNotRunnable(EmbeddedProblem):
    """The PostgreSQL server cannot be run where it is."""

    zh = "PostgreSQL 服务器无法运行。"
    bin_folder: Path
    account: str
    log: str


@dataclass(eq=False)
class NoAccount(EmbeddedProblem):
    """PostgreSQL refuses to run as root, and this system has no account to run it under."""

    zh = "PostgreSQL 不能以 root 运行，且系统没有可用的普通账户。"
    looked_for: str


@dataclass(eq=False)
class NoFolder(EmbeddedProblem):
    """There is no folder where the database could live."""

    zh = "没有可存放数据库的文件夹。"
    tried: str


@dataclass(eq=False)
class ClusterNotMade(EmbeddedProblem):
    """The database folder could not be made; nothing of it was kept."""

    zh = "无法建立数据库文件夹，未保留任何内容。"
    folder: Path
    log: str


@dataclass(eq=False)
class OtherVersion(EmbeddedProblem):
    """The database folder was made by another major version of PostgreSQL."""

    zh = "数据库文件夹由另一主版本的 PostgreSQL 建立。"
    folder: Path
    folder_major: int
    server_major: int


@dataclass(eq=False)
class ServedByAnother(EmbeddedProblem):
    """A PostgreSQL server that this application did not start is using the database folder."""

    zh = "数据库文件夹正被其他 PostgreSQL 服务器使用。"
    folder: Path
    pid: int


@dataclass(eq=False)
class NotStarted(EmbeddedProblem):
    """The database server did not start."""

    zh = "数据库服务器未能启动。"
    folder: Path
    log: str


@dataclass(eq=False)
class NotAnswering(EmbeddedProblem):
    """The database server is running but does not answer."""

    zh = "数据库服务器正在运行但没有响应。"
    folder: Path
    waited_s: float
    log: str


@dataclass(eq=False)
class StartTakesTooLong(EmbeddedProblem):
    """Another process is still starting or stopping the database."""

    zh = "另一进程仍在启动或停止数据库。"
    folder: Path
    waited_s: float


def last_lines(text: str) -> str:
    """The end of a log, for people."""
    return "\n".join(text.strip().splitlines()[-LOG_LINES_MAX:])
