# Decompositions of a change, with errors by no formula of ours: every estimator is a function of the weights, its
# linearised value of a cluster is the derivative by a factor on that cluster's weights, taken numerically (fourth-order
# central differences), and survey:::svyrecvar gives the variance of these values under the design.
source("common.R")
m <- marriages; m$born <- m$wave - m$age; m$code <- interaction(m$stratum, m$work, drop = TRUE)
first <- m$wave == 2002; earliest <- m$wave == 2000; last <- m$wave == 2023; h <- 1e-2
clusters <- unique(m[, c("stratum", "work", "code")]); clusters <- clusters[order(clusters$code), ]

# f: weights -> named numbers; rows: TRUE where f depends on the weight
linearised <- function(f, rows) {
  touched <- unique(m$code[rows]); totals <- matrix(0, nrow(clusters), length(f(m$w)))
  for (code in touched) {
    at <- function(step) f(m$w * ifelse(m$code == code, 1 + step, 1))
    totals[clusters$code == code, ] <- (8 * (at(h) - at(-h)) - (at(2 * h) - at(-2 * h))) / (12 * h)
  }
  totals
}
decomposed <- function(name, f, rows) {
  d <- svydesign(id = ~work, strata = ~stratum, weights = ~1, nest = TRUE, data = clusters)
  v <- svyrecvar(linearised(f, rows), d$cluster, d$strata, d$fpc)
  put("marriages.waves.decomposition", name, value = list(part = names(f(m$w)), estimate = num(f(m$w)), vcov = unname(as.matrix(v))))
}

cell <- interaction(m$faith, m$college); levels_of <- levels(cell)
cells <- function(w, rows) { W <- tapply(w[rows], cell[rows], sum); list(P = W / sum(W), R = tapply((w * m$affair)[rows], cell[rows], sum) / W) }
decomposed("kitagawa", function(w) {
  a <- cells(w, first); b <- cells(w, last)
  c(total = sum(b$P * b$R) - sum(a$P * a$R), rate = sum((a$P + b$P) / 2 * (b$R - a$R)), composition = sum((b$P - a$P) * (a$R + b$R) / 2))
}, first | last)
waves <- sort(unique(m$wave))
decomposed("standardised_to_2013", function(w) { S <- cells(w, m$wave == 2013)$P; v <- sapply(waves, function(t) sum(S * cells(w, m$wave == t)$R)); setNames(v, waves) }, rep(TRUE, nrow(m)))
given <- c(0.05, 0.1, 0.2, 0.15, 0.05, 0.1, 0.2, 0.15); names(given) <- levels_of
decomposed("standardised_to_shares", function(w) setNames(sapply(waves, function(t) sum(given * cells(w, m$wave == t)$R)), waves), rep(TRUE, nrow(m)))

