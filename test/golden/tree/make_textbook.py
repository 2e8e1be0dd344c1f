"""Makes textbook.json: small gradient boosting, AdaBoost and a pruning path on well-known tables, as scikit-learn has them. Run: python3 make_textbook.py"""

import json
import os

os.environ["OMP_NUM_THREADS"] = "1"
import numpy as np
import sklearn
from sklearn.datasets import load_breast_cancer, load_diabetes
from sklearn.ensemble import AdaBoostClassifier, GradientBoostingClassifier, GradientBoostingRegressor
from sklearn.tree import DecisionTreeClassifier


def lists(a, digits=12):
    return [float(f"{v:.{digits}g}") for v in np.asarray(a, dtype=np.float64).ravel()]


out = {"made_with": "scikit-learn " + sklearn.__version__, "tables": {}, "boosting": [], "adaboost": []}
D, B = load_diabetes(scaled=False), load_breast_cancer()
rng = np.random.RandomState(3)
y3 = np.repeat([0, 1, 2], [70, 53, 37])
X3 = (rng.normal(size=(160, 4)) + rng.normal(size=(3, 4))[y3]).astype(np.float32)
# Columns that the fits below would choose among all thirty anyway, and a few more.
columns = [7, 13, 20, 21, 22, 23, 26, 27]
tables = {"diabetes": (D.data, D.target), "cancer": (B.data[:, columns], B.target), "three": (X3, y3)}
for name, (X, y) in tables.items():
    out["tables"][name] = {"cols": X.shape[1], "X": lists(X.astype(np.float32).T, 9), "y": [int(v) for v in y]}


def agree(make, score):
    """Three seeds must agree: then no tie was broken by chance."""
    fits = [make(seed) for seed in (0, 1, 2)]
    assert all(np.allclose(score(fits[0]), score(f), rtol=1e-12) for f in fits), fits[0]
    return fits[0]


for table, kind, kw in [
    ("diabetes", "number", {"n_estimators": 5, "max_depth": 2, "learning_rate": 0.3}),
    ("cancer", "class", {"n_estimators": 5, "max_depth": 1, "learning_rate": 0.5}),
    ("cancer", "class", {"n_estimators": 10, "max_depth": 2, "min_samples_leaf": 5}),
    ("three", "class", {"n_estimators": 4, "max_depth": 2, "min_samples_leaf": 12}),
]:
    X, y = tables[table]
    make = GradientBoostingRegressor if kind == "number" else GradientBoostingClassifier
    value = (lambda m: m.predict(X)) if kind == "number" else (lambda m: m.decision_function(X))
    m = agree(lambda r: make(random_state=r, criterion="squared_error", **kw).fit(X, y), value)
    loss = m.train_score_ / (2 if table == "cancer" else 1)
    out["boosting"].append({"table": table, "params": kw, "raw": lists(value(m)), "train": lists(loss)})
for table, kw in [("cancer", {"n_estimators": 5}), ("cancer", {"n_estimators": 12, "learning_rate": 0.5}), ("three", {"n_estimators": 6, "max_depth": 2})]:
    X, y = tables[table]
    depth = kw.get("max_depth", 1)
    rest = {k: v for k, v in kw.items() if k != "max_depth"}
    m = agree(
        lambda r: AdaBoostClassifier(DecisionTreeClassifier(max_depth=depth), algorithm="SAMME", random_state=r, **rest).fit(X, y),
        lambda m: m.decision_function(X),
    )
    out["adaboost"].append(
        {"table": table, "params": kw, "errors": lists(m.estimator_errors_), "weights": lists(m.estimator_weights_), "decision": lists(m.decision_function(X)), "proba": lists(m.predict_proba(X))}
    )
X, y = tables["cancer"]
path = DecisionTreeClassifier(random_state=0, min_samples_leaf=3).cost_complexity_pruning_path(X, y)
out["path"] = {"table": "cancer", "params": {"min_samples_leaf": 3}, "alphas": lists(path.ccp_alphas), "impurities": lists(path.impurities)}
with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "textbook.json"), "w") as f:
    json.dump(out, f, separators=(",", ":"))
