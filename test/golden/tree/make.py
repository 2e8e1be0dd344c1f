"""Makes data.json: trees, pruning, forests and boosting as scikit-learn fits them. Run: python3 make.py"""

import json
import os

os.environ["OMP_NUM_THREADS"] = "1"
import numpy as np
import sklearn
from sklearn.ensemble import (
    ExtraTreesClassifier,
    ExtraTreesRegressor,
    HistGradientBoostingClassifier,
    HistGradientBoostingRegressor,
    RandomForestClassifier,
    RandomForestRegressor,
)
from sklearn.metrics import r2_score, roc_auc_score
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

rng = np.random.RandomState(11)


def lists(a, digits=12):
    return [float(f"{v:.{digits}g}") for v in np.asarray(a, dtype=np.float64).ravel()]


def tree(model):
    t = model.tree_
    leaf = t.children_left == -1
    value = t.value[:, 0, :]
    if t.n_outputs == 1 and value.shape[1] > 1:
        value = value / value.sum(axis=1, keepdims=True)
    return {
        "feature": np.where(leaf, -1, t.feature).tolist(),
        "threshold": lists(np.where(leaf, 0, t.threshold)),
        "left": t.children_left.tolist(),
        "right": t.children_right.tolist(),
        "value": lists(value),
        "cover": lists(t.weighted_n_node_samples),
    }


def same(models):
    first = models[0].tree_
    return all(np.array_equal(first.feature, m.tree_.feature) and np.allclose(first.threshold, m.tree_.threshold) for m in models)


def data(n, p, digits=None):
    X = rng.normal(size=(n, p)).astype(np.float32)
    if digits is not None:
        X = np.round(X, digits).astype(np.float32)
    return X


def signal(X):
    return X[:, 0] + X[:, 1] * X[:, 2] + np.sin(3 * X[:, 3])


out = {"made_with": "scikit-learn " + sklearn.__version__}

# 1: single trees. Continuous cells, so that best splits are unique.
n, p = 160, 4
X = data(n, p)
s = signal(X)
y3 = np.digitize(s + 0.4 * rng.normal(size=n), [-0.7, 0.8])
yn = s + 0.4 * rng.normal(size=n)
w = rng.randint(1, 4, size=n)
out["tree"] = {"rows": n, "cols": p, "X": lists(X.T, 9), "classes": y3.tolist(), "numbers": lists(yn, 17), "weight": w.tolist(), "cases": []}
for params in [
    {"max_depth": 4, "min_samples_leaf": 4},
    {"max_depth": 5, "min_samples_leaf": 5, "criterion": "entropy"},
    {"max_leaf_nodes": 9},
    {"ccp_alpha": 0.01, "min_samples_leaf": 3},
    {"ccp_alpha": 0.02, "class_weight": "balanced", "min_samples_leaf": 2},
    {"max_depth": 4, "min_samples_leaf": 4, "weighted": True},
]:
    kw = {k: v for k, v in params.items() if k != "weighted"}
    sw = w if params.get("weighted") else None
    # Three seeds must agree: then no tie was broken by chance.
    fits = [DecisionTreeClassifier(random_state=r, **kw).fit(X, y3, sample_weight=sw) for r in (0, 1, 2)]
    assert same(fits), params
    out["tree"]["cases"].append({"task": "class", "params": params, "tree": tree(fits[0])})
for params in [{"max_depth": 3}, {"min_samples_leaf": 7}, {"max_leaf_nodes": 12}, {"ccp_alpha": 0.02, "min_samples_leaf": 4}, {"max_depth": 3, "criterion": "absolute_error"}, {"max_depth": 3, "min_samples_leaf": 4, "weighted": True}]:
    kw = {k: v for k, v in params.items() if k != "weighted"}
    sw = w if params.get("weighted") else None
    fits = [DecisionTreeRegressor(random_state=r, **kw).fit(X, yn, sample_weight=sw) for r in (0, 1, 2)]
    assert same(fits), params
    out["tree"]["cases"].append({"task": "number", "params": params, "tree": tree(fits[0])})

