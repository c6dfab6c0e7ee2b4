"""sklearn_bayes.py nb|lda|qda FILE.csv - read with pandas, fit."""
import sys

import pandas
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis, QuadraticDiscriminantAnalysis
from sklearn.naive_bayes import GaussianNB

what, path = sys.argv[1:3]
table = pandas.read_csv(path)
y = table.pop("y")
table.pop("z")
{"nb": GaussianNB, "lda": LinearDiscriminantAnalysis, "qda": QuadraticDiscriminantAnalysis}[what]().fit(table.values, y)
