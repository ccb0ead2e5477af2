"""Multiple imputation and the pooling of what its data sets give. May not weight data or compare waves."""

from analysis.imputation.chained import IMPUTED_KINDS, METHODS, Imputations, impute
from analysis.imputation.pooling import PooledEstimates, pool_imputations, rubin_pool

__all__ = [
    "IMPUTED_KINDS",
    "METHODS",
    "Imputations",
    "PooledEstimates",
    "impute",
    "pool_imputations",
    "rubin_pool",
]
