"""sklearn_mlp.py FILE.csv THREADS [TEST.csv] - read with pandas, divide by 255, fit 784-128-10 by Adam, 10 epochs of
batches of 128; tells the seconds of the fit alone, wall and CPU, and the accuracy on TEST."""
import sys
import time
import warnings

import pandas
from sklearn.neural_network import MLPClassifier
from threadpoolctl import threadpool_limits

warnings.filterwarnings("ignore")


def read(path):
    table = pandas.read_csv(path)
    y = table.pop("y")
    return table.values / 255.0, y


x, y = read(sys.argv[1])
with threadpool_limits(int(sys.argv[2])):
    begin, cpu = time.time(), time.process_time()
    m = MLPClassifier((128,), batch_size=128, max_iter=10, tol=0, random_state=0).fit(x, y)
print("training alone: %.2f s, cpu %.2f s, loss %.6f" % (time.time() - begin, time.process_time() - cpu, m.loss_))
if len(sys.argv) > 3:
    x, y = read(sys.argv[3])
    print("accuracy %.4f" % m.score(x, y))
