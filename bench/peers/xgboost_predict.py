"""xgboost_predict.py MODEL FILE.csv OUT THREADS - read with pandas, predict, write probabilities."""
import sys

import pandas
import xgboost

model = xgboost.Booster({"nthread": int(sys.argv[4])})
model.load_model(sys.argv[1])
table = pandas.read_csv(sys.argv[2]).drop(columns=["y", "z"])
score = model.predict(xgboost.DMatrix(table.values, nthread=int(sys.argv[4])))
pandas.DataFrame({"no": 1 - score, "yes": score}).to_csv(sys.argv[3], index=False)
