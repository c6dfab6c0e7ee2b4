"""sklearn_svm.py FILE.csv GAMMA - read with pandas, fit scikit-learn's SVC (rbf, C = 1, cache of 500 MB); tells the
seconds of the fit alone."""
import sys
import time

import pandas
from sklearn.svm import SVC

table = pandas.read_csv(sys.argv[1])
y = table.pop("y")
table.pop("z")
begin = time.time()
model = SVC(gamma=float(sys.argv[2]), cache_size=500).fit(table.values, y)
print("training alone: %.2f s, %d support vectors" % (time.time() - begin, len(model.support_)))
