# Further models: families, ordered and multinomial answers, Rao-Scott tests, criteria, margins, pooled imputations.
source("common.R")
suppressMessages({library(MASS); library(VGAM); library(mitools)})
quietly <- function(x) suppressWarnings(x)
OC <- list(reltol = 1e-15, maxit = 5000)

# families and links of svyglm
families <- list(
  gamma_log = list("schools.strata_fpc", AVYRSEXP ~ LOWINC + PERHISP, Gamma("log")),
  gamma_inverse = list("schools.counties", AVYRSEXP ~ LOWINC, Gamma("inverse")),
  inverse_gaussian_log = list("schools.strata_fpc", AVYRSEXP ~ LOWINC + PERHISP, inverse.gaussian("log")),
  poisson_sqrt = list("clinics.two_stage", mdvis ~ physlm + disea, quasipoisson("sqrt")),
  poisson_identity = list("clinics.first_stage", mdvis ~ disea, quasipoisson("identity")),
  negative_binomial_log = list("clinics.two_stage", mdvis ~ physlm + lncoins + idp, negative.binomial(theta = 1, link = "log")),
  binomial_cauchit = list("votes.clusters", vote ~ age + educ, quasibinomial("cauchit")),
  gaussian_log = list("votes.elements", educ ~ age + income, gaussian("log")))
for (kind in names(families)) { m <- families[[kind]]; f <- m[[2]]; attr(f, ".Environment") <- globalenv()
  start <- if (kind %in% c("gaussian_log", "poisson_identity")) c(1, rep(0, length(all.vars(f)) - 1)) else NULL
  g <- quietly(svyglm(f, DESIGNS[[m[[1]]]], family = m[[3]], control = TIGHT, start = start))
  put("family", kind, value = c(list(design = m[[1]], formula = deparse(f)), fit(g))) }

# Rao-Scott likelihood ratio tests, anova, AIC and BIC
tested <- list(
  list("votes.clusters", vote ~ age + educ + income, ~age + educ, quasibinomial()),
  list("votes.strata_fpc", vote ~ factor(school) * age + income, ~factor(school):age, quasibinomial()),
  list("clinics.two_stage", seen ~ physlm + lncoins + disea, ~lncoins, quasibinomial()),
  list("clinics.two_stage", mdvis ~ physlm + lncoins + idp, ~lncoins + idp, quasipoisson()),
  list("schools.counties", AVYRSEXP ~ LOWINC + PERHISP, ~PERHISP, gaussian()))
for (m in tested) { f <- m[[2]]; attr(f, ".Environment") <- globalenv(); DESIGN <- DESIGNS[[m[[1]]]]; FAMILY <- m[[4]]; FORMULA <- f
  g <- quietly(svyglm(FORMULA, DESIGN, family = FAMILY, control = TIGHT)); head <- list(design = m[[1]], formula = deparse(f), terms = labels(terms(m[[3]])), family = FAMILY$family)
  for (df in c("F", "Chisq")) { r <- quietly(if (df == "F") regTermTest(g, m[[3]], method = "LRT") else regTermTest(g, m[[3]], method = "LRT", df = Inf))
    put("test", m[[1]], deparse(f), df, value = c(head, list(chisq = num(r$chisq), lambda = num(r$lambda), p = num(r$p)))) }
  w <- regTermTest(g, m[[3]], df = Inf); put("test", m[[1]], deparse(f), "wald_chisq", value = c(head, list(chisq = num(w$chisq), p = num(w$p))))
  if (length(labels(terms(f))) > 1) for (method in c("LRT", "Wald")) { s <- quietly(anova(g, method = method)); s <- s[seq_along(labels(terms(f)))]
    put("anova", m[[1]], deparse(f), method, value = c(head, list(order = labels(terms(f)), statistic = sapply(s, function(r) num(if (method == "LRT") r$chisq else r$Ftest)), p = sapply(s, function(r) num(r$p))))) }
  if (FAMILY$family != "gaussian") { a <- quietly(AIC(g)); put("criterion", m[[1]], deparse(f), "AIC", value = c(head, list(aic = num(a["AIC"]), effective = num(a["eff.p"]), mean = num(a["deltabar"]))))
    small <- quietly(svyglm(update(FORMULA, as.formula(paste(". ~ . -", paste(labels(terms(m[[3]])), collapse = " - ")))), DESIGN, family = FAMILY, control = TIGHT))
    b <- quietly(BIC(small, maximal = g)); put("criterion", m[[1]], deparse(f), "BIC", value = c(head, list(bic = num(b["BIC"]), effective_n = num(b["neff"]), small = deparse(formula(small))))) } }

# svyolr
# the linear combination of thresholds and slopes has the same order in both: slopes, then thresholds
ordered_models <- list(
  list("votes.clusters", "school", "age + income"), list("votes.strata_fpc", "school", "age + income + vote"),
  list("clinics.two_stage", "health", "physlm + lncoins + disea"), list("clinics.first_stage", "health", "physlm + disea"),
  list("schools.strata_fpc", "poor", "PTRATIO + PERHISP"), list("marriages.waves", "rate_marriage", "age + children"))
