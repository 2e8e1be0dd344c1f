"""Reference answers for support vector machines. Run: python3 make.py (scikit-learn 1.2.1, which carries libsvm)."""
import json
import pathlib

import numpy as np
import sklearn
from sklearn.metrics import log_loss
from sklearn.svm import SVC, SVR

rng = np.random.default_rng(11)


def f32(a):
    return np.asarray(a, dtype=np.float32).astype(np.float64)


def text(a, digits=9):
    return [float(f"{v:.{digits}g}") for v in np.asarray(a, dtype=np.float64).ravel(order="F")]


n, p, q = 120, 4, 40
X = f32(rng.normal(size=(n, p)))
Q = f32(rng.normal(size=(q, p)))
score = lambda A: A[:, 0] + A[:, 1] * A[:, 2] - 0.5 * A[:, 3] ** 2
z = score(X) + 0.5 * rng.normal(size=n)
two = (z > -0.3).astype(int)
three = np.digitize(z, [-1.2, 0.4])
weight = rng.integers(0, 4, size=n) / 2
gamma_scale = 1 / (p * X.var())
y = z / z.std() - (z / z.std()).mean()


def dual(K, beta, target, epsilon):
    return float(target @ beta - beta @ K @ beta / 2 - epsilon * np.abs(beta).sum())


def kernel(A, B, o):
    g = gamma_scale if o["gamma"] == "scale" else o["gamma"]
    dot = A @ B.T
    if o["kernel"] == "linear":
        return dot
    if o["kernel"] == "rbf":
        return np.exp(-g * (np.square(A).sum(1)[:, None] + np.square(B).sum(1) - 2 * dot))
    base = g * dot + o["coef0"]
    return base ** o["degree"] if o["kernel"] == "poly" else np.tanh(base)


base = dict(kernel="rbf", gamma="scale", coef0=0.0, degree=3, C=1.0)
settings = [
    {},
    {"C": 100.0, "gamma": 0.5},
    {"C": 0.05},
    {"kernel": "linear"},
    {"kernel": "poly", "coef0": 1.0, "gamma": 0.25},
    {"kernel": "poly", "degree": 2},
    {"kernel": "sigmoid", "gamma": 0.1, "coef0": -0.2, "C": 0.5},
]
cases = []
for target, name in ((two, "two"), (three, "three"), (y, "number")):
    for given in settings:
        for tol in (1e-3, 1e-9):
            for extra in ({}, {"weight": True}, {"class_weight": "balanced"}):
                if extra and (tol == 1e-3 or given):
                    continue
                if name == "number" and "class_weight" in extra:
                    continue
                o = {**base, **given}
                w = weight if extra.get("weight") else None
                # gamma of 'scale' does not look at weights in scikit-learn, so it is given there.
                if w is not None:
                    o["gamma"] = 0.3
                shift, unit, t = 0, 1, target
                if name == "number" and w is not None:
                    # Standardised by its weighted mean and deviation, and brought back.
                    shift = np.average(target, weights=w)
                    unit = np.sqrt(np.average((target - shift) ** 2, weights=w))
                    t = (target - shift) / unit
                if name == "number":
                    m = SVR(**o, tol=tol, epsilon=0.1)
                else:
                    m = SVC(**o, tol=tol, decision_function_shape="ovo", class_weight=extra.get("class_weight"), break_ties=False)
                m.fit(X, t, sample_weight=w)
                if name == "number":
                    d = m.predict(Q)[:, None] * unit + shift
                elif name == "two":
                    # Signs as libsvm has them: above 0 is the first class.
                    d = -m.decision_function(Q)[:, None]
                else:
                    d = m.decision_function(Q)
                case = dict(target=name, params={**o, **extra, "tol": tol}, decisions=text(d), support=int(len(m.support_)))
                if name != "three" and w is None:
                    beta = np.zeros(n)
                    beta[m.support_] = m.dual_coef_[0]
                    case["objective"] = dual(kernel(X, X, o), beta, t if name == "number" else 2 * target - 1, 0.1 if name == "number" else 0)
                cases.append(case)

# Probabilities: folds are drawn by chance, so several seeds say how far libsvm is from itself.
chances = []
for target, name in ((two, "two"), (three, "three")):
    ps = [SVC(probability=True, random_state=s).fit(X, target).predict_proba(Q) for s in range(8)]
    mean = np.mean(ps, axis=0)
    spread = max(np.abs(p_ - mean).max() for p_ in ps)
    chances.append(dict(target=name, mean=text(mean), spread=float(spread)))

# What pairwise coupling makes of given pairs (0-1, 0-2, …), solved as the paper's minimisation with numpy.
pairs = np.clip(rng.uniform(size=(6, 6)), 0.02, 0.98)
coupled = []
for r in pairs:
    k, m = 4, 0
    R = np.zeros((k, k))
    for i in range(k):
        for j in range(i + 1, k):
            R[i, j], R[j, i] = r[m], 1 - r[m]
            m += 1
    Qm = -R.T * R
    for t in range(k):
        Qm[t, t] = sum(R[j, t] ** 2 for j in range(k) if j != t)
    A = np.zeros((k + 1, k + 1))
    A[:k, :k], A[:k, k], A[k, :k] = Qm, 1, 1
    coupled.append(np.linalg.solve(A, [0] * k + [1])[:k])

out = dict(
    made_with=f"scikit-learn {sklearn.__version__}", rows=n, cols=p, X=text(X), Q=text(Q), two=two.tolist(), three=three.tolist(),
    y=text(y, 17), weight=weight.tolist(), cases=cases, chances=chances,
    pairs=text(pairs.T, 12), coupled=text(np.array(coupled).T, 12), tolerance={"0.001": 5e-3, "1e-09": 2e-6, "objective": 1e-5},
)
pathlib.Path(__file__).with_name("data.json").write_text(json.dumps(out, separators=(",", ":")) + "\n")
print(len(cases), [(c["target"], c["spread"]) for c in chances])
