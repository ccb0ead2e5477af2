"""The thief: a stolen database in, whose answers he finds out as a share beside chance.

Every attack of the threat model (docs/decisions/0015) as a small function. They run in the tests against
variants that leak and against the product, and after each close against the instance's own database.
"""

from survey.thief.attacks import joined, rederived, trials, watched, within
from survey.thief.loot import Loot, Order
from survey.thief.own import Before, Verdict, attack_own, look_again, look_before
from survey.thief.postgres import steal_postgresql
from survey.thief.roll import drop_roll, keep_roll, read_roll
from survey.thief.scoring import Score, Truth
from survey.thief.sqlite import steal_sqlite

__all__ = [
    "Before",
    "Loot",
    "Order",
    "Score",
    "Truth",
    "Verdict",
    "attack_own",
    "drop_roll",
    "joined",
    "keep_roll",
    "look_again",
    "look_before",
    "read_roll",
    "rederived",
    "steal_postgresql",
    "steal_sqlite",
    "trials",
    "watched",
    "within",
]
