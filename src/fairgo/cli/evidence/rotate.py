"""`fairgo ledger rotate`: a new key signs from now on."""

from pathlib import Path

from fairgo.cli.serving import Data, Json, Policy, show


def rotate(policy: Policy = Path(), data: Data = Path("data"), as_json: Json = False) -> None:
    """Make a new key for the checkpoints; old and new sign the hand-over. Start every server anew afterwards."""
    from fairgo.ledger.rotating import rotate as change

    done = change(policy, data)
    said = {"verifier": str(done.verifier), "before": str(done.before), "archive": str(done.archive)}
    words = (
        f"signed from now on by {done.verifier}\n"
        f"the key before is kept as {done.archive}\n"
        "next: start every server anew, and give outsiders the new verifier key"
    )
    show(said, as_json, words)
