"""Reference answers for combined models. Run: python3 make.py (scikit-learn 1.2.1).

The folds inside are those that Tablework deals with seed 1, drawn here by the same generator, and given to scikit-learn as a list.
Logistic regression is solved by newton-cg, since lbfgs there stops long before the sixth digit. Members stand behind a StandardScaler, learnt inside each fold; so does the final model of a stack.
"""
import json
import pathlib

import numpy as np
import sklearn
from scipy.optimize import minimize
from sklearn.calibration import CalibratedClassifierCV, _SigmoidCalibration
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.ensemble import StackingClassifier, StackingRegressor, VotingClassifier, VotingRegressor
from sklearn.isotonic import IsotonicRegression
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.model_selection import cross_val_predict
from sklearn.neighbors import KNeighborsClassifier, KNeighborsRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

M = 2**32


def sfc32(seed):
    a, b, c, d = 0, seed % M, 0x9E3779B9, 1

    def step():
        nonlocal a, b, c, d
        t = (a + b + d) % M
        d = (d + 1) % M
        a = b ^ (b >> 9)
        b = (c + (c << 3)) % M
        c = ((c << 21) | (c >> 11)) % M
        c = (c + t) % M
        return t / M

    for _ in range(15):
        step()
    return step


def deal(classes, k, seed):
    """Folds of the rows: the first draw is for the members' seeds, then each class is shuffled and dealt on."""
    u = sfc32(seed)
    u()
    fold = np.zeros(len(classes), dtype=int)
    place = 0
    for c in sorted(set(classes)):
        own = [i for i, v in enumerate(classes) if v == c]
        for i in range(len(own) - 1, 0, -1):
            j = int(u() * (i + 1))
            own[i], own[j] = own[j], own[i]
        for i in own:
            fold[i] = place % k
            place += 1
    return fold


def parts(fold):
    return [(np.flatnonzero(fold != f), np.flatnonzero(fold == f)) for f in range(fold.max() + 1)]


def f32(a):
    return np.asarray(a, dtype=np.float32).astype(np.float64)


def text(a, digits=10):
    return [float(f"{v:.{digits}g}") for v in np.asarray(a, dtype=np.float64).ravel()]


rng = np.random.default_rng(5)
n, q, p, K = 90, 12, 4, 5
X, Q = f32(rng.normal(size=(n, p)) * [1, 5, 0.2, 1] + [0, 30, 1, -2]), f32(rng.normal(size=(q, p)) * [1, 5, 0.2, 1] + [0, 30, 1, -2])
Z = (X - [0, 30, 1, -2]) / [1, 5, 0.2, 1]
score = Z[:, 0] + Z[:, 1] * Z[:, 2] + 0.8 * rng.normal(size=n)
two = (score > -0.2).astype(int)
three = np.digitize(score, [-0.9, 0.5])
y = f32(10 * score + 100)

scaled = lambda m: make_pipeline(StandardScaler(), m)
logistic = lambda: scaled(LogisticRegression(solver="newton-cg", tol=1e-9, max_iter=1000))
lda = lambda: scaled(LinearDiscriminantAnalysis())
near = lambda: scaled(KNeighborsClassifier())
ridge = lambda: scaled(Ridge())
near_number = lambda: scaled(KNeighborsRegressor())
out = {"sklearn": sklearn.__version__, "n": n, "q": q, "p": p, "folds": K}
out["X"], out["Q"], out["two"], out["three"], out["y"] = text(X.T), text(Q.T), two.tolist(), three.tolist(), text(y)

