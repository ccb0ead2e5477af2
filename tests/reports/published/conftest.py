"""One wave of people with ages, towns and opinions, and publications of it that show what is asked for."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import pytest

from analysis import SurveyData, derive
from instruments import Group, Level, Role, Variable
from reports.evidence import gather
from reports.grouping import Grouped
from reports.published import Publication, Table
from reports.site.listed import site_tables
from tests.reports.site.conftest import named, with_groups

FINGERPRINT = "f" * 64


def cut(name: str, *at: int) -> Variable:
    """Ages cut at these years."""
    codes = {code: named(f"{name} {code}") for code in range(1, len(at) + 2)}
    return Variable(
        name, named(name), Level.ORDINAL, codes, role=Role.DERIVED, rule={"cut": "AGE", "at": list(at)}
    )


@dataclass(frozen=True)
class Office:
    """The wave, and how it is published."""

    data: SurveyData

    def tables(self, *groups: str) -> tuple[Table, ...]:
        """Opinions by these groupings, hidden as report and site hide them."""
        parted = Grouped(self.data, tuple(self.data.variable(name) for name in groups))
        (wave,) = self.data.waves
        found = {}
        for group in parted.groups:
            table = parted.answers("OPINION", group, wave)
            assert table is not None
            found[group.name] = {"OPINION": (table,)}
        opinion = Group("OPINION", {}, {}, ("OPINION",), kind="battery", headline=False)
        whole = gather(self.data, (), (opinion,)).table
        return site_tables(whole, [found], {}, (), self.data)

    def publish(self, *groups: str, kind: str = "site", number: int = 0, **changes: object) -> Publication:
        meta = self.data.meta
        release = {"release": 1, "fingerprint": FINGERPRINT, "rows": len(self.data.frame)}
        made = Publication(meta.study, kind, "1", ("en",), {meta.wave: release}, self.tables(*groups))
        return replace(made, number=number, **changes)  # type: ignore[arg-type]


@pytest.fixture(scope="session")
def office(make_wave: Callable[..., SurveyData]) -> Office:
    """1,500 people; `band` cuts ages at 35, `shifted` at 36, where nine people stand; `halves` at 50,
    `elder` at 50 and 80."""
    data = with_groups(make_wave("2025", n=1500))
    ages = data.frame["AGE"].to_numpy(copy=True)
    ages[np.flatnonzero(ages == 25)[:9]] = 35
    frame = data.frame.assign(AGE=ages)
    columns = (cut("shifted", 36, 50, 80), cut("halves", 50), cut("elder", 50, 80), cut("city", 120))
    codebook = replace(data.codebook, variables=(*data.codebook.variables, *columns))
    derived = [v.name for v in codebook.variables if v.role is Role.DERIVED and v.rule]
    kept = frame.drop(columns=[name for name in derived if name in frame])
    return Office(data.with_frame(derive(kept, codebook), codebook=codebook))
