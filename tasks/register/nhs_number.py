"""NHS numbers: ten digits of which the last one checks the others (modulus 11)."""

from __future__ import annotations

import re


def read_nhs_number(text: str) -> str | None:
    """The ten digits of an NHS number written with or without spaces; None where it does not check."""
    digits = re.sub(r"[\s-]", "", text)
    if not re.fullmatch(r"[0-9]{10}", digits):
        return None
    total = sum(int(digit) * weight for digit, weight in zip(digits[:9], range(10, 1, -1), strict=True))
    check = -total % 11
    return digits if check == int(digits[9]) else None  # a check of 10 equals no digit
