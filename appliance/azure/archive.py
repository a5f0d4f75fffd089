"""Archives of exports: what the portal's "Export template" and "Download" hand out."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from io import BytesIO
from zipfile import BadZipFile, ZipFile

from appliance.azure.cache import SUFFIXES
from appliance.azure.tree import Faults

MAX_BYTES = 64 * 1024 * 1024
MAX_FILES = 1_000
_PLAN = "tfplan"
"""What an archive of `terraform plan -out` has, beside states from before the plan."""


def members(raw: bytes, file: str, faults: Faults) -> Iterator[tuple[str, bytes]]:
    """Files in a zip that may be exports, each with its name behind the archive's.

    One that is broken, encrypted or grows beyond `MAX_BYTES` is a fault.
    """
    left = MAX_BYTES
    try:
        with ZipFile(BytesIO(raw)) as archive:
            if _PLAN in archive.namelist():
                faults.add(
                    "a plan of Terraform's as it saves one",
                    where=file,
                    hint="terraform show -json FILE > terraform.json",
                )
                return
            wanted = [each for each in archive.infolist() if _is_export(each.filename)]
            for each in sorted(wanted, key=lambda each: each.filename)[:MAX_FILES]:
                with archive.open(each) as stream:
                    inner = stream.read(left + 1)
                left -= len(inner)
                if left < 0:
                    faults.add(
                        f"it unpacks to more than {MAX_BYTES} bytes",
                        where=file,
                        hint="export less at once",
                    )
                    return
                yield f"{file}/{each.filename}", inner
    except (BadZipFile, zlib.error, RuntimeError, EOFError, OSError, ValueError):
        faults.add(
            "a zip that is broken or encrypted", where=file, hint="unpack it, and name the files"
        )


def _is_export(name: str) -> bool:
    folded = name.casefold()
    return folded.endswith(SUFFIXES) and not folded.endswith(".zip") and "__macosx/" not in folded
