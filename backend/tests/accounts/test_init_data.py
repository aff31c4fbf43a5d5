"""The parser of MAX's launch strings: what it believes and, above all, what it does not (A01-A13)."""

import json
import random
import time
from datetime import UTC, datetime, timedelta
from urllib.parse import unquote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gallery.accounts.init_data import InvalidInitData, Launch, parse_init_data
from tests.accounts.launches import OFFICIAL_TOKEN, VECTOR_A, VECTOR_B, encoded, launch, signature
from tests.factories import BOT_TOKEN, NOW

AT_A = datetime.fromtimestamp(1771409719, UTC)
AT_B = datetime.fromtimestamp(1790000000, UTC)
ANNA = {"id": 67890, "first_name": "Анна", "last_name": "", "language_code": "ru"}


def parsed(init_data: str, *, now: datetime = NOW, token: str = BOT_TOKEN) -> Launch:
    return parse_init_data(init_data, bot_token=token, now=now)


def is_believed(init_data: str, *, now: datetime = NOW, token: str = BOT_TOKEN) -> bool:
    """Whether somebody would be signed in. Anything but InvalidInitData is a crash and fails the test."""
    try:
        parsed(init_data, now=now, token=token)
    except InvalidInitData:
        return False
    return True


# --- A01


def test_official_vector_is_believed() -> None:
    found = parsed(VECTOR_A, now=AT_A, token=OFFICIAL_TOKEN)
    assert (found.user_id, found.name, found.language, found.start_param) == (67890, "Max User", "ru", None)
    assert found.issued_at == AT_A


def test_vector_with_hard_characters_is_believed() -> None:
    found = parsed(VECTOR_B, now=AT_B, token=OFFICIAL_TOKEN)
    assert found.user_id == 67890
    assert found.name == "Анна & Ко O'Нил = 100% + 1 📷"
    assert found.start_param == "album_7f3a-2"


@pytest.mark.parametrize(
    "name", ["Ёжик", "A+B", "100%", "%2B", "a/b", "x=y", "📷" * 20, "שלום", "O'Neil", '"quoted"', "\\"]
)
def test_names_come_through_whole(name: str) -> None:
    found = parsed(launch({"id": 5, "first_name": name}, NOW))
    assert found.name == name


@pytest.mark.parametrize(
    "damaged",
    [
        VECTOR_B.replace("67890", "67891"),
        VECTOR_B + "&hash=" + VECTOR_B[-64:],
        VECTOR_B + "&user=1",
        VECTOR_B.partition("&hash=")[0],
        unquote(VECTOR_B),
    ],
)
def test_damaged_vectors_are_refused(damaged: str) -> None:
    assert is_believed(VECTOR_B, now=AT_B, token=OFFICIAL_TOKEN)
    assert not is_believed(damaged, now=AT_B, token=OFFICIAL_TOKEN)


# --- A02


def test_no_mutation_of_a_launch_becomes_another_launch() -> None:
    """Every place x many bytes: refused, or the same signed text in another spelling."""
    original, seed = parsed(VECTOR_A, now=AT_A, token=OFFICIAL_TOKEN), random.Random(20261123)
    alphabet = "0123456789abcdefABCDEFghiXYZ%&=+;#?/\"'{}:,._-~ \t\n\r\x00é\ud800"
    tried = believed = 0
    for place in range(len(VECTOR_A)):
        for letter in seed.sample(alphabet, 14):
            for mutant in (
                VECTOR_A[:place] + letter + VECTOR_A[place + 1 :],
                VECTOR_A[:place] + letter + VECTOR_A[place:],
            ):
                tried += mutant != VECTOR_A
                try:
                    found = parsed(mutant, now=AT_A, token=OFFICIAL_TOKEN)
                except InvalidInitData:
                    continue
                believed += 1
                assert found == original, mutant
        shorter = VECTOR_A[:place] + VECTOR_A[place + 1 :]
        assert not is_believed(shorter, now=AT_A, token=OFFICIAL_TOKEN)
        tried += 1
    assert tried >= 10_000
    assert believed < tried / 50, "only other spellings of an escape may be believed"


@given(st.permutations(VECTOR_A.split("&")))
@settings(max_examples=50)
def test_order_of_pairs_does_not_matter(pairs: list[str]) -> None:
    found = parsed("&".join(pairs), now=AT_A, token=OFFICIAL_TOKEN)
    assert found == parsed(VECTOR_A, now=AT_A, token=OFFICIAL_TOKEN)


@given(st.text(max_size=400))
@settings(max_examples=400)
def test_any_text_is_refused(text: str) -> None:
    assert not is_believed(text)


