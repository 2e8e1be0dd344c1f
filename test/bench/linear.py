"""The same sizes in scikit-learn, one thread: OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 python3 linear.py"""
import time
import warnings

import numpy as np
from sklearn.linear_model import Lasso, LogisticRegression, Ridge
from sklearn.neighbors import KNeighborsClassifier

warnings.simplefilter("ignore")
rng = np.random.default_rng(7)


def table(n, p):
    X = rng.normal(size=(n, p))
    for j in range(1, p):
        X[:, j] += 0.5 * X[:, j - 1]
    X = X.astype(np.float32)
    w = np.where(np.arange(p) % 3 == 0, rng.normal(size=p), 0)
    return X, X @ w + rng.normal(size=n)


def seconds(run):
    took = []
    for _ in range(3):
        start = time.perf_counter()
        run()
        took.append(time.perf_counter() - start)
    return sorted(took)[1]


def show(name, run):
    print(f"{name:45s} {seconds(run):8.3f}", flush=True)


X, s = table(200_000, 50)
X64 = X.astype(np.float64)
show("logistic l2 (lbfgs, tol 1e-4)", lambda: LogisticRegression(max_iter=1000).fit(X64, s > 0))
show("logistic l2 (lbfgs, tol 1e-8)", lambda: LogisticRegression(max_iter=1000, tol=1e-8).fit(X64, s > 0))
show("logistic l2, three classes (lbfgs)", lambda: LogisticRegression(max_iter=1000).fit(X64, np.digitize(s, [-2, 2])))
show("logistic l1 C=0.01 (liblinear)", lambda: LogisticRegression(penalty="l1", C=0.01, solver="liblinear").fit(X64, s > 0))
show("logistic l1 C=0.01 (saga)", lambda: LogisticRegression(penalty="l1", C=0.01, solver="saga", max_iter=1000).fit(X64, s > 0))
X, s = table(200_000, 100)
X64 = X.astype(np.float64)
show("ridge", lambda: Ridge().fit(X64, s))
show("lasso 0.01 (tol 1e-4)", lambda: Lasso(alpha=0.01).fit(X64, s))
show("lasso 0.01 (tol 1e-8)", lambda: Lasso(alpha=0.01, tol=1e-8).fit(X64, s))
r = Ridge().fit(X64, s)
show("predict linear", lambda: r.predict(X64))
for p in (20, 8):
    X, s = table(60_000, p)
    for name, data in (("Float32", X), ("Float64", X.astype(np.float64))):
        k = KNeighborsClassifier().fit(data[:50_000], s[:50_000] > 0)
        show(f"neighbours x {p} ({k._fit_method}, {name})", lambda: k.predict_proba(data[50_000:]))
