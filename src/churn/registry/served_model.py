"""The model as MLflow loads it: `predict` takes raw customer rows as a file gives them."""

from pathlib import Path
from typing import Any

import pandas as pd
from mlflow.models import set_model
from mlflow.pyfunc.model import PythonModel, PythonModelContext

from churn.bundle.open import open_bundle
from churn.data.conform import columns_of, conform_to


class ServedModel(PythonModel):
    """A bundle behind MLflow's interface."""

    def load_context(self, context: PythonModelContext) -> None:
        """Verify and open the bundle."""
        self.bundle = open_bundle(Path(context.artifacts["bundle"]))

    def predict(
        self,
        context: PythonModelContext,  # noqa: ARG002
        model_input: pd.DataFrame,
        params: dict[str, Any] | None = None,  # noqa: ARG002
    ) -> pd.DataFrame:
        """(n, columns) raw rows to (n, 2): probability and contact. Columns that are no features are ignored."""
        contract = self.bundle.contract
        frame = conform_to(contract, model_input)
        scored = self.bundle.score_columns(columns_of(frame, contract))
        return pd.DataFrame({"probability": scored.probability, "contact": scored.contact}, index=model_input.index)


set_model(ServedModel())
