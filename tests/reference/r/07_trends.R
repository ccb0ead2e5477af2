# Seven waves: shares by wave, linear trends, departure from linearity, any change, trends inside groups.
source("common.R")
d <- DESIGNS$marriages.waves; quietly <- function(x) suppressWarnings(x)
waves <- sort(unique(marriages$wave))
# A line through the waves' shares with a random deviation of each wave: DerSimonian and Laird's variance between waves,
# Knapp and Hartung's standard error on Student's t with k - 2 degrees of freedom.
random_waves <- function(y, v, x) {
  X <- cbind(1, x); k <- length(y); W <- diag(1 / v); P <- W - W %*% X %*% solve(t(X) %*% W %*% X) %*% t(X) %*% W; Q <- drop(t(y) %*% P %*% y)
  tau2 <- max(0, (Q - (k - 2)) / sum(diag(P))); Ws <- diag(1 / (v + tau2)); V <- solve(t(X) %*% Ws %*% X); b <- V %*% t(X) %*% Ws %*% y
  q <- drop(t(y - X %*% b) %*% Ws %*% (y - X %*% b)) / (k - 2); se <- sqrt(q * V[2, 2])
  list(Q = Q, tau2 = tau2, slope = b[2], se_plain = sqrt(V[2, 2]), q = q, se_knapp_hartung = se, df = k - 2, p = 2 * pt(-abs(b[2]) / se, k - 2))
}
for (v in c("affair", "content")) {
  f <- as.formula(paste0("~", v)); by <- svyby(f, ~wave, d, svymean, na.rm = TRUE)
  for (i in seq_along(waves)) put("marriages.waves.share", v, waves[i], value = list(estimate = num(coef(by))[i], se = num(SE(by))[i]))
  put("marriages.waves.trend", v, "random_waves", value = random_waves(num(coef(by)), num(SE(by))^2, (waves - 2000) / 10))
  # deviations of the waves between the first and the last; a whole factor would be collinear, which a tight epsilon hides
  inner <- paste0("I(wave == ", waves[2:6], ")", collapse = " + ")
  trend <- function(d, key) {
    line <- quietly(svyglm(as.formula(paste(v, "~ decade")), d, family = quasibinomial(), control = TIGHT))
    free <- quietly(svyglm(as.formula(paste(v, "~ decade +", inner)), d, family = quasibinomial(), control = TIGHT))
    any <- quietly(svyglm(as.formula(paste(v, "~ factor(wave)")), d, family = quasibinomial(), control = TIGHT))
    put(key, "logit_line", value = fit(line)); put(key, "linear", value = wald(line, ~decade))
    put(key, "any_change", value = wald(any, ~factor(wave))); put(key, "departure", value = wald(free, as.formula(paste("~", inner))))
    put(key, "share_line", value = fit(svyglm(as.formula(paste(v, "~ decade")), d)))
  }
  trend(d, paste0("marriages.waves.trend.", v))
  for (g in 0:1) trend(d[d$variables$college == g, ], paste0("marriages.waves.trend.", v, ".college=", g))
}
line <- svyglm(affairs ~ decade, d); put("marriages.waves.trend.affairs.share_line", value = fit(line))
both <- quietly(svyglm(affair ~ decade * factor(college), d, family = quasibinomial(), control = TIGHT))
put("marriages.waves.trend.affair.by_college", value = fit(both)); put("marriages.waves.trend.affair.by_college.differ", value = wald(both, ~decade:factor(college)))
done("07_trends")
