# fread_lm.R FILE.csv THREADS - data.table's fread, then lm's own least squares (QR).
a <- commandArgs(TRUE)
suppressMessages(library(data.table))
t <- fread(a[1], nThread = as.integer(a[2]), showProgress = FALSE)
x <- cbind(1, as.matrix(t[, 1:(ncol(t) - 2)]))
f <- .lm.fit(x, t$z)
