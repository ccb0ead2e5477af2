"""A release becomes a public file: k holds by another count, what tells people apart is gone."""

import hashlib
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analysis import (
    VARIANCE_UNIT,
    WITHHELD,
    Design,
    Meta,
    MicrodataError,
    PublicFile,
    PublicSpec,
    SurveyData,
    derive,
    library_spec,
    make_public,
    read_public_spec,
    read_release,
    withheld_of,
    withhold,
    write_release,
)
from instruments import load_library


@pytest.fixture
def public(release: Path, spec: PublicSpec) -> PublicFile:
    (made,) = make_public([release], spec)
    return made


def smallest(public: PublicFile, *more: str) -> int:
    """The oracle: rows counted in plain Python."""
    rows = public.frame[[*public.keys, *more]].itertuples(index=False)
    return min(Counter(map(tuple, rows)).values())


def test_five_rows_share_each_combination_of_keys(public: PublicFile) -> None:
    assert smallest(public) == public.changes.after.smallest >= 5
    assert public.changes.before.smallest == 1


def test_the_weight_parts_no_class_below_five(public: PublicFile) -> None:
    assert smallest(public, "weight") == public.changes.with_weight.smallest >= 5


def test_raked_weights_as_they_were_would_tell_withheld_keys(public: PublicFile, release: Path) -> None:
    raw = read_release(release)
    assert smallest(replace(public, frame=raw.frame.assign(tongue=1, age4=1, half=1)), "weight") < 5


def test_words_exact_numbers_paradata_and_their_descendants_are_gone(public: PublicFile) -> None:
    gone = {"SAID", "MONEY", "RICH", "ANSWER_POS", "CONSENT", "AGE", "TOWN", "part", "OLD_TOWN"}
    assert gone - set(public.keys) <= set(public.changes.removed)
    left = set(public.frame.columns)
    assert not left & set(public.changes.removed)
    assert not left & (gone - set(public.keys))
    assert not left & {"psu", "stratum", "base_weight", "language", "wave"}
    assert {"ANSWER", "BLAME", "CHILDREN", "weight", VARIANCE_UNIT} <= left


def test_what_is_published_is_what_was_answered(public: PublicFile, release: Path) -> None:
    raw = read_release(release).frame
    assert Counter(public.frame["ANSWER"]) == Counter(raw["ANSWER"])
    assert public.frame["CHILDREN"].max() == 3
    assert public.changes.topped == {"CHILDREN": int((raw["CHILDREN"] > 3).sum())}


def test_class_sums_of_weights_are_kept(public: PublicFile, release: Path) -> None:
    assert public.frame["weight"].sum() == pytest.approx(
        read_release(release).frame["weight"].sum(), abs=1e-3
    )


def test_the_order_of_rows_is_another(public: PublicFile, release: Path) -> None:
    raw = read_release(release).frame
    same = (public.frame["ANSWER"].to_numpy() == raw["ANSWER"].to_numpy()).mean()
    by_chance = sum((raw["ANSWER"].value_counts(normalize=True)) ** 2)
    assert same < by_chance + 0.08


def test_the_secret_of_the_order_is_not_the_sum_in_the_manifest(release: Path) -> None:
    from analysis.public.mixing import secret_of

    rows = (release / "data.parquet").read_bytes()
    assert secret_of(rows) != hashlib.sha256(rows).digest()


def test_the_same_release_gives_the_same_file(release: Path, spec: PublicSpec) -> None:
    (one,), (other,) = (make_public([release], spec) for _ in range(2))
    assert one.frame.equals(other.frame)


def test_random_groups_hold_whole_places_of_several_strata(release: Path, spec: PublicSpec) -> None:
    from analysis.public.mixing import random_groups

    frame = read_release(release).frame
    groups = random_groups(frame["stratum"].to_numpy(), frame["psu"].to_numpy(), b"secret")
    assert groups is not None
    assert frame.assign(group=groups).groupby("psu")["group"].nunique().max() == 1
    assert frame.assign(group=groups).groupby("group")["stratum"].nunique().min() >= 2


