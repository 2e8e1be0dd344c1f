"""Writes data.json: what scikit-learn 1.2.1 makes of a small table. Run: /usr/bin/python3 make.py"""
import json, pathlib
import numpy as np
from sklearn.decomposition import PCA
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.feature_selection import f_classif, f_regression
from sklearn.impute import SimpleImputer
from sklearn.preprocessing import KBinsDiscretizer, MinMaxScaler, OneHotEncoder, PowerTransformer, RobustScaler, StandardScaler

rng = np.random.RandomState(3)
n = 40
a = np.round(rng.normal(5, 2, n), 3)
b = np.round(np.exp(rng.normal(0, 1.2, n)) - 1, 3)
c = np.round(a * 0.7 - b + rng.normal(0, 0.3, n), 3)
gaps = a.copy(); gaps[[3, 17, 30]] = np.nan
colour = rng.choice(["red", "green", "blue", "grey"], n, p=[.5, .3, .15, .05]).tolist()
X = np.c_[a, b, c]
y = (a + rng.normal(0, 1, n) > 5).astype(int)
texts = ["The quick brown fox jumps", "over the lazy dog", "the dog and the fox", "Zwei Füchse, zwei Hunde", "a b c", "fox fox fox dog"]
out = {"a": a.tolist(), "b": b.tolist(), "c": c.tolist(), "gaps": [None if np.isnan(v) else v for v in gaps], "colour": colour, "y": y.tolist(), "texts": texts}
for s in ["mean", "median", "most_frequent"]:
    out["impute_" + s] = float(SimpleImputer(strategy=s).fit(gaps[:, None]).statistics_[0])
out["impute_colour"] = SimpleImputer(strategy="most_frequent").fit(np.array(colour, dtype=object)[:, None]).statistics_[0]
enc = OneHotEncoder(sparse_output=False).fit(np.array(colour)[:, None])
out["one_hot"] = {"levels": enc.categories_[0].tolist(), "values": enc.transform(np.array(colour)[:, None]).T.tolist()}
rare = OneHotEncoder(sparse_output=False, min_frequency=8).fit(np.array(colour)[:, None])
out["one_hot_rare"] = rare.transform(np.array(colour)[:, None]).T.tolist()
out["standard"] = StandardScaler().fit_transform(X).T.tolist()
out["minmax"] = MinMaxScaler().fit_transform(X).T.tolist()
out["robust"] = RobustScaler().fit_transform(X).T.tolist()
p = PowerTransformer().fit(X)
out["power"] = {"lambdas": p.lambdas_.tolist(), "values": p.transform(X).T.tolist()}
for s in ["uniform", "quantile"]:
    k = KBinsDiscretizer(5, encode="ordinal", strategy=s).fit(X)
    out["bins_" + s] = {"edges": [e.tolist() for e in k.bin_edges_], "values": k.transform(X).T.tolist()}
for m in [None, 4]:
    t = TfidfVectorizer(max_features=m).fit(texts)
    out["tfidf" if m is None else "tfidf_4"] = {"terms": t.get_feature_names_out().tolist(), "values": t.transform(texts).toarray().T.tolist()}
pca = PCA().fit(X)
out["pca"] = {"components": pca.components_.tolist(), "variance": pca.explained_variance_.tolist(), "values": pca.transform(X).T.tolist()}
out["pca_share"] = int(PCA(n_components=0.9).fit(X).n_components_)
out["f_classif"] = f_classif(X, y)[1].tolist()
out["f_regression"] = f_regression(X[:, 1:], a)[1].tolist()
pathlib.Path(__file__).with_name("data.json").write_text(json.dumps(out))
