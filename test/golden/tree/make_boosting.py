"""Makes boosting.json: boosting under limits as scikit-learn and XGBoost fit it, and small gradient boosting. Run: python3 make_boosting.py"""

import json
import os

os.environ["OMP_NUM_THREADS"] = "1"
import numpy as np
import sklearn
import xgboost
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor

rng = np.random.RandomState(5)


def lists(a, digits=12):
    return [None if np.isnan(v) else float(f"{v:.{digits}g}") for v in np.asarray(a, dtype=np.float64).ravel()]


# Fewer rows than bins, so that every value has a bin of its own and both cut at the same midpoints.
n, p = 240, 4
X = rng.normal(size=(n, p)).astype(np.float32)
X[rng.uniform(size=n) < 0.1, 3] = np.nan
s = X[:, 0] - 0.7 * X[:, 1] + np.sin(2 * X[:, 2]) + np.nan_to_num(X[:, 3], nan=0.8)
# 32nds: exact in Float32, and XGBoost's gradients of them too.
numbers = np.round((s + 0.6 * rng.normal(size=n)) * 32) / 32
two = (s + 0.8 * rng.normal(size=n) > 0).astype(int)
counts = rng.poisson(np.exp(0.5 * np.clip(s, -3, 3)))
amounts = np.round(np.exp(0.4 * s) * rng.gamma(4, 0.25, size=n) * 32 + 1) / 32
out = {
    "made_with": f"scikit-learn {sklearn.__version__}, xgboost {xgboost.__version__}",
    "rows": n,
    "cols": p,
    "X": lists(X.T, 9),
    "numbers": lists(numbers),
    "two": two.tolist(),
    "counts": counts.tolist(),
    "amounts": lists(amounts),
    "monotone": [],
    "xgboost": [],
}
X64 = X.astype(np.float64)
# Small trees: between bounds scikit-learn also makes splits whose gain is rounding alone.
for target, y, cst, params in [
    ("numbers", numbers, [1, -1, 0, 0], {"max_iter": 15, "min_samples_leaf": 10}),
    ("numbers", numbers, [-1, 0, 0, 1], {"max_iter": 10, "max_leaf_nodes": 12, "l2_regularization": 2}),
    ("two", two, [1, -1, 1, 0], {"max_iter": 15, "max_leaf_nodes": 6}),
    ("counts", counts, [1, 0, -1, 1], {"max_iter": 12, "loss": "poisson", "max_leaf_nodes": 6}),
]:
    make = HistGradientBoostingClassifier if target == "two" else HistGradientBoostingRegressor
    m = make(early_stopping=False, monotonic_cst=cst, random_state=0, **params).fit(X64, y)
    out["monotone"].append({"target": target, "directions": cst, "params": params, "raw": lists(m._raw_predict(X64))})

for target, y, objective, ours, theirs in [
    ("numbers", numbers, "reg:squarederror", {"l1_regularization": 4, "l2_regularization": 1}, {"reg_alpha": 4, "reg_lambda": 1}),
    ("two", two, "binary:logistic", {"l1_regularization": 1.5, "l2_regularization": 0.5}, {"reg_alpha": 1.5, "reg_lambda": 0.5}),
    ("amounts", amounts, "reg:gamma", {"loss": "gamma", "l2_regularization": 1}, {"reg_lambda": 1}),
    ("amounts", amounts, "reg:gamma", {"loss": "gamma", "l1_regularization": 2, "l2_regularization": 1}, {"reg_alpha": 2, "reg_lambda": 1}),
    ("numbers", numbers, "reg:squarederror", {"min_child_weight": 25, "l2_regularization": 1}, {"min_child_weight": 25, "reg_lambda": 1}),
    ("two", two, "binary:logistic", {"min_child_weight": 6, "l2_regularization": 1}, {"min_child_weight": 6, "reg_lambda": 1}),
    ("two", two, "binary:logistic", {"min_child_weight": 4, "l1_regularization": 0.5}, {"min_child_weight": 4, "reg_alpha": 0.5, "reg_lambda": 0}),
]:
    # The best constant, as we start from; XGBoost keeps it in Float32.
    m = xgboost.train(
        {"objective": objective, "max_depth": 3, "eta": 0.3, "min_child_weight": 1e-3, "tree_method": "exact", "base_score": float(np.mean(y)), "nthread": 1, "subsample": 1, **theirs},
        xgboost.DMatrix(X, y),
        8,
    )
    out["xgboost"].append({"target": target, "params": ours, "raw": lists(m.predict(xgboost.DMatrix(X), output_margin=True), 9)})

with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "boosting.json"), "w") as f:
    json.dump(out, f, separators=(",", ":"))
