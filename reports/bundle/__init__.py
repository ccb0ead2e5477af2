"""The release bundle: releases in, a folder to publish out. May hold nothing that may not be published."""

from reports.bundle.verifying import BundleError, Checked, verify_bundle
from reports.bundle.writing import Bundle, Microdata, refuse_filled, write_bundle

__all__ = ["Bundle", "BundleError", "Checked", "Microdata", "refuse_filled", "verify_bundle", "write_bundle"]
