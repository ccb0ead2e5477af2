# Post-stratification, raking and calibration: the weights, and standard errors that know of the calibration.
source("common.R")
schools_of <- data.frame(school = 1:3, Freq = c(2100, 2300, 1700)); parties <- data.frame(party = 1:3, Freq = c(3000, 500, 2600))
homes <- data.frame(place = 1:4, Freq = c(1300, 1500, 1700, 1600))
weights_of <- function(d) { w <- weights(d); i <- seq_along(w); list(sum = sum(w), min = min(w), max = max(w), squares = sum(w^2), by_row = sum(w * i), kish = length(w) * sum(w^2) / sum(w)^2) }
se <- function(x) list(estimate = num(coef(x)), se = num(SE(x)))
report <- function(key, d) {
  put(key, "weights", value = weights_of(d))
  put(key, "mean.TVnews", value = se(svymean(~TVnews, d))); put(key, "total.PID", value = se(svytotal(~PID, d)))
  put(key, "proportion.vote.1", value = se(svymean(~vote, d)))
  for (g in 1:3) put(key, paste0("proportion.vote.1.school=", g), value = se(svymean(~vote, subset(d, school == g))))
  put(key, "ratio.income.educ", value = se(svyratio(~income, ~educ, d)))
  put(key, "model.vote", value = { m <- svyglm(vote ~ age + income, d, family = quasibinomial(), control = TIGHT); list(formula = "vote ~ age + income", coef = num(coef(m)), vcov = unname(as.matrix(vcov(m)))) })
}
for (name in c("votes.clusters", "votes.strata_fpc", "votes.elements")) {
  d <- DESIGNS[[name]]
  report(paste0(name, ".poststratified"), postStratify(d, ~school, schools_of))
  report(paste0(name, ".raked"), rake(d, list(~school, ~party, ~place), list(schools_of, parties, homes), control = list(maxit = 500, epsilon = 1e-11)))
  base <- DESIGNS[[name]]; for (strict in c(FALSE, TRUE)) put(name, "trimmed", if (strict) "strict" else "once", value = weights_of(trimWeights(base, lower = 4, upper = 8, strict = strict)))
  totals <- c(`(Intercept)` = 6100, `factor(school)2` = 2000, `factor(school)3` = 2350, age = 6100 * 46.5, income = 6100 * 16)
  calibrated <- function(...) calibrate(d, ~factor(school) + age + income, totals, epsilon = 1e-11, maxit = 500, ...)
  report(paste0(name, ".cal_linear"), calibrated(calfun = "linear"))
  report(paste0(name, ".cal_linear_bounded"), calibrated(calfun = "linear", bounds = c(.75, 1.35)))
  report(paste0(name, ".cal_raking"), calibrated(calfun = "raking"))
  report(paste0(name, ".cal_logit"), calibrated(calfun = "logit", bounds = c(.6, 1.6)))
}
done("05_calibration")
