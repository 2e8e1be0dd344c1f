"""
Linear least squares of the NIST Statistical Reference Datasets (public domain; Norris, Pontius, NoInt1, NoInt2, Longley, Filip,
Wampler 1 to 5), solved in whole-number fractions. Run: python3 make.py (standard library and numpy).

The matrix of the app is Float32, so each column and each target is multiplied by a power of ten (Pontius: x is divided by
150000, its step) until it holds whole numbers that Float32 keeps exactly; coefficients scale along. Coefficients, standard errors,
residual standard deviation and R2 of the exact fractions, scaled back, are checked here against the values NIST certifies.

Filip is the exception: its powers of x up to the tenth cannot be kept exactly in Float32, and rounded they no longer determine the
coefficients. "filip recentred" takes z = x + 6 rounded to 18 binary places and the Float32 powers of z, as given columns: the answer
is that of exactly these columns; its residual standard deviation is close to NIST's, because the same polynomials are meant.
"""
import json
import math
import pathlib
from decimal import Decimal, getcontext
from fractions import Fraction as F

import numpy as np

getcontext().prec = 40

norris = """0.1 0.2 338.8 337.4 118.1 118.2 888.0 884.6 9.2 10.1 228.1 226.5 668.5 666.3 998.5 996.3 449.1 448.6 778.9 777.0 559.2 558.2
0.3 0.4 0.1 0.6 778.1 775.5 668.8 666.9 339.3 338.0 448.9 447.5 10.8 11.6 557.7 556.0 228.3 228.1 998.0 995.8 888.8 887.6 119.6 120.2
0.3 0.3 0.6 0.3 557.6 556.8 339.3 339.1 888.0 887.2 998.5 999.0 778.9 779.0 10.2 11.1 117.6 118.3 228.9 229.2 668.4 669.1 449.2 448.9
0.2 0.5""".split()
pontius = """.11019 .21956 .32949 .43899 .54803 .65694 .76562 .87487 .98292 1.09146 1.20001 1.30822 1.41599 1.52399 1.63194 1.73947 1.84646
1.95392 2.06128 2.16844 .11052 .22018 .32939 .43886 .54798 .65739 .76596 .87474 .98300 1.09150 1.20004 1.30818 1.41613 1.52408 1.63159
1.73965 1.84696 1.95445 2.06177 2.16829""".split()
longley = """60323 83.0 234289 2356 1590 107608 1947  61122 88.5 259426 2325 1456 108632 1948  60171 88.2 258054 3682 1616 109773 1949
61187 89.5 284599 3351 1650 110929 1950  63221 96.2 328975 2099 3099 112075 1951  63639 98.1 346999 1932 3594 113270 1952
64989 99.0 365385 1870 3547 115094 1953  63761 100.0 363112 3578 3350 116219 1954  66019 101.2 397469 2904 3048 117388 1955
67857 104.6 419180 2822 2857 118734 1956  68169 108.4 442769 2936 2798 120445 1957  66513 110.8 444546 4681 2637 121950 1958
68655 112.6 482704 3813 2552 123366 1959  69564 114.2 502601 3931 2514 125368 1960  69331 115.7 518173 4806 2572 127852 1961
70551 116.9 554894 4007 2827 130081 1962""".split()
wampler = {
    1: [1, 6, 63, 364, 1365, 3906, 9331, 19608, 37449, 66430, 111111, 177156, 271453, 402234, 579195, 813616, 1118481, 1508598, 2000719, 2613660, 3368421],
    2: [100000, 111111, 124992, 142753, 165984, 196875, 238336, 294117, 368928, 468559, 600000, 771561, 992992, 1275603, 1632384, 2078125, 2629536,
        3305367, 4126528, 5116209, 6300000],
    3: [760, -2042, 2111, -1684, 3888, 1858, 11379, 17560, 39287, 64382, 113159, 175108, 273291, 400186, 581243, 811568, 1121004, 1506550, 2002767,
        2611612, 3369180],
    4: [75901, -204794, 204863, -204436, 253665, -200894, 214131, -185192, 221249, -138370, 315911, -27644, 455253, 197434, 783995, 608816, 1370781,
        1303798, 2205519, 2408860, 3444321],
    5: [7590001, -20479994, 20480063, -20479636, 25231365, -20476094, 20489331, -20460392, 18417449, -20413570, 20591111, -20302844, 18651453,
        -20077766, 21059195, -19666384, 26348481, -18971402, 22480719, -17866340, 10958421],
}
filip = """0.8116 -6.860120914 0.9072 -4.324130045 0.9052 -4.358625055 0.9039 -4.358426747 0.8053 -6.955852379 0.8377 -6.661145254
0.8667 -6.355462942 0.8809 -6.118102026 0.7975 -7.115148017 0.8162 -6.815308569 0.8515 -6.519993057 0.8766 -6.204119983 0.8885 -5.853871964
0.8859 -6.109523091 0.8959 -5.79832982 0.8913 -5.482672118 0.8959 -5.171791386 0.8971 -4.851705903 0.9021 -4.517126416 0.909 -4.143573228
0.9139 -3.709075441 0.9199 -3.499489089 0.8692 -6.300769497 0.8872 -5.953504836 0.89 -5.642065153 0.891 -5.031376979 0.8977 -4.680685696
0.9035 -4.329846955 0.9078 -3.928486195 0.7675 -8.56735134 0.7705 -8.363211311 0.7713 -8.107682739 0.7736 -7.823908741 0.7775 -7.522878745
0.7841 -7.218819279 0.7971 -6.920818754 0.8329 -6.628932138 0.8641 -6.323946875 0.8804 -5.991399828 0.7668 -8.781464495 0.7633 -8.663140179
0.7678 -8.473531488 0.7697 -8.247337057 0.77 -7.971428747 0.7749 -7.676129393 0.7796 -7.352812702 0.7897 -7.072065318 0.8131 -6.774174009
0.8498 -6.478861916 0.8741 -6.159517513 0.8061 -6.835647144 0.846 -6.53165267 0.8751 -6.224098421 0.8856 -5.910094889 0.8919 -5.598599459
0.8934 -5.290645224 0.894 -4.974284616 0.8957 -4.64454848 0.9047 -4.290560426 0.9129 -3.885055584 0.9209 -3.408378962 0.9219 -3.13200249
0.7739 -8.726767166 0.7681 -8.66695597 0.7665 -8.511026475 0.7703 -8.165388579 0.7702 -7.886056648 0.7761 -7.588043762 0.7809 -7.283412422
0.7961 -6.995678626 0.8253 -6.691862621 0.8602 -6.392544977 0.8809 -6.067374056 0.8301 -6.684029655 0.8664 -6.378719832 0.8834 -6.065855188
0.8898 -5.752272167 0.8964 -5.132414673 0.8963 -4.811352704 0.9074 -4.098269308 0.9119 -3.66174277 0.9228 -3.2644011""".split()


