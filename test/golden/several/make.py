"""Reference answers for several targets at once. Run: python3 make.py (scikit-learn 1.2.1).

Rows 0 to 89 learn, rows 90 to 119 are answered. Chains are cross-fitted on the four folds of `i % 4`. Members stand behind a
StandardScaler; logistic regression is solved by newton-cg, since lbfgs stops long before the sixth digit.
"""
import json
import pathlib

import numpy as np
import sklearn
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.metrics import accuracy_score, f1_score, hamming_loss, jaccard_score
from sklearn.multioutput import ClassifierChain, MultiOutputClassifier, MultiOutputRegressor, RegressorChain
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

assert sklearn.__version__.startswith("1.2."), sklearn.__version__
r = np.random.RandomState(4)
n, train = 120, 90
# Sixteenths are exact in single precision.
X = np.round(r.randn(n, 4) * 16) / 16
noise = r.randn(n, 3)
a = X[:, 0] + 0.7 * noise[:, 0] > 0
b = X[:, 1] + 1.5 * a + 0.7 * noise[:, 1] > 0.8
c = X[:, 2] + 1.2 * b - a + 0.7 * noise[:, 2] > 0.3
L = np.column_stack([a, b, c]).astype(int)
V = np.column_stack([X[:, 0] * 2 + noise[:, 0], X[:, 1] - X[:, 0] + noise[:, 1], X[:, 0] + 3 * X[:, 3] + noise[:, 2]])
V = np.round(V * 16) / 16
folds = [(np.flatnonzero(np.arange(train) % 4 != f), np.flatnonzero(np.arange(train) % 4 == f)) for f in range(4)]


def logistic():
    return make_pipeline(StandardScaler(), LogisticRegression(solver="newton-cg", tol=1e-10, max_iter=10000))


def ridge():
    return make_pipeline(StandardScaler(), Ridge())


def positive(p):
    return np.column_stack([each[:, 1] for each in p])


alone = MultiOutputClassifier(logistic()).fit(X[:train], L[:train])
chain = ClassifierChain(logistic(), order=[0, 1, 2], cv=folds).fit(X[:train], L[:train])
lines = MultiOutputRegressor(ridge()).fit(X[:train], V[:train])
linked = RegressorChain(ridge(), order=[0, 1, 2], cv=folds).fit(X[:train], V[:train])
given = alone.predict(X[train:])
truth = L[train:]
assert truth.any(axis=0).all() and given.any(axis=0).all()


def scores(t, g):
    return {
        "exact_match": accuracy_score(t, g),
        "hamming_loss": hamming_loss(t, g),
        "f1_macro": f1_score(t, g, average="macro"),
        "f1_micro": f1_score(t, g, average="micro"),
        # A row without a label that is given none overlaps in full.
        "jaccard": jaccard_score(t, g, average="samples", zero_division=1),
    }


random_truth, random_given = r.rand(50, 6) < 0.25, r.rand(50, 6) < 0.3
out = {
    "train": train,
    "X": X.tolist(),
    "L": L.tolist(),
    "V": V.tolist(),
    "class": {"alone": positive(alone.predict_proba(X[train:])).tolist(), "chain": chain.predict_proba(X[train:]).tolist()},
    "number": {"alone": lines.predict(X[train:]).tolist(), "chain": linked.predict(X[train:]).tolist()},
    "scores": [
        {"truth": t.astype(int).tolist(), "given": g.astype(int).tolist(), "scores": scores(t, g)}
        for t, g in [(truth, given), (random_truth, random_given)]
    ],
}
pathlib.Path(__file__).with_name("data.json").write_text(json.dumps(out) + "\n")
