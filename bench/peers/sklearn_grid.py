"""sklearn_grid.py FILE.csv POINTS - a grid over C of logistic regression, five folds, two jobs."""
import sys

import numpy
import pandas
from sklearn.compose import make_column_selector, make_column_transformer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV, StratifiedKFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

t = pandas.read_csv(sys.argv[1], na_values=["?"]).drop(columns=["z", "code", "note"])
y = t.pop("y") == "yes"
number = make_column_selector(dtype_include="number")
word = make_column_selector(dtype_exclude="number")
t[word(t)] = t[word(t)].fillna("NA")
steps = make_column_transformer(
    (make_pipeline(SimpleImputer(), StandardScaler()), number),
    (OneHotEncoder(handle_unknown="ignore"), word),
)
grid = GridSearchCV(
    make_pipeline(steps, LogisticRegression(max_iter=1000)),
    {"logisticregression__C": numpy.logspace(-2, 2, int(sys.argv[2]))},
    scoring="roc_auc",
    cv=StratifiedKFold(5, shuffle=True, random_state=0),
    n_jobs=2,
    refit=False,
)
grid.fit(t, y)
print(grid.best_params_, grid.best_score_)