def inverse(A):
    n = len(A)
    M = [row[:] + [F(int(i == j)) for j in range(n)] for i, row in enumerate(A)]
    for i in range(n):
        pivot = next(r for r in range(i, n) if M[r][i] != 0)
        M[i], M[pivot] = M[pivot], M[i]
        d = M[i][i]
        M[i] = [v / d for v in M[i]]
        for r in range(n):
            if r != i and M[r][i] != 0:
                f = M[r][i]
                M[r] = [a - f * b for a, b in zip(M[r], M[i])]
    return [row[n:] for row in M]


def root(v):
    return (Decimal(v.numerator) / Decimal(v.denominator)).sqrt()


def solve(columns, y, intercept):
    """Exact weights and squares of standard errors, of each column and then of the intercept; residual variance; R2."""
    cols = columns + ([[F(1)] * len(y)] if intercept else [])
    G = [[sum(a * b for a, b in zip(u, v)) for v in cols] for u in cols]
    I = inverse(G)
    c = [sum(a * b for a, b in zip(u, y)) for u in cols]
    beta = [sum(a * b for a, b in zip(row, c)) for row in I]
    res = [t - sum(b * u[i] for b, u in zip(beta, cols)) for i, t in enumerate(y)]
    rss = sum(r * r for r in res)
    mean = sum(y) / len(y) if intercept else F(0)
    var = rss / (len(y) - len(cols))
    return beta, [var * I[j][j] for j in range(len(cols))], var, 1 - rss / sum((t - mean) ** 2 for t in y)


def close(got, want, digits=13):
    assert abs(float(got) - want) <= abs(want) * 10.0 ** -digits + (1e-300 if want else 0), (float(got), want)


sets = []


def case(name, columns, y, intercept, scale=None, y_scale=1, certified=None, note=""):
    columns = [[F(v) for v in c] for c in columns]
    y = [F(v) for v in y]
    for c in columns:
        for v in c:
            assert F(float(np.float32(float(v)))) == v, (name, v)
    beta, squares, var, r2 = solve(columns, y, intercept)
    if certified:
        # Back in NIST's units: column j here is NIST's times scale[j], the target times y_scale.
        want, errors, sd, want_r2 = certified
        for b, s, k, w, e in zip(beta, squares, (scale or [1] * len(columns)) + [1], want, errors):
            close(b * F(k) / F(y_scale), w)
            close(root(s) * abs(Decimal(F(k).numerator) / Decimal(F(k).denominator)) / Decimal(y_scale), e)
        close(root(var) / Decimal(y_scale), sd)
        close(r2, want_r2)
    sets.append({
        "name": name, "rows": len(y), "cols": len(columns), "intercept": intercept, "note": note,
        "X": [float(v) for c in columns for v in c], "y": [float(v) for v in y],
        "weights": [float(b) for b in beta], "spread": [float(root(s)) for s in squares], "noise": float(root(var)), "explained": float(r2),
    })


