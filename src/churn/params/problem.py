"""The business question."""

from pydantic import Field

from churn.params.section import Money, Section, Share


class Problem(Section):
    """The business question, and what each outcome of it is worth (one currency unit throughout)."""

    goal: str
    users: str
    action: str
    horizon_days: int = Field(ge=1)
    saved_value: Money = Field(description="worth of a customer who would have left and stays")
    offer_cost: Money = Field(description="cost of the offer, paid when it is taken up")
    contact_cost: Money = Field(description="cost of reaching one customer")
    save_rate: Share = Field(description="chance that a contacted churner takes the offer and stays")
    control: float = Field(0.0, ge=0, lt=1, description="share of customers never contacted, to measure what contacts do")
    contacts_a_month: int | None = Field(None, ge=1, description="how many customers can be contacted; null: no limit")
