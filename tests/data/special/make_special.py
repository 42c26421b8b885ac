#!/usr/bin/env python3
"""Reference values and coefficients of Shoal.Numerics.SpecialFunctions.

make_special.py table [points=90] [seed=1] > special.txt   lines of: function, x, nearest double of the value, the rest in units of its last place
make_special.py coefficients                               the polynomials in the sources

All x are exact doubles; the values are computed with 80 digits and more where they cancel. Made with mpmath 1.3.0.
"""
import math
import random
import sys

import mpmath
from mpmath import mp, mpf

mp.dps = 80
SQRT2 = mpmath.sqrt(2)


def normal_cdf(x):
    return mpmath.erfc(-x / SQRT2) / 2


def erfcx(x):
    if x > 1e6:
        return (1 - 1 / (2 * x * x) + 3 / (4 * x**4) - 15 / (8 * x**6)) / (x * mpmath.sqrt(mp.pi))
    return mpmath.exp(x * x) * mpmath.erfc(x)


# Function, value, and intervals of x: uniform ("u", low, high), or of both signs or one by exponent ("e", sign, low, high).
FUNCTIONS = {
    "exp": (mpmath.exp, [("u", -745, 709.7), ("u", -1, 1), ("e", 0, -60, 0)], [0.0, -745.0, -708.5, 709.782712893384, 0.34657359, -0.34657359]),
    "expm1": (mpmath.expm1, [("u", -40, 709.7), ("u", -1.1, 1.1), ("e", 0, -320, 0)], [5e-324, -5e-324, 0.34657359, -0.34657359, 1.0397, -1.0397, -37.4, 60.0]),
    "log": (mpmath.log, [("e", 1, -308, 308), ("u", 0.5, 2), ("u", 0.99, 1.01)], [5e-324, 1e-310, 1.7976931348623157e308, 0.7071067811865475, 1.4142135623730951, 0.9999999999999999, 1.0000000000000002]),
    "log1p": (mpmath.log1p, [("e", 1, -320, 308), ("u", -0.999, 1), ("e", -1, -320, 0)], [5e-324, -0.9999999999999999, -0.2928932188134524, 0.4142135623730951]),
    "tanh": (mpmath.tanh, [("u", -20, 20), ("u", -1, 1), ("e", 0, -320, 0)], [0.625, 0.6249999999999999, 19.0, 5e-324]),
    "sigmoid": (lambda x: 1 / (1 + mpmath.exp(-x)), [("u", -745, 40), ("u", -3, 3), ("u", -40, 40)], [0.0, -744.0, -709.0, 37.0]),
    "softplus": (lambda x: mpmath.log1p(mpmath.exp(x)), [("u", -745, 745), ("u", -3, 3), ("u", -40, 40)], [0.0, -744.0, -709.0, 37.0]),
    "erf": (mpmath.erf, [("u", -6, 6), ("u", -1.2, 1.2), ("e", 0, -320, 0)], [1.0, 0.9999999999999999, 5.9, 0.5, 5e-324]),
    "erfc": (mpmath.erfc, [("u", -6, 27.2), ("u", -1, 1), ("e", 0, -30, 0)], [0.5, 0.49999999999999994, -0.5, 26.5, 27.2, 1.0, 5.0]),
    "erfcx": (erfcx, [("u", -26.6, 27), ("u", -1, 1), ("e", 1, -20, 308)], [0.0, 1e8, 1.0000000000000002e8, 26.7, 4.0, 1e308, 5e-324, -5e-324]),
    "normal_pdf": (lambda x: mpmath.exp(-x * x / 2) / mpmath.sqrt(2 * mp.pi), [("u", -38.5, 38.5), ("u", -2, 2)], [0.0, 37.5, 38.4]),
    "normal_cdf": (normal_cdf, [("u", -38.4, 9), ("u", -1.5, 1.5), ("e", 0, -30, 0)], [0.0, 0.7, -0.7, -0.7000000000000001, 0.7000000000000001, -38.0]),
    "normal_log_cdf": (lambda x: mpmath.log1p(-normal_cdf(-x)) if x > 0 else mpmath.log(normal_cdf(x)), [("u", -60, 38), ("u", -2, 2), ("e", -1, 1, 6)], [0.0, -1.0, -0.9999999999999999, 37.0, -38.4]),
}


def draw(rnd, kind):
    if kind[0] == "u":
        return rnd.uniform(kind[1], kind[2])
    sign = kind[1] or rnd.choice((-1, 1))
    return sign * math.ldexp(rnd.uniform(1, 2), int(rnd.uniform(kind[2], kind[3]) * (math.log2(10) if abs(kind[2]) > 100 or kind[3] > 100 else 1)))


def ulp(value):
    return mpf(math.ulp(abs(value)))


def table(points, seed):
    rnd = random.Random(seed)
    for name, (value, intervals, explicit) in FUNCTIONS.items():
        xs = list(explicit) + [draw(rnd, intervals[k % len(intervals)]) for k in range(points - len(explicit))]
        for x in xs:
            if x == 0 and name in ("expm1", "log1p", "tanh", "erf") or x <= -1 and name == "log1p":
                continue
            exact = value(mpf(x))
            near = float(exact)
            if not math.isfinite(near):
                continue
            rest = float((exact - mpf(near)) / ulp(near))
            while abs(rest) > 0.5:  # float() of a denormal may miss the nearest
                near = math.nextafter(near, math.inf if rest > 0 else -math.inf)
                rest = float((exact - mpf(near)) / ulp(near))
            print(name, repr(x), repr(near), f"{rest:.4f}")


def fit(f, low, high, n):
    """Interpolation in the n Chebyshev points, coefficients of the powers, lowest first."""
    xs = [(low + high) / 2 + (high - low) / 2 * mpmath.cos(mp.pi * (k + mpf(1) / 2) / n) for k in range(n)]
    powers = mpmath.matrix(n, n)
    values = mpmath.matrix(n, 1)
    for i, x in enumerate(xs):
        values[i] = f(x)
        for j in range(n):
            powers[i, j] = x**j
    return [float(c) for c in mpmath.lu_solve(powers, values)]


def erfcx_form(t):
    x = 4 * (1 + t) / (1 - t)
    return (1 + 2 * x) * erfcx(x) - 1


def coefficients():
    fits = {
        "erf(x)/x - 1 in x^2, |x| <= 1": fit(lambda z: mpmath.erf(mpmath.sqrt(z)) / mpmath.sqrt(z) - 1, mpf(0), mpf(1), 12),
        "(tanh(x)/x - 1)/x^2 in x^2, |x| <= 0.625": fit(lambda z: (mpmath.tanh(mpmath.sqrt(z)) / mpmath.sqrt(z) - 1) / z, mpf(0), mpf(0.390625), 12),
        "(1 + 2x) erfcx(x) - 1 in t = (x - 4)/(x + 4)": fit(erfcx_form, mpf(-1), mpf(1) - mpf(10) ** -9, 24),
    }
    for name, values in fits.items():
        print(name)
        for c in reversed(values):
            print("   ", repr(c))


if __name__ == "__main__":
    if sys.argv[1] == "coefficients":
        coefficients()
    else:
        table(int(sys.argv[2]) if len(sys.argv) > 2 else 90, int(sys.argv[3]) if len(sys.argv) > 3 else 1)
