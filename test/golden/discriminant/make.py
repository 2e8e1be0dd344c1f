"""Reference answers for discriminant analysis. Run: python3 make.py (scikit-learn 1.2.1, numpy 1.24)."""
import json
import pathlib
import warnings

import numpy as np
import sklearn
from sklearn.datasets import load_iris, load_wine
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis as LDA
from sklearn.discriminant_analysis import QuadraticDiscriminantAnalysis as QDA
from sklearn.neighbors import NearestCentroid

warnings.simplefilter("ignore")
rng = np.random.default_rng(20260102)


def f32(a):
    return np.asarray(a, dtype=np.float32).astype(np.float64)


def text(a):
    # Nine digits give a Float32 back exactly.
    return [float(f"{v:.9g}") for v in np.asarray(a, dtype=np.float64).ravel(order="F")]


iris, wine = load_iris(), load_wine()
w = wine.data
cloud = rng.integers(0, 2, 80)
two = f32(rng.normal(size=(80, 3)) @ [[1, 0.5, 0], [0, 1, 0.3], [0, 0, 2]] + cloud[:, None] * [1, -0.5, 0.2])
# A number beside two full one-hot blocks: directions without spread.
a, b = rng.integers(0, 3, 90), rng.integers(0, 4, 90)
kind = (a + rng.integers(0, 3, 90)) % 3
hot = f32(np.column_stack([rng.normal(size=90) + kind, np.eye(3)[a], np.eye(4)[b]]))
side = np.repeat([0, 1, 2], 6)
wide = f32(rng.normal(size=(18, 30)) + (side[:, None] == np.arange(30) % 5) * 1.5)
data = {
    "iris": (f32(iris.data), iris.target),
    "wine": (f32((w - w.mean(0)) / w.std(0)), wine.target),
    "two": (two, cloud),
    "hot": (hot, kind),
    "wide": (wide, side),
}
cases = []


def case(name, on, model, params, fitted):
    X, y = data[on]
    fitted.fit(X, y)
    out = {"name": name, "data": on, "model": model, "params": params}
    if model == "nearest-centroid":
        out |= {"centroids": fitted.centroids_.ravel().tolist(), "predicted": fitted.predict(X).tolist()}
    else:
        out |= {"log": fitted.predict_log_proba(X)[::3].ravel().tolist()}
    if model == "linear-discriminant" and on not in ("hot", "wide"):
        # Only differences between classes count.
        weights, bias = fitted.coef_, fitted.intercept_
        if len(weights) > 1:
            weights, bias = weights - weights.mean(0), bias - bias.mean()
        out |= {"weights": weights.ravel().tolist(), "bias": bias.ravel().tolist()}
    cases.append(out)


for on in data:
    case(f"linear, {on}", on, "linear-discriminant", {}, LDA())
    case(f"linear, shrinkage by Ledoit and Wolf, {on}", on, "linear-discriminant", {"shrinkage": "auto"}, LDA(solver="lsqr", shrinkage="auto"))
    for s in (0.05, 0.7):
        case(f"linear, shrinkage {s}, {on}", on, "linear-discriminant", {"shrinkage": "fixed", "amount": s}, LDA(solver="lsqr", shrinkage=s))
for on in ("iris", "wine", "two"):
    case(f"quadratic, {on}", on, "quadratic-discriminant", {}, QDA())
    case(f"quadratic, regularised, {on}", on, "quadratic-discriminant", {"reg_param": 0.3}, QDA(reg_param=0.3))
for on in ("iris", "wine", "two"):
    case(f"centroids, {on}", on, "nearest-centroid", {}, NearestCentroid())
    case(f"centroids by Manhattan distance, {on}", on, "nearest-centroid", {"metric": "manhattan"}, NearestCentroid(metric="manhattan"))
    case(f"shrunken centroids, {on}", on, "nearest-centroid", {"shrink_threshold": 0.6}, NearestCentroid(shrink_threshold=0.6))

out = {
    "made by": f"scikit-learn {sklearn.__version__}, numpy {np.__version__}",
    "data": {k: {"rows": X.shape[0], "cols": X.shape[1], "X": text(X), "y": y.tolist()} for k, (X, y) in data.items()},
    "cases": cases,
}
pathlib.Path(__file__).with_name("data.json").write_text(json.dumps(out, separators=(",", ":")) + "\n")
