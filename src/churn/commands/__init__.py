"""The commands of `churn`, each in a file of its own; `churn.cli` adds them."""

from churn.commands.approve import approve
from churn.commands.campaign import campaign
from churn.commands.card import card
from churn.commands.demo import demo
from churn.commands.deploy import deploy
from churn.commands.discover import discover
from churn.commands.dora import dora
from churn.commands.effect import effect
from churn.commands.features import features
from churn.commands.history import history
from churn.commands.init import init
from churn.commands.key import key
from churn.commands.lineage import lineage
from churn.commands.replay import replay
from churn.commands.rollback import rollback
from churn.commands.score import score
from churn.commands.serve import serve
from churn.commands.simulate import simulate
from churn.commands.snapshots import snapshots
from churn.commands.stage import stage
from churn.commands.up import up
from churn.commands.walk_forward import walk_forward

COMMANDS = (
    approve,
    campaign,
    card,
    demo,
    deploy,
    discover,
    dora,
    effect,
    features,
    history,
    init,
    key,
    lineage,
    replay,
    rollback,
    score,
    serve,
    simulate,
    snapshots,
    stage,
    up,
    walk_forward,
)
