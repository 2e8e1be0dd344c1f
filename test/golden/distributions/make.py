"""Writes data.json: values of scipy 1.10's distributions at easy, extreme and very large arguments."""
import json, pathlib
import numpy as np
from scipy import special, stats

rows = []
def put(f, args, value):
    rows.append([f, [float(a) for a in args], float(value)])

for x in [0.05, 0.3, 0.5, 1.5, 2.5, 3.3, 9.99, 10, 40.5, 171.7, 1e3, 1e6, 1e-8]:
    put('lgamma', [x], special.gammaln(x))
for x in [-6, -2, -0.3, 0, 1e-9, 0.1, 0.8, 1.2, 2, 5, 10, 20, 26]:
    put('erfc', [x], special.erfc(x))
for x in [-37, -20, -8, -3, -1.96, -0.5, 0, 0.1, 1, 1.96, 4, 8]:
    put('normalCdf', [x], stats.norm.cdf(x))
for p in [1e-300, 1e-30, 1e-10, 1e-4, 0.01, 0.025, 0.07, 0.2, 0.49, 0.6, 0.9, 0.975, 0.9999]:
    put('normalQuantile', [p], stats.norm.ppf(p))
for df in [1, 2, 3, 4.5, 9, 10, 30, 100, 1e3, 1e5, 1e6]:
    for t in [0.001, 0.3, 1, 2, -2.5, 5, 12, 30]:
        put('tTail2', [t, df], 2 * special.stdtr(df, -abs(t)) if df >= 1e5 else 2 * stats.t.sf(abs(t), df))
    for p in [1e-6, 0.025, 0.3, 0.9, 0.975, 0.995]:
        t = stats.t.ppf(p, df)
        for _ in range(3):  # scipy's own quantile is good to 9 digits only; Newton's steps on its cdf mend that
            t -= (stats.t.cdf(t, df) - p) / stats.t.pdf(t, df)
        put('tQuantile', [p, df], t)
for d1, d2 in [(1, 1), (2, 7), (5, 2), (3, 30), (10, 200), (1, 1e5), (40, 40), (300, 1e4), (3000, 3000)]:
    for F in [0.01, 0.5, 0.97, 1.0, 1.02, 1.7, 4, 20, 120]:
        v = stats.f.sf(F, d1, d2)
        if v > 1e-290: put('fTail', [F, d1, d2], v)
for df in [1, 2, 3, 7, 18, 50, 400, 1e4, 1e6]:
    for r in [0.01, 0.3, 0.9, 0.99, 1, 1.01, 1.2, 2, 5, 30]:
        v = stats.chi2.sf(df * r, df)
        if v > 1e-290: put('chi2Tail', [df * r, df], v)
for a, b in [(0.5, 0.5), (1, 1), (3, 10), (13, 1), (1, 12), (500, 501), (20000, 300), (0.5, 30)]:
    for p in [1e-6, 0.025, 0.3, 0.5, 0.9, 0.975]:
        put('betaQuantile', [p, a, b], stats.beta.ppf(p, a, b))
    for x in [0.001, 0.1, 0.5, 0.9, 0.985, 0.999]:
        put('betaCdf', [x, a, b], stats.beta.cdf(x, a, b))
        put('betaTail', [x, a, b], stats.beta.sf(x, a, b))
for n, m in [(10, 12), (100, 80), (5000, 20000)]:
    for d in [0.01, 0.05, 0.1, 0.2, 0.35, 0.6]:
        put('ksTail', [d, n, m], special.kolmogorov(np.sqrt(n * m / (n + m)) * d))
out = pathlib.Path(__file__).with_name('data.json')
out.write_text('{"tolerance": 1e-10, "rows": [\n' + ',\n'.join(json.dumps(r) for r in rows) + '\n]}\n')
