"""Analog prototypes of bells and shelves (R. Bristow-Johnson, Audio EQ Cookbook), for arrays and tensors.

Polynomials in s, coefficients of 1, s and s^2. The corner is g = tan(pi frequency / sample_rate), so that the
bilinear transform keeps it in place; ``a`` is the square root of the gain, ``q`` the quality factor.
"""

from __future__ import annotations

from typing import Any, TypeAlias, TypeVar

T = TypeVar("T")
Polynomial: TypeAlias = tuple[T, T, T]
Section: TypeAlias = tuple[Polynomial[T], Polynomial[T]]
"""Numerator and denominator."""


def bell(g: Any, a: Any, q: Any) -> Section[Any]:
    one = g * 0 + 1
    return (g * g, g * a / q, one), (g * g, g / (a * q), one)


def low_shelf(g: Any, a: Any, q: Any) -> Section[Any]:
    slope = a**0.5 / q * g
    return (a * a * g * g, a * slope, a), (g * g, slope, a)


def high_shelf(g: Any, a: Any, q: Any) -> Section[Any]:
    slope = a**0.5 / q * g
    return (a * g * g, a * slope, a * a), (a * g * g, slope, g * 0 + 1)
