# Designed questions under three designs, by R survey and base R: run by `make -C tests/reference/experiments`.
options(warn = -1)  # nls: steps end at the last digit, above the tolerance asked for
suppressMessages({library(survey); library(jsonlite)})
FOLDER <- Sys.getenv("FOLDER"); people <- read.csv(file.path(FOLDER, "people.csv")); profiles <- read.csv(file.path(FOLDER, "profiles.csv"))
DESIGNS <- list(
  strata       = svydesign(id = ~1, strata = ~place, weights = ~w_place, data = people),
  clusters     = svydesign(id = ~band, strata = ~place, weights = ~w_person, nest = TRUE, data = people),
  clusters_fpc = svydesign(id = ~band, strata = ~place, weights = ~w_person, fpc = ~band_count, nest = TRUE, data = people))
RESULTS <- list(); put <- function(..., value) RESULTS[[paste(..., sep = ".")]] <<- value
num <- function(x) unname(as.numeric(x)); se <- function(V) num(sqrt(diag(as.matrix(V))))
glm_rows <- function(m, which) list(estimate = num(coef(m)[which]), se = num(SE(m)[which]), df = num(m$df.residual))

logistic <- function(x) 1 / (1 + exp(-x)); J <- 4
# influence values z (n x k) of a weighted estimating equation: their totals' covariance under the design
by_design <- function(z, design) { weights <- weights(design, "sampling"); se(vcov(svytotal(z / weights, design))) }

# list experiment, maximum likelihood: the answer is coded count + 10 * list
density <- function(code, s, c) { t <- code >= 10; y <- code - 10 * t; g <- logistic(s); h <- logistic(c)
  ifelse(t, g * dbinom(y - 1, J, h) + (1 - g) * dbinom(y, J, h), dbinom(y, J, h)) }
score <- function(b, X, code) { k <- ncol(X); s <- X %*% b[1:k]; c <- X %*% b[k + 1:k]; t <- code >= 10; y <- code - 10 * t; g <- logistic(s); h <- logistic(c)
  q <- ifelse(t, g * dbinom(y - 1, J, h) / density(code, s, c), g); cbind(as.numeric(q - g) * X, as.numeric(y - t * q - J * h) * X) }
newton <- function(score_of, b, w) { for (i in 1:60) { U <- colSums(w * score_of(b)); H <- derivative(score_of, b, w); b <- b - solve(H, U) }; list(b = b, A = -derivative(score_of, b, w)) }
derivative <- function(score_of, b, w) sapply(seq_along(b), function(j) { e <- 1e-4 * (1:3); d <- sapply(e, function(h) { up <- dn <- b; up[j] <- b[j] + h; dn[j] <- b[j] - h; (colSums(w * score_of(up)) - colSums(w * score_of(dn))) / (2 * h) }); (15 * d[, 1] - 6 * d[, 2] + d[, 3]) / 10 })

