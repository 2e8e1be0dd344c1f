"""
Well-known tables, each fitted as textbooks fit it. Run: python3 make.py
(scikit-learn 1.2.1, statsmodels 0.13.5, numpy 1.24, R 4.2.2; tables of scikit-learn and R).

The app's matrix is Float32, so every column is rounded to it before anything is fitted.
"""
import json
import pathlib
import subprocess
import warnings

import numpy as np
import sklearn
import statsmodels.api as sm
from sklearn.covariance import LedoitWolf
from sklearn.datasets import load_breast_cancer, load_diabetes, load_iris, load_wine
from sklearn.linear_model import LogisticRegression, QuantileRegressor
from sklearn.neighbors import KNeighborsClassifier, NearestNeighbors
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

warnings.simplefilter("ignore")


def f32(a):
    return np.asarray(a, dtype=np.float32).astype(np.float64)


def text(a):
    # Nine digits give a Float32 back exactly.
    return [float(f"{v:.9g}") for v in np.asarray(a, dtype=np.float64).ravel(order="F")]


def plain(a):
    return np.asarray(a, dtype=np.float64).ravel().tolist()


def unit(a):
    return f32((a - a.mean(0)) / a.std(0))


iris, wine, cancer, diabetes = load_iris(), load_wine(), load_breast_cancer(), load_diabetes(scaled=False)
x10 = f32([[0.1], [0.2], [0.6], [0.7], [0.9], [1.1], [1.2], [1.4], [1.6], [2.0]])
counts = np.array([2.0, 3, 6, 7, 8, 9, 10, 12, 15, 20])
r = json.loads(subprocess.run(["Rscript", "-e", """
    n <- function(v) paste0('[', paste(sprintf('%.17g', unname(v)), collapse = ','), ']')
    last <- function(v) c(v[-1], v[1])
    d <- mtcars
    # Whole numbers, which Float32 keeps.
    d$wt <- round(1000 * d$wt)
    a <- lm(mpg ~ wt * factor(cyl), d); sa <- summary(a)
    b <- glm(am ~ wt + hp, binomial, d, control = list(epsilon = 1e-15, maxit = 100)); sb <- summary(b)
    p <- glm(carb ~ hp + wt, poisson, d, control = list(epsilon = 1e-15, maxit = 100)); sp <- summary(p)
    told <- function(f, s, why) sprintf('{"weights":%s,"spread":%s,"t":%s,"p":%s,"explained":%.17g}', n(last(coef(f))), n(last(s$coefficients[, 2])),
      n(last(s$coefficients[, 3])), n(last(s$coefficients[, 4])), why)
    cat(sprintf('{"mpg":%s,"am":%s,"carb":%s,"wt":%s,"hp":%s,"cyl":%s,"lm":%s,"binomial":%s,"poisson":%s}', n(d$mpg), n(d$am), n(d$carb), n(d$wt), n(d$hp), n(d$cyl),
      told(a, sa, sa$r.squared), told(b, sb, 1 - b$deviance / b$null.deviance), told(p, sp, 1 - p$deviance / p$null.deviance)))
"""], check=True, capture_output=True, text=True).stdout)
wt, hp, cyl = (np.array(r[k]) for k in ("wt", "hp", "cyl"))
six, eight = (cyl == 6).astype(float), (cyl == 8).astype(float)

tables = {
    "iris": (f32(iris.data), iris.target),
    "petals": (f32(iris.data[:, 2:]), iris.target),
    "iris in units": (unit(iris.data), iris.target),
    "wine": (f32(wine.data), wine.target),
    "wine in units": (unit(wine.data), wine.target),
    # The positive class of the textbooks is the malignant one.
    "cancer in units": (unit(cancer.data), 1 - cancer.target),
    "diabetes": (f32(diabetes.data), diabetes.target),
    "bmi and s5": (f32(diabetes.data[:, [2, 8]]), diabetes.target),
    "ten": (x10, counts),
    "cars by weight and cylinders": (np.column_stack([wt, six, eight, wt * six, wt * eight]), np.array(r["mpg"])),
    "cars, gears by hand": (np.column_stack([wt, hp]), np.array(r["am"])),
    "cars, carburettors": (np.column_stack([hp, wt]), np.array(r["carb"])),
}
for name, (X, _) in tables.items():
    assert (f32(X) == X).all(), name
cases = []


def case(model, on, params, weights, bias, tol, reference, **more):
    cases.append({"model": model, "data": on, "params": params, "tol": tol, "reference": reference, "weights": plain(weights), "bias": plain(bias), **more})


