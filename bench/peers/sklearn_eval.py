"""sklearn_eval.py FILE.csv auc|all - metrics of predictions."""
import sys

import pandas
from sklearn import metrics

t = pandas.read_csv(sys.argv[1])
yes, score = t["y"] == "yes", t["prob:yes"]
if sys.argv[2] == "auc":
    print(metrics.roc_auc_score(yes, score))
else:
    print(metrics.classification_report(t["y"], t["pred"]))
    print(metrics.confusion_matrix(t["y"], t["pred"]))
    print(metrics.roc_auc_score(yes, score), metrics.average_precision_score(yes, score))
    print(metrics.log_loss(yes, score), metrics.brier_score_loss(yes, score))
    print(metrics.matthews_corrcoef(t["y"], t["pred"]))
    print(metrics.cohen_kappa_score(t["y"], t["pred"]))
    print(metrics.balanced_accuracy_score(t["y"], t["pred"]))
