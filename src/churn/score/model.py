"""Which model scores: the champion, a version by its number, or a bundle in a folder."""

from datetime import date
from pathlib import Path

from churn import params, settings
from churn.bundle.manifest import Manifest, fingerprint
from churn.errors import NoModel
from churn.registry.light import registry_at
from churn.score.plan import Asked


def chosen(
    version: str | None, bundle: Path | None, keep: tuple[str, ...] = (), reasons: int = 0, as_of: date | None = None
) -> Asked:
    """Find a bundle, download it unless it is here, and say what is asked of it. Raises NoModel, BundleCorrupt.

    A bundle that comes from a folder has no version; rows are told the first letters of its fingerprint.
    """
    folder, name = (bundle, "") if bundle else _registered(version)
    Manifest.verified(folder)
    mark = fingerprint(folder)
    return Asked(
        bundle=str(folder.absolute()), fingerprint=mark, version=name or mark[:12], keep=keep, reasons=reasons, as_of=as_of
    )


def _registered(version: str | None) -> tuple[Path, str]:
    places = settings.load()
    models = registry_at(places.tracking_uri, params.load().name)
    if version is None:
        champion = models.champion()
        if champion is None:
            raise NoModel(f"there is no champion in {models.uri}; run `churn deploy`, or name a model by --version or --bundle")
        version = champion.version
    return models.download(version, places.bundles), version
