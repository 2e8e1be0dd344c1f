"""Reference answers for naive Bayes. Run: python3 make.py (scikit-learn 1.2.1, numpy 1.24)."""
import json
import pathlib
import warnings

import numpy as np
import sklearn
from sklearn.datasets import load_breast_cancer, load_iris, load_wine
from sklearn.naive_bayes import BernoulliNB, CategoricalNB, ComplementNB, GaussianNB, MultinomialNB

warnings.simplefilter("ignore")
rng = np.random.default_rng(20260103)


def f32(a):
    return np.asarray(a, dtype=np.float32).astype(np.float64)


def text(a):
    # Nine digits give a Float32 back exactly.
    return [float(f"{v:.9g}") for v in np.asarray(a, dtype=np.float64).ravel(order="F")]


iris, wine, cancer = load_iris(), load_wine(), load_breast_cancer()
n = 120
kind = rng.choice(3, n, p=[0.6, 0.3, 0.1])
shares = rng.dirichlet(np.ones(8), 3)
counts = np.array([rng.multinomial(rng.integers(3, 20), shares[k]) for k in kind])
codes = np.column_stack([(kind + rng.integers(0, 3, n)) % 4, rng.integers(0, 5, n), (kind * rng.integers(0, 2, n)) % 3])
small = np.array([[2, 1, 0, 3], [0, 1, 4, 0], [1, 0, 3, 1], [3, 0, 0, 2], [0, 2, 2, 0], [4, 1, 0, 1]])
weight = f32(rng.uniform(0.2, 3, n))
data = {
    "iris": (f32(iris.data), iris.target),
    "wine": (f32(wine.data), wine.target),
    "cancer": (f32(cancer.data[:200]), cancer.target[:200]),
    "counts": (f32(counts), kind),
    "pair": (f32(counts[kind < 2]), kind[kind < 2]),
    "amounts": (f32(rng.gamma(1 + kind[:, None] * (np.arange(5) % 3), 0.7, (n, 5))), kind),
    "codes": (f32(codes), kind),
    "small": (f32(small), np.array([0, 1, 1, 0, 1, 0])),
}
cases = []


def case(name, on, model, params, fitted, weighted=False):
    X, y = data[on]
    fitted.fit(X, y, **({"sample_weight": weight} if weighted else {}))
    cases.append({"name": name, "data": on, "model": model, "params": params, "weighted": weighted,
                  "log": (fitted.predict_joint_log_proba(X) - fitted.predict_joint_log_proba(X).mean(1, keepdims=True))[::3].ravel().tolist()})


for on in ("iris", "wine", "cancer", "counts"):
    case(f"gaussian, {on}", on, "naive-bayes-gaussian", {}, GaussianNB())
case("gaussian, smoothed, wine", "wine", "naive-bayes-gaussian", {"var_smoothing": 1e-3}, GaussianNB(var_smoothing=1e-3))
case("gaussian, weighted", "amounts", "naive-bayes-gaussian", {}, GaussianNB(), weighted=True)
for on in ("counts", "pair", "amounts", "small"):
    for a in (1, 0.05):
        case(f"multinomial {a}, {on}", on, "naive-bayes-multinomial", {"alpha": a}, MultinomialNB(alpha=a))
        case(f"complement {a}, {on}", on, "naive-bayes-complement", {"alpha": a}, ComplementNB(alpha=a))
        case(f"bernoulli {a}, {on}", on, "naive-bayes-bernoulli", {"alpha": a}, BernoulliNB(alpha=a))
    case(f"complement, normalised, {on}", on, "naive-bayes-complement", {"norm": True}, ComplementNB(norm=True))
    case(f"multinomial, equal priors, {on}", on, "naive-bayes-multinomial", {"fit_prior": False}, MultinomialNB(fit_prior=False))
    case(f"bernoulli, cut at 1.5, {on}", on, "naive-bayes-bernoulli", {"binarize": 1.5}, BernoulliNB(binarize=1.5))
for name, maker in (("multinomial", MultinomialNB), ("complement", ComplementNB), ("bernoulli", BernoulliNB)):
    case(f"{name}, weighted", "counts", f"naive-bayes-{name}", {}, maker(), weighted=True)
for a in (1, 0.2):
    case(f"categorical {a}", "codes", "naive-bayes-categorical", {"alpha": a}, CategoricalNB(alpha=a))
case("categorical, six levels at least", "codes", "naive-bayes-categorical", {"min_categories": 6}, CategoricalNB(min_categories=6))
case("categorical, weighted, equal priors", "codes", "naive-bayes-categorical", {"fit_prior": False}, CategoricalNB(fit_prior=False), weighted=True)

out = {
    "made by": f"scikit-learn {sklearn.__version__}, numpy {np.__version__}",
    "weight": text(weight),
    "data": {k: {"rows": X.shape[0], "cols": X.shape[1], "X": text(X), "y": y.tolist()} for k, (X, y) in data.items()},
    "cases": cases,
}
pathlib.Path(__file__).with_name("data.json").write_text(json.dumps(out, separators=(",", ":")) + "\n")
