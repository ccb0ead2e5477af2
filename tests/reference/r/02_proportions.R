# Proportions of one code by domain, with five intervals and the design effect.
source("common.R")
# The logit interval is svyciprop's "xlogit": the same formula as "logit" without the error of an iterated fit.
# survey 4.1.1 has no Wilson interval; this is the formula of 4.5, effective size p(1-p)/V and Student's t for z.
wilson <- function(p, se, df) { z <- qt(.975, df); n <- p * (1 - p) / se^2; mid <- (p + z^2 / (2 * n)) / (1 + z^2 / n); half <- z / (1 + z^2 / n) * sqrt(p * (1 - p) / n + z^2 / (4 * n^2)); c(mid - half, mid + half) }
codes <- list(votes = list(c("vote", 1), c("PID", 3), c("selfLR", 7)), clinics = list(c("seen", 1), c("health", 4)), schools = list(c("all_year", 1), c("poor", 3)), marriages = list(c("affair", 1), c("rate_marriage", 5)), classes = list(c("GRADE", 1)))
groups <- list(votes = "school", clinics = "idp", schools = "size", marriages = "college", classes = "PSI")
# Missing answers leave the base, but degf counts the domain's clusters with them. svyciprop's beta interval also counts
# their rows in nrow(design) - 1, ours the base; where some are missing its formula is written out for the base.
beta <- function(p, se, df, n) { size <- p * (1 - p) / se^2 * (qt(.975, n - 1) / qt(.975, df))^2; c(qbeta(.025, size * p, size * (1 - p) + 1), qbeta(.975, size * p + 1, size * (1 - p))) }
one <- function(whole) {
  d <- whole[!is.na(whole$variables$.y), ]; complete <- nrow(d) == nrow(whole)
  ci <- function(method) num(attr(svyciprop(~.y, d, method = method, df = degf(whole)), "ci"))
  m <- svymean(~.y, d, deff = "replace"); p <- num(coef(m)); se <- num(SE(m)); df <- degf(whole)
  list(estimate = p, se = se, df = df, deff = num(deff(m)), logit = ci("xlogit"), beta = if (complete) ci("beta") else beta(p, se, df, nrow(d)), mean = ci("mean"), asin = ci("asin"), wilson = wilson(p, se, df))
}
for (name in names(DESIGNS)) {
  s <- sub("\\..*", "", name)
  for (pair in codes[[s]]) {
    d <- DESIGNS[[name]]; d$variables$.y <- num(d$variables[[pair[1]]] == num(pair[2]))
    put(name, "proportion", pair[1], pair[2], value = one(d))
    for (g in sort(unique(d$variables[[groups[[s]]]]))) put(name, "proportion", pair[1], pair[2], paste0(groups[[s]], "=", g), value = one(d[d$variables[[groups[[s]]]] == g, ]))
  }
}
done("02_proportions")
