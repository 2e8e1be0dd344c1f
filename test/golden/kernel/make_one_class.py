"""Reference answers for one-class support vector machines. Run: python3 make_one_class.py (scikit-learn 1.2.1, which carries libsvm)."""
import json
import pathlib

import numpy as np
import sklearn
from sklearn.svm import OneClassSVM

rng = np.random.default_rng(17)


def f32(a):
    return np.asarray(a, dtype=np.float32).astype(np.float64)


def text(a, digits=10):
    return [float(f"{v:.{digits}g}") for v in np.asarray(a, dtype=np.float64).ravel(order="F")]


n, p, q = 110, 3, 40
X = f32(np.vstack([rng.normal(size=(n - 20, p)), rng.normal(size=(20, p)) * 3]))
rare = np.r_[np.zeros(n - 20, int), np.ones(20, int)]
order = rng.permutation(n)
X, rare = X[order], rare[order]
Q = f32(2 * rng.normal(size=(q, p)))
weight = rng.integers(0, 4, size=n) / 2
cases = []
for given in (
    dict(nu=0.5),
    dict(nu=0.1),
    dict(nu=0.02, gamma=0.2),
    dict(nu=0.3, kernel="poly", degree=2, coef0=1.0, gamma=0.5),
    dict(nu=0.2, kernel="sigmoid", gamma=0.05, coef0=-0.1),
):
    for what in ("all", "usual", "weights"):
        if what == "weights" and "gamma" not in given:
            continue
        kept = np.flatnonzero(rare == 0) if what == "usual" else np.flatnonzero(weight) if what == "weights" else np.arange(n)
        m = OneClassSVM(**given, tol=1e-10).fit(X[kept], sample_weight=weight[kept] if what == "weights" else None)
        cases.append(dict(params=given, what=what, decisions=text(m.decision_function(Q)), support=len(m.support_), dual=text(m.dual_coef_.sum())[0]))

out = dict(
    made_with=f"scikit-learn {sklearn.__version__}", rows=n, cols=p, X=text(X, 9), Q=text(Q, 9), rare=rare.tolist(), weight=weight.tolist(), cases=cases
)
pathlib.Path(__file__).with_name("one-class.json").write_text(json.dumps(out, separators=(",", ":")) + "\n")
