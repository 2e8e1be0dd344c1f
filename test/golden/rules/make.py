"""Makes data.json: RuleFit put together from scikit-learn's boosting and L1 fits. Run: python3 make.py"""

import json
import os

os.environ["OMP_NUM_THREADS"] = "1"
import numpy as np
import sklearn
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
from sklearn.linear_model import Lasso, LogisticRegression

rng = np.random.RandomState(21)
lists = lambda a, d=12: [None if np.isnan(v) else float(f"{v:.{d}g}") for v in np.asarray(a, dtype=np.float64).ravel()]
# Fewer rows than bins, so that every value has a bin of its own.
n, p = 200, 4
X = rng.normal(size=(n, p)).astype(np.float32)
X[rng.uniform(size=n) < 0.1, 3] = np.nan
X64 = X.astype(np.float64)
s = 2 * (X[:, 0] > 0.3) * (X[:, 1] < 0.5) + 0.7 * X[:, 2] + np.nan_to_num(X[:, 3], nan=1)
numbers = np.round((s + 0.4 * rng.normal(size=n)) * 32) / 32
two = (s + 0.5 * rng.normal(size=n) > 1).astype(int)


def design(trees):
    columns = {}
    for (predictor,) in trees:
        nodes = predictor.nodes

        def visit(i, holds):
            node = nodes[i]
            if i > 0 and 0 < holds.sum() < n:
                key = min(holds.tobytes(), (~holds).tobytes())
                columns.setdefault(key, holds)
            if node["is_leaf"]:
                return
            x = X64[:, node["feature_idx"]]
            left = np.where(np.isnan(x), bool(node["missing_go_to_left"]), x <= node["num_threshold"])
            visit(node["left"], holds & left)
            visit(node["right"], holds & ~left)

        visit(0, np.ones(n, dtype=bool))
    out = [c.astype(float) for c in columns.values()]
    for j in range(p):
        x = X64[:, j]
        known = ~np.isnan(x)
        low, high = np.quantile(x[known], [0.025, 0.975])
        w = np.clip(x, low, high)
        mean, sd = w[known].mean(), w[known].std()
        out.append(np.where(known, 0.4 * (w - mean) / sd, 0))
    return np.column_stack(out)


out = {"made_with": "scikit-learn " + sklearn.__version__, "rows": n, "cols": p, "X": lists(X.T, 9), "numbers": lists(numbers), "two": two.tolist(), "cases": []}
common = {"max_iter": 12, "max_leaf_nodes": 4, "min_samples_leaf": 10, "learning_rate": 0.1, "early_stopping": False}
Z = design(HistGradientBoostingRegressor(**common).fit(X64, numbers)._predictors)
y = (numbers - numbers.mean()) / numbers.std()
for share in (0.3, 0.05):
    alpha = share * np.abs(Z.T @ (y - y.mean())).max() / n
    m = Lasso(alpha=alpha, tol=1e-12, max_iter=1000000).fit(Z, y)
    out["cases"].append({"target": "numbers", "penalty": share, "columns": Z.shape[1], "raw": lists(m.predict(Z) * numbers.std() + numbers.mean())})
Z = design(HistGradientBoostingClassifier(**common).fit(X64, two)._predictors)
for share in (0.3, 0.05):
    l1 = share * np.abs(Z.T @ (two - two.mean())).max() / n
    m = LogisticRegression(penalty="l1", C=1 / (l1 * n), solver="saga", tol=1e-12, max_iter=200000).fit(Z, two)
    out["cases"].append({"target": "two", "penalty": share, "columns": Z.shape[1], "raw": lists(m.decision_function(Z))})
with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "data.json"), "w") as f:
    json.dump(out, f, separators=(",", ":"))
