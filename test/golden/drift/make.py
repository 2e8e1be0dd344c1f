"""Writes data.json: two samples, and what scipy and numpy say of their difference. Run: /usr/bin/python3 make.py"""
import json, pathlib
import numpy as np
from scipy import stats

rng = np.random.RandomState(5)
def psi(p, q):
    p, q = np.maximum(p, 1e-4), np.maximum(q, 1e-4)
    return float(np.sum((q - p) * np.log(q / p)))
out = []
for name, a, b in [
    ("same", rng.normal(0, 1, 300), rng.normal(0, 1, 200)),
    ("shifted", rng.normal(0, 1, 300), rng.normal(0.4, 1, 200)),
    ("ties", rng.poisson(2, 150).astype(float), rng.poisson(2.6, 151).astype(float)),
    ("apart", rng.normal(0, 1, 40), rng.normal(5, 1, 30)),
]:
    a, b = np.round(a, 3), np.round(b, 3)
    ks = stats.ks_2samp(a, b, method="asymp")
    edges = np.unique(np.quantile(a, np.linspace(0, 1, 11)))[1:-1]
    share = lambda x: np.bincount(np.searchsorted(edges, x, side="right"), minlength=len(edges) + 1) / len(x)
    out.append({"name": name, "a": a.tolist(), "b": b.tolist(), "ks": ks.statistic, "p": ks.pvalue, "psi": psi(share(a), share(b))})
levels = ["u", "v", "w", "x"]
a = rng.choice(levels, 120, p=[.4, .3, .2, .1]).tolist(); b = rng.choice(levels, 90, p=[.3, .3, .2, .2]).tolist()
table = np.array([[a.count(l) for l in levels], [b.count(l) for l in levels]])
chi2, p, dof, _ = stats.chi2_contingency(table, correction=False)
out.append({"name": "levels", "a": a, "b": b, "chi2": chi2, "p": p, "df": int(dof), "psi": psi(table[0] / 120, table[1] / 90)})
pathlib.Path(__file__).with_name("data.json").write_text(json.dumps(out))
