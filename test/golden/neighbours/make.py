"""Reference answers for k nearest neighbours. Run: python3 make.py (scikit-learn 1.2.1)."""
import json
import pathlib

import numpy as np
import sklearn
from sklearn.neighbors import KNeighborsClassifier, KNeighborsRegressor

rng = np.random.default_rng(7)


def f32(a):
    return np.asarray(a, dtype=np.float32).astype(np.float64)


def text(a):
    return [float(f"{v:.9g}") for v in np.asarray(a, dtype=np.float64).ravel(order="F")]


n, p = 80, 4
X = f32(rng.normal(size=(n, p)))
y = f32(X @ [1, -1, 0.5, 0] + 0.3 * rng.normal(size=n))
c = np.digitize(y, [-0.8, 0.6])
# Ten rows learnt from, at distance 0, and twenty new ones.
Q = np.vstack([X[:10], f32(rng.normal(size=(20, p)))])
cases = []
for metric in ("euclidean", "manhattan", "chebyshev", "minkowski", "cosine"):
    for weights in ("uniform", "distance"):
        for k in (1, 5, 80):
            power = {"p": 3} if metric == "minkowski" else {}
            options = dict(n_neighbors=k, weights=weights, metric=metric, algorithm="brute", **power)
            cases.append({"params": {"k": k, "weights": weights, "metric": metric, **power},
                          "classes": KNeighborsClassifier(**options).fit(X, c).predict_proba(Q).ravel().tolist(),
                          "numbers": KNeighborsRegressor(**options).fit(X, y).predict(Q).tolist()})
# On a grid nearly all distances tie; only which row comes first decides.
grid = f32(np.stack(np.meshgrid(np.arange(5), np.arange(5)), -1).reshape(-1, 2))
gy = np.arange(25) * 1.0
gq = f32([[0.5, 0.5], [2, 2], [4.5, 0], [1.5, 3]])
tied = np.sort(np.abs(gq[:, None] - grid[None]).sum(-1), axis=1)[:, :3]
out = {"made by": f"scikit-learn {sklearn.__version__}", "rows": n, "cols": p, "X": text(X), "y": text(y), "c": c.tolist(),
       "Q": {"rows": len(Q), "X": text(Q)}, "cases": cases,
       "grid": {"X": text(grid), "Q": text(gq), "distances": tied.tolist()}}
pathlib.Path(__file__).with_name("data.json").write_text(json.dumps(out, separators=(",", ":")) + "\n")
