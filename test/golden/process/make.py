"""Reference answers for Gaussian processes. Run: OMP_NUM_THREADS=1 python3 make.py (scikit-learn 1.2.1)."""
import json
import pathlib
import warnings

import numpy as np
import sklearn
from sklearn.datasets import load_diabetes, load_iris
from sklearn.gaussian_process import GaussianProcessClassifier, GaussianProcessRegressor
from sklearn.gaussian_process.kernels import RBF, ConstantKernel, Matern, RationalQuadratic, WhiteKernel

warnings.simplefilter("ignore")
rng = np.random.default_rng(3)


def f32(a):
    return np.asarray(a, dtype=np.float32).astype(np.float64)


def text(a, digits=12):
    return [float(f"{v:.{digits}g}") for v in np.asarray(a, dtype=np.float64).ravel(order="F")]


def unit(A):
    return f32((A - A.mean(0)) / A.std(0))


n, p, q = 70, 3, 30
X = f32(rng.normal(size=(n, p)))
Q = f32(1.5 * rng.normal(size=(q, p)))
z = np.sin(2 * X[:, 0]) + X[:, 1] * X[:, 2]
y = 40 + 7 * (z + 0.2 * rng.normal(size=n))
two = (z + 0.3 * rng.normal(size=n) > 0.1).astype(int)
three = np.digitize(z + 0.3 * rng.normal(size=n), [-0.5, 0.6])


def covariance(o, length):
    kind = {
        "rbf": lambda: RBF(length),
        "matern-3/2": lambda: Matern(length, nu=1.5),
        "matern-5/2": lambda: Matern(length, nu=2.5),
        "rational-quadratic": lambda: RationalQuadratic(length, alpha=o.get("mixture", 1.0)),
    }[o["kernel"]]()
    return ConstantKernel(o["constant_value"]) * kind


settings = [
    dict(kernel="rbf", constant_value=1.0, length_scale=1.0, noise_level=0.1),
    dict(kernel="rbf", constant_value=4.0, length_scale=2.5, noise_level=0.01),
    dict(kernel="matern-3/2", constant_value=2.0, length_scale=1.7, noise_level=0.05),
    dict(kernel="matern-5/2", constant_value=0.8, length_scale=1.2, noise_level=0.3),
    dict(kernel="rational-quadratic", constant_value=1.5, length_scale=0.9, mixture=0.6, noise_level=0.1),
]
fixed = []
for o in settings:
    k = covariance(o, o["length_scale"]) + WhiteKernel(o["noise_level"])
    m = GaussianProcessRegressor(k, optimizer=None, normalize_y=True).fit(X, y)
    mean, std = m.predict(Q, return_std=True)
    fixed.append(dict(target="number", params=o, mean=text(mean), std=text(std), likelihood=m.log_marginal_likelihood_value_))
    for target, name in ((two, "two"), (three, "three")):
        m = GaussianProcessClassifier(covariance(o, o["length_scale"]), optimizer=None).fit(X, target)
        fixed.append(dict(target=name, params=o, chance=text(m.predict_proba(Q)), likelihood=m.log_marginal_likelihood_value_))

# Likelihoods and slopes at given settings, one length or one for each column. The list: variance, lengths, mixture, noise.
slopes = []
unit_y = (y - y.mean()) / y.std()
for o in settings:
    for length in (o["length_scale"], np.array([0.7, 1.9, 3.1])):
        # Scikit-learn’s rational quadratic knows one length only.
        if o["kernel"] == "rational-quadratic" and np.ndim(length):
            continue
        for name in ("number", "two"):
            k = covariance(o, length)
            if name == "number":
                m = GaussianProcessRegressor(k + WhiteKernel(o["noise_level"]), optimizer=None).fit(X, unit_y)
            else:
                m = GaussianProcessClassifier(k, optimizer=None).fit(X, two).base_estimator_
            value, slope = m.log_marginal_likelihood(m.kernel_.theta, eval_gradient=True)
            theta = list(m.kernel_.theta)
            if o["kernel"] == "rational-quadratic":
                # Scikit-learn has the mixture before the length.
                theta[1], theta[2] = theta[2], theta[1]
                slope[[1, 2]] = slope[[2, 1]]
            slopes.append(dict(target=name, kernel=o["kernel"], list=text(theta, 17), lengths=int(np.size(length)), value=value, slope=text(slope)))

# What learning reaches.
d = load_diabetes(scaled=False)
D, iris = unit(d.data), load_iris()
I = unit(iris.data)
learnt = []
for ard in (False, True):
    for kernel in ("rbf", "matern-5/2"):
        o = dict(kernel=kernel, constant_value=1.0)
        length = np.ones(10) if ard else 1.0
        m = GaussianProcessRegressor(covariance(o, length) + WhiteKernel(), normalize_y=True).fit(D[:200], d.target[:200])
        learnt.append(dict(data="diabetes", params=dict(kernel=kernel, ard=ard), likelihood=m.log_marginal_likelihood_value_, list=text(m.kernel_.theta), mean=text(m.predict(D[200:240]))))
    for name, A, t in (("iris", I, iris.target), ("iris12", I[50:], iris.target[50:])):
        if ard and name == "iris":
            continue
        o = dict(kernel="rbf", constant_value=1.0)
        m = GaussianProcessClassifier(covariance(o, np.ones(4) if ard else 1.0)).fit(A, t)
        value = m.log_marginal_likelihood_value_
        learnt.append(dict(data=name, params=dict(kernel="rbf", ard=ard), likelihood=value, chance=text(m.predict_proba(A[::7]))))

out = dict(
    made_with=f"scikit-learn {sklearn.__version__}", rows=n, cols=p, X=text(X, 9), Q=text(Q, 9), y=text(y, 17), two=two.tolist(), three=three.tolist(),
    fixed=fixed, slopes=slopes, learnt=learnt,
    diabetes=dict(X=text(D[:240], 9), y=d.target[:240].tolist()), iris=dict(X=text(I, 9), y=iris.target.tolist()),
)
pathlib.Path(__file__).with_name("data.json").write_text(json.dumps(out, separators=(",", ":")) + "\n")
for c in learnt:
    print(c["data"], c["params"], c["likelihood"])
