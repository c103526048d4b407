"""What the drift watch tells the house."""

from dataclasses import dataclass
from datetime import date

from kernel.events import Event
from kernel.ids import ModelRunId


@dataclass(frozen=True)
class ModelDrifted(Event):
    """What is asked, or what is paid, is no longer what the serving run was taught; once a run and day."""

    run_id: ModelRunId
    day: date
    alarms: tuple[str, ...]
