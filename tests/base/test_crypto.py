"""Personal fields open only in their own row, and look-ups cannot be read backwards."""

import pytest

from app.base import crypto
from app.base.ids import new_id

FIELD, CODE = "11" * 32, "22" * 32


@pytest.fixture(autouse=True)
def root(monkeypatch):
    monkeypatch.setattr(crypto, "_roots", {})
    crypto.set_root(field=FIELD, code=CODE)
    yield
    crypto.derived.cache_clear()


def test_a_sealed_field_opens_in_its_own_row():
    row_id = new_id()

    assert crypto.unseal(crypto.seal("林小满", row_id), row_id) == "林小满"


def test_sealing_twice_gives_two_ciphers():
    row_id = new_id()

    assert crypto.seal("林小满", row_id) != crypto.seal("林小满", row_id)


def test_a_cipher_copied_to_another_row_does_not_open():
    sealed = crypto.seal("林小满", new_id())

    with pytest.raises(ValueError, match="does not open here"):
        crypto.unseal(sealed, new_id())


@pytest.mark.parametrize("position", [0, 1, 13, -1])
def test_a_damaged_cipher_does_not_open(position):
    row_id = new_id()
    sealed = bytearray(crypto.seal("林小满", row_id))
    sealed[position] ^= 1

    with pytest.raises(ValueError, match=r"does not open here|unknown key version"):
        crypto.unseal(bytes(sealed), row_id)


def test_another_root_key_does_not_open_the_field():
    row_id = new_id()
    sealed = crypto.seal("林小满", row_id)
    crypto.set_root(field="33" * 32, code=CODE)

    with pytest.raises(ValueError, match="does not open here"):
        crypto.unseal(sealed, row_id)


def test_a_look_up_hash_depends_on_purpose_value_and_key():
    phone = "00000000001"
    first = crypto.lookup_hash("phone", phone)

    assert first == crypto.lookup_hash("phone", phone)
    assert first != crypto.lookup_hash("phone", "00000000002")
    assert first != crypto.lookup_hash("card", phone)
    assert phone.encode() not in first
    crypto.set_root(field="33" * 32, code=CODE)
    assert first != crypto.lookup_hash("phone", phone)


def test_changing_the_field_root_leaves_codes_alone():
    code = crypto.mac("screen", b"slot 1")

    crypto.set_root(field="33" * 32, code=CODE)
    assert crypto.mac("screen", b"slot 1") == code
    crypto.set_root(field="33" * 32, code="44" * 32)
    assert crypto.mac("screen", b"slot 1") != code


def test_a_mac_is_128_bits_unless_told_otherwise():
    assert len(crypto.mac("screen", b"slot 1")) == 16
    assert len(crypto.mac("screen", b"slot 1", 32)) == 32
    assert crypto.equal(crypto.mac("a", b"m"), crypto.mac("a", b"m"))
    assert not crypto.equal(crypto.mac("a", b"m"), crypto.mac("b", b"m"))
