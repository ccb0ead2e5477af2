"""Public survey data in, the figures that R computed on them by the functions of `analysis` out.

Each function of FILES takes the folder of data and gives, by key of the stored file, a value of the same
shape as R's: what is named there is compared, number by number.
"""

from collections.abc import Callable
from pathlib import Path

from public_replicates import recalibrated, replicates
from public_schools import descriptives, models, shares
from public_trends import gss_trends, random_waves, sensitive
from public_weights import calibrations
from r_shapes import Results

FILES: dict[str, Callable[[Path], Results]] = {
    "01_api_descriptives": descriptives,
    "02_replicates": replicates,
    "03_svyglm": models,
    "05_svychisq_ciprop": shares,
    "06_calibration": lambda folder: calibrations(folder) | recalibrated(folder),
    "07_trend": gss_trends,
    "09_sensitive": sensitive,
    "11_extra": random_waves,
}