D = lambda s: F(Decimal(s))
case("norris", [[D(v) * 10 for v in norris[1::2]]], [D(v) * 10 for v in norris[0::2]], True, [10], 10,
     ([1.00211681802045, -0.262323073774029], [0.429796848199937e-3, 0.232818234301152], 0.884796396144373, 0.999993745883712))
k = [F(i % 20 + 1) for i in range(40)]
case("pontius", [k, [v * v for v in k]], [D(v) * 100000 for v in pontius], True, [F(1, 150000), F(1, 150000**2)], 100000,
     ([0.732059160401003e-6, -0.316081871345029e-14, 0.673565789473684e-3], [0.157817399981659e-9, 0.486652849992036e-16, 0.107938612033077e-3],
      0.205177424076185e-3, 0.999999900178537))
case("noint1", [range(60, 71)], range(130, 141), False, None, 1, ([2.07438016528926], [0.165289256198347e-1], 3.56753034006338, 0.999365492298663))
case("noint2", [[4, 5, 6]], [3, 4, 4], False, None, 1, ([0.727272727272727], [0.420827318078432e-1], 0.369274472937998, 0.993348115299335))
cols = [[D(v) for v in longley[j::7]] for j in range(1, 7)]
cols[0] = [10 * v for v in cols[0]]
case("longley", cols, [D(v) for v in longley[0::7]], True, [10, 1, 1, 1, 1, 1], 1,
     ([15.0618722713733, -0.358191792925910e-1, -2.02022980381683, -1.03322686717359, -0.511041056535807e-1, 1829.15146461355, -3482258.63459582],
      [84.9149257747669, 0.334910077722432e-1, 0.488399681651699, 0.214274163161675, 0.226073200069370, 455.478499142212, 890420.383607373],
      304.854073561965, 0.995479004577296))
powers = [[F(x) ** e for x in range(21)] for e in range(1, 6)]
ones = [1.0] * 6
error3 = [2363.55173469681, 779.343524331583, 101.475507550350, 5.64566512170752, 0.112324854679312, 2152.32624678170]
case("wampler1", powers, wampler[1], True, None, 1, (ones, [0.0] * 6, 0.0, 1.0))
case("wampler2", powers, wampler[2], True, None, 100000, ([0.1, 0.01, 0.001, 0.0001, 0.00001, 1.0], [0.0] * 6, 0.0, 1.0))
case("wampler3", powers, wampler[3], True, None, 1, (ones, error3, 2360.14502379268, 0.999995559025820))
case("wampler4", powers, wampler[4], True, None, 1, (ones, [100 * e for e in error3], 236014.502379268, 0.957478440825662))
case("wampler5", powers, wampler[5], True, None, 1, (ones, [10000 * e for e in error3], 23601450.2379268, 0.224668921574940e-2))
x = [D(v) for v in filip[1::2]]
y = [D(v) * 10000 for v in filip[0::2]]
# As NIST has it, in fractions only: that the data here are NIST's.
beta, squares, var, r2 = solve([[v**e for v in x] for e in range(1, 11)], y, True)
for b, w in zip(beta, [-2772.17959193342, -2316.37108160893, -1127.97394098372, -354.478233703349, -75.1242017393757, -10.8753180355343,
                       -1.06221498588947, -0.670191154593408e-1, -0.246781078275479e-2, -0.402962525080404e-4, -1467.48961422980]):
    close(b / 10000, w)
close(root(var) / 10000, 0.334801051324544e-2)
z = [F(round((v + 6) * 2**18), 2**18) for v in x]
z32 = [[F(float(np.float32(float(v) ** e))) for v in z] for e in range(1, 11)]
case("filip recentred", z32, y, True, note="powers of x + 6 as Float32; not NIST's own coefficients")
assert abs(sets[-1]["noise"] / 10000 / 0.334801051324544e-2 - 1) < 1e-3

pathlib.Path(__file__).with_name("data.json").write_text(json.dumps({"made by": "make.py, exact fractions", "sets": sets}, separators=(",", ":")) + "\n")
