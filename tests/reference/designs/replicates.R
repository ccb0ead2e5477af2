# Replicate designs of the studies: jackknives, balanced half-samples, Fay's; calibrated in every replicate.
setwd("../r"); source("common.R")
rel <- function(x) list(estimate = num(coef(x)), se = num(SE(x)))
votes$half <- seq_len(nrow(votes)) %% 2; schools$half <- seq_len(nrow(schools)) %% 2
pairs <- svydesign(id = ~half, strata = ~band, weights = ~w_person, nest = TRUE, data = votes)
few <- svydesign(id = ~half, strata = ~band, weights = ~w_person, nest = TRUE, data = votes[votes$band %in% 4:13, ])
counties <- svydesign(id = ~half, strata = ~county, weights = ~w_county, nest = TRUE, data = schools)
J <- list(votes.clusters.JKn = as.svrepdesign(DESIGNS$votes.clusters, type = "JKn"),
  votes.clusters_fpc.JKn = as.svrepdesign(DESIGNS$votes.clusters_fpc, type = "JKn"),
  votes.clusters.JKn_mse = as.svrepdesign(DESIGNS$votes.clusters, type = "JKn", mse = TRUE),
  votes.pairs.BRR = as.svrepdesign(pairs, type = "BRR"), votes.pairs.Fay = as.svrepdesign(pairs, type = "Fay", fay.rho = 0.3),
  votes.few.BRR = as.svrepdesign(few, type = "BRR"))
figures <- function(name, d) {
  put(name, "mean", value = rel(svymean(~income, d))); put(name, "total", value = rel(svytotal(~vote, d)))
  put(name, "ratio", value = rel(svyratio(~TVnews, ~educ, d))); put(name, "by", value = { b <- svyby(~income, ~school, d, svymean); list(estimate = num(coef(b)), vcov = { v <- svyby(~income, ~school, d, svymean, covmat = TRUE); unname(as.matrix(vcov(v))) }) })
  put(name, "degf", value = degf(d)); put(name, "degf_subset", value = degf(subset(d, place == 2)))
  q <- svyquantile(~income, d, .5, qrule = "math"); put(name, "median", value = list(estimate = num(coef(q)), se = num(SE(q))))
  put(name, "logit", value = fit(svyglm(vote ~ educ + age, d, family = quasibinomial(), control = TIGHT)))
  put(name, "probit", value = fit(svyglm(vote ~ educ, d, family = quasibinomial(link = "probit"), control = TIGHT)))
}
for (n in names(J)) figures(n, J[[n]])
s <- as.svrepdesign(counties, type = "BRR")
put("schools.counties.BRR", "mean", value = rel(svymean(~PCTYRRND, s))); put("schools.counties.BRR", "count", value = ncol(weights(s)))
k <- as.svrepdesign(DESIGNS$schools.counties, type = "JK1"); put("schools.counties.JK1", "mean", value = rel(svymean(~LOWINC, k))); put("schools.counties.JK1", "degf", value = degf(k))
j <- J$votes.clusters.JKn; tight <- list(maxit = 500, epsilon = 1e-12)
N <- list(school = data.frame(school = 1:3, Freq = c(2100, 2300, 1700)), party = data.frame(party = 1:3, Freq = c(3000, 500, 2600)))
X <- c(`(Intercept)` = 6100, `factor(school)2` = 2300, `factor(school)3` = 1700, age = 6100 * 46.5)
A <- list(raked = rake(j, list(~school, ~party), N, control = tight), poststratified = postStratify(j, ~school, N$school),
  cal_linear = calibrate(j, ~factor(school) + age, X), cal_raking = calibrate(j, ~factor(school) + age, X, calfun = "raking", epsilon = 1e-12, maxit = 500),
  cal_logit = calibrate(j, ~factor(school) + age, X, calfun = "logit", bounds = c(0.5, 2.2), epsilon = 1e-12, maxit = 500))
for (n in names(A)) { d <- A[[n]]; put(n, "mean", value = rel(svymean(~income, d))); put(n, "total", value = rel(svytotal(~vote, d))); put(n, "logit", value = fit(svyglm(vote ~ educ, d, family = quasibinomial(), control = TIGHT))) }
done("replicates")
