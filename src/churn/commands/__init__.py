"""Commands about releases, each in a file of its own; `churn.cli` adds them to `churn`."""

from churn.commands.approve import approve
from churn.commands.card import card
from churn.commands.dora import dora
from churn.commands.effect import effect
from churn.commands.history import history
from churn.commands.lineage import lineage
from churn.commands.rollback import rollback

COMMANDS = (approve, card, dora, effect, history, lineage, rollback)
