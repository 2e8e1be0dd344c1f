"""Makes isolation.json: path lengths and scores of an isolation forest as scikit-learn has them. Run: python3 make_isolation.py"""

import json
import os

os.environ["OMP_NUM_THREADS"] = "1"
import numpy as np
import sklearn
from sklearn.ensemble import IsolationForest
from sklearn.ensemble._iforest import _average_path_length

rng = np.random.RandomState(7)
n, p = 120, 3
X = rng.normal(size=(n, p)).astype(np.float32)
X[:6] *= 4
lists = lambda a, d=12: [float(f"{v:.{d}g}") for v in np.asarray(a, dtype=np.float64).ravel()]
sizes = [1, 2, 3, 5, 17, 256, 10000]
m = IsolationForest(n_estimators=4, max_samples=40, random_state=0).fit(X)
trees = []
for e, columns in zip(m.estimators_, m.estimators_features_):
    t = e.tree_
    leaf = t.children_left < 0
    trees.append(
        {
            "feature": np.where(leaf, -1, columns[np.maximum(t.feature, 0)]).tolist(),
            # As many digits as Float64 needs: our thresholds are Float32 rounded down, which sends the same cells left.
            "threshold": lists(np.where(leaf, 0, t.threshold), 17),
            "left": t.children_left.tolist(),
            "right": t.children_right.tolist(),
            "cover": t.n_node_samples.tolist(),
        }
    )
many = IsolationForest(n_estimators=2000, max_samples=64, random_state=1).fit(X)
out = {
    "made_with": "scikit-learn " + sklearn.__version__,
    "rows": n,
    "cols": p,
    "X": lists(X.T, 9),
    "sizes": sizes,
    "paths": lists(_average_path_length(np.array(sizes)), 15),
    "samples": 40,
    "trees": trees,
    "scores": lists(-m.score_samples(X), 15),
    "many": lists(-many.score_samples(X), 6),
}
with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "isolation.json"), "w") as f:
    json.dump(out, f, separators=(",", ":"))
