"""What the records of a scenario are made of: identifiers, shares, moments, and rows that rest on something."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Annotated, Self

from pydantic import (
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    WithJsonSchema,
    model_validator,
)
from pydantic_core import PydanticCustomError

from staffride.scenario.location import Location as Location
from staffride.scenario.quantity import require_ground

Slug = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_.-]*$", max_length=120)]
"""An identifier: lower-case letters, digits, ``_``, ``-`` and ``.``."""

RecordId = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]*$", max_length=120)]
"""An identifier that may hold capitals, as those of the evidence do."""

Share = Annotated[float, Field(ge=0.0, le=1.0)]
"""A number from 0 to 1."""


def _ids(value: object) -> object:
    """Split the ids of a CSV cell at spaces and semicolons."""
    return tuple(value.replace(";", " ").split()) if isinstance(value, str) else value


Ids = Annotated[tuple[str, ...], BeforeValidator(_ids)]

_MOMENT = r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)"


def _written_moment(value: object) -> object:
    """Refuse anything but a written date and time with its offset: a bare number is not a date."""
    if isinstance(value, datetime) or (isinstance(value, str) and re.fullmatch(_MOMENT, value)):
        return value
    raise PydanticCustomError("datetime_form", "a date and time with its offset")


Moment = Annotated[
    AwareDatetime,
    BeforeValidator(_written_moment),
    WithJsonSchema(
        {
            "type": "string",
            "pattern": f"^{_MOMENT}$",
            "description": "date and time with offset, such as 2023-09-24T17:00+04:00",
        }
    ),
]
"""A date and time with its offset from UTC, such as 2023-09-24T17:00+04:00."""


class Model(BaseModel):
    """A frozen record in which every key is known and every number finite."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Row(Model):
    """A row of a table: it rests on evidence, on an assumption with its reason, or on both."""

    evidence: Ids = ()
    assumed: str | None = None

    @model_validator(mode="after")
    def _grounded(self) -> Self:
        require_ground(self.evidence, self.assumed)
        return self
