"""Echo, answer and prompt are found however the stream is cut, and nothing else ends an answer."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from appliance.session.exchange import Exchange
from appliance.session.platform import Prompt
from appliance.session.screen import Screen
from vendors.cisco_ios.session import IOS

LOG = "*Nov 21 12:00:00.123: %LINEPROTO-5-UPDOWN: Line protocol on Interface Tunnel1, changed to up"


def talk(
    data: bytes, *commands: str, size: int = 1 << 16, name: str | None = "site-a-rtr"
) -> tuple[Exchange, Prompt | None]:
    screen, exchange = Screen(), Exchange(IOS, name, commands)
    for start in range(0, len(data), size):
        for line in screen.feed(data[start : start + size]):
            exchange.take(line)
    return exchange, exchange.prompt(screen.partial)


def test_one_answer() -> None:
    exchange, prompt = talk(b"site-a-rtr#show clock\r\n12:00\r\nsite-a-rtr#", "show clock")
    assert exchange.answers == [["12:00"]]
    assert prompt == Prompt(name="site-a-rtr", mode="privileged")


@given(st.integers(1, 9))
def test_typed_ahead_lines_each_keep_their_answer(size: int) -> None:
    data = (
        b"crypto ikev2 proposal x\r\nIKEv2 proposal should have\r\n"
        b"site-a-rtr(config-ikev2-proposal)#encryption bogus\r\n   ^\r\n% Invalid input\r\n"
        b"site-a-rtr(config-ikev2-proposal)#group 14\r\nsite-a-rtr(config-ikev2-proposal)#"
    )
    exchange, prompt = talk(
        data, "crypto ikev2 proposal x", "encryption bogus", "group 14", size=size
    )
    assert exchange.answers == [["IKEv2 proposal should have"], ["   ^", "% Invalid input"], []]
    assert prompt is not None
    assert prompt.mode == "configuration"


def test_late_prompts_before_the_echo_end_nothing() -> None:
    stale = b"site-a-rtr#\r\nsite-a-rtr#\r\nsite-a-rtr#"
    assert talk(stale, "show clock")[1] is None
    exchange, prompt = talk(stale + b"show clock\r\n12:00\r\nsite-a-rtr#", "show clock")
    assert exchange.answers == [["12:00"]]
    assert prompt is not None


def test_a_banner_that_looks_like_a_prompt_ends_nothing() -> None:
    data = b"site-a-rtr#show running-config\r\nbanner motd ^C\r\nrouter9#\r\n"
    assert talk(data, "show running-config")[1] is None
    assert talk(data + b"other-rtr#", "show running-config")[1] is None


def test_a_long_hostname_is_cut_in_configuration_mode_only() -> None:
    name = "a-very-long-hostname-of-a-branch-router"
    data = b"interface Tunnel1\r\na-very-long-hostnam(config-if)#"
    assert talk(data, "interface Tunnel1", name=name)[1] is not None
    assert talk(b"show clock\r\n1\r\na-very-long-hostnam#", "show clock", name=name)[1] is None


def test_a_log_message_in_the_middle_of_the_echo() -> None:
    data = f"site-a-rtr#show clo\r\n{LOG}\r\nck\r\n12:00\r\nsite-a-rtr#".encode()
    exchange, prompt = talk(data, "show clock")
    assert exchange.answers == [["12:00"]]
    assert prompt is not None


def test_a_log_message_printed_over_the_prompt() -> None:
    data = f"site-a-rtr(config)#end\r\nsite-a-rtr#\r\n{LOG}\r\n".encode()
    exchange, prompt = talk(data, "end")
    assert prompt is None
    found = exchange.prompt_under_logs("")
    assert found == Prompt(name="site-a-rtr", mode="privileged")
    assert exchange.answers == [[]]


def test_an_answer_that_ends_in_a_log_message_is_not_over() -> None:
    exchange, _ = talk(f"show clock\r\nsite-a-rtr#x\r\n{LOG}\r\n".encode(), "show clock")
    assert exchange.prompt_under_logs("") is None


def test_a_scrolled_echo() -> None:
    exchange, prompt = talk(
        b"site-a-rtr(config)#$ess 198.51.100.7 key k\r\nsite-a-rtr(config)#",
        "pre-shared-key address 198.51.100.7 key k",
    )
    assert exchange.answers == [[]]
    assert prompt is not None