X <- cbind(1, people$ten, people$educ)
for (name in names(DESIGNS)) { design <- DESIGNS[[name]]; w <- weights(design, "sampling"); n <- nrow(people)
  put(name, "difference", value = glm_rows(svyglm(count ~ treat, design), 2))
  for (g in 1:3) put(name, "difference", paste0("school=", g), value = glm_rows(svyglm(count ~ treat, subset(design, school == g)), 2))
  lin <- svyglm(count ~ (ten + educ) * treat, design); put(name, "lm.sensitive", value = glm_rows(lin, c(4, 5, 6))); put(name, "lm.control", value = glm_rows(lin, 1:3))
  code <- people$count + 10 * people$treat
  start <- c(-1, 0, 0, coef(glm(cbind(count, J - count) ~ ten + educ, binomial, subset(people, treat == 0))))
  first <- optim(start, function(b) -sum(w * log(density(code, X %*% b[1:3], X %*% b[4:6]))), method = "BFGS", control = list(maxit = 5000, reltol = 1e-14))
  ml <- newton(function(b) score(b, X, code), first$par, w / mean(w))
  z <- (w / mean(w)) * score(ml$b, X, code) %*% t(solve(ml$A))
  put(name, "ml", value = list(estimate = num(ml$b), se = by_design(z, design), log_likelihood = sum(w / mean(w) * log(density(code, X %*% ml$b[1:3], X %*% ml$b[4:6])))))
  # two steps of least squares, tightly converged
  short <- people$treat == 0; d0 <- people[short, ]; d0$w <- w[short]
  c0 <- coef(nls(count ~ J * logistic(a + b * ten + e * educ), d0, start = list(a = 0, b = 0, e = 0), weights = w, control = nls.control(tol = 1e-11, maxiter = 200, minFactor = 1e-14, warnOnly = TRUE)))
  d1 <- people[!short, ]; d1$w <- w[!short]; d1$excess <- d1$count - J * logistic(num(cbind(1, d1$ten, d1$educ) %*% c0))
  s1 <- coef(nls(excess ~ logistic(a + b * ten + e * educ), d1, start = list(a = -1, b = 0, e = 0), weights = w, control = nls.control(tol = 1e-11, maxiter = 200, minFactor = 1e-14, warnOnly = TRUE)))
  put(name, "nls", value = list(estimate = num(c(s1, c0))))
  # crosswise and forced response: means, and logits by the same exact derivative
  share <- svymean(~I(as.numeric(cx == 1)), design); put(name, "crosswise", value = list(estimate = num((coef(share) - .75) / -.5), se = num(SE(share)) / .5))
  share <- svymean(~forced, design); put(name, "forced", value = list(estimate = num((coef(share) - 1/6) / (2/3)), se = num(SE(share)) / (2/3)))
  both <- svymean(~I(as.numeric(cx == 1)) + I(as.numeric(anchor == 1)), design); names(both) <- c("x", "a")
  put(name, "anchored", value = { k <- svycontrast(both, quote(.5 + ((x - .75) / -.5 - .5) / ((a - .5) / .2))); list(estimate = num(coef(k)), se = num(SE(k))) })
  for (kind in c("crosswise", "forced")) { a <- if (kind == "crosswise") .75 else 1/6; b <- if (kind == "crosswise") -.5 else 2/3; y <- if (kind == "crosswise") as.numeric(people$cx == 1) else people$forced
    f <- function(p) { g <- logistic(num(X %*% p)); m <- a + b * g; (y - m) / (m * (1 - m)) * b * g * (1 - g) * X }
    first <- optim(c(-.5, 0, 0), function(p) { m <- a + b * logistic(num(X %*% p)); -sum(w * (y * log(m) + (1 - y) * log(1 - m))) }, method = "BFGS", control = list(maxit = 5000, reltol = 1e-14))
    r <- newton(f, first$par, w / mean(w)); z <- (w / mean(w)) * f(r$b) %*% t(solve(r$A)); put(name, kind, "logit", value = list(estimate = num(r$b), se = by_design(z, design))) }
  # vignette: effects, marginal means, interaction; a split ballot
  amce <- svyglm(selfLR ~ factor(who) + factor(how), design); put(name, "amce", value = glm_rows(amce, 2:4))
  for (f in c("who", "how")) { r <- regTermTest(amce, paste0("factor(", f, ")")); put(name, "amce", f, value = list(f = num(r$Ftest), df = num(r$df), ddf = num(r$ddf), p = num(r$p))) }
  cross <- svyglm(selfLR ~ factor(who) * factor(how), design); put(name, "interaction", value = glm_rows(cross, 5:6))
  r <- regTermTest(cross, "factor(who):factor(how)"); put(name, "interaction.test", value = list(f = num(r$Ftest), df = num(r$df), ddf = num(r$ddf), p = num(r$p)))
  m <- svyby(~selfLR, ~who, design, svymean, na.rm = TRUE); put(name, "marginal", value = list(estimate = num(coef(m)), se = num(SE(m))))
  m <- svyby(~vote, ~form, design, svymean, covmat = TRUE); k <- svycontrast(m, c(-1, 1)); put(name, "split", value = list(estimate = num(coef(k)), se = num(SE(k))))
}
# two profiles a person: people are the clusters
repeated <- svydesign(id = ~person, strata = ~place, weights = ~w_place, data = profiles)
put("profiles.amce", value = glm_rows(svyglm(rating ~ factor(trait), repeated), 2:3))
RESULTS[["_meta"]] <- list(R = R.version.string, survey = as.character(packageVersion("survey")))
write(toJSON(RESULTS, digits = NA, auto_unbox = TRUE, na = "null", pretty = TRUE), "results.json"); cat(length(RESULTS) - 1, "results\n")
