"""
Reference answers for models of a number that are linear. Run: python3 make.py (scikit-learn 1.2.1, statsmodels 0.13.5, scipy 1.10.1).

Columns are rounded to Float32 before anything is fitted, since the app's matrix is Float32; targets are Float64. "diabetes" is
scikit-learn's (Efron et al. 2004), columns brought to mean 0 and deviation 1 (ddof 0), then rounded. Weighted answers of
scikit-learn's Bayesian ridge and of inference are those of repeated rows: in the app a row of weight 2 is the row twice.
"""
import json
import pathlib
import warnings

import numpy as np
import scipy.optimize
import sklearn
import statsmodels
import statsmodels.api as sm
from sklearn.cross_decomposition import PLSRegression
from sklearn.datasets import load_diabetes
from sklearn.linear_model import (BayesianRidge, ElasticNet, GammaRegressor, HuberRegressor, Lasso, LinearRegression, PoissonRegressor, QuantileRegressor,
                                  RANSACRegressor, Ridge, TheilSenRegressor, TweedieRegressor, enet_path, lars_path)

warnings.simplefilter("ignore")
rng = np.random.default_rng(20260203)


def f32(a):
    return np.asarray(a, dtype=np.float32).astype(np.float64)


def text(a):
    return [float(f"{v:.9g}") for v in np.asarray(a, dtype=np.float64).ravel(order="F")]