@given(st.dictionaries(st.text(max_size=12), st.text(max_size=40), max_size=6))
@settings(max_examples=300)
def test_signed_nonsense_is_refused_without_a_crash(pairs: dict[str, str]) -> None:
    """Even what MAX itself would have signed: it is nobody's launch without a user and a time."""
    pairs.pop("hash", None)
    assert not is_believed(encoded([*pairs.items(), ("hash", signature(pairs.items()))]))


# --- A03, A04


@pytest.mark.parametrize(
    ("age", "believed"),
    [
        (timedelta(minutes=15), True),
        (timedelta(minutes=15, seconds=1), False),
        (timedelta(minutes=14, seconds=59), True),
        (timedelta(0), True),
        (timedelta(seconds=-60), True),
        (timedelta(seconds=-61), False),
        (timedelta(days=365), False),
    ],
)
def test_age(age: timedelta, believed: bool) -> None:
    assert is_believed(launch(ANNA, NOW - age)) is believed


@pytest.mark.parametrize(
    "auth_date",
    ["-1", "0", "1e30", "1771409719.0", "9" * 12, "9" * 30, str(int(NOW.timestamp()) * 1000), " 1777636800", "١٧٧٧٦٣٦٨٠٠",
     "0x69f3e500", "+1777636800", "01777636800", "nan", "1_777_636_800"],
)  # fmt: skip
def test_odd_times_are_refused(auth_date: str) -> None:
    assert not is_believed(launch(ANNA, auth_date))


def test_missing_time_is_refused() -> None:
    pairs = [("user", '{"id":5}'), ("query_id", "x")]
    assert not is_believed(encoded([*pairs, ("hash", signature(pairs))]))


# --- A06


@pytest.mark.parametrize("key", ["hash", "user", "auth_date", "query_id", "chat", "ip", "start_param"])
@pytest.mark.parametrize("first", [True, False])
def test_a_key_that_occurs_twice_is_refused(key: str, first: bool) -> None:
    good = launch(ANNA, NOW, chat='{"id":1}', ip="127.0.0.1", start_param="x")
    assert is_believed(good)
    value = dict(pair.split("=", 1) for pair in good.split("&"))[key]
    for extra in (f"{key}={value}", f"{key}=", f"{key}=%7B%22id%22%3A1%7D"):
        assert not is_believed(f"{extra}&{good}" if first else f"{good}&{extra}")


def test_duplicate_that_was_signed_is_refused() -> None:
    pairs = [("auth_date", str(int(NOW.timestamp()))), ("user", '{"id":1}'), ("user", '{"id":2}')]
    for order in (pairs, pairs[::-1]):
        assert not is_believed(encoded([*order, ("hash", signature(pairs))]))


@pytest.mark.parametrize("blank", ["start_param=", "start_param", "=x", "", "ip="])
def test_blank_parts_are_refused(blank: str) -> None:
    good = launch(ANNA, NOW)
    assert not is_believed(f"{good}&{blank}")
    assert not is_believed(f"{blank}&{good}")


# --- A07


def test_newline_cannot_move_the_border_between_pairs() -> None:
    """An attacker's start_param holds a line feed, MAX signs it, and the same text reads as another user's launch."""
    issued, real = str(int(NOW.timestamp())), '{"id":67890}'
    honest = [("auth_date", issued), ("start_param", 'x\nuser={"id":1}\nv='), ("user", real)]
    forged = [("auth_date", issued), ("start_param", "x"), ("user", '{"id":1}'), ("v", f"\nuser={real}")]
    assert signature(honest) == signature(forged), "the attack is what it is meant to be"
    assert not is_believed(encoded([*honest, ("hash", signature(honest))]))
    assert not is_believed(encoded([*forged, ("hash", signature(forged))]))


@pytest.mark.parametrize("code", [*range(0x20), *range(0x7F, 0xA0), 0x2028, 0x2029])
def test_control_characters_are_refused_even_when_signed(code: int) -> None:
    assert not is_believed(launch(ANNA, NOW, start_param=f"a{chr(code)}b"))


def test_unknown_keys_are_refused_even_when_signed() -> None:
    assert not is_believed(launch(ANNA, NOW, admin="true"))


# --- A08, A09


@pytest.mark.parametrize("token", ["", " ", "\t\n"])
def test_nothing_is_verified_with_an_empty_token(token: str) -> None:
    with pytest.raises(ValueError, match="no bot token"):
        parsed(launch(ANNA, NOW, token=token), token=token)


@pytest.mark.parametrize("token", ["", "TEST:another-bot", BOT_TOKEN + " ", BOT_TOKEN[:-1], BOT_TOKEN.lower()])
def test_another_bots_launch_is_refused(token: str) -> None:
    assert not is_believed(launch(ANNA, NOW, token=token))


