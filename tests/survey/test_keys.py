"""Keys: files only their owner reads, made once, destroyed for good."""

import hashlib
import hmac
import stat
from pathlib import Path

import pytest

from survey import keys
from survey.refusal import Refused


def test_a_ballot_is_the_keyed_hash_of_its_token(tmp_path: Path) -> None:
    key = keys.create_wave_key(tmp_path, "opinion")
    token = keys.new_token()
    assert key.ballot(token) == hmac.new(key.secret, token.encode(), hashlib.sha256).hexdigest()


def test_a_code_is_never_stored_as_a_ballot_could_be(tmp_path: Path) -> None:
    key = keys.create_wave_key(tmp_path, "opinion")
    assert key.code("ABCD") != key.ballot("ABCD")


def test_a_code_may_be_typed_with_hyphens_and_small_letters(tmp_path: Path) -> None:
    key = keys.create_wave_key(tmp_path, "opinion")
    assert key.code("abcd-efgh ") == key.code("ABCDEFGH")


def test_a_token_holds_128_bits() -> None:
    tokens = {keys.new_token() for _ in range(200)}
    assert len(tokens) == 200
    assert {len(token) for token in tokens} == {26}


def test_a_key_file_is_read_by_its_owner_only(tmp_path: Path) -> None:
    keys.create_wave_key(tmp_path, "opinion")
    path = keys.wave_key_file(tmp_path, "opinion")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    path.chmod(0o640)
    with pytest.raises(Refused, match="chmod 600"):
        keys.read_wave_key(tmp_path, "opinion")


def test_a_key_is_never_overwritten(tmp_path: Path) -> None:
    first = keys.create_wave_key(tmp_path, "opinion")
    with pytest.raises(Refused, match="one that exists"):
        keys.create_wave_key(tmp_path, "opinion")
    assert keys.read_wave_key(tmp_path, "opinion") == first
    assert {path.name for path in tmp_path.iterdir()} == {"wave-opinion.key", "withdrawn-opinion"}


def test_a_destroyed_key_is_gone_and_destroying_again_does_nothing(tmp_path: Path) -> None:
    keys.create_wave_key(tmp_path, "opinion")
    assert keys.destroy_wave_key(tmp_path, "opinion")
    assert not keys.destroy_wave_key(tmp_path, "opinion")
    with pytest.raises(Refused, match="expected a key file; found none"):
        keys.read_wave_key(tmp_path, "opinion")


def test_all_workers_share_one_server_secret(tmp_path: Path) -> None:
    (secret,) = keys.server_secrets(tmp_path)
    assert keys.server_secrets(tmp_path) == (secret,)
    assert len(secret) == 32


def test_a_server_key_moved_aside_stays_valid_and_a_new_one_signs(tmp_path: Path) -> None:
    (first,) = keys.server_secrets(tmp_path)
    (tmp_path / "server.key").rename(tmp_path / "server.key.old")
    old, new = keys.server_secrets(tmp_path)
    assert old == first != new
    assert stat.S_IMODE((tmp_path / "server.key").stat().st_mode) == 0o600
    (tmp_path / "server.key.old").unlink()
    assert keys.server_secrets(tmp_path) == (new,)


def test_free_text_is_opened_by_the_private_key_only(tmp_path: Path) -> None:
    public = keys.create_text_key(tmp_path / "text.key")
    private = bytes.fromhex((tmp_path / "text.key").read_text())
    box = keys.seal(public, "Қатты сөз")
    assert "сөз" not in box
    assert keys.unseal(private, box) == "Қатты сөз"
    assert stat.S_IMODE((tmp_path / "text.key").stat().st_mode) == 0o600


def test_a_seed_repeats_and_its_absence_does_not() -> None:
    assert keys.chance(7, "x")(16) == keys.chance(7, "x")(16)
    assert keys.chance(7, "x")(16) != keys.chance(7, "y")(16)
    assert keys.chance(None, "x")(16) != keys.chance(None, "x")(16)


@pytest.mark.parametrize("before", [None, 0o755])
def test_only_their_owner_enters_the_folder_of_the_keys(tmp_path: Path, before: int | None) -> None:
    folder = tmp_path / "home" / "keys"
    if before is not None:
        folder.mkdir(parents=True)
        folder.chmod(before)
    keys.server_secrets(folder)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
