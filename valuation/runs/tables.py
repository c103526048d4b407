"""The table of the drift watch: one look a day at the run that serves."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from kernel.db.base import Base
from kernel.ids import ModelRunId


class ModelWatch(Base):
    """What the market saw of a run on a day, and whether it was alarmed. Append-only, once a run and day."""

    __tablename__ = "model_watch"
    __table_args__ = (Index(None, "watched_at"),)

    run_id: Mapped[ModelRunId] = mapped_column(ForeignKey("model_run.id"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    alarm: Mapped[bool]
    report: Mapped[dict[str, Any]]
    watched_at: Mapped[datetime]
