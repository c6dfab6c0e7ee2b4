"""sklearn_forest.py FILE.csv THREADS [extra] - read with pandas, fit 100 trees (extra: extremely randomised ones) with
sqrt(p) features a node; tells the seconds of the fit alone."""
import sys
import time

import pandas
from sklearn.ensemble import ExtraTreesClassifier, RandomForestClassifier

table = pandas.read_csv(sys.argv[1])
y = table.pop("y")
table.pop("z")
kind = ExtraTreesClassifier if sys.argv[3:] == ["extra"] else RandomForestClassifier
begin = time.time()
kind(100, max_features="sqrt", n_jobs=int(sys.argv[2]), random_state=0).fit(table.values, y)
print("training alone: %.2f s" % (time.time() - begin))
