"""How good one set of knobs is: the log loss on held rows, after each round where there are rounds."""

import numpy as np
from scipy.special import expit
from sklearn.metrics import log_loss

from churn.model.combine import platt
from churn.model.member import Floats, boosting, designed, fit_member, view
from churn.model.rows import Rows
from churn.params import Learner, Train


def loss_curve(learner: Learner, fit: Rows, held: Rows, params: Train) -> Floats:
    """Log loss of the held rows after each round of boosting (rounds,), or of the whole learner (1,)."""
    if learner in params.boostings:
        return _rounds(learner, fit, held, params)
    fewer = params.extra_trees.model_copy(update={"trees": min(params.tune.trees, params.extra_trees.trees)})
    params = params.model_copy(update={"extra_trees": fewer})
    score = fit_member(learner, fit.contract, fit.matrix, fit.label, params, fit.group).score(held.matrix)
    if learner == "extra_trees":  # its mean probability is calibrated before it is used
        score = platt(score, held.label).log_odds(score[:, None])
    return np.array([log_loss(held.label, expit(score))])


def _rounds(learner: Learner, fit: Rows, held: Rows, params: Train) -> Floats:
    """Boosting goes on until the held rows have gained nothing for `tune.patience` rounds."""
    design, extension, seen = designed(learner, fit.contract, fit.matrix, fit.label, params, fit.group)
    model = boosting(params.boostings[learner], params.seed)
    patience, most = params.tune.patience, params.tune.most_rounds
    model.set_params(max_iter=most, early_stopping=True, n_iter_no_change=patience, scoring="loss", tol=0.0)
    model.fit(seen, fit.label, X_val=view(design, extension, held.matrix), y_val=held.label)
    return np.asarray(-model.validation_score_[1:])


def mean_curve(curves: list[Floats]) -> Floats:
    """Mean loss after each round; a curve that stopped early goes on as it ended."""
    longest = max(map(len, curves))
    return np.asarray(np.mean([np.pad(curve, (0, longest - len(curve)), mode="edge") for curve in curves], axis=0))
