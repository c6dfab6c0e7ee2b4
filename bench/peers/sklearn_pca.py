"""sklearn_pca.py FILE.csv K OUT - K principal components of the numbers; to OUT, a pickle or a CSV by its name."""
import sys

import pandas
from sklearn.decomposition import PCA

t = pandas.read_csv(sys.argv[1])
y = t[["y", "z"]]
scores = PCA(int(sys.argv[2])).fit_transform(t.drop(columns=["y", "z"]))
t = pandas.DataFrame(scores, columns=["pca%d" % (k + 1) for k in range(scores.shape[1])]).assign(y=y.y, z=y.z)
t.to_csv(sys.argv[3], index=False) if sys.argv[3].endswith(".csv") else t.to_pickle(sys.argv[3])
