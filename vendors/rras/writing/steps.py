"""A step is one JSON object a line: a cmdlet and its parameters, as data and never as text."""

from __future__ import annotations

import json

from appliance.model.change import Step
from appliance.model.secret import Secret
from vendors.rras.writing.interface import Parameters


def step(
    cmdlet: str, parameters: Parameters, why: str, *, key: Secret | None = None, bounces: str = ""
) -> Step:
    """The step; `KEY_MARK` among the parameters stands for the key.

    What `Step.reveal` puts in its place is the key as it is written inside a JSON string.
    """
    text = json.dumps({"cmdlet": cmdlet, "parameters": parameters})
    secret = None if key is None else Secret(json.dumps(key.reveal())[1:-1])
    return Step(text=text, why=why, secret=secret, bounces=(bounces,) if bounces else ())