def test_no_places_no_groups(tmp_path: Path, wave: Callable[..., SurveyData], spec: PublicSpec) -> None:
    data = replace(wave(), design=Design())
    folder = write_release(data, tmp_path / "plain", instrument="{}", weights={}, fieldwork={}).folder
    (made,) = make_public([folder], spec)
    assert VARIANCE_UNIT not in made.frame


def test_two_waves_have_the_same_keys(
    release: Path, tmp_path: Path, wave: Callable[..., SurveyData], spec: PublicSpec
) -> None:
    small = wave(250, seed=9)
    other = small.with_frame(small.frame.assign(wave="2025"), meta=replace(small.meta, wave="2025"))
    folder = write_release(other, tmp_path / "other", instrument="{}", weights={}, fieldwork={}).folder
    one, two = make_public([release, folder], spec)
    assert one.keys == two.keys
    assert min(smallest(one), smallest(two)) >= 5
    assert make_public([release], spec, levels=two.levels)[0].keys == two.keys


def test_people_asked_twice_are_refused(
    tmp_path: Path, wave: Callable[..., SurveyData], spec: PublicSpec
) -> None:
    data = wave()
    frame = data.frame.assign(person=np.arange(len(data.frame)))
    design = Design(strata="stratum", cluster=("psu",), person="person")
    folder = write_release(
        replace(data, frame=frame, design=design),
        tmp_path / "panel",
        instrument="{}",
        weights={},
        fieldwork={},
    ).folder
    with pytest.raises(MicrodataError, match="people asked once"):
        make_public([folder], spec)


def test_a_k_that_cannot_be_reached_is_refused_with_what_to_do(
    release: Path, write_spec: Callable[..., Path]
) -> None:
    strict = read_public_spec(write_spec(("k: 5", "k: 200"), ("ceiling: 0.05", "ceiling: 0")))
    with pytest.raises(MicrodataError, match="add coarser steps"):
        make_public([release], strict)


def test_names_that_the_release_lacks_are_all_told(release: Path, write_spec: Callable[..., Path]) -> None:
    wrong = read_public_spec(
        write_spec(
            ("column: SEX", "column: SEXX"), ("BLAME, CHILDREN", "BLAMED, CHILDREN"), ("[3, 4]", "[3, 9]")
        )
    )
    with pytest.raises(MicrodataError) as caught:
        make_public([release], wrong)
    told = " ".join(map(str, caught.value.problems))
    assert "SEXX" in told
    assert "BLAMED" in told
    assert "9 in groups" in told


def test_what_was_withheld_or_never_given_has_one_code(public: PublicFile, release: Path) -> None:
    raw = read_release(release).frame
    change = next(each for each in public.changes.keys if each.name == "SEX")
    assert change.not_given == (raw["SEX"] == -2).sum()
    assert (public.frame["SEX"] == WITHHELD).sum() == change.not_given + change.withheld
    assert not (public.frame["SEX"] == -2).any()


@pytest.mark.parametrize("name", ["kz_thb_core", "kz_thb_pulse", "kz_thb_professionals"])
def test_specifications_of_the_library_read(name: str) -> None:
    found = library_spec(name)
    assert found is not None
    assert found.k == (30 if name == "kz_thb_professionals" else 5)


def test_an_instrument_outside_the_library_has_none() -> None:
    assert library_spec("people") is None


def test_errors_from_random_groups_are_right_on_average(release: Path) -> None:
    from analysis import mean, proportion
    from analysis.public.mixing import random_groups

    data = read_release(release)
    strata, places = (data.frame[name].to_numpy() for name in ("stratum", "psu"))
    wanted = proportion(data, "BLAME", code=1)["se"].iloc[0] ** 2
    found = []
    for number in range(60):
        groups = random_groups(strata, places, bytes([number]))
        dealt = data.with_frame(data.frame.assign(group=groups), design=Design(cluster=("group",)))
        found.append(proportion(dealt, "BLAME", code=1)["se"].iloc[0] ** 2)
        assert mean(dealt, "CHILDREN")["se"].iloc[0] > 0
    assert np.mean(found) == pytest.approx(wanted, rel=0.25)


