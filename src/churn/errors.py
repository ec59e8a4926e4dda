"""Every error the system raises on purpose.

ChurnError                   base: one line for the person who must act
├── ParamsError              params.yaml or a CHURN_* variable is wrong
├── TableError               a table cannot be used as it is
├── WorkspaceError           a folder is not a workspace, or a tool in it failed
├── NotWorthwhile            discovery says that no model earns more than doing nothing
├── StageFailed              a stage of dvc.yaml failed; it has said why
├── RequestRefused           a request is malformed; names each field and the reason
│   ├── RequestTooLarge      the body is larger than the route accepts
│   ├── KeyReused            an Idempotency-Key was used for another request
│   └── UnknownPrediction    an outcome names a prediction nobody made
├── BundleCorrupt            a bundle is incomplete, altered or contradicts itself
├── ContractChanged          a challenger would refuse requests that the live model takes
├── ExportInexact            the exported graph does not score like the training library
├── DeploymentUnderWay       another deployment has not ended
├── ApprovalRefused          an approval that nothing waits for, or without a reason
├── NoModel                  no champion has been promoted yet
├── BudgetSpent              requests to a new champion failed too often
├── RegistryUnavailable      the model registry does not answer
├── LoginRefused             the model registry wants a login, or another one
├── StoreUnavailable         the store does not answer or is locked
├── HistoryAltered           a past line of the model's history is not what was written
├── AlertNotSent             a place that alerts go to did not take one
├── NoAnswer                 the model or the store does not come back to an answer
├── Overloaded               more requests wait than the server can answer soon
├── ServerEnding             the server is about to end
└── PortTaken                a port that the stack needs is in use

`status` is the HTTP status of an answer, `exit_code` the exit code of the `churn` command.
"""

from collections.abc import Sequence
from typing import NamedTuple


class FieldError(NamedTuple):
    """One thing wrong with one field of a request."""

    field: str
    reason: str


class ChurnError(Exception):
    """Base of every deliberate error; its text is one line that says what to do."""

    status = 500
    exit_code = 1
    title = "The request could not be completed"


class ParamsError(ChurnError):
    """params.yaml or a CHURN_* variable is wrong."""

    exit_code = 2
    title = "The configuration is wrong"


class TableError(ChurnError):
    """A table cannot be used as it is."""

    exit_code = 2
    title = "The table cannot be used"


class WorkspaceError(ChurnError):
    """A folder is not a workspace, or git or DVC failed in it."""

    exit_code = 2
    title = "The workspace is not ready"


class NotWorthwhile(ChurnError):
    """Discovery says that no model earns more than doing nothing or the same to all."""

    exit_code = 2
    title = "Discovery says no-go"


class StageFailed(ChurnError):
    """A stage of dvc.yaml failed; it has said why on standard error."""

    exit_code = 2
    title = "A stage failed"


class RequestRefused(ChurnError):
    """A request does not match the contract; `errors` names each field."""

    status = 422
    title = "The request does not match the contract"

    def __init__(self, message: str, errors: Sequence[FieldError] = (), status: int | None = None) -> None:
        super().__init__(message)
        self.errors = list(errors)
        if status is not None:
            self.status = status


class RequestTooLarge(RequestRefused):
    """The body is larger than the route accepts."""

    status = 413
    title = "The request body is too large"


class KeyReused(RequestRefused):
    """An Idempotency-Key was used for another request."""

    title = "The key was used for another request"


class UnknownPrediction(RequestRefused):
    """An outcome names a prediction nobody made."""

    status = 404
    title = "The prediction is unknown"


class BundleCorrupt(ChurnError):
    """A bundle is incomplete, altered or contradicts itself."""

    status = 503
    title = "The model bundle is corrupt"


class ContractChanged(ChurnError):
    """A challenger would refuse requests that the live model takes."""

    status = 503
    title = "The contract of the model has changed"


class ExportInexact(ChurnError):
    """The exported graph does not score like the training library."""

    title = "The exported model is not exact"


class DeploymentUnderWay(ChurnError):
    """Another deployment has not ended, so that this one may not begin."""

    status = 409
    title = "Another deployment is under way"


class ApprovalRefused(ChurnError):
    """An approval for what does not wait for one, or without a reason."""

    status = 409
    exit_code = 2
    title = "The approval was not taken"


class NoModel(ChurnError):
    """There is no champion, or it is not the one that is served."""

    status = 503
    title = "No model is being served"


class BudgetSpent(ChurnError):
    """Requests to a new champion failed too often, so its promotion is undone."""

    title = "The new champion fails too often"


class RegistryUnavailable(ChurnError):
    """The model registry does not answer."""

    status = 503
    title = "The model registry does not answer"


class LoginRefused(ChurnError):
    """The model registry wants a login, or another one."""

    status = 503
    exit_code = 2
    title = "The model registry refuses the login"


class StoreUnavailable(ChurnError):
    """The store does not answer, is locked, or cannot be written."""

    status = 503
    title = "The store does not answer"


class HistoryAltered(ChurnError):
    """A past line of the model's history was changed, deleted or moved."""

    title = "The history was altered"


class AlertNotSent(ChurnError):
    """A place named in CHURN_ALERTS did not take an alert."""

    status = 502
    title = "The alert was not sent"


class NoAnswer(ChurnError):
    """The model or the store does not come back to an answer."""

    status = 503
    title = "No answer was found in time"


class Overloaded(ChurnError):
    """More requests wait than the server can answer soon."""

    status = 429
    title = "The server is full"


class ServerEnding(ChurnError):
    """The server is about to end."""

    status = 503
    title = "The server is ending"


class PortTaken(ChurnError):
    """A port that the stack needs is in use."""

    exit_code = 2
    title = "A port is taken"
