# Chained equations by mice on a study with gaps made by a rule: means over imputations and their spread between them.
source("common.R")
suppressMessages(library(mice))
x <- votes[, c("age", "income", "educ", "school", "party", "vote")]; row <- seq_len(nrow(x)) - 1
x$income[(row * 7 + x$age) %% 10 < 3 & x$age > 40] <- NA
x$party[(row * 3 + x$educ) %% 7 < 2] <- NA
x$school[(row * 5) %% 11 < 2] <- NA
x$vote[(row + x$age) %% 9 < 2] <- NA
x$party <- factor(x$party); x$school <- ordered(x$school); x$vote <- factor(x$vote); x$educ <- NULL
imputed <- mice(x, m = 60, maxit = 10, method = c("", "pmm", "polr", "polyreg", "logreg"), seed = 1, printFlag = FALSE)
number <- function(z) num(as.character(z))
over <- function(f) { z <- sapply(1:60, function(i) f(complete(imputed, i))); list(mean = mean(z), spread = sd(z)) }
put("income", value = over(function(d) mean(d$income))); put("vote", value = over(function(d) mean(number(d$vote))))
for (k in 1:3) { put("school", k, value = over(function(d) mean(d$school == k))); put("party", k, value = over(function(d) mean(d$party == k))) }
put("slope", value = over(function(d) coef(lm(income ~ age + factor(party) + number(school), d))["age"]))
done("more/21_imputation")
