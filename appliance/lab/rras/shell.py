"""One runspace pool of a client: the server side of PSRP, on `psrpcore`."""

from __future__ import annotations

import threading
import time
import uuid
from collections import defaultdict
from collections.abc import Callable

import psrpcore
from psrpcore import types as ps

from appliance.lab.rras.binding import CmdletError
from appliance.lab.rras.engine import Call, Outcome, SecureString

Run = Callable[[list[Call]], Outcome]
Delay = Callable[[list[Call]], float]
_FRAGMENT = 32_768


class Shell:
    """Bytes in, bytes out; pipelines run in `run`, so many seconds late as `delay` says."""

    def __init__(self, identity: str, run: Run, delay: Delay) -> None:
        self._pool = psrpcore.ServerRunspacePool()
        self._pool.runspace_pool_id = uuid.UUID(identity)
        self._run = run
        self._delay = delay
        self._out: dict[uuid.UUID | None, bytes] = defaultdict(bytes)
        self._finished: set[uuid.UUID] = set()
        self._lock = threading.RLock()

    def feed(self, data: bytes, pipeline: uuid.UUID | None = None) -> None:
        """Data from the client, for the pool or one pipeline."""
        with self._lock:
            payload = psrpcore.PSRPPayload(data, psrpcore.StreamType.default, pipeline)
            self._pool.receive_data(payload)
            while (event := self._pool.next_event()) is not None:
                if isinstance(event, psrpcore.CreatePipelineEvent):
                    self._begin(event)
            self._collect()

    def begin(self, identity: str, data: bytes) -> None:
        """A client's command: a new pipeline and its first data."""
        number = uuid.UUID(identity)
        with self._lock:
            psrpcore.ServerPipeline(self._pool, number)
        self.feed(data, number)

    def _begin(self, event: psrpcore.CreatePipelineEvent) -> None:
        pipeline = self._pool.pipeline_table[event.pipeline_id]
        pipeline.start()
        calls = [_call(command) for command in event.pipeline.commands]
        seconds = self._delay(calls)
        if not seconds:
            self._finish(pipeline, self._run(calls))
            return
        later = threading.Timer(seconds, self._finish_late, (pipeline, calls))
        later.daemon = True
        later.start()

    def _finish_late(self, pipeline: psrpcore.ServerPipeline, calls: list[Call]) -> None:
        outcome = self._run(calls)
        with self._lock:
            self._finish(pipeline, outcome)
            self._collect()

    def _finish(self, pipeline: psrpcore.ServerPipeline, outcome: Outcome) -> None:
        for one in outcome.output:
            pipeline.write_output(str(one))
        for error in outcome.errors:
            pipeline.write_error(_exception(error), fully_qualified_error_id=error.identity)
        if outcome.failed is None:
            pipeline.complete()
        else:
            pipeline._change_state(
                ps.PSInvocationState.Failed,
                error=ps.ErrorRecord(
                    Exception=_exception(outcome.failed),
                    CategoryInfo=ps.ErrorCategoryInfo(),
                    FullyQualifiedErrorId=outcome.failed.identity,
                ),
            )
        self._finished.add(pipeline.pipeline_id)

    def _collect(self) -> None:
        while (data := self._pool.data_to_send(_FRAGMENT)) is not None:
            self._out[data.pipeline_id] += data.data

    def take(self, pipeline: uuid.UUID | None, seconds: float) -> tuple[bytes, bool]:
        """What there is for the client, waiting for it; and whether the pipeline is done."""
        deadline = time.monotonic() + seconds
        while not self._out.get(pipeline) and time.monotonic() < deadline:
            time.sleep(0.01)
        with self._lock:
            return self._out.pop(pipeline, b""), pipeline in self._finished


def _exception(error: CmdletError) -> ps.NETException:
    return ps.NETException(Message=error.message, HResult=-2146233087)


def _call(command: psrpcore.Command) -> Call:
    given = {str(name).lstrip("-"): _plain(value) for name, value in command.parameters}
    return Call(name=str(command.command_text), given=given, script=bool(command.is_script))


def _plain(value: object) -> object:
    if isinstance(value, ps.PSSecureString):
        return SecureString(value.decrypt())
    if isinstance(value, dict):
        return {str(name): _plain(one) for name, one in value.items()}
    if isinstance(value, list):
        return [_plain(one) for one in value]
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, int):
        return int(value)
    return str(value)
