"""The stops of a tour, as a user writes them and as the page reads them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from projector_export.errors import UsageError
from projector_export.nearest import did_you_mean

View = Mapping[str, str | Sequence[str]]


class TourStop(BaseModel):
    """A stop as a user writes it; what is left out is shown as the table opens."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    title: str = Field(min_length=1, description="The heading")
    text: str = Field("", description="What to see there, in a sentence or two")
    table: str | None = Field(None, description="The table; by default the first")
    map: str | None = Field(None, description="The layout, such as `umap`; by default the first")
    color: str | None = Field(None, description="The column to color by")
    select: str | None = Field(None, description="The label of the point to fly to")
    show: list[str] = Field([], description="Values of that column; all others are hidden")


@dataclass(frozen=True, slots=True)
class Stop:
    """A stop as the page reads it.

    Attributes:
        title: its heading.
        text: what to see there.
        view: parts of the page's address (docs/page.md); a part that is missing is as usual.
    """

    title: str
    text: str
    view: View = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """Return it for JSON."""
        return asdict(self)


def as_tour_stops(stops: Sequence[Any]) -> list[TourStop]:
    """Return stops that a user passed as dicts.

    Raises:
        UsageError: a key does not exist, or has a wrong type.
    """
    if isinstance(stops, str | Mapping) or not isinstance(stops, Sequence):
        raise UsageError("expected tour as a list of stops, each a dict with a title")
    return [_as_tour_stop(index, stop) for index, stop in enumerate(stops)]


def _as_tour_stop(index: int, stop: Any) -> TourStop:
    if isinstance(stop, TourStop):
        return stop
    try:
        return TourStop.model_validate(stop)
    except ValidationError as error:
        details = error.errors(include_url=False)[0]
        known = list(TourStop.model_fields)
        key = ".".join(map(str, ("tour", index, *details["loc"])))
        if details["type"] == "extra_forbidden":
            tip = f"{did_you_mean(str(details['loc'][-1]), known)}keys are: {', '.join(known)}"
            raise UsageError(f"there is no key {key}", tip=tip) from error
        if details["type"] == "missing":
            raise UsageError(f"{key} is missing") from error
        raise UsageError(f"{key}: {details['msg'][:1].lower()}{details['msg'][1:]}") from error
