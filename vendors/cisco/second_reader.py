"""x"""

from __future__ import annotations


def library(text: str) -> object:
    from ciscoconfparse import CiscoConfParse
    from loguru import logger

    logger.remove()
    return CiscoConfParse(text.splitlines(), syntax="ios")
