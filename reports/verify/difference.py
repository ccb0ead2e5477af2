"""What a verification lists: one thing of a file that is not what the releases give."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Difference:
    """`id` is that of the ledger or of an estimate where there is one; `where` says page or attachment."""

    id: str
    printed: str
    recomputed: str
    where: str = ""
