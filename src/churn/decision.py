"""What a prediction is worth: whom to contact, and the profit of it."""

from pathlib import Path
from typing import Self

import numpy as np
import numpy.typing as npt
from pydantic import BaseModel, ConfigDict

from churn.params import Problem


class Decision(BaseModel):
    """Costs in one currency unit; the threshold follows from them, so a change of costs needs no training.

    A contacted churner takes the offer with chance `save_rate` and then brings `saved_value - offer_cost`.
    A contacted stayer takes the offer for nothing. Every contact costs `contact_cost`. `control` is the share of customers
    who are never recommended for contact, so that its effect can be measured; it changes no figure.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    saved_value: float
    offer_cost: float
    contact_cost: float
    save_rate: float
    control: float = 0.0

    @classmethod
    def of(cls, problem: Problem) -> Self:
        """The decision that the `problem:` part of params.yaml asks for."""
        return cls(**{name: getattr(problem, name) for name in cls.model_fields})

    @property
    def churner_gain(self) -> float:
        """Expected gain of contacting a customer who would leave."""
        return self.save_rate * (self.saved_value - self.offer_cost) - self.contact_cost

    @property
    def stayer_loss(self) -> float:
        """Loss of contacting a customer who would have stayed."""
        return self.offer_cost + self.contact_cost

    @property
    def threshold(self) -> float:
        """Probability above which a contact is expected to pay: loss / (gain + loss); 1 if it never does."""
        if self.churner_gain <= 0:
            return 1.0
        return self.stayer_loss / (self.churner_gain + self.stayer_loss)

    def contact(self, probability: npt.NDArray[np.floating]) -> npt.NDArray[np.bool_]:
        """Whom to contact, shape as given."""
        return np.asarray(probability > self.threshold)

    def contact_most(self, probability: npt.NDArray[np.floating], share: float) -> npt.NDArray[np.float64]:
        """How much of each customer (n,) to contact, 0 to 1, if at most `share` of all can be: the most likely to leave.

        Customers with equal probability at the edge are contacted in part, as a lot among them would on average.
        """
        wanted = self.contact(probability).astype(np.float64)
        room = share * len(probability)
        if wanted.sum() <= room:
            return wanted
        edge = np.sort(probability)[::-1][int(room)]
        above, at = probability > edge, probability == edge
        return np.asarray(above + at * (room - above.sum()) / at.sum())

    def worth(
        self, label: npt.NDArray[np.integer], contacted: npt.NDArray[np.bool_] | npt.NDArray[np.float64] | float
    ) -> npt.NDArray[np.float64]:
        """What each customer (n,) brings, in currency units for 1,000 like it, given who left and who was contacted."""
        return np.asarray(1000 * np.where(label == 1, self.churner_gain, -self.stayer_loss) * contacted)

    def profit_per_1000(
        self, label: npt.NDArray[np.integer], contacted: npt.NDArray[np.bool_] | npt.NDArray[np.float64]
    ) -> float:
        """Expected profit per 1,000 customers, in currency units, given who left and who was contacted."""
        return float(np.mean(self.worth(label, contacted)))

    def save(self, path: Path) -> None:
        """Write as JSON."""
        path.write_text(self.model_dump_json(indent=2) + "\n", encoding="utf-8")

    @classmethod
    def read(cls, path: Path) -> Self:
        """The inverse of `save`."""
        return cls.model_validate_json(path.read_text(encoding="utf-8"))
