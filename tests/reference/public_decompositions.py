"""Why the figures of 24 waves changed, as R was asked, computed by `analysis`."""

from typing import Any

from r_shapes import Results, model

from analysis import SurveyData, bands, firebaugh, from_frame, kitagawa, mean, oaxaca, standardise, svyglm

ENDS = ("1977", "2018")
_CODES = {
    "agree": {0: "no", 1: "yes"},
    "sex": {1: "man", 2: "woman"},
    "ba": {0: "none", 1: "degree"},
    "degree": dict(enumerate(("none", "high school", "junior college", "bachelor", "graduate"))),
}


def coded(data: SurveyData) -> SurveyData:
    """The same waves with codes for what people are, and age in four bands."""
    whole = from_frame(data.frame, data.design, codes=_CODES)
    return bands(whole, "age", [18, 35, 50, 65, 200], into="age4")


def decompositions(data: SurveyData) -> Results:
    cells = coded(data)
    ends: dict[str, Any] = {"code": 1, "wave_from": ENDS[0], "wave_to": ENDS[1]}
    parts = kitagawa(cells, "agree", by=["degree", "sex", "age4"], **ends)
    standard = standardise(cells, "agree", code=1, by=["age4", "sex", "ba"], standard=ENDS[1])
    return {
        "kitagawa_1977_2018": {
            "ncell": len(parts.cells),
            "dropped": int((parts.cells[["base_from", "base_to"]] == 0).any(axis=1).sum()),
            **parts.table.set_index("part")["estimate"].to_dict(),
        },
        "standardised_to_2018": dict(zip(standard.series.waves, standard.series.values, strict=True)),
        "firebaugh": _firebaugh(data),
        "oaxaca_1977_2018": _oaxaca(data, ends),
    }


def _firebaugh(data: SurveyData) -> Results:
    found = firebaugh(data, "agree", code=1, cohort="cohort")
    # R's years are not centred, which changes the intercept and its error only
    plain = model(svyglm("agree ~ year + cohort", data))
    ours = {"year": "time", "cohort": "cohort"}
    return {
        "coef": plain["coef"] | {name: found.fit.params[term] for name, term in ours.items()},
        "se": plain["se"] | {name: found.fit.se[term] for name, term in ours.items()},
        "years": found.years,
        "mean_cohort": found.cohorts,
        "mean_y": found.means,
        "intracohort": found.parts.values[found.parts.place("intracohort")],
        "replacement": found.parts.values[found.parts.place("replacement")],
    }


def _oaxaca(data: SurveyData, ends: dict[str, Any]) -> Results:
    names = ["female", "ba", "age"]
    found = oaxaca(data, "agree", factors=names, **ends)
    figures = dict(zip(found.parts.names, found.parts.values, strict=True))
    result: Results = {
        "explained_ref1977": figures["explained", ""],
        "unexplained_ref1977": figures["unexplained", ""],
        "explained_by_var": {name: figures["explained", name] for name in names},
    }
    for year, fit in zip(ENDS, found.fits, strict=True):
        result[f"beta_{year}"] = {"(Intercept)": fit.params["level"]} | {n: fit.params[n] for n in names}
        result[f"x_{year}"] = {
            name: mean(data, name, where={"wave": year}).iloc[0]["estimate"] for name in names
        }
    return result
