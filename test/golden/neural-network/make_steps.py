"""Makes steps.json. Run: python3 make_steps.py > steps.json
`sklearn`: parameters after five full batches of scikit-learn's own networks from given weights.
`numpy`: loss and gradient of networks with batch normalisation, skips, vectors of levels and a wide part, written down afresh in float64;
the gradient by central differences, so that nothing of ours is repeated; then three steps of each rule."""
import json
import warnings

import numpy as np
from sklearn.neural_network import MLPClassifier, MLPRegressor

warnings.filterwarnings("ignore")
rng = np.random.default_rng(5)


def single(a):
    return np.asarray(a, dtype=np.float32).astype(float)


def flat(*arrays):
    return np.concatenate([np.asarray(a).ravel() for a in arrays])


# ---- scikit-learn

N, P = 24, 5
X = single(rng.normal(size=(N, P)).round(3))


def sklearn_case(name, Model, y, **params):
    class Given(Model):
        def _init_coef(self, fan_in, fan_out, dtype):
            return single(rng.normal(size=(fan_in, fan_out)) / 2), single(rng.normal(size=fan_out) / 2)

    started = []

    class Watched(Given):
        def _initialize(self, *args):
            super()._initialize(*args)
            started.append(flat(*(a for pair in zip(self.coefs_, self.intercepts_) for a in pair)))

    m = Watched(hidden_layer_sizes=(6, 4), batch_size=N, shuffle=False, epsilon=1e-7, random_state=0, **params)
    for _ in range(5):
        m.partial_fit(X, y, **({"classes": np.unique(y)} if Model is MLPClassifier else {}))
    end = flat(*(a for pair in zip(m.coefs_, m.intercepts_) for a in pair))
    return {"name": name, "params": params, "y": y.tolist(), "start": started[0].tolist(), "end": end.tolist()}


two = (X[:, 0] + X[:, 1] > 0).astype(int)
three = np.digitize(X[:, 2], [-0.5, 0.5])
value = single(X[:, 0] * X[:, 1] + X[:, 3])
cases = [
    sklearn_case("Adam, relu, three classes", MLPClassifier, three, activation="relu", alpha=0.5, learning_rate_init=0.01),
    sklearn_case("Adam, logistic, two classes", MLPClassifier, two, activation="logistic", alpha=0.01, learning_rate_init=0.02),
    sklearn_case("Adam, identity, a number", MLPRegressor, value, activation="identity", alpha=0.1, learning_rate_init=0.02),
    sklearn_case("SGD, tanh, a number", MLPRegressor, value, activation="tanh", alpha=0.1, learning_rate_init=0.05, solver="sgd", momentum=0.8, nesterovs_momentum=False),
    sklearn_case("SGD with Nesterov, relu, two classes", MLPClassifier, two, activation="relu", alpha=0.01, learning_rate_init=0.05, solver="sgd", momentum=0.9, nesterovs_momentum=True),
]

# ---- numpy: numbers and two category columns → dense 6 → twice (norm, dense 7, swish, dense 6, add) → norm, tanh → dense

EPS = 1e-5
LEVELS, WIDTHS = [4, 3], [2, 3]
codes = np.stack([rng.integers(0, k, N) for k in LEVELS], axis=1)
weight = single(rng.uniform(0.5, 2, N).round(3))


def shapes(outputs, wide):
    """In the order the trainers keep parameters; a dense kernel with its bias as a last row, a norm's scales then shifts."""
    s = [(k, w) for k, w in zip(LEVELS, WIDTHS)] + [(P + sum(WIDTHS) + 1, 6)]
    for _ in range(2):
        s += [(2, 6), (7, 7), (8, 6)]
    s += [(2, 6), (7, outputs)]
    return s + ([(P, outputs)] + [(k, outputs) for k in LEVELS] if wide else [])


def forward(theta, outputs, wide):
    parts, at = [], 0
    for r, c in shapes(outputs, wide):
        parts.append(theta[at : at + r * c].reshape(r, c))
        at += r * c
    take = iter(parts)
    p = weight / weight.sum()
    moments = []

    def norm(z, g):
        mean = p @ z
        var = p @ (z - mean) ** 2
        moments.append((mean, var))
        return (z - mean) / np.sqrt(var + EPS) * g[0] + g[1]

    def dense(x, w):
        return x @ w[:-1] + w[-1]

    vectors = [next(take)[codes[:, k]] for k in range(2)]
    h = dense(np.hstack([X, *vectors]), next(take))
    for _ in range(2):
        z = dense(norm(h, next(take)), next(take))
        h = h + dense(z / (1 + np.exp(-z)), next(take))
    z = dense(np.tanh(norm(h, next(take))), next(take))
    if wide:
        z = z + X @ next(take)
        for k in range(2):
            z = z + next(take)[codes[:, k]]
    return z, moments


