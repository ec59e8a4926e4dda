"""What every part of params.yaml has in common."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

Share = Annotated[float, Field(gt=0, lt=1)]
Money = Annotated[float, Field(ge=0)]


class Section(BaseModel):
    """A part of params.yaml; it has these keys and no other."""

    model_config = ConfigDict(frozen=True, extra="forbid")
