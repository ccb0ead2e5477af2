# svyglm: gaussian, logit, probit, complementary log-log, Poisson; Wald tests; predictions; a model inside a domain.
source("common.R")
models <- list(
  votes = list(gaussian = list(selfLR ~ age + educ + PID, gaussian(), ~educ + PID), logit = list(vote ~ age + educ + income, quasibinomial(), ~age + educ), probit = list(vote ~ age + educ + income, quasibinomial("probit"), ~age + educ), cloglog = list(vote ~ age + educ + income, quasibinomial("cloglog"), ~income)),
  clinics = list(gaussian = list(disea ~ physlm + lncoins + idp, gaussian(), ~lncoins + idp), logit = list(seen ~ physlm + lncoins + disea, quasibinomial(), ~lncoins), poisson = list(mdvis ~ physlm + lncoins + idp, quasipoisson(), ~lncoins + idp)),
  schools = list(gaussian = list(AVYRSEXP ~ LOWINC + PERHISP, gaussian(), ~LOWINC), logit = list(all_year ~ LOWINC + PTRATIO, quasibinomial(), ~PTRATIO), poisson = list(NABOVE ~ LOWINC + PTRATIO, quasipoisson(), ~LOWINC + PTRATIO)),
  classes = list(gaussian = list(TUCE ~ GPA + PSI, gaussian(), ~PSI), logit = list(GRADE ~ GPA + PSI, quasibinomial(), ~GPA + PSI), probit = list(GRADE ~ GPA + PSI, quasibinomial("probit"), ~GPA + PSI)))
quietly <- function(x) suppressWarnings(x)
for (name in names(DESIGNS)) for (kind in names(models[[sub("\\..*", "", name)]])) {
  m <- models[[sub("\\..*", "", name)]][[kind]]; f <- m[[1]]; attr(f, ".Environment") <- globalenv()
  g <- quietly(svyglm(f, DESIGNS[[name]], family = m[[2]], control = TIGHT)); key <- paste(name, kind, sub(" ~ .*", "", deparse(f)), sep = ".")
  put(key, value = c(list(formula = deparse(f)), fit(g)))
  put(key, "wald", value = c(list(terms = labels(terms(m[[3]]))), wald(g, m[[3]])))
}
new <- data.frame(age = c(20, 45, 80), income = c(5, 15, 24))
line <- quietly(svyglm(vote ~ age + income, DESIGNS$votes.clusters, family = quasibinomial(), control = TIGHT))
for (type in c("response", "link")) { e <- predict(line, newdata = new, type = type); put("votes.clusters.predict", type, value = list(formula = "vote ~ age + income", age = new$age, income = new$income, estimate = num(e), se = num(SE(e)))) }
for (g in 1:3) put("votes.clusters.logit.vote", paste0("school=", g), value = c(list(formula = "vote ~ age + income"), fit(quietly(svyglm(vote ~ age + income, subset(DESIGNS$votes.clusters, school == g), family = quasibinomial(), control = TIGHT)))))
done("06_models")