def test_words_that_a_language_of_the_release_lacks_are_asked_for(
    release: Path, write_spec: Callable[..., Path]
) -> None:
    half = read_public_spec(write_spec(('label: "north"', 'label: {en: "north", ru: "север"}')))
    with pytest.raises(MicrodataError, match="words in kk, uz"):
        make_public([release], half)


def test_only_what_is_listed_is_published(release: Path, write_spec: Callable[..., Path]) -> None:
    spec = read_public_spec(write_spec(("sensitive:", "only: [ANSWER]\nsensitive:")))
    (made,) = make_public([release], spec)
    assert set(made.frame.columns) == {*made.keys, "ANSWER", "weight", VARIANCE_UNIT}


def professionals(sizes: dict[int, int]) -> SurveyData:
    """So many of each role, each of a part of the country."""
    codebook = load_library("kz_thb_professionals").codebook()
    role = np.repeat(list(sizes), list(sizes.values()))
    chance = np.random.default_rng(3)
    columns = {
        v.name: chance.choice(list(v.codes), len(role)) if v.codes else chance.integers(0, 11, len(role))
        for v in codebook.variables
        if v.rule is None
    }
    frame = pd.DataFrame({**columns, "P_ROLE": role, "P_CONSENT": 1, "wave": "2026", "weight": 1.0})
    meta = Meta("professionals", "2026", title=codebook.title, sample_type="nonprobability")
    return SurveyData(derive(frame, codebook), codebook, Design(), meta)


@pytest.mark.parametrize(
    ("sizes", "kept"),
    [({1: 40, 2: 35, 3: 50, 4: 30, 5: 45}, "P_ROLE"), ({1: 40, 2: 35, 3: 50, 4: 12, 5: 45}, None)],
)
def test_professionals_are_published_from_thirty_a_role_on_and_never_by_place(
    tmp_path: Path, sizes: dict[int, int], kept: str | None
) -> None:
    data, spec = professionals(sizes), library_spec("kz_thb_professionals")
    assert spec is not None
    folder = write_release(data, tmp_path, instrument="{}", weights={}, fieldwork={}).folder
    try:
        (made,) = make_public([folder], spec)
    except MicrodataError:
        assert kept is None
        return
    assert smallest(made) >= 30
    assert kept in (None, *made.keys)
    assert not {"P_PART", "P_YEARS", "P_CASES", "P_TRAIN"} & set(made.frame.columns)


def test_a_release_that_left_the_part_of_the_country_out_is_published_by_the_same_specification(
    tmp_path: Path,
) -> None:
    data, spec = professionals({3: 60}), library_spec("kz_thb_professionals")
    assert spec is not None
    frame, codebook = withhold(data.frame, data.codebook)
    assert "P_PART" not in codebook
    less = replace(data, frame=frame, codebook=codebook)
    said = {"P_PART": {"columns": ["P_PART"]}}
    told = write_release(less, tmp_path, instrument="{}", weights={}, fieldwork={"withheld": said}).folder
    assert withheld_of(told) == {"P_PART"}
    (made,) = make_public([told], spec)
    assert len(made.frame) == 60
    assert "P_PART" not in made.frame
    silent = write_release(less, tmp_path, instrument="{}", weights={}, fieldwork={}).folder
    with pytest.raises(MicrodataError, match="hides"):
        make_public([silent], spec)


def test_whoever_knows_all_of_somebody_finds_five_candidates(
    release: Path, public: PublicFile, spec: PublicSpec
) -> None:
    from analysis.public.ladders import key_codes

    data = read_release(release)
    steps = {step.name: step for key in spec.keys for step in key.steps}
    known = np.column_stack([key_codes(steps[name], data) for name in public.keys])
    rows = public.frame[list(public.keys)].to_numpy()
    for person in np.unique(known, axis=0):
        fits = (rows == person) | (rows == WITHHELD) | (person == WITHHELD)
        assert fits.all(axis=1).sum() >= spec.k
