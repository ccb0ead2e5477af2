"""A plan and data come in, every name of the plan that the data do not know goes out, in the plan's words."""

from collections.abc import Iterator, Sequence

from analysis.data import SurveyData
from analysis.errors import EstimationError, Said, unknown_name
from analysis.tracking.plan import Indicator, TrackingPlan
from analysis.waves import pooled
from instruments import Missing


def plan_problems(plan: TrackingPlan, data: SurveyData | Sequence[SurveyData]) -> tuple[str, ...]:
    """Variables, codes and columns that no wave has: each with where it stands and the names near it.

    A plan may name a wave that is still to come, but what no questionnaire asks is mistyped, or asked only
    later: its comparisons are not_available in `run_plan`.
    """
    data = pooled(data)
    found = [
        f"indicators.{name}: {problem}"
        for name, indicator in plan.indicators.items()
        for problem in _of_indicator(indicator, data)
    ]
    found += [
        f"comparisons.{place}.by: {unknown_name('variable', column, _names(data))}"
        for place, each in enumerate(plan.comparisons, start=1)
        for column in each.by
        if column != "wave" and column not in data.codebook
    ]
    return tuple(found)


def _of_indicator(indicator: Indicator, data: SurveyData) -> Iterator[str]:
    try:
        data.variable(indicator.variable)
        if indicator.code is not None:
            data.codes_of(indicator.variable, indicator.code)
    except EstimationError as error:
        yield from error.problems
    for column, wanted in indicator.where.items():
        if column not in data.frame:
            yield f"where: {unknown_name('column', column, list(data.frame.columns))}"
        elif column in data.codebook and data.variable(column).codes:
            codes = data.variable(column).codes
            for code in wanted if isinstance(wanted, list | tuple) else [wanted]:
                if code not in codes and code not in list(Missing):
                    yield f"where: {column!r} has no code {code}: type one of {sorted(codes)}"


def _names(data: SurveyData) -> list[str]:
    return [variable.name for variable in data.codebook.variables]


def in_file(error: EstimationError) -> str:
    """What an estimator refused, with its settings as keys of the plan."""
    return "; ".join(
        each.spelled(lambda one: f"{one.name}: {' or '.join(map(str, one.values))}")
        if isinstance(each, Said)
        else str(each)
        for each in error.problems
    )
