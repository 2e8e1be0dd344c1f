"""Reference answers for learning row by row, in the order of the rows. Run: python3 make.py (scikit-learn 1.2.1, numpy 1.24)."""
import json
import pathlib
import warnings

import numpy as np
import sklearn
from sklearn.linear_model import PassiveAggressiveClassifier, PassiveAggressiveRegressor, Perceptron, SGDClassifier, SGDRegressor

warnings.simplefilter("ignore")
rng = np.random.default_rng(20260104)


def f32(a):
    return np.asarray(a, dtype=np.float32).astype(np.float64)


def text(a):
    # Nine digits give a Float32 back exactly.
    return [float(f"{v:.9g}") for v in np.asarray(a, dtype=np.float64).ravel(order="F")]


n, p = 150, 5
X = f32(rng.normal(size=(n, p)))
score = X @ [1.5, -1, 0.5, 0, 0]
two = (score + rng.logistic(size=n) > 0.4).astype(int)
three = (X @ rng.normal(size=(p, 3)) + 0.5 * rng.gumbel(size=(n, 3))).argmax(1)
y = f32(10 + 3 * score + rng.normal(size=n))
weight = f32(rng.uniform(0.2, 3, n))


def unit(w):
    """Learning happens on a target of mean 0 and standard deviation 1."""
    mean = np.average(y, weights=w)
    return (y - mean) / np.sqrt(np.average((y - mean) ** 2, weights=w))


fixed = {"max_iter": 7, "tol": None, "shuffle": False}
# With weaker penalties the first steps are so long that log loss doubles any rounding again and again.
smooth = {"alpha": 0.1, **fixed}
until = {"max_iter": 1000, "tol": 1e-3, "shuffle": False}
cases = []


def case(name, model, target, params, fitted, weighted=False):
    t = {"two": two, "three": three, "number": unit(weight if weighted else np.ones(n))}[target]
    fitted.fit(X, t, **({"sample_weight": weight} if weighted else {}))
    out = {"name": name, "model": model, "target": target, "params": params, "weighted": weighted,
           "weights": np.ravel(fitted.coef_).tolist(), "bias": np.ravel(fitted.intercept_).tolist(), "epochs": int(fitted.n_iter_)}
    if params.get("loss") == "log_loss":
        out["predicted"] = fitted.predict_proba(X)[:20].ravel().tolist()
    cases.append(out)


for loss in ("log_loss", "hinge", "modified_huber"):
    for target in ("two", "three"):
        case(f"{loss}, {target} classes", "sgd", target, {"loss": loss, **smooth}, SGDClassifier(loss=loss, **smooth))
    case(f"{loss}, until it stops", "sgd", "two", {"loss": loss, "alpha": 0.01, **until}, SGDClassifier(loss=loss, alpha=0.01, **until))
    case(f"{loss}, averaged", "sgd", "two", {"loss": loss, "average": True, **smooth}, SGDClassifier(loss=loss, average=True, **smooth))
    case(f"{loss}, weighted", "sgd", "two", {"loss": loss, **smooth}, SGDClassifier(loss=loss, **smooth), weighted=True)
for penalty in ("l1", "elasticnet", "none"):
    given = {"loss": "log_loss", "alpha": 0.02, **fixed}
    case(f"log_loss, penalty {penalty}", "sgd", "two", {**given, "penalty": penalty}, SGDClassifier(**given, penalty=None if penalty == "none" else penalty))
for rate in ("constant", "invscaling", "adaptive"):
    given = {"loss": "log_loss", "learning_rate": rate, "eta0": 0.05, "power_t": 0.3, **until}
    case(f"log_loss, {rate} steps", "sgd", "three" if rate == "constant" else "two", given, SGDClassifier(**given))
balanced = {"loss": "log_loss", "class_weight": "balanced", **smooth}
case("log_loss, balanced", "sgd", "two", balanced, SGDClassifier(**balanced))
for loss in ("squared_error", "huber", "epsilon_insensitive"):
    for weighted in (False, True):
        case(f"{loss}{', weighted' * weighted}", "sgd", "number", {"number_loss": loss, **fixed}, SGDRegressor(loss=loss, **fixed), weighted=weighted)
    case(f"{loss}, until it stops, averaged", "sgd", "number", {"number_loss": loss, "average": True, "learning_rate": "adaptive", **until},
         SGDRegressor(loss=loss, average=True, learning_rate="adaptive", **until))
for target in ("two", "three"):
    case(f"perceptron, {target} classes", "perceptron", target, fixed, Perceptron(**fixed))
    case(f"perceptron, until it stops, {target} classes", "perceptron", target, until, Perceptron(**until))
    for loss in ("hinge", "squared_hinge"):
        given = {"loss": loss, "C": 0.1, **fixed}
        case(f"passive-aggressive {loss}, {target} classes", "passive-aggressive", target, given, PassiveAggressiveClassifier(**given))
case("perceptron with ridge", "perceptron", "two", {"penalty": "l2", "alpha": 0.01, **fixed}, Perceptron(penalty="l2", alpha=0.01, **fixed))
for loss, own in (("hinge", "epsilon_insensitive"), ("squared_hinge", "squared_epsilon_insensitive")):
    case(f"passive-aggressive {own}", "passive-aggressive", "number", {"loss": loss, "C": 0.05, **fixed}, PassiveAggressiveRegressor(loss=own, C=0.05, **fixed))
    case(f"passive-aggressive {own}, averaged", "passive-aggressive", "number", {"loss": loss, "C": 0.05, "average": True, **fixed},
         PassiveAggressiveRegressor(loss=own, C=0.05, average=True, **fixed))
    # With the defaults, where steps are cut off at C and the last rows decide.
    case(f"passive-aggressive {own}, until it stops", "passive-aggressive", "number", {"loss": loss, **until}, PassiveAggressiveRegressor(loss=own, **until))
    case(f"passive-aggressive {loss}, until it stops", "passive-aggressive", "three", {"loss": loss, **until}, PassiveAggressiveClassifier(loss=loss, **until))

out = {
    "made by": f"scikit-learn {sklearn.__version__}, numpy {np.__version__}",
    "rows": n, "cols": p, "X": text(X), "weight": text(weight),
    "two": two.tolist(), "three": three.tolist(), "number": text(y),
    "cases": cases,
}
pathlib.Path(__file__).with_name("data.json").write_text(json.dumps(out, separators=(",", ":")) + "\n")
