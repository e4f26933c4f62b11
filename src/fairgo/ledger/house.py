"""What one process shares: the settings, the policy, the store and the ledger over it."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from fairgo.core.policy import Policy
from fairgo.core.settings import Settings, read_settings
from fairgo.ledger.cosigning import announce, beside, second_of
from fairgo.ledger.keyring import Joined
from fairgo.ledger.policies import publish
from fairgo.ledger.recording import Ledger
from fairgo.ledger.trust import Trust
from fairgo.ledger.witnessing import witnesses_of
from fairgo.store.engine import Store, existing_store, open_store
from fairgo.store.keys import Keys, read_key_file


@dataclass(frozen=True, slots=True)
class House:
    """Everything that one process shares."""

    policy: Policy
    settings: Settings
    store: Store
    ledger: Ledger
    trust: Trust
    data: Path

    def close(self) -> None:
        """Sign what is waiting and give everything back."""
        self.ledger.stop()
        self.store.close()


def open_house(policy_folder: Path, data: Path, environ: Mapping[str, str] | None = None) -> House:
    """Read settings, policy and keys, open the store, and publish the policy version that is in force.

    Raises Misconfigured or NotFound with a hint when something cannot be used as it is.
    """
    settings = read_settings(policy_folder, environ)
    policy = Policy.read(policy_folder)
    trust = witnesses_of(policy_folder)
    keys = Keys(read_key_file(settings.master_key_file))
    origin = policy.organisation.ledger_origin
    second = second_of(settings, origin)
    signer = Joined(origin, read_key_file(settings.ledger_key_file), beside(second))
    store = open_store(data, settings.database)
    ledger = Ledger(store, keys, signer, policy=policy.version)
    publish(ledger, policy.version)
    announce(ledger, second)
    return House(policy, settings, store, ledger, trust, data)


@contextmanager
def visiting(policy_folder: Path, data: Path, *, existing: bool = False) -> Iterator[House]:
    """A house for one command: closed at the end, whatever happened.

    With `existing` a place that holds nothing is a mistake (Misconfigured), not a new house.
    """
    if existing:
        existing_store(data, read_settings(policy_folder).database).close()
    house = open_house(policy_folder, data)
    try:
        yield house
    finally:
        house.close()