# columns of all categories, coefficients of a factor's categories set against their mean
wide <- cbind(level = 1, sapply(0:1, function(k) m$college == k), sapply(1:4, function(k) m$faith == k), age = m$age)
columns <- list(level = 1, college = 2:3, faith = 4:7, age = 8)
X <- cbind(1, m$college, sapply(2:4, function(k) m$faith == k), m$age)
spread <- function(b) { g <- c(0, b[2]); f <- c(0, b[3:5]); c(b[1] + mean(g) + mean(f), g - mean(g), f - mean(f), b[6]) }
solved <- function(w, rows, logit = FALSE, extra = NULL) {
  Z <- cbind(X, extra)[rows, ]; y <- m$affair[rows]; v <- w[rows]
  if (!logit) return(solve(t(Z) %*% (v * Z), t(Z) %*% (v * y))[, 1])
  b <- rep(0, ncol(Z)); for (i in 1:50) { p <- plogis(drop(Z %*% b)); b <- b + solve(t(Z) %*% (v * p * (1 - p) * Z), t(Z) %*% (v * (y - p)))[, 1] }; b
}
means <- function(w, rows) colSums(w[rows] * wide[rows, ]) / sum(w[rows])
sums <- function(part, term, names = names(columns)) { r <- sapply(columns[names], function(k) sum(term[k])); setNames(c(sum(term), r), paste(part, c("", names))) }
traits <- c("college", "faith", "age"); all_of <- names(columns)
terms_of <- function(w, fold, reference, logit) {
  x0 <- means(w, first); x1 <- means(w, last); b0 <- spread(solved(w, first, logit)); b1 <- spread(solved(w, last, logit))
  b <- switch(reference, from = b0, average = (b0 + b1) / 2, pooled = spread(solved(w, first | last, logit, as.numeric(last))[1:6]))
  if (fold == 2) list(b0 = b0, b1 = b1, b = b, terms = list(explained = (x1 - x0) * b, unexplained = x1 * (b1 - b) + x0 * (b - b0)))
  else list(b0 = b0, b1 = b1, b = b, terms = list(endowments = (x1 - x0) * b0, coefficients = x0 * (b1 - b0), interaction = (x1 - x0) * (b1 - b0)))
}
linear <- function(fold, reference = "from") function(w) {
  t <- terms_of(w, fold, reference, FALSE)$terms
  c("total " = sum(unlist(t)), unlist(lapply(unname(Map(function(n, term) sums(n, term, if (n %in% c("unexplained", "coefficients")) all_of else traits), names(t), t)), identity)))
}
logit <- function(fold, reference = "from") function(w) {
  t <- terms_of(w, fold, reference, TRUE)
  mean_at <- function(rows, b) sum(w[rows] * plogis(drop(wide[rows, ] %*% b))) / sum(w[rows])
  m00 <- mean_at(first, t$b0); m11 <- mean_at(last, t$b1); m1b <- mean_at(last, t$b); m0b <- mean_at(first, t$b); m10 <- mean_at(last, t$b0); m01 <- mean_at(first, t$b1)
  whole <- if (fold == 2) list(explained = m1b - m0b, unexplained = (m11 - m1b) + (m0b - m00)) else list(endowments = m10 - m00, coefficients = m01 - m00, interaction = (m11 - m10) - (m01 - m00))
  c("total " = m11 - m00, unlist(unname(Map(function(n, term, v) sums(n, term * v / sum(term), if (n %in% c("unexplained", "coefficients")) all_of else traits), names(t$terms), t$terms, whole))))
}
decomposed("oaxaca.linear.2.from", linear(2), first | last); decomposed("oaxaca.linear.2.average", linear(2, "average"), first | last)
decomposed("oaxaca.linear.2.pooled", linear(2, "pooled"), first | last); decomposed("oaxaca.linear.3.from", linear(3), first | last)
decomposed("oaxaca.logit.2.from", logit(2), first | last); decomposed("oaxaca.logit.2.pooled", logit(2, "pooled"), first | last)
decomposed("oaxaca.logit.3.from", logit(3), first | last)

Y <- cbind(1, m$wave - 2010, m$born - 1980)
decomposed("firebaugh", function(w) {
  b <- solve(t(Y) %*% (w * Y), t(Y) %*% (w * m$affair))[, 1]
  at <- function(rows, v) sum((w * v)[rows]) / sum(w[rows])
  total <- at(last, m$affair) - at(earliest, m$affair); within <- b[2] * 23; replaced <- b[3] * (at(last, m$born) - at(earliest, m$born))
  c(total = total, intracohort = within, replacement = replaced, rest = total - within - replaced)
}, rep(TRUE, nrow(m)))
A <- cbind(1, m$age - 30, m$born - 1980)
B <- cbind(A, A[, 2]^2, (A[, 2] + A[, 3])^2, A[, 3]^2)
decomposed("age_period_cohort.bends", function(w) { b <- solve(t(B) %*% (w * B), t(B) %*% (w * m$affair))[, 1]; setNames(b[4:6], c("age bend", "period bend", "cohort bend")) }, rep(TRUE, nrow(m)))
done("40_decompositions")