def loss(theta, kind, wide):
    outputs = 3 if kind == "softmax" else 1
    z, _ = forward(theta, outputs, wide)
    if kind == "softmax":
        each = np.log(np.exp(z).sum(1)) - z[np.arange(N), three]
    elif kind == "logistic":
        each = np.log1p(np.exp(z[:, 0])) - two * z[:, 0]
    else:
        each = (z[:, 0] - value) ** 2 / 2
    return (weight * each).sum() / weight.sum()


def gradient(theta, kind, wide, h=1e-5):
    out = np.empty_like(theta)
    for i in range(len(theta)):
        step = np.zeros_like(theta)
        step[i] = h
        # Richardson: the error is of the fourth order.
        one = (loss(theta + step, kind, wide) - loss(theta - step, kind, wide)) / (2 * h)
        half = (loss(theta + step / 2, kind, wide) - loss(theta - step / 2, kind, wide)) / h
        out[i] = (4 * half - one) / 3
    return out * moving(3 if kind == "softmax" else 1, wide)


def moving(outputs, wide):
    """0 for biases that a norm takes away again: their gradient is nothing but the rounding of the differences."""
    out = []
    for k, s in enumerate(shapes(outputs, wide)):
        mask = np.ones(s)
        if k in (2, 5, 8):
            mask[-1] = 0
        out.append(mask)
    return flat(*out)


def held(outputs, wide):
    """1 for what the penalties hold small."""
    out = []
    for k, (r, c) in enumerate(shapes(outputs, wide)):
        mask = np.ones((r, c))
        if r == 2:
            mask[:] = 0
        elif 2 <= k <= 10:
            mask[-1] = 0
        out.append(mask)
    return flat(*out)


def numpy_case(kind, wide):
    outputs = 3 if kind == "softmax" else 1
    theta = single(flat(*(rng.normal(size=s) * 0.5 + (s[0] == 2) for s in shapes(outputs, wide))))
    _, moments = forward(theta, outputs, wide)
    rules = []
    mask = held(outputs, wide)
    for name, rule in {
        "AdamW": {"solver": "adam", "alpha": 0.2, "decay": 0.3},
        "Adam, clipped": {"solver": "adam", "alpha": 0.0, "decay": 0.0, "clip": 0.1},
        "RMSprop": {"solver": "rmsprop", "alpha": 0.1, "decay": 0.0},
        "SGD, clipped": {"solver": "sgd", "alpha": 0.1, "decay": 0.2, "clip": 0.3},
    }.items():
        x, m, v, rate = theta.copy(), 0.0, 0.0, 0.02
        for t in range(1, 4):
            # The penalty is spread over the batch's rows (their weight): as scikit-learn has it.
            g = gradient(x, kind, wide) + rule["alpha"] * mask * x / weight.sum()
            if "clip" in rule:
                g = g * min(1, rule["clip"] / np.sqrt((g**2).sum()))
            x = x * (1 - rate * rule["decay"] * mask)
            if rule["solver"] == "adam":
                m = 0.9 * m + 0.1 * g
                v = 0.999 * v + 0.001 * g**2
                x = x - rate * np.sqrt(1 - 0.999**t) / (1 - 0.9**t) * m / (np.sqrt(v) + 1e-7)
            elif rule["solver"] == "rmsprop":
                v = 0.9 * v + 0.1 * g**2
                x = x - rate * g / (np.sqrt(v) + 1e-7)
            else:
                m = 0.9 * m - rate * g
                x = x + 0.9 * m - rate * g
        rules.append({"name": name, "rule": rule, "rate": rate, "end": x.tolist()})
    return {
        "loss": kind,
        "wide": wide,
        "theta": theta.tolist(),
        "value": loss(theta, kind, wide),
        "gradient": gradient(theta, kind, wide).tolist(),
        "moments": flat(*(a for pair in moments for a in pair)).tolist(),
        "rules": rules,
    }


print(
    json.dumps(
        {
            "X": X.tolist(),
            "codes": codes.tolist(),
            "weight": weight.tolist(),
            "targets": {"softmax": three.tolist(), "logistic": two.tolist(), "squares": value.tolist()},
            "sklearn": cases,
            "numpy": [numpy_case("softmax", True), numpy_case("logistic", False), numpy_case("squares", True)],
        }
    )
)
