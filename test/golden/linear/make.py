"""Reference answers for linear and logistic regression. Run: python3 make.py (scikit-learn 1.2.1, numpy 1.24)."""
import json
import pathlib
import warnings

import numpy as np
import scipy
import sklearn
from sklearn.linear_model import ElasticNet, Lasso, LinearRegression, LogisticRegression, Ridge

warnings.simplefilter("ignore")
rng = np.random.default_rng(20260101)


def f32(a):
    return np.asarray(a, dtype=np.float32).astype(np.float64)


def text(a):
    # Nine digits give a Float32 back exactly.
    return [float(f"{v:.9g}") for v in np.asarray(a, dtype=np.float64).ravel(order="F")]


n, p = 90, 6
base = rng.normal(size=(n, p)) @ (np.eye(p) + 0.4 * rng.normal(size=(p, p)))
full = f32(base * [1, 3, 0.5, 10, 1, 2] + [0, 5, -2, 100, 0.1, 0])
y = f32(full @ [1.5, -0.7, 0, 0.05, 2, 0] + rng.normal(size=n) + 4)
# A quantity beside two full one-hot blocks: rank 1 + 2 + 3 of 1 + 3 + 4 columns.
a, b = rng.integers(0, 3, n), rng.integers(0, 4, n)
hot = f32(np.column_stack([rng.normal(size=n), np.eye(3)[a], np.eye(4)[b]]))
y_hot = f32(2 * hot[:, 0] + np.array([0, 1, 3])[a] - np.array([1, 0, 2, 5])[b] + rng.normal(size=n))
wide = f32(rng.normal(size=(15, 25)))
y_wide = f32(wide[:, :4] @ [3, -2, 1, 1] + 0.1 * rng.normal(size=15))
weight = f32(rng.uniform(0.2, 3, n))
score = full @ [0.8, -0.3, 0, 0.05, 1, 0.2] - 4
two = (score + rng.logistic(size=n) > np.median(score)).astype(int)
three = np.digitize(score + rng.logistic(size=n), np.quantile(score, [0.3, 0.7]))
std = f32((full - full.mean(0)) / full.std(0))

data = {"full": (full, y), "hot": (hot, y_hot), "wide": (wide, y_wide), "std": (std, y), "two": (std, two), "three": (std, three)}
cases = []


def number(name, on, params, model, weighted=False, tol=1e-6, why=""):
    X, t = data[on]
    model.fit(X, t, **({"sample_weight": weight} if weighted else {}))
    cases.append({"name": name, "model": "linear", "data": on, "params": params, "weighted": weighted, "tol": tol, "why": why,
                  "weights": model.coef_.ravel().tolist(), "bias": [float(np.ravel(model.intercept_)[0]) if np.ndim(model.intercept_) else float(model.intercept_)],
                  "predicted": model.predict(X)[:12].tolist()})


def classes(name, on, params, model, weighted=False, tol=1e-6, why=""):
    X, t = data[on]
    model.fit(X, t, **({"sample_weight": weight} if weighted else {}))
    cases.append({"name": name, "model": "logistic", "data": on, "params": params, "weighted": weighted, "tol": tol, "why": why,
                  "weights": model.coef_.ravel().tolist(), "bias": model.intercept_.ravel().tolist(),
                  "predicted": model.predict_proba(X)[:12].ravel().tolist()})


number("least squares", "full", {"penalty": "none"}, LinearRegression())
number("least squares, weighted", "full", {"penalty": "none"}, LinearRegression(), weighted=True)
number("least squares, no intercept", "full", {"penalty": "none", "fit_intercept": False}, LinearRegression(fit_intercept=False))
number("least squares, overlapping one-hot blocks", "hot", {"penalty": "none"}, LinearRegression())
number("least squares, more columns than rows", "wide", {"penalty": "none"}, LinearRegression())
number("least squares, more columns than rows, no intercept", "wide", {"penalty": "none", "fit_intercept": False}, LinearRegression(fit_intercept=False))
for alpha in (0.01, 1, 100):
    number(f"ridge {alpha}", "full", {"penalty": "l2", "alpha": alpha}, Ridge(alpha=alpha, solver="svd"))
number("ridge, weighted", "full", {"penalty": "l2", "alpha": 3}, Ridge(alpha=3, solver="cholesky"), weighted=True)
number("ridge, overlapping one-hot blocks", "hot", {"penalty": "l2", "alpha": 1}, Ridge(alpha=1, solver="svd"))
number("ridge, more columns than rows", "wide", {"penalty": "l2", "alpha": 0.5}, Ridge(alpha=0.5, solver="svd"))
tight = {"tol": 1e-13, "max_iter": 1000000}
for alpha in (0.01, 0.3):
    number(f"lasso {alpha}", "std", {"penalty": "l1", "alpha": alpha, "tol": 1e-12}, Lasso(alpha=alpha, **tight))
    number(f"elastic net {alpha}", "std", {"penalty": "elasticnet", "alpha": alpha, "l1_ratio": 0.3, "tol": 1e-12}, ElasticNet(alpha=alpha, l1_ratio=0.3, **tight))
number("lasso, weighted", "std", {"penalty": "l1", "alpha": 0.1, "tol": 1e-12}, Lasso(alpha=0.1, **tight), weighted=True)
number("lasso, more columns than rows", "wide", {"penalty": "l1", "alpha": 0.05, "tol": 1e-12}, Lasso(alpha=0.05, **tight))
number("elastic net, more columns than rows", "wide", {"penalty": "elasticnet", "alpha": 0.1, "l1_ratio": 0.5, "tol": 1e-12}, ElasticNet(alpha=0.1, l1_ratio=0.5, **tight))

newton = {"solver": "newton-cg", "tol": 1e-10, "max_iter": 10000}
saga = {"solver": "saga", "tol": 1e-13, "max_iter": 1000000}
fine = {"tol": 1e-9}
for on in ("two", "three"):
    for C in (0.05, 1, 50):
        classes(f"logistic l2 C={C}, {on} classes", on, {"penalty": "l2", "C": C, **fine}, LogisticRegression(C=C, **newton))
    classes(f"logistic without penalty, {on} classes", on, {"penalty": "none", **fine}, LogisticRegression(penalty=None, **newton))
    classes(f"logistic l2 balanced, {on} classes", on, {"penalty": "l2", "class_weight": "balanced", **fine}, LogisticRegression(class_weight="balanced", **newton))
    classes(f"logistic l2 weighted, {on} classes", on, {"penalty": "l2", **fine}, LogisticRegression(**newton), weighted=True)
    for C in (0.1, 1):
        classes(f"logistic l1 C={C}, {on} classes", on, {"penalty": "l1", "C": C, **fine}, LogisticRegression(penalty="l1", C=C, **saga),
                tol=2e-6, why="saga itself stops at a relative change of 1e-13 a pass, which leaves about 1e-6")
        classes(f"logistic elastic net C={C}, {on} classes", on, {"penalty": "elasticnet", "C": C, "l1_ratio": 0.5, **fine},
                LogisticRegression(penalty="elasticnet", C=C, l1_ratio=0.5, **saga), tol=2e-6, why="as for l1")

out = {
    "made by": f"scikit-learn {sklearn.__version__}, numpy {np.__version__}, scipy {scipy.__version__}",
    "weight": text(weight),
    "data": {k: {"rows": X.shape[0], "cols": X.shape[1], "X": text(X), "y": text(t)} for k, (X, t) in data.items()},
    "cases": cases,
}
pathlib.Path(__file__).with_name("data.json").write_text(json.dumps(out, separators=(",", ":")) + "\n")
