"""The same sizes in scikit-learn (libsvm, one thread): OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 python3 kernel.py. Processor time."""
import time

import numpy as np
from sklearn.svm import SVC, SVR

rng = np.random.default_rng(7)
X = rng.normal(size=(5000, 20)).astype(np.float32).astype(float)
s = X[:, 0] - X[:, 1] + X[:, 2] - X[:, 3] + X[:, 4] - X[:, 5] + X[:, 0] * X[:, 1] + rng.normal(size=5000)
four = np.digitize(s, [-2, 0, 2])
for name, m, y in (
    ("two classes, no probabilities", SVC(), s > 0),
    ("two classes", SVC(probability=True, random_state=0), s > 0),
    ("four classes", SVC(probability=True, random_state=0), four),
    ("a number", SVR(), (s - s.mean()) / s.std()),
):
    t = time.process_time()
    m.fit(X, y)
    fitted = time.process_time()
    m.predict_proba(X) if getattr(m, "probability", False) else m.predict(X)
    print(f"{name}: fit {fitted - t:.2f} s, predict {time.process_time() - fitted:.2f} s")