def of_statsmodels(m):
    order = [*range(1, len(m.params)), 0]
    return {k: np.asarray(v)[order].tolist() for k, v in (("spread", m.bse), ("t", m.tvalues), ("p", m.pvalues))}


# Least squares in the units the columns come in.
X, y = tables["diabetes"]
m = sm.OLS(y, sm.add_constant(X)).fit()
case("linear", "diabetes", {"penalty": "none"}, m.params[1:], m.params[0], 1e-9, "statsmodels", explained=m.rsquared, F=m.fvalue, **of_statsmodels(m))
X, y = tables["bmi and s5"]
for q in (0.1, 0.5, 0.9):
    m = QuantileRegressor(quantile=q, alpha=0, solver="highs").fit(X, y)
    case("quantile", "bmi and s5", {"quantile": q}, m.coef_, m.intercept_, 1e-9, "scikit-learn (HiGHS)")
X, y = tables["ten"]
for family, of in (("poisson", sm.families.Poisson()), ("gamma", sm.families.Gamma(sm.families.links.log()))):
    m = sm.GLM(y, sm.add_constant(X), family=of).fit(tol=1e-15, maxiter=100, use_t=family != "poisson")
    case("generalized-linear", "ten", {"family": family, "alpha": None, "tol": 1e-10}, m.params[1:], m.params[0], 1e-9, "statsmodels",
         explained=1 - m.deviance / m.null_deviance, **of_statsmodels(m))
for model, on, params, key in (("linear", "cars by weight and cylinders", {"penalty": "none"}, "lm"), ("logistic", "cars, gears by hand", {"penalty": "none"}, "binomial"),
                               ("generalized-linear", "cars, carburettors", {"family": "poisson", "alpha": None, "tol": 1e-10}, "poisson")):
    told = r[key]
    case(model, on, params, told["weights"][:-1], told["weights"][-1], 1e-9, "R", **{k: told[k] for k in ("spread", "t", "p", "explained")})


# Logistic regression of two classes: a first answer, then Newton on the weights that are not 0; with L1, a check that the others stay.
def settled(X, y, C, w, b, l1):
    on = np.flatnonzero(np.abs(w) > 1e-8)
    sign = np.sign(w[on])
    A = np.column_stack([X[:, on], np.ones(len(y))])
    t = np.append(w[on], b)
    for _ in range(60):
        p = 1 / (1 + np.exp(-A @ t))
        g = C * A.T @ (p - y) + np.append(sign if l1 else t[:-1], 0)
        step = np.linalg.solve(C * (A * (p * (1 - p))[:, None]).T @ A + (0 if l1 else np.diag([1.0] * len(on) + [0])), g)
        t = t - step
    assert np.abs(step).max() < 1e-11 and (np.sign(t[:-1]) == sign).all()
    g = C * X.T @ (1 / (1 + np.exp(-A @ t)) - y)
    assert (np.abs(np.delete(g, on)) < 1 - 1e-6).all()
    out = np.zeros(X.shape[1])
    out[on] = t[:-1]
    return out, t[-1]


X, y = tables["cancer in units"]
for C in (0.01, 0.1, 1, 10):
    m = LogisticRegression(C=C, solver="newton-cg", tol=1e-12, max_iter=10000).fit(X, y)
    w, b = settled(X, y, C, m.coef_[0], m.intercept_[0], False)
    assert np.abs(w - m.coef_[0]).max() < 1e-5 * np.abs(w).max()
    print("newton-cg from the optimum", C, np.abs(w - m.coef_[0]).max() / np.abs(w).max(), abs(b / m.intercept_[0] - 1))
    case("logistic", "cancer in units", {"C": C, "tol": 1e-10}, w, b, 1e-7, "scikit-learn, then Newton")
for C in (0.05, 0.1, 1):
    m = LogisticRegression(C=C, penalty="l1", solver="saga", tol=1e-7, max_iter=200000).fit(X, y)
    w, b = settled(X, y, C, m.coef_[0], m.intercept_[0], True)
    assert np.abs(w - m.coef_[0]).max() < 1e-2 * np.abs(w).max()
    case("logistic", "cancer in units", {"penalty": "l1", "C": C, "tol": 1e-10}, w, b, 1e-7, "scikit-learn, then Newton")
for on in ("iris in units", "wine in units"):
    m = LogisticRegression(solver="newton-cg", tol=1e-12, max_iter=10000).fit(*tables[on])
    case("logistic", on, {"tol": 1e-10}, m.coef_, m.intercept_, 1e-7, "scikit-learn")