# --- A10


@pytest.mark.parametrize(
    "user",
    ["{}", "[]", "null", "5", '"5"', "true", "", "{", '{"id":"5"}', '{"id":5.0}', '{"id":true}', '{"id":null}', '{"id":0}',
     '{"id":-1}', '{"id":9223372036854775808}', '{"id":1e3}', '{"id":5,"id":6}', '{"id":5,"x":{"a":1,"a":2}}',
     '{"id":NaN}', '{"id":5,"x":NaN}', '{"id":5,"x":Infinity}', '{"id":5,"x":-Infinity}', '{"ID":5}', '{"id":[5]}',
     '{"id":5,"first_name":"\\ud800"}', '{"id":' + "9" * 5000 + "}", '{"id":5}{"id":6}', '{"id":5} x', "\ufeff" + '{"id":5}'],
)  # fmt: skip
def test_odd_users_are_refused(user: str) -> None:
    assert not is_believed(launch(user, NOW))


@pytest.mark.parametrize("bomb", ["[" * 2000, '{"a":' * 1000, '{"id":5,"x":' + "[" * 1500 + "]" * 1500 + "}"])
def test_deep_json_is_refused_at_once(bomb: str) -> None:
    started = time.process_time()
    assert not is_believed(launch(bomb, NOW))
    assert time.process_time() - started < 0.05


@pytest.mark.parametrize("first_name", [None, 5, {"a": 1}, ["x"], True, "", "   ", "\x00", "\u2028", "\n"])
def test_a_person_without_a_usable_name_has_one_all_the_same(first_name: object) -> None:
    found = parsed(launch(json.dumps({"id": 5, "first_name": first_name}), NOW))
    assert (found.user_id, found.name) == (5, "MAX")


@given(st.text(max_size=300), st.text(max_size=300))
@settings(max_examples=200)
def test_names_are_always_storable(first: str, last: str) -> None:
    text = json.dumps({"id": 5, "first_name": first, "last_name": last})
    try:
        found = parsed(launch(text, NOW))
    except InvalidInitData:
        assert any(0xD800 <= ord(character) < 0xE000 for character in first + last) or len(quoted(text)) > 7000
        return
    assert 0 < len(found.name) <= 201
    assert "\x00" not in found.name
    found.name.encode()


def quoted(text: str) -> str:
    return encoded([("user", text)])


# --- A11


def test_decoding_happens_once() -> None:
    found = parsed(launch({"id": 5, "first_name": "%2541"}, NOW))
    assert found.name == "%2541"


def test_plus_is_a_plus() -> None:
    good = launch({"id": 5, "first_name": "A+B"}, NOW)
    assert parsed(good.replace("%2B", "+")).name == "A+B"
    spaced = launch({"id": 5, "first_name": "A B"}, NOW)
    assert parsed(spaced).name == "A B"
    assert not is_believed(spaced.replace("%20", "+"))


@pytest.mark.parametrize("escape", ["%", "%4", "%zz", "%u0041", "%C3", "%FF", "%C0%AE", "%ED%A0%80", "%F4%90%80%80"])
def test_broken_escapes_are_refused(escape: str) -> None:
    assert not is_believed(f"{launch(ANNA, NOW)}&start_param={escape}")


def test_escaped_keys_are_unknown_keys() -> None:
    assert not is_believed(launch(ANNA, NOW).replace("user=", "%75ser="))


# --- A12


@pytest.mark.parametrize("length", [8193, 1 << 20])
def test_long_strings_are_refused(length: int) -> None:
    good = launch(ANNA, NOW)
    assert not is_believed(good + "&start_param=" + "x" * (length - len(good)))


@pytest.mark.parametrize(
    "claimed",
    [
        "",
        "0",
        "f" * 63,
        "f" * 65,
        "F" * 64,
        "g" * 64,
        "é" * 64,
        "%D0%B0" * 32,
        "０" * 64,
        " " + "f" * 64,
        "f" * 64 + "\n",
    ],
)
def test_odd_hashes_are_refused(claimed: str) -> None:
    body = launch(ANNA, NOW).partition("&hash=")[0]
    assert not is_believed(f"{body}&hash={claimed}")
    assert not is_believed(encoded([("hash", claimed)]) + "&" + body)


def test_hash_in_capitals_is_refused() -> None:
    body, _, claimed = launch(ANNA, NOW).partition("&hash=")
    assert not is_believed(f"{body}&hash={claimed.upper()}") or claimed.isdigit()


@pytest.mark.parametrize("separator", [";", "%26", "&amp;", "\n", "&&"])
def test_only_an_ampersand_parts_pairs(separator: str) -> None:
    assert not is_believed(separator.join(launch(ANNA, NOW).split("&")))
