"""sklearn_fit.py ridge|linear|logistic FILE.csv [MODEL] - read with pandas, fit, tell the objective.

The objective of logistic is LIBLINEAR's and ours at C = 1: |w|^2 / 2 + the sum of the log losses."""
import pickle
import sys

import numpy
import pandas
from sklearn.linear_model import LinearRegression, LogisticRegression, Ridge

what, path = sys.argv[1:3]
table = pandas.read_csv(path)
y, z = table.pop("y"), table.pop("z")
if what == "logistic":
    model = LogisticRegression(C=1.0, max_iter=1000).fit(table, y)
    score = model.decision_function(table) * numpy.where(y == "yes", 1, -1)
    print(numpy.square(model.coef_).sum() / 2 + numpy.logaddexp(0, -score).sum())
else:
    model = (Ridge(alpha=1.0) if what == "ridge" else LinearRegression()).fit(table, z)
if len(sys.argv) > 3:
    with open(sys.argv[3], "wb") as out:
        pickle.dump(model, out)
