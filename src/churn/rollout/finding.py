"""What a verdict is made of."""

from dataclasses import dataclass
from typing import Literal

State = Literal["holds", "fails", "open"]


@dataclass(frozen=True)
class Finding:
    """One condition: its figure with an interval where it has one, its limit, and whether it holds; "open": not known yet."""

    name: str
    figure: float
    limit: str
    state: State
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class Verdict:
    """All findings. A verdict fails if one of them does and holds only if all do."""

    findings: list[Finding]

    @property
    def state(self) -> State:
        """Whether the challenger may go on."""
        states = {finding.state for finding in self.findings}
        return "fails" if "fails" in states else "open" if "open" in states else "holds"

    @property
    def reason(self) -> str:
        """In one line, what decides: what fails, or else what is not known yet."""
        state = self.state
        if state == "holds":
            return "every condition holds"
        told = [f"{f.name} ({f.figure:.4g}; {f.limit})" for f in self.findings if f.state == state]
        return f"{'failed' if state == 'fails' else 'not decided'}: {', '.join(told)}"


def state_of(holds: bool) -> State:
    """For a condition that is decided either way; a figure that is not a number holds nothing."""
    return "holds" if holds else "fails"
