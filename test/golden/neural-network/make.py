"""Makes data.json: what scikit-learn's networks reach on generated data. Run: python3 make.py > data.json"""
import json
import warnings

import numpy as np
from sklearn.datasets import make_classification, make_friedman1, make_moons
from sklearn.metrics import accuracy_score, log_loss, r2_score
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.preprocessing import StandardScaler

warnings.filterwarnings("ignore")


def case(name, X, y, task):
    half = len(X) // 2
    X = StandardScaler().fit(X[:half]).transform(X).round(3)
    y = y.round(3) if task == "number" else y
    params = {"hidden_layer_sizes": [64], "learning_rate_init": 0.01, "max_iter": 100, "early_stopping": False}
    scores = []
    for seed in range(5):
        Model = MLPRegressor if task == "number" else MLPClassifier
        m = Model(**params, random_state=seed).fit(X[:half], y[:half])
        if task == "number":
            scores.append([r2_score(y[half:], m.predict(X[half:]))])
        else:
            p = m.predict_proba(X[half:])
            scores.append([accuracy_score(y[half:], p.argmax(1)), log_loss(y[half:], p)])
    return {"name": name, "task": task, "params": params, "X": X.tolist(), "y": y.tolist(), "scores": np.array(scores).mean(0).tolist()}


rng = 0
print(
    json.dumps(
        {
            "cases": [
                case("two moons", *make_moons(1200, noise=0.25, random_state=1), "class"),
                case("three classes", *make_classification(1200, 8, n_informative=5, n_classes=3, class_sep=1.2, flip_y=0.02, random_state=2), "class"),
                case("Friedman 1", *make_friedman1(1000, 6, noise=1.0, random_state=3), "number"),
            ]
        }
    )
)
