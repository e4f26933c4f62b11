"""The article as one table: seven areas, three strategies each, and where each lives in Fairgo.

`fairgo status`, the console's home, `docs/article.md` and `tests/article/` are made from this table or checked against it.
"""

from dataclasses import dataclass

AREAS: dict[str, str] = {
    "bias": "Bias",
    "privacy": "Privacy",
    "transparency": "Transparency",
    "consent": "Consent",
    "monitoring": "Monitoring",
    "stakeholders": "Stakeholders",
    "culture": "Culture",
}


@dataclass(frozen=True, slots=True)
class Strategy:
    """One of the 21: the article's word for it, what it does here, and how it is seen to be done."""

    area: str
    name: str
    asks: str
    does: str
    measure: str
    page: str
    command: str

    @property
    def module(self) -> str:
        """The module (or folder) that does the work."""
        return f"fairgo.{self.area}.{self.name}"

    @property
    def test(self) -> str:
        """The acceptance test, through HTTP or the command line."""
        return f"tests/article/test_{self.area}.py::test_{self.name}"


STRATEGIES: tuple[Strategy, ...] = (
    Strategy(
        "bias",
        "datasets",
        "Use diverse, inclusive datasets",
        "compares who is in the data with who is in the population",
        "worst covered group, age of the check",
        "/console/bias/datasets",
        "fairgo dataset",
    ),
    Strategy(
        "bias",
        "audits",
        "Test and audit AI regularly for bias",
        "audits decisions for gaps between groups and their intersections",
        "open findings, days since the last audit",
        "/console/bias/audits",
        "fairgo audit",
    ),
    Strategy(
        "bias",
        "teams",
        "Build diverse teams",
        "records who builds, reviews and signs, and which perspectives are missing",
        "systems missing a perspective",
        "/console/bias/teams",
        "fairgo staff",
    ),
    Strategy(
        "privacy",
        "principles",
        "Follow the Australian Privacy Principles and other law",
        "keeps the clocks of access, correction, complaint and breach",
        "overdue clocks, principles without evidence",
        "/console/privacy/principles",
        "fairgo status",
    ),
    Strategy(
        "privacy",
        "security",
        "Protect data with strong encryption and security",
        "finds and hides personal information, and seals what is kept",
        "identifiers hidden, texts that could not be scanned",
        "/console/privacy/security",
        "fairgo redact",
    ),
    Strategy(
        "privacy",
        "policies",
        "Publish transparent collection and usage policies",
        "compares the published policy with what really flows",
        "register differs from traffic or from the published policy",
        "/console/privacy/policies",
        "fairgo policy",
    ),
    Strategy(
        "transparency",
        "disclosure",
        "Say clearly that it is AI",
        'tells every customer before the first AI word, and answers "are you human?" truthfully',
        "interactions without delivered disclosure",
        "/console/transparency/disclosure",
        "fairgo check",
    ),
    Strategy(
        "transparency",
        "explanations",
        "Explain recommendations and decisions",
        "gives reasons in plain words, and what would change them",
        "decisions without an explanation",
        "/console/transparency/explanations",
        "fairgo status",
    ),
    Strategy(
        "transparency",
        "opt_out",
        "Let people opt out to a human",
        "recognises the wish for a person; from then on no model is called",
        "wishes recognised, seconds from wish to refusal of the model",
        "/console/transparency/opt-out",
        "fairgo rehearse",
    ),
    Strategy(
        "consent",
        "choices",
        "Let people give and withdraw consent",
        "keeps every choice per purpose, in force on the next call",
        "withdrawals not yet in force",
        "/console/consent/choices",
        "fairgo status",
    ),
    Strategy(
        "consent",
        "alternatives",
        "Offer alternatives to AI",
        "hands the conversation to a person and keeps it there",
        "people waiting, failed or looping hand-overs",
        "/console/consent/alternatives",
        "fairgo doctor",
    ),
    Strategy(
        "consent",
        "parity",
        "Opting out must not diminish the quality of service",
        "compares the service of those who said no with the rest",
        "verdict of each comparison",
        "/console/consent/parity",
        "fairgo parity",
    ),
    Strategy(
        "monitoring",
        "model_updates",
        "Update models as behaviour changes",
        "watches drift and gates promotions",
        "stale or drifted systems, ungated promotions",
        "/console/monitoring/model-updates",
        "fairgo drift",
    ),
    Strategy(
        "monitoring",
        "conduct",
        "Watch interactions for unethical behaviour and bias",
        "checks every reply and opens incidents",
        "open incidents, replies not checked",
        "/console/monitoring/conduct",
        "fairgo probe",
    ),
    Strategy(
        "monitoring",
        "reviews",
        "Have ethics committees and external auditors",
        "runs cases, quorum, votes and conditions, and packs for auditors",
        "overdue conditions",
        "/console/monitoring/reviews",
        "fairgo ledger",
    ),
    Strategy(
        "stakeholders",
        "feedback",
        "Ask customers for feedback",
        "ties two-tap feedback to the interaction and closes the loop",
        "response rate, themes without an answer",
        "/console/stakeholders/feedback",
        "fairgo status",
    ),
    Strategy(
        "stakeholders",
        "employees",
        "Involve employees of different backgrounds",
        "lets staff flag AI, and panels of many backgrounds judge it",
        "flags unanswered",
        "/console/stakeholders/employees",
        "fairgo staff",
    ),
    Strategy(
        "stakeholders",
        "experts",
        "Consult industry experts and ethicists",
        "keeps each question, the advice and the response",
        "advice without a response",
        "/console/stakeholders/experts",
        "fairgo status",
    ),
    Strategy(
        "culture",
        "training",
        "Train people regularly",
        "assigns lessons and quizzes; without training no approval rights",
        "overdue people",
        "/console/culture/training",
        "fairgo staff",
    ),
    Strategy(
        "culture",
        "values",
        "Put ethics into core values",
        "publishes the policy as versions, and shows which rule has no check",
        "rules without an enforcing check",
        "/console/culture/values",
        "fairgo policy",
    ),
    Strategy(
        "culture",
        "dialogue",
        "Keep an open dialogue",
        "takes concerns, anonymous if wished, and answers them",
        "concerns unanswered past their time",
        "/console/culture/dialogue",
        "fairgo status",
    ),
)
