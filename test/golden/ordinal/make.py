"""Reference answers for ordinal regression and the standard errors of logistic regression.

Run: python3 make.py (numpy 1.24, scipy 1.10, statsmodels 0.13.5; Rscript 4.2 with MASS 7.3).
"""
import json
import pathlib
import subprocess
import tempfile

import numpy as np
import scipy
import statsmodels.api as sm
from scipy.optimize import minimize
from sklearn.datasets import load_breast_cancer
from statsmodels.miscmodels.ordinal_model import OrderedModel

rng = np.random.default_rng(20260105)


def f32(a):
    return np.asarray(a, dtype=np.float32).astype(np.float64)


def text(a):
    # Nine digits give a Float32 back exactly.
    return [float(f"{v:.9g}") for v in np.asarray(a, dtype=np.float64).ravel(order="F")]


def made(n, p, cuts):
    X = f32(rng.normal(size=(n, p)) * np.array([1, 3, 0.2, 1])[:p] + np.array([0, 5, 0, -2])[:p])
    score = (X - X.mean(0)) @ np.array([1, -0.4, 3, 0])[:p] + rng.logistic(size=n)
    return X, np.searchsorted(cuts, score)


data = {"three": made(200, 3, [-0.5, 1]), "five": made(300, 4, [-2, -0.5, 0.2, 2]), "two": made(120, 2, [0.3])}
weight = f32(rng.integers(1, 4, 300))


def by_r(X, y, w):
    """MASS::polr, to its last digits."""
    with tempfile.TemporaryDirectory() as d:
        names = [f"x{j}" for j in range(X.shape[1])]
        rows = "\n".join(",".join(map(repr, [*map(float, x), int(k), float(v)])) for x, k, v in zip(X, y, w))
        pathlib.Path(d, "in.csv").write_text(",".join([*names, "y", "w"]) + "\n" + rows + "\n")
        code = f"""
        library(MASS); d <- read.csv('{d}/in.csv'); d$y <- factor(d$y, ordered = TRUE)
        m <- polr(y ~ {' + '.join(names)}, d, weights = w, Hess = TRUE, control = list(reltol = 1e-16, maxit = 2000))
        cat(format(c(coef(m), m$zeta, sqrt(diag(vcov(m))), m$deviance), digits = 17), sep = '\\n')
        """
        return [float(v) for v in subprocess.run(["Rscript", "-e", code], check=True, capture_output=True, text=True).stdout.split()]


def parts(X, y, w, t):
    """Minus log likelihood and its gradient, by the differences of logistic functions."""
    p, K = X.shape[1], y.max() + 1
    cut = np.concatenate([[-np.inf], t[p:], [np.inf]])
    if np.any(np.diff(cut) <= 0):
        return np.inf, np.zeros_like(t)
    s = X @ t[:p]
    F = lambda z: 1 / (1 + np.exp(-z))
    high, low = F(cut[y + 1] - s), F(cut[y] - s)
    share = high - low
    up, down = high * (1 - high) / share, low * (1 - low) / share
    g = np.zeros_like(t)
    g[:p] = X.T @ (w * (up - down))
    for k in range(K - 1):
        g[p + k] = -(w * up)[y == k].sum() + (w * down)[y == k + 1].sum()
    return -(w * np.log(share)).sum(), g


def penalised(X, y, w, C):
    mean = X.mean(0)
    p = X.shape[1]

    def f(t):
        v, g = parts(X - mean, y, w, t)
        g[:p] += t[:p] / C
        return v + 0.5 * (t[:p] ** 2).sum() / C, g

    shares = np.cumsum(np.bincount(y, weights=w))[:-1] / w.sum()
    start = np.concatenate([np.zeros(p), np.log(shares / (1 - shares))])
    t = minimize(f, start, jac=True, method="BFGS", options={"gtol": 1e-9, "maxiter": 5000}).x
    # Newton with numeric curvature, down to rounding.
    for _ in range(4):
        H = np.array([(f(t + e)[1] - f(t - e)[1]) / 2e-5 for e in 1e-5 * np.eye(len(t))])
        t = t - np.linalg.solve(H, f(t)[1])
    t[p:] += t[:p] @ mean
    return t


def errors(X, y, w, t):
    """Standard errors from the curvature, by central differences of the gradient."""
    H = np.array([(parts(X, y, w, t + e)[1] - parts(X, y, w, t - e)[1]) / 2e-5 for e in 1e-5 * np.eye(len(t))])
    return np.sqrt(np.diag(np.linalg.inv((H + H.T) / 2)))


cases = []
for on, (X, y) in data.items():
    n, p = X.shape
    for weighted in (False, True):
        w = weight[:n] if weighted else np.ones(n)
        if y.max() > 1:
            r = by_r(X, y, w)
            size = p + y.max()
            t = penalised(X, y, w, np.inf)
            se = errors(X, y, w, t)
            # R stops a little before the best, and takes the curvature by coarser differences.
            assert np.allclose(t, r[:size], rtol=1e-6) and np.allclose(se, r[size:2 * size], rtol=1e-4)
            cases.append({"name": f"no penalty, {on} classes{', weighted' * weighted}", "data": on, "weighted": weighted, "params": {"penalty": "none"},
                          "weights": t[:p].tolist(), "cuts": t[p:].tolist(), "errors": se.tolist()})
            if not weighted:
                m = OrderedModel(y, X, distr="logit").fit(method="bfgs", gtol=1e-9, maxiter=5000, disp=0)
                assert np.allclose(m.params[:p], r[:p], rtol=1e-5) and np.isclose(-2 * m.llf, r[-1], rtol=1e-9)
        for C in (0.01, 1):
            t = penalised(X, y, w, C)
            cases.append({"name": f"ridge C={C}, {on} classes{', weighted' * weighted}", "data": on, "weighted": weighted, "params": {"penalty": "l2", "C": C},
                          "weights": t[:p].tolist(), "cuts": t[p:].tolist()})

logistic = []
cancer = load_breast_cancer()
X = cancer.data[:, [0, 1, 4]]
for name, Z in (("standardised", f32((X - X.mean(0)) / X.std(0))), ("in their own units", f32(X))):
    m = sm.Logit(1 - cancer.target, sm.add_constant(Z)).fit(disp=0, tol=1e-14, maxiter=200)
    logistic.append({"name": name, "X": text(Z), "weights": m.params[1:].tolist(), "bias": m.params[0], "errors": [*m.bse[1:], m.bse[0]], "explained": m.prsquared})

out = {
    "made by": f"R MASS::polr, statsmodels {sm.__version__ if hasattr(sm, '__version__') else '0.13.5'}, scipy {scipy.__version__}",
    "weight": text(weight),
    "data": {k: {"rows": X.shape[0], "cols": X.shape[1], "X": text(X), "y": y.tolist()} for k, (X, y) in data.items()},
    "cases": cases,
    "cancer": (1 - cancer.target).tolist(),
    "logistic": logistic,
}
pathlib.Path(__file__).with_name("data.json").write_text(json.dumps(out, separators=(",", ":")) + "\n")
