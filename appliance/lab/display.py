"""What a session of a lab device prints, at the pace of its line."""

from __future__ import annotations

import asyncio

import asyncssh

from appliance.lab.faults import Kind, Plan

_CHUNK = 512


class Display:
    """The way out of one session, over its SSH channel."""

    def __init__(self, channel: asyncssh.SSHServerChannel[bytes], plan: Plan) -> None:
        self._channel = channel
        self._plan = plan
        self._loop = asyncio.get_running_loop()
        self._unsent: list[str] = []

    @property
    def closed(self) -> bool:
        """Whether nobody is there any more to read it."""
        return self._channel.is_closing()

    async def write(self, text: str) -> None:
        """Print it, slowly on a slow line."""
        slow = self._plan.lasting(Kind.SLOW)
        if slow is None:
            self.put(text)
            return
        step = max(1, min(_CHUNK, slow.count // 20))
        for at in range(0, len(text), step):
            self.put(text[at : at + step])
            await asyncio.sleep(step / slow.count)

    def put(self, text: str) -> None:
        """Print it at once. What is said at one go, as echoes of a line, travels as one packet."""
        if not self._unsent:
            self._loop.call_soon(self.flush)
        self._unsent.append(text)

    def flush(self) -> None:
        """Send what was printed."""
        text = "".join(self._unsent)
        self._unsent.clear()
        if text and not self.closed:
            self._channel.write(text.replace("\n", "\r\n").encode("utf-8", "surrogateescape"))
