"""Support vector machines on classic tables. Run: python3 make_classics.py (scikit-learn 1.2.1, which carries libsvm)."""
import json
import pathlib

import numpy as np
import sklearn
from sklearn.datasets import load_diabetes, load_iris
from sklearn.svm import SVC, SVR


def f32(a):
    return np.asarray(a, dtype=np.float32).astype(np.float64)


def text(a, digits=12):
    return [float(f"{v:.{digits}g}") for v in np.asarray(a, dtype=np.float64).ravel()]


iris, d = load_iris(), load_diabetes(scaled=False)
Z = (iris.data - iris.data.mean(0)) / iris.data.std(0)
D = f32((d.data - d.data.mean(0)) / d.data.std(0))
cases = []
for name, A, t, m in (
    ("iris 0 and 1, linear", f32(iris.data[:100]), iris.target[:100], SVC(kernel="linear", C=1, tol=1e-10)),
    ("iris 1 and 2, radial", f32(Z[50:]), iris.target[50:], SVC(C=1, gamma=0.25, tol=1e-10)),
    ("diabetes, radial", D, d.target, SVR(C=10, gamma=0.1, epsilon=5, tol=1e-10)),
):
    m.fit(A, t)
    of = dict(C=m.C, gamma=m.gamma if m.kernel == "rbf" else None, kernel=m.kernel)
    if isinstance(m, SVR):
        of["epsilon"] = m.epsilon
    told = m.predict(A) if isinstance(m, SVR) else m.decision_function(A)
    # Zeros beside the support vectors, so that coefficients stand by rows.
    dual = np.zeros(len(A))
    dual[m.support_] = m.dual_coef_[0]
    case = dict(name=name, params=of, cols=A.shape[1], X=text(A, 9), y=t.tolist(), intercept=float(m.intercept_[0]), dual=text(dual), told=text(told))
    if m.kernel == "linear":
        case["coef"] = text(m.coef_)
    cases.append(case)
    print(name, case["intercept"], len(m.support_), np.abs(dual).sum(), [told[i] for i in (0, 1, 2, 10, 50, 60, 83, 99)], case.get("coef"))
pathlib.Path(__file__).with_name("classics.json").write_text(json.dumps(dict(made_with=f"scikit-learn {sklearn.__version__}", cases=cases), separators=(",", ":")) + "\n")
