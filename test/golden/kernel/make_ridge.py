"""Reference answers for kernel ridge. Run: python3 make_ridge.py (scikit-learn 1.2.1)."""
import json
import pathlib

import numpy as np
import sklearn
from sklearn.datasets import load_diabetes
from sklearn.kernel_ridge import KernelRidge

rng = np.random.default_rng(5)


def f32(a):
    return np.asarray(a, dtype=np.float32).astype(np.float64)


def text(a, digits=12):
    return [float(f"{v:.{digits}g}") for v in np.asarray(a, dtype=np.float64).ravel(order="F")]


n, p, q = 90, 3, 30
X = f32(rng.normal(size=(n, p)))
Q = f32(rng.normal(size=(q, p)))
y = np.sin(2 * X[:, 0]) + X[:, 1] * X[:, 2] + 5 + 0.1 * rng.normal(size=n)
weight = rng.integers(0, 4, size=n) / 2
cases = []
for given in (
    dict(kernel="rbf"),
    dict(kernel="rbf", alpha=1e-3, gamma=0.5),
    dict(kernel="laplacian", alpha=0.1, gamma=0.2),
    dict(kernel="linear", alpha=2.0),
    dict(kernel="poly", alpha=0.5, gamma=0.25, degree=2, coef0=1.0),
    dict(kernel="poly", alpha=10.0, degree=3, coef0=0.5),
    dict(kernel="sigmoid", alpha=5.0, gamma=0.01, coef0=0.3),
):
    for w in (None, weight):
        kept = np.arange(n) if w is None else np.flatnonzero(w)
        m = KernelRidge(**given).fit(X[kept], y[kept], sample_weight=None if w is None else w[kept])
        # With weights scikit-learn keeps √w times what it multiplies kernels by when it predicts.
        cases.append(dict(params=given, weighted=w is not None, dual=text(m.dual_coef_), predicted=text(m.predict(Q))))

# All of diabetes, columns of unit spread as Float32.
d = load_diabetes(scaled=False)
Z = f32((d.data - d.data.mean(0)) / d.data.std(0))
m = KernelRidge(kernel="rbf", alpha=0.3, gamma=0.02).fit(Z, d.target - d.target.mean())
diabetes = dict(X=text(Z, 9), y=d.target.tolist(), dual=text(m.dual_coef_), predicted=text(m.predict(Z[:50]) + d.target.mean()))

out = dict(made_with=f"scikit-learn {sklearn.__version__}", rows=n, cols=p, X=text(X, 9), Q=text(Q, 9), y=text(y, 17), weight=weight.tolist(), cases=cases, diabetes=diabetes)
pathlib.Path(__file__).with_name("ridge.json").write_text(json.dumps(out, separators=(",", ":")) + "\n")