for (m in ordered_models) for (method in c("logistic", "probit")) { d <- DESIGNS[[m[[1]]]]; f <- as.formula(paste0("factor(", m[[2]], ") ~ ", m[[3]]))
  g <- quietly(svyolr(f, design = d, method = method, control = OC)); V <- vcov(g)
  put("ordered", m[[1]], m[[2]], method, value = list(design = m[[1]], formula = paste(m[[2]], "~", m[[3]]), coef = num(c(g$coefficients, g$zeta)), vcov = unname(V), deviance = g$deviance, df_resid = g$df.residual)) }
g <- quietly(svyolr(factor(school) ~ age + income, design = subset(DESIGNS$votes.clusters, party == 1), control = OC))
put("ordered", "votes.clusters", "school", "party=1", value = list(design = "votes.clusters", formula = "school ~ age + income", coef = num(c(g$coefficients, g$zeta)), vcov = unname(vcov(g)), deviance = g$deviance, df_resid = g$df.residual))
raked <- rake(DESIGNS$votes.elements, list(~school, ~party, ~place), list(data.frame(school = 1:3, Freq = c(2100, 2300, 1700)), data.frame(party = 1:3, Freq = c(3000, 500, 2600)), data.frame(place = 1:4, Freq = c(1300, 1500, 1700, 1600))), control = list(epsilon = 1e-12, maxit = 1000))
g <- quietly(svyolr(factor(party) ~ age + educ, design = raked, control = OC))
put("ordered", "votes.elements", "party", "raked", value = list(design = "votes.elements", formula = "party ~ age + educ", coef = num(c(g$coefficients, g$zeta)), vcov = unname(vcov(g)), deviance = g$deviance, df_resid = g$df.residual))

# multinomial: VGAM's coefficients and scores, survey's variance of their totals
multinomial_fit <- function(design, y, x) { d <- design; w <- weights(d); data <- d$variables; data$w_ <- w / mean(w); data$y_ <- factor(data[[y]]); K <- nlevels(data$y_) - 1
  v <- quietly(vglm(as.formula(paste("y_ ~", x)), multinomial(refLevel = 1), data = data, weights = w_, control = vglm.control(epsilon = 1e-14, maxit = 200)))
  scores <- weights(v, deriv = TRUE, type = "working")$deriv; X <- model.matrix(as.formula(paste("~", x)), data)
  each <- do.call(cbind, lapply(seq_len(ncol(X)), function(j) X[, j] * scores)) # column by column, its K answers inside, as coef(v)
  V <- svyrecvar(each %*% vcov(v), d$cluster, d$strata, d$fpc, postStrata = d$postStrata)
  by_answer <- order(rep(seq_len(K), ncol(X))) # answer by answer
  list(coef = num(coef(v))[by_answer], vcov = unname(V[by_answer, by_answer]), deviance = num(deviance(v))) }
for (m in list(list("votes.clusters", "party", "age + educ"), list("votes.strata_fpc", "school", "age + income + vote"), list("clinics.two_stage", "health", "physlm + disea"), list("marriages.waves", "rate_marriage", "age")))
  put("multinomial", m[[1]], m[[2]], value = c(list(design = m[[1]], formula = paste(m[[2]], "~", m[[3]])), multinomial_fit(DESIGNS[[m[[1]]]], m[[2]], m[[3]])))
put("multinomial", "votes.elements", "party", "raked", value = c(list(design = "votes.elements", formula = "party ~ age + educ"), multinomial_fit(raked, "party", "age + educ")))

# average predictions; svypredmeans takes both parts of the variance as independent
for (m in list(list("votes.clusters", vote ~ age + income, ~factor(school)), list("clinics.two_stage", seen ~ physlm + disea, ~factor(health)))) {
  f <- m[[2]]; attr(f, ".Environment") <- globalenv(); d <- DESIGNS[[m[[1]]]]; g <- quietly(svyglm(f, d, family = quasibinomial(), control = TIGHT))
  p <- quietly(svypredmeans(g, m[[3]])); o <- order(as.numeric(names(coef(p))))
  put("margins", m[[1]], value = list(design = m[[1]], formula = paste(deparse(f), "+ factor(", all.vars(m[[3]]), ")"), at = all.vars(m[[3]]), estimate = num(coef(p))[o], se = num(SE(p))[o])) }

# five data sets that differ by a rule, pooled with and without the degrees of freedom of the design
sets <- lapply(1:5, function(i) { x <- votes; x$income <- x$income + (seq_len(nrow(x)) * i) %% 7 / 3; x })
des <- svydesign(id = ~band, strata = ~place, weights = ~w_person, nest = TRUE, data = imputationList(sets))
fits <- with(des, svyglm(income ~ age + educ)); shares <- with(des, svymean(~income))
for (df in c(Inf, 30)) { p <- MIcombine(fits, df.complete = df); put("pooled", "line", df, value = list(coef = num(coef(p)), vcov = unname(vcov(p)), df = num(p$df), missing = num(p$missinfo)))
  p <- MIcombine(shares, df.complete = df); put("pooled", "mean", df, value = list(coef = num(coef(p)), vcov = num(vcov(p)), df = num(p$df), missing = num(p$missinfo))) }
done("more/20_more_models")
