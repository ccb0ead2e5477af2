# Strata with a single cluster, under each policy. In survey 4.1.1 `adjust` gives another total than in 4.5.
source("common.R")
for (policy in c("certainty", "remove", "adjust", "average")) {
  options(survey.lonely.psu = policy)
  d <- svydesign(id = ~year, strata = ~ages, weights = ~w, nest = TRUE, data = cards)
  put("cards", policy, "mean.AVGEXP", value = list(estimate = num(coef(m <- svymean(~AVGEXP, d))), se = num(SE(m))))
  put("cards", policy, "total.AVGEXP", value = list(estimate = num(coef(m <- svytotal(~AVGEXP, d))), se = num(SE(m))))
  put("cards", policy, "mean.OWNRENT", value = list(estimate = num(coef(m <- svymean(~OWNRENT, d))), se = num(SE(m))))
  g <- svyglm(AVGEXP ~ INCOME, d)
  put("cards", policy, "model.AVGEXP", value = list(formula = "AVGEXP ~ INCOME", coef = num(coef(g)), vcov = unname(as.matrix(vcov(g)))))
}
done("03_lonely")
