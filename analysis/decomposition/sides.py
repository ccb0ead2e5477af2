"""What is compared with what: waves or domains come in, each side's rows and answers go out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from analysis.breaks import refuse_broken, waves_of
from analysis.data import SurveyData, Where
from analysis.errors import EstimationError, unknown_name
from analysis.estimates.mean import refuse_nominal
from analysis.waves import pooled
from analysis.waves.changes import refuse_unasked

SIDES = ("from", "to")


@dataclass(frozen=True)
class Sides:
    """Two sets of rows with valid answers, `rows`: two of n booleans; `y`: n answers (0 or 1 for a code, 0
    where not valid); `names`: what the sides are called.
    """

    data: SurveyData
    variable: str
    code: int | str | None
    names: tuple[str, str]
    rows: tuple[np.ndarray, np.ndarray]
    y: np.ndarray

    @property
    def domain(self) -> np.ndarray:
        """n booleans: rows of either side."""
        return self.rows[0] | self.rows[1]

    @property
    def infers(self) -> bool:
        """Whether every wave of either side has a sampling error."""
        places = np.unique(self.data.wave_place[self.domain])
        return all(self.data.wave_meta(self.data.waves[place]).infers for place in places if place >= 0)

    @property
    def df(self) -> int:
        """Degrees of freedom of both sides together; none where one side has none."""
        return df_of_sides(self.data, self.domain, self.rows)

    def within(self, mask: np.ndarray) -> "Sides":
        """The same sides without rows outside the mask; EstimationError where one is left empty."""
        first, last = (rows & mask for rows in self.rows)
        for name, rows in zip(self.names, (first, last), strict=True):
            if not rows.any():
                raise EstimationError(f"nobody in {name} has valid answers in all columns named")
        return Sides(self.data, self.variable, self.code, self.names, (first, last), self.y)


def two_sides(
    data: SurveyData | Sequence[SurveyData],
    variable: str,
    *,
    code: int | str | None,
    wave_from: str | None,
    wave_to: str | None,
    domains: tuple[Where, Where] | None,
    where: Where,
    told_by: Sequence[str] = (),
) -> Sides:
    """The rows of two waves, or of two domains; `told_by`: the columns their difference is explained by.

    EstimationError for a wave that did not ask, for a variable or column that does not compare, for an
    answer without a number and where everybody on both sides answers alike.
    """
    data = pooled(data)
    y, valid = answers(data, variable, code)
    inside = data.domain(where) & valid
    if domains is not None:
        if wave_from is not None or wave_to is not None:
            raise EstimationError(
                "waves and domains are both given: type either wave_from and wave_to or domains"
            )
        rows = tuple(inside & data.domain(one) for one in domains)
        names = tuple(_name(one, side) for one, side in zip(domains, SIDES, strict=True))
        sides = Sides(data, variable, code, (names[0], names[1]), (rows[0], rows[1]), y).within(inside)
        return _comparable(sides, (variable, *told_by))
    waves = _waves(data, variable, wave_from, wave_to)
    first, last = (inside & (data.wave_place == data.waves.index(wave)) for wave in waves)
    sides = Sides(data, variable, code, waves, (first, last), y).within(inside)
    return _comparable(sides, (variable, *told_by))


def df_of_sides(data: SurveyData, domain: np.ndarray, sides: Sequence[np.ndarray]) -> int:
    """Degrees of freedom of the domain (n booleans), 0 where one of the sides has none."""
    sample = data.sample
    return sample.df(domain) if min(map(sample.df, sides)) > 0 else 0


def _comparable(sides: Sides, names: Sequence[str]) -> Sides:
    waves = [waves_of(sides.data, rows) for rows in sides.rows]
    if waves[0] != waves[1]:
        refuse_broken(sides.data, names, tuple(dict.fromkeys((*waves[0], *waves[1]))))
    if np.ptp(sides.y[sides.domain]) == 0:
        raise EstimationError(
            f"everybody in {' and '.join(sides.names)} answers {sides.variable!r} alike: there is no "
            "difference to take apart"
        )
    return sides


def _name(domain: Where, side: str) -> str:
    """What a side is called: its codes, or which one it is where it has none."""
    if isinstance(domain, Mapping):
        return str(dict(domain))
    return "everybody" if domain is None else f"the {side} domain"


def answers(data: SurveyData, variable: str, code: int | str | None) -> tuple[np.ndarray, np.ndarray]:
    """n numbers to take means of, 0 where there is no valid answer, and n booleans: where there is one."""
    data.refuse_grouped("a decomposition")
    valid = data.valid(variable)
    if code is not None:
        return data.frame[variable].isin(data.codes_of(variable, code)).to_numpy(float), valid
    refuse_nominal(data, variable)
    return np.nan_to_num(data.values(variable)), valid


def _waves(data: SurveyData, variable: str, wave_from: str | None, wave_to: str | None) -> tuple[str, str]:
    if wave_from is None or wave_to is None:
        raise EstimationError(
            f"two waves are compared: type wave_from and wave_to of {', '.join(data.waves)}"
        )
    if wave_from == wave_to:
        raise EstimationError(f"wave {wave_from!r} is named twice: name two waves of {', '.join(data.waves)}")
    for wave in (wave_from, wave_to):
        if wave not in data.waves:
            raise EstimationError(unknown_name("wave", wave, data.waves))
        refuse_unasked(data, variable, wave)
    return wave_from, wave_to
