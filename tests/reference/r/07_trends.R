# Seven waves: shares by wave, linear trends, departure from linearity, any change, trends inside groups.
source("common.R")
d <- DESIGNS$marriages.waves; quietly <- function(x) suppressWarnings(x)
waves <- sort(unique(marriages$wave))
for (v in c("affair", "content")) {
  f <- as.formula(paste0("~", v)); by <- svyby(f, ~wave, d, svymean)
  for (i in seq_along(waves)) put("marriages.waves.share", v, waves[i], value = list(estimate = num(coef(by))[i], se = num(SE(by))[i]))
  trend <- function(d, key) {
    line <- quietly(svyglm(as.formula(paste(v, "~ decade")), d, family = quasibinomial(), control = TIGHT))
    free <- quietly(svyglm(as.formula(paste(v, "~ decade + factor(wave)")), d, family = quasibinomial(), control = TIGHT))
    any <- quietly(svyglm(as.formula(paste(v, "~ factor(wave)")), d, family = quasibinomial(), control = TIGHT))
    put(key, "logit_line", value = fit(line)); put(key, "linear", value = wald(line, ~decade))
    put(key, "any_change", value = wald(any, ~factor(wave))); put(key, "departure", value = wald(free, ~factor(wave)))
    put(key, "share_line", value = fit(svyglm(as.formula(paste(v, "~ decade")), d)))
  }
  trend(d, paste0("marriages.waves.trend.", v))
  for (g in 0:1) trend(d[d$variables$college == g, ], paste0("marriages.waves.trend.", v, ".college=", g))
}
line <- svyglm(affairs ~ decade, d); put("marriages.waves.trend.affairs.share_line", value = fit(line))
both <- quietly(svyglm(affair ~ decade * factor(college), d, family = quasibinomial(), control = TIGHT))
put("marriages.waves.trend.affair.by_college", value = fit(both)); put("marriages.waves.trend.affair.by_college.differ", value = wald(both, ~decade:factor(college)))
done("07_trends")
