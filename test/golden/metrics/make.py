"""Writes data.json: scikit-learn 1.2.1's metrics on small cases with ties, absent classes and weights."""
import json, pathlib, warnings
import numpy as np
from sklearn import metrics as m
warnings.filterwarnings('ignore')
rng = np.random.default_rng(5)
cases = []

def classes(name, y, P, w=None, positive=None):
    y, P = np.asarray(y), np.asarray(P, float)
    K = P.shape[1]
    pos = K - 1 if positive is None else positive
    c = P.argmax(1)
    k = dict(sample_weight=w)
    s = dict(accuracy=m.accuracy_score(y, c, **k), balanced_accuracy=m.balanced_accuracy_score(y, c, **k),
             f1_macro=m.f1_score(y, c, average='macro', **k), precision_macro=m.precision_score(y, c, average='macro', **k),
             recall_macro=m.recall_score(y, c, average='macro', **k), mcc=m.matthews_corrcoef(y, c, **k),
             kappa=m.cohen_kappa_score(y, c, **k), log_loss=m.log_loss(y, P, labels=list(range(K)), eps=1e-15, **k))
    if K == 2:
        b = dict(pos_label=pos, **k)
        s.update(f1=m.f1_score(y, c, **b), precision=m.precision_score(y, c, **b), recall=m.recall_score(y, c, **b),
                 roc_auc=m.roc_auc_score(y == pos, P[:, pos], **k), average_precision=m.average_precision_score(y == pos, P[:, pos], **k),
                 brier=m.brier_score_loss(y == pos, P[:, pos], **k))
    else:
        present = sorted(set(y.tolist()))
        s['roc_auc'] = np.mean([m.roc_auc_score(y == j, P[:, j], **k) for j in present])
        if len(present) == K:
            assert abs(s['roc_auc'] - m.roc_auc_score(y, P, multi_class='ovr', average='macro', **k)) < 1e-12
        s['average_precision'] = np.mean([m.average_precision_score(y == j, P[:, j], **k) for j in present])
        s['brier'] = np.average(((P - np.eye(K)[y]) ** 2).sum(1), weights=w)
    cases.append(dict(name=name, task='class', truth=y.tolist(), predicted=P.ravel().tolist(), outputs=K,
                      **({} if w is None else dict(weight=list(map(float, w)))),
                      **({} if positive is None else dict(positive=positive)), scores={a: float(v) for a, v in s.items()}))

def probs(n, K, digits=3):
    P = rng.dirichlet(np.ones(K), n).round(digits) + 10.0 ** -digits
    return P / P.sum(1, keepdims=True)

def numbers(name, y, p, w=None):
    y, p = np.asarray(y, float), np.asarray(p, float)
    k = dict(sample_weight=w)
    s = dict(mae=m.mean_absolute_error(y, p, **k), mse=m.mean_squared_error(y, p, **k), rmse=m.mean_squared_error(y, p, squared=False, **k),
             r2=m.r2_score(y, p, **k), mape=m.mean_absolute_percentage_error(y, p, **k), medae=m.median_absolute_error(y, p, **k))
    cases.append(dict(name=name, task='number', truth=y.tolist(), predicted=p.tolist(), outputs=1,
                      **({} if w is None else dict(weight=list(map(float, w)))), scores={a: float(v) for a, v in s.items()}))

y2 = rng.integers(0, 2, 60)
classes('two classes', y2, probs(60, 2))
classes('two classes, many ties', y2, probs(60, 2, 1))
classes('two classes, weights', y2, probs(60, 2, 1), w=rng.uniform(0.1, 3, 60))
classes('two classes, the first is positive', y2, probs(60, 2, 2), positive=0)
classes('two classes, nothing called positive', [0, 1, 0, 1, 0], [[.9, .1], [.6, .4], [.7, .3], [.8, .2], [.6, .4]])
classes('two classes, certain and wrong', [0, 1, 1, 0], [[1, 0], [1, 0], [0, 1], [0, 1]])
classes('two classes, all the same score', [0, 1, 1, 0, 1], [[.5, .5]] * 5)
y4 = rng.integers(0, 4, 90)
classes('four classes', y4, probs(90, 4))
classes('four classes, ties and weights', y4, probs(90, 4, 1), w=rng.integers(1, 4, 90))
classes('four classes, one absent from the truth', np.where(y4 == 2, 0, y4), probs(90, 4, 2))
rare = probs(90, 4) * [1, 1, 0.001, 1]
classes('four classes, one never called', y4, rare / rare.sum(1, keepdims=True))
classes('three classes, one neither true nor called', [0, 1, 0, 1, 1, 0], [[.5, .4, .1], [.2, .7, .1], [.3, .6, .1], [.6, .3, .1], [.1, .9, 0], [.9, .1, 0]])
x = rng.normal(50, 20, 40)
numbers('numbers', x, x + rng.normal(0, 5, 40))
numbers('numbers, odd count, weights', x[:39], x[:39] + rng.normal(0, 5, 39), w=rng.uniform(0.2, 2, 39))
numbers('numbers with a zero truth', [0, 1, -2, 3], [0.5, 1, -2.5, 2])
numbers('numbers, worse than the mean', [1, 2, 3, 4, 5], [5, 4, 3, 2, 1])
numbers('numbers, huge', x * 1e12, x * 1e12 + 1e10)
out = pathlib.Path(__file__).with_name('data.json')
out.write_text('{"tolerance": 1e-12, "cases": [\n' + ',\n'.join(json.dumps(c) for c in cases) + '\n]}\n')
