"""The verification: the promoted bundle opens as the server will open it, and the running server answers with it."""

from prefect import task

from churn import settings
from churn.bundle.open import open_bundle
from pipelines.common import OUTSIDE, registry
from pipelines.deployment.trial import Outcome, Trial
from pipelines.running import await_server


@task(**OUTSIDE)
def verify(trial: Trial) -> Outcome:
    """Open the bundle, and wait for the running server, if there is one. Raises NoModel or BundleCorrupt."""
    models, places = registry(), settings.load()
    open_bundle(models.download(trial.candidate, places.bundles))
    known = {item.version: item.fingerprint for item in models.versions()}
    key = places.client_key.get_secret_value()
    answers = await_server(places.api_url, known[trial.candidate], known.values(), key)
    return Outcome(True, "the server answers with it" if answers else "no server is running; the bundle opens and verifies")
