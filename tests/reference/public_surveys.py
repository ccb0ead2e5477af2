"""Public survey data in, the figures that R computed on them by the functions of `analysis` out.

Each function of FILES takes the folder of data and gives, by key of the stored file, a value of the same
shape as R's: what is named there is compared, number by number.
"""

from collections.abc import Callable
from pathlib import Path

from public_models import categorical, generalised, imputations
from public_outcomes import aapor, indirect, planned
from public_replicates import recalibrated, replicates
from public_scales import scales
from public_schools import descriptives
from public_sensitive import sensitive
from public_tables import tables, variances
from public_trends import gss_trends, random_waves
from public_weights import calibrations
from r_shapes import Results

FILES: dict[str, Callable[[Path], Results]] = {
    "01_api_descriptives": lambda folder: descriptives(folder) | variances(folder),
    "02_replicates": replicates,
    "03_svyglm": generalised,
    "04_svyolr_vglm": categorical,
    "05_svychisq_ciprop": tables,
    "06_calibration": lambda folder: calibrations(folder) | recalibrated(folder),
    "07_trend": gss_trends,
    "08_scales": scales,
    "09_sensitive": lambda folder: sensitive(folder) | indirect(),
    "10_irt_dif_mi_quality": lambda folder: imputations(folder) | planned(),
    "11_extra": lambda folder: random_waves(folder) | aapor(),
}