# Neighbours: where two tie at the border, they are of one class.
X, y = tables["iris"]
asked = f32([[5.8, 2.8, 4.9, 1.6], [6.1, 2.9, 4.8, 1.7], [4.9, 3.2, 1.4, 0.3]])
far, which = NearestNeighbors(n_neighbors=8).fit(X).kneighbors(asked)
near = []
for k, weights in ((5, "uniform"), (7, "distance")):
    assert ((far[:, k] - far[:, k - 1] > 1e-3) | (y[which[:, k]] == y[which[:, k - 1]])).all()
    near.append({"params": {"k": k, "weights": weights}, "votes": plain(KNeighborsClassifier(k, weights=weights, algorithm="brute").fit(X, y).predict_proba(asked))})

# Trees: where two columns cut alike, scikit-learn takes one by chance and the app the first; of twelve seeds the first stands here.
trees = []
for on, make, params in (("petals", lambda s: DecisionTreeClassifier(max_depth=2, random_state=s), {"max_depth": 2}),
                         ("wine", lambda s: DecisionTreeClassifier(max_depth=3, criterion="entropy", random_state=s), {"max_depth": 3, "criterion": "entropy"}),
                         ("diabetes", lambda s: DecisionTreeRegressor(max_depth=3, random_state=s), {"max_depth": 3})):
    fits = [make(s).fit(*tables[on]).tree_ for s in range(12)]
    value = lambda t: t.value[:, 0] / t.value[:, 0].sum(1, keepdims=True) if t.value.shape[2] > 1 else t.value[:, 0]
    t = min(fits, key=lambda t: t.feature.tolist())
    trees.append({"data": on, "params": params, "feature": t.feature.tolist(), "threshold": plain(t.threshold),
                  "left": t.children_left.tolist(), "right": t.children_right.tolist(), "cover": plain(t.weighted_n_node_samples), "value": plain(value(t))})
paths = [DecisionTreeClassifier(random_state=s).fit(*tables["cancer in units"]).cost_complexity_pruning_path(*tables["cancer in units"]) for s in (0, 1, 2)]
tail = lambda a: plain(a)[-5:]
assert all(np.allclose(tail(p.ccp_alphas), tail(paths[0].ccp_alphas)) for p in paths)
path = {"data": "cancer in units", "alphas": tail(paths[0].ccp_alphas), "impurities": tail(paths[0].impurities)}

shrinkage = LedoitWolf().fit(tables["wine in units"][0]).shrinkage_

# Conformal ranges and sets: order statistics of the errors, the inverse of the empirical distribution at ⌈(n + 1) q⌉ / n.
rng = np.random.default_rng(20260701)
n = 101
truth = rng.normal(size=n)
told = truth + 0.5 * rng.standard_t(3, n)
errors = truth - told
at = lambda v, share: np.quantile(v, share, method="inverted_cdf")
ranges = [{"level": q, "low": float(at(errors, np.floor((n + 1) * (1 - q) / 2) / n)), "high": float(at(errors, np.ceil((n + 1) * (1 + q) / 2) / n))} for q in (0.5, 0.8, 0.95)]
shares = rng.dirichlet(np.ones(4), n)
kinds = np.array([rng.choice(4, p=s) for s in shares])
off = 1 - shares[np.arange(n), kinds]
new = rng.dirichlet(np.ones(4), 12)
sets = []
for q in (0.5, 0.8, 0.95):
    most = at(off, np.ceil((n + 1) * q) / n)
    sets.append({"level": q, "sets": [[int(k) for k in np.argsort(-s) if 1 - s[k] <= most or k == s.argmax()] for s in new]})

out = {
    "made by": f"scikit-learn {sklearn.__version__}, statsmodels 0.13.5, numpy {np.__version__}, R 4.2.2",
    "data": {k: {"rows": X.shape[0], "cols": X.shape[1], "X": text(X), "y": np.asarray(y).tolist()} for k, (X, y) in tables.items()},
    "cases": cases,
    "near": {"asked": text(asked), "cases": near},
    "trees": trees,
    "path": path,
    "shrinkage": float(shrinkage),
    "conformal": {"truth": plain(truth), "told": plain(told), "ranges": ranges, "shares": plain(shares), "kinds": kinds.tolist(), "new": new.tolist(), "sets": sets},
}
pathlib.Path(__file__).with_name("data.json").write_text(json.dumps(out, separators=(",", ":")) + "\n")
