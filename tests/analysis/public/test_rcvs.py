"""The example specification makes public files of the real waves of the crime-victimisation survey."""

from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from analysis import import_file, make_public, read_public_spec, write_release


@pytest.fixture(scope="module")
def releases(shared: Path, repository: Path, tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    home = tmp_path_factory.mktemp("rcvs")
    data = shared / "data" / "rcvs_2018_2021_2024.csv"
    return [
        write_release(
            each.data, home, instrument=each.instrument, weights=each.weights, fieldwork=each.fieldwork
        ).folder
        for each in import_file(data, repository / "docs/guide/examples/rcvs.yaml")
    ]


def test_real_people_share_all_keys_with_four_others_and_estimates_hold(
    releases: list[Path], repository: Path
) -> None:
    spec = read_public_spec(repository / "docs/guide/examples/microdata.yaml")
    made = make_public(releases, spec)
    assert len({public.keys for public in made}) == 1
    for public in made:
        rows = public.frame[list(public.keys)].itertuples(index=False)
        assert min(Counter(map(tuple, rows)).values()) >= 5
        assert public.changes.before.alone > 0
        assert not {"AGE", "REGION", "INCOME", "SECONDS"} & set(public.frame.columns)
        known = [each for each in public.changes.losses if np.isfinite(each.release)]
        assert len(known) >= 5
        for each in known:
            assert each.public == pytest.approx(each.release, abs=2 * each.se_release)
