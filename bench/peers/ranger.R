# ranger.R FILE.csv THREADS - read with data.table, fit 100 trees of probabilities with sqrt(p) features a node; tells
# the seconds of the fit alone.
suppressMessages({
	library(data.table)
	library(ranger)
})
args <- commandArgs(TRUE)
table <- fread(args[1], nThread = as.integer(args[2]))
y <- factor(table$y)
x <- table[, !c("y", "z")]
begin <- proc.time()
fit <- ranger(x = x, y = y, num.trees = 100, probability = TRUE, min.node.size = 1, num.threads = as.integer(args[2]),
	oob.error = FALSE, seed = 1)
cat(sprintf("training alone: %.2f s\n", (proc.time() - begin)[["elapsed"]]))