for name, target in [("two", two), ("three", three)]:
    members = [("logistic", logistic()), ("lda", lda()), ("near", near())]
    cv = parts(deal(target.tolist(), K, 1))
    vote = VotingClassifier(members, voting="soft", weights=[1, 2, 3]).fit(X, target)
    out[f"voting {name}"] = text(vote.predict_proba(Q))
    for through in [False, True]:
        s = StackingClassifier(members, logistic(), cv=cv, stack_method="predict_proba", passthrough=through).fit(X, target)
        out[f"stacking {name} {str(through).lower()}"] = text(s.predict_proba(Q))
    for member in ["logistic", "near"]:
        base = dict(members)[member]
        iso = CalibratedClassifierCV(base, method="isotonic", cv=cv, ensemble=False).fit(X, target)
        out[f"isotonic {name} {member}"] = text(iso.predict_proba(Q))
        # scikit-learn stops looking for the sigmoid at a gradient of 1e-5: its numbers are good to about 1e-4. The same minimum is found here to the end.
        sig = CalibratedClassifierCV(base, method="sigmoid", cv=cv, ensemble=False).fit(X, target)
        rough = sig.predict_proba(Q)
        how = "decision_function" if hasattr(base, "decision_function") else "predict_proba"
        z = cross_val_predict(base, X, target, cv=cv, method=how)
        base.fit(X, target)
        zq = getattr(base, how)(Q)
        if name == "two" and how == "predict_proba":
            z, zq = z[:, 1], zq[:, 1]
        z, zq = z.reshape(n, -1), zq.reshape(q, -1)
        fine = np.zeros((q, z.shape[1]))
        for k in range(z.shape[1]):
            t = (target == (1 if name == "two" else k)).astype(float)
            soft = np.where(t > 0, (t.sum() + 1) / (t.sum() + 2), 1 / (n - t.sum() + 2))

            def loss(ab):
                s = ab[0] * z[:, k] + ab[1]
                return np.sum(np.logaddexp(0, s) - (1 - soft) * s), np.array([np.sum((soft - 1 / (1 + np.exp(s))) * z[:, k]), np.sum(soft - 1 / (1 + np.exp(s)))])

            def curve(ab):
                s = ab[0] * z[:, k] + ab[1]
                w = 1 / (1 + np.exp(s)) / (1 + np.exp(-s))
                return np.array([[np.sum(w * z[:, k] ** 2), np.sum(w * z[:, k])], [np.sum(w * z[:, k]), np.sum(w)]])

            ab = minimize(loss, [0.0, np.log((n - t.sum() + 1) / (t.sum() + 1))], jac=True, method="BFGS").x
            for _ in range(20):
                ab = ab - np.linalg.solve(curve(ab), loss(ab)[1])
            fine[:, k] = 1 / (1 + np.exp(ab[0] * zq[:, k] + ab[1]))
        fine = np.column_stack([1 - fine[:, 0], fine[:, 0]]) if name == "two" else fine / fine.sum(axis=1, keepdims=True)
        assert np.abs(fine - rough).max() < 1e-4, np.abs(fine - rough).max()
        out[f"sigmoid {name} {member}"] = text(fine)

members = [("ridge", ridge()), ("near", near_number())]
out["voting number"] = text(VotingRegressor(members).fit(X, y).predict(Q))
cv = parts(deal([0] * n, K, 1))
for through in [False, True]:
    s = StackingRegressor(members, ridge(), cv=cv, passthrough=through).fit(X, y)
    out[f"stacking number {str(through).lower()}"] = text(s.predict(Q))

# Curves by themselves, with ties and weights.
s = [0.1, 0.4, 0.35, 0.8, 0.2, 0.7, 0.5, 0.9, 0.6, 0.3, 0.05, 0.65, 0.45, 0.15, 0.55, 0.4, 0.25, 0.6, 0.95, 0.35]
t = [0, 0, 1, 1, 0, 1, 0, 1, 1, 0, 0, 1, 0, 0, 1, 1, 0, 0, 1, 0]
at = np.linspace(0, 1, 23)
w = [1 + (i % 3) / 2 for i in range(len(s))]
curve = {"s": s, "t": t, "w": w, "at": text(at)}
curve["plain"] = text(IsotonicRegression(out_of_bounds="clip").fit(s, t).predict(at))
curve["weighted"] = text(IsotonicRegression(out_of_bounds="clip").fit(s, t, w).predict(at))
curve["pav"] = text(IsotonicRegression().fit_transform(range(1, 11), [1, 3, 2, 4, 3.5, 6, 5, 8, 7, 9]))
cal = _SigmoidCalibration().fit(np.array(s), np.array(t))
curve["platt"] = [float(cal.a_), float(cal.b_)]
out["curve"] = curve
pathlib.Path(__file__).with_name("data.json").write_text(json.dumps(out) + "\n")