X, y = load_diabetes(return_X_y=True, scaled=False)
diabetes = f32((X - X.mean(0)) / X.std(0))
sets = {"diabetes": (diabetes, y)}
n = 80
few = f32(rng.normal(size=(n, 4)) @ (np.eye(4) + 0.3 * rng.normal(size=(4, 4))) + [0, 1, -2, 0])
mu = np.exp(few @ [0.4, -0.3, 0.1, 0] + 0.5)
sets["counts"] = (few, rng.poisson(mu).astype(float))
sets["amounts"] = (few, np.round(mu * rng.gamma(3, 1 / 3, n), 4) + 0.0001)
sets["claims"] = (few, np.round(np.array([rng.gamma(2, 1, k).sum() for k in rng.poisson(mu / 3)]), 4))
line = few @ [2, -1, 0.5, 0] + 3
sets["wild"] = (few, np.round(line + rng.normal(size=n) + np.where(rng.uniform(size=n) < 0.15, 40 * rng.normal(size=n), 0), 4))
rough = few[:30, :2]
sets["plane"] = (rough, np.round(line[:30] + rng.standard_t(2, 30), 4))
sets["one"] = (rough[:, :1], np.round(line[:30] + rng.standard_t(2, 30), 4))
gross = np.round(line + 0.1 * rng.normal(size=n), 4)
gross[::4] += 50 + 10 * rng.uniform(size=n // 4)
sets["gross"] = (few, gross)
wide = f32(rng.normal(size=(20, 30)))
sets["wide"] = (wide, (lambda t: (t - t.mean()) / t.std())(wide[:, :3] @ [1, -2, 1] + 0.5 * rng.normal(size=20)))
sets["unit"] = (few, (lambda t: (t - t.mean()) / t.std())(line + 2 * rng.normal(size=n)))
spectrum = f32(np.cumsum(rng.normal(size=(25, 40)), axis=1))
sets["spectrum"] = (spectrum, np.round(spectrum[:, 10] - spectrum[:, 30] + rng.normal(size=25), 4))
repeats = rng.integers(0, 4, n).astype(float)
cases = []


def case(model, on, params, weights, bias, tol=1e-6, why="", weighted=False, **more):
    cases.append({"model": model, "data": on, "params": params, "weighted": weighted, "tol": tol, "why": why,
                  "weights": np.ravel(weights).tolist(), "bias": float(np.ravel(bias)[0]), **more})


def twice(X, t):
    k = np.repeat(np.arange(len(t)), repeats.astype(int))
    return X[k], t[k]


def of_statsmodels(r, intercept=True):
    order = list(range(1, len(r.params))) + [0] if intercept else range(len(r.params))
    pick = lambda v: np.asarray(v)[order].tolist()
    ci = np.asarray(r.conf_int())
    return {"spread": pick(r.bse), "t": pick(r.tvalues), "p": pick(r.pvalues), "low": pick(ci[:, 0]), "high": pick(ci[:, 1])}


# Ordinary least squares with inference.
for on, weighted, intercept in [("diabetes", False, True), ("wild", False, True), ("wild", True, True), ("wild", False, False)]:
    A, t = twice(*sets[on]) if weighted else sets[on]
    r = sm.OLS(t, sm.add_constant(A) if intercept else A).fit()
    b = r.params[1:] if intercept else r.params
    case("linear", on, {"penalty": "none", "fit_intercept": intercept}, b, r.params[0] if intercept else 0, 1e-10, weighted=weighted, freedom=float(r.df_resid),
         noise=float(np.sqrt(r.scale)), explained=r.rsquared, F=r.fvalue, F_p=r.f_pvalue, **of_statsmodels(r, intercept))

# Penalties, on diabetes.
D, yd = sets["diabetes"]
for alpha in (0.1, 1, 10, 100):
    r = Ridge(alpha=alpha, solver="svd").fit(D, yd)
    case("linear", "diabetes", {"penalty": "l2", "alpha": alpha}, r.coef_, r.intercept_, 1e-9)
for alpha in (0.1, 1, 5, 20):
    r = Lasso(alpha=alpha, tol=1e-14, max_iter=1000000).fit(D, yd)
    case("linear", "diabetes", {"penalty": "l1", "alpha": alpha, "tol": 1e-12}, r.coef_, r.intercept_, 1e-6, "a gap of 1e-12 leaves about 1e-6 of a weight")
for alpha, ratio in ((0.1, 0.5), (1, 0.5), (1, 0.9)):
    r = ElasticNet(alpha=alpha, l1_ratio=ratio, tol=1e-14, max_iter=1000000).fit(D, yd)
    case("linear", "diabetes", {"penalty": "elasticnet", "alpha": alpha, "l1_ratio": ratio, "tol": 1e-12}, r.coef_, r.intercept_, 1e-6, "as for lasso")

# Generalised linear models: scikit-learn with a penalty, statsmodels with inference.
tight = {"tol": 1e-12, "max_iter": 10000, "solver": "newton-cholesky"}
for on, family, make in [("counts", "poisson", lambda a: PoissonRegressor(alpha=a, **tight)), ("amounts", "gamma", lambda a: GammaRegressor(alpha=a, **tight)),
                         ("amounts", "inverse-gaussian", lambda a: TweedieRegressor(power=3, link="log", alpha=a, **tight)),
                         ("claims", "tweedie", lambda a: TweedieRegressor(power=1.5, alpha=a, **tight)),
                         ("amounts", "normal", lambda a: TweedieRegressor(power=0, alpha=a, **tight))]:
    for alpha in (0.001, 1):
        for weighted in (False, True):
            A, t = sets[on]
            r = make(alpha).fit(A, t, sample_weight=repeats if weighted else None)
            case("generalized-linear", on, {"family": family, "alpha": alpha, "tol": 1e-10}, r.coef_, r.intercept_, 1e-8, weighted=weighted)
r = TweedieRegressor(power=0, link="log", alpha=0.01, **tight).fit(*sets["amounts"])
case("generalized-linear", "amounts", {"family": "normal", "link": "log", "alpha": 0.01, "tol": 1e-10}, r.coef_, r.intercept_, 1e-8)
for power in (1.2, 1.9):
    r = TweedieRegressor(power=power, alpha=0.01, **tight).fit(*sets["claims"])
    case("generalized-linear", "claims", {"family": "tweedie", "power": power, "alpha": 0.01, "tol": 1e-10}, r.coef_, r.intercept_, 1e-8)
log = sm.families.links.log()
for on, family, sm_family in [("counts", "poisson", sm.families.Poisson()), ("amounts", "gamma", sm.families.Gamma(log)),
                              ("amounts", "inverse-gaussian", sm.families.InverseGaussian(log)), ("claims", "tweedie", sm.families.Tweedie(log, 1.5)),
                              ("amounts", "normal", sm.families.Gaussian())]:
    for weighted in (False, True):
        A, t = twice(*sets[on]) if weighted else sets[on]
        r = sm.GLM(t, sm.add_constant(A), family=sm_family).fit(tol=1e-14, maxiter=1000, tol_criterion="params", use_t=family != "poisson")
        case("generalized-linear", on, {"family": family, "alpha": None, "tol": 1e-10}, r.params[1:], r.params[0], 1e-8, weighted=weighted,
             freedom=0 if family == "poisson" else float(r.df_resid), noise=float(np.sqrt(r.scale)), explained=1 - r.deviance / r.null_deviance, **of_statsmodels(r))


# Huber: scikit-learn, then Newton on the rows it finds inside the border, as its L-BFGS stops at about 1e-6.
def polished(A, t, w, eps, alpha, b, c, s):
    for _ in range(50):
        r = t - A @ b - c
        inside = np.abs(r) <= eps * s
        z = np.where(inside, r / s, eps * np.sign(r))
        B = np.column_stack([A, np.ones(len(t))])
        g = np.append(-2 * B.T @ (w * z), w.sum() - (w * z * z).sum())
        g[: len(b)] += 2 * alpha * b
        C = np.column_stack([B, z])[inside]
        H = 2 / s * (C * w[inside][:, None]).T @ C
        H[np.arange(len(b)), np.arange(len(b))] += 2 * alpha
        d = np.linalg.solve(H, -g)
        b, c, s = b + d[:-2], c + d[-2], s + d[-1]
    assert np.abs(d).max() < 1e-10
    return b, c, s


for on, eps, alpha, weighted in [("diabetes", 1.35, None, False), ("wild", 1.35, 0.0001, False), ("wild", 1.1, 5, False), ("wild", 2, 1, True)]:
    A, t = sets[on]
    w = repeats if weighted else np.ones(len(t))
    r = HuberRegressor(epsilon=eps, alpha=alpha or 1e-14, max_iter=100000, tol=1e-9).fit(A, t, sample_weight=w)
    b, c, s = polished(A, t, w, eps, alpha or 0, r.coef_, r.intercept_, r.scale_)
    assert abs(s - r.scale_) < 1e-3 * s and np.abs(b - r.coef_).max() < 1e-3 * np.abs(b).max()
    case("huber", on, {"epsilon": eps, "alpha": alpha}, b, c, 1e-9, weighted=weighted, scale=s)

# Quantiles, by HiGHS. Real columns and targets leave no ties.
for on, q, alpha, weighted in [("diabetes", 0.1, 0, False), ("diabetes", 0.5, 0, False), ("diabetes", 0.9, 0, False), ("diabetes", 0.5, 1, False),
                               ("wild", 0.25, 0, False), ("wild", 0.5, 0.05, False), ("wild", 0.8, 0.02, True), ("wild", 0.5, 0, True)]:
    A, t = sets[on]
    r = QuantileRegressor(quantile=q, alpha=alpha, solver="highs").fit(A, t, sample_weight=repeats if weighted else None)
    e = t - r.predict(A)
    w = repeats if weighted else np.ones(len(t))
    loss = (w * np.where(e > 0, q * e, (q - 1) * e)).sum() + alpha * w.sum() * np.abs(r.coef_).sum()
    case("quantile", on, {"quantile": q, "alpha": alpha or None}, r.coef_, r.intercept_, 1e-9, weighted=weighted, loss=float(loss))

for on in ("one", "plane"):
    r = TheilSenRegressor(tol=1e-15, max_iter=1000000).fit(*sets[on])
    case("theil-sen", on, {"tol": 1e-14, "max_iter": 100000}, r.coef_, r.intercept_, 1e-8, "every set of rows is taken, so no chance enters")
r = TheilSenRegressor(fit_intercept=False).fit(*sets["one"])
case("theil-sen", "one", {"fit_intercept": False}, r.coef_, 0, 1e-12)
r = RANSACRegressor(random_state=1).fit(*sets["gross"])
assert (r.inlier_mask_ == (np.arange(n) % 4 != 0)).all()
case("ransac", "gross", {}, r.estimator_.coef_, r.estimator_.intercept_, 1e-10, "the inliers are far from the outliers, so any seed finds the same")

for on, weighted in [("unit", False), ("unit", True), ("wide", False)]:
    A, t = sets[on]
    if weighted:
        A, t = twice(A, t)
        sd = t.std()
        t = t / sd
    r = BayesianRidge(tol=1e-13, n_iter=100000, compute_score=True).fit(A, t)
    k = sd if weighted else 1
    # scikit-learn's sigma_ forgets the directions that fewer rows than columns say nothing of; this is the posterior.
    Ac = A - A.mean(0)
    sigma = np.linalg.inv(r.lambda_ * np.eye(A.shape[1]) + r.alpha_ * Ac.T @ Ac)
    assert on == "wide" or np.allclose(sigma, r.sigma_, rtol=1e-9)
    case("bayesian-ridge", on, {"tol": 1e-14, "max_iter": 100000}, k * r.coef_, k * r.intercept_, 1e-7, "scikit-learn stops at a sum of changes of 1e-13",
         weighted=weighted, alpha=r.alpha_ / k**2, lam=r.lambda_ / k**2, score=float(r.scores_[-1]), spread=(k * np.sqrt(np.diag(sigma))).tolist())

for on, k, scale in [("diabetes", 2, True), ("diabetes", 5, False), ("spectrum", 1, True), ("spectrum", 3, True), ("spectrum", 8, False), ("wild", 4, True)]:
    r = PLSRegression(k, scale=scale).fit(*sets[on])
    A, t = sets[on]
    case("pls", on, {"n_components": k, "scale": scale}, r.coef_.ravel() / r._x_std, float(np.ravel(r.predict(np.zeros((1, A.shape[1]))))[0]), 1e-9)

alphas, _, coefs = lars_path(D, yd - yd.mean(), method="lasso")
Xc = D - D.mean(0)
ratios = [0.5, 0.9]
grid = np.geomspace(40, 0.04, 12)
paths = {"lars": {"alphas": alphas.tolist(), "weights": coefs.T.tolist()},
         "net": [{"ratio": q, "alphas": grid.tolist(), "weights": enet_path(Xc, yd - yd.mean(), l1_ratio=q, alphas=grid, tol=1e-15, max_iter=1000000)[1].T.tolist()}
                 for q in ratios]}

out = {
    "made by": f"scikit-learn {sklearn.__version__}, statsmodels {statsmodels.__version__}, numpy {np.__version__}",
    "weight": repeats.tolist(),
    "data": {k: {"rows": A.shape[0], "cols": A.shape[1], "X": text(A), "y": t.tolist()} for k, (A, t) in sets.items()},
    "cases": cases,
    "paths": paths,
}
pathlib.Path(__file__).with_name("data.json").write_text(json.dumps(out, separators=(",", ":")) + "\n")