# 2: boosting. Missing cells, a category column, many and few distinct values.
n, p = 600, 5
X = data(n, p)
X[:, 1] = np.round(X[:, 1], 1)
X[rng.uniform(size=n) < 0.15, 2] = np.nan
X[:, 4] = rng.randint(0, 6, size=n)
s = X[:, 0] + np.nan_to_num(X[:, 2], nan=1.0) * X[:, 1] + np.array([0.9, -1, 0.3, -0.5, 1.2, 0])[X[:, 4].astype(int)]
yn = s + 0.3 * rng.normal(size=n)
y2 = (s + 0.6 * rng.normal(size=n) > 0).astype(int)
y3 = np.digitize(s + 0.4 * rng.normal(size=n), [-0.7, 0.8])
counts = rng.poisson(np.exp(0.5 * np.clip(s, -3, 3)))
w = rng.randint(1, 4, size=n)
out["boost"] = {
    "rows": n,
    "cols": p,
    "X": [None if np.isnan(v) else float(f"{v:.9g}") for v in X.T.ravel().astype(np.float64)],
    "levels": [0, 0, 0, 0, 6],
    "two": y2.tolist(),
    "three": y3.tolist(),
    "numbers": lists(yn, 17),
    "counts": counts.tolist(),
    "weight": w.tolist(),
    "cases": [],
}
X64 = X.astype(np.float64)
for target, y, params in [
    ("two", y2, {"max_iter": 20}),
    ("two", y2, {"max_iter": 15, "max_leaf_nodes": 8, "min_samples_leaf": 5, "l2_regularization": 1.5, "weighted": True}),
    ("three", y3, {"max_iter": 3, "max_leaf_nodes": 10, "plain": True}),
    ("numbers", yn, {"max_iter": 20}),
    ("numbers", yn, {"max_iter": 10, "max_bins": 30, "max_depth": 4}),
    ("numbers", yn, {"max_iter": 10, "weighted": True}),
    ("numbers", yn, {"max_iter": 4, "loss": "absolute_error"}),
    ("numbers", yn, {"max_iter": 15, "loss": "quantile", "quantile": 0.8}),
    ("counts", counts, {"max_iter": 20, "loss": "poisson"}),
]:
    kw = {k: v for k, v in params.items() if k not in ("weighted", "plain")}
    make = HistGradientBoostingClassifier if target in ("two", "three") else HistGradientBoostingRegressor
    # With weights only 250 rows: each value then has its own bin (we weigh quantiles, scikit-learn does not).
    size = 250 if params.get("weighted") else n
    # Plain: the category as a quantity; of three classes two levels often tie, and any order of them will do.
    m = make(early_stopping=False, categorical_features=None if params.get("plain") else [4], random_state=0, **kw)
    m.fit(X64[:size], y[:size], sample_weight=w[:size] if params.get("weighted") else None)
    raw = m._raw_predict(X64[:size])
    out["boost"]["cases"].append({"target": target, "params": params, "raw": lists(raw, 12)})

# 3: scores on rows not seen, from columns that the test makes itself again (Park & Miller's generator).
def park(seed, size):
    values = np.empty(size)
    state = seed
    for i in range(size):
        state = state * 16807 % 2147483647
        values[i] = state / 2147483647
    return values


n, p = 3000, 8
U = (park(12345, n * p) * 4 - 2).astype(np.float32).reshape(p, n).T
noise = park(54321, n * 4).reshape(4, n).sum(axis=0) - 2
s = signal(U.astype(np.float64))
yn = s + noise
yc = (yn > 0.2).astype(int)
half = n // 2
A, B = U[:half], U[half:]
out["scores"] = {"rows": n, "cols": p, "auc": {}, "r2": {}}


def mean_over_seeds(make, fit_y, score):
    values = []
    for seed in range(5):
        m = make(seed).fit(A, fit_y[:half])
        values.append(score(m))
    return float(np.mean(values))


for name, make in [
    ("random-forest", lambda r: RandomForestClassifier(random_state=r)),
    ("extra-trees", lambda r: ExtraTreesClassifier(random_state=r)),
    ("hist-gradient-boosting", lambda r: HistGradientBoostingClassifier(random_state=r)),
]:
    out["scores"]["auc"][name] = mean_over_seeds(make, yc, lambda m: roc_auc_score(yc[half:], m.predict_proba(B)[:, 1]))
for name, make in [
    ("random-forest", lambda r: RandomForestRegressor(random_state=r)),
    ("extra-trees", lambda r: ExtraTreesRegressor(random_state=r)),
    ("hist-gradient-boosting", lambda r: HistGradientBoostingRegressor(random_state=r)),
]:
    out["scores"]["r2"][name] = mean_over_seeds(make, yn, lambda m: r2_score(yn[half:], m.predict(B)))

with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "data.json"), "w") as f:
    json.dump(out, f, separators=(",", ":"))
