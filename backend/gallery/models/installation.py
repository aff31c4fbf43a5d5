"""What ties this database to its folder of originals."""

from uuid import UUID

from sqlalchemy import CheckConstraint
from sqlalchemy.orm import Mapped, mapped_column

from gallery.models.base import Base


class Installation(Base):
    """One row: the name that is also written into the storage folder, so that a wrong or empty mount is noticed."""

    __tablename__ = "installation"

    singleton: Mapped[bool] = mapped_column(primary_key=True, default=True, server_default="true")
    volume_id: Mapped[UUID]

    __table_args__ = (CheckConstraint("singleton", name="singleton"),)
