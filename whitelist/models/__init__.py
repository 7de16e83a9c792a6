from whitelist.models.batch import BatchChange, Change, Mode, WhitelistBatch
from whitelist.models.column_mapping import ColumnMapping
from whitelist.models.correction import Correction, CorrectionField, CorrectionState
from whitelist.models.customer import Customer, PhoneFault
from whitelist.models.geocode_answer import GeocodeAnswer
from whitelist.models.loan_result import LoanResult, LoanStep
from whitelist.models.location import AddressKind, Datum, Location, LocationSource, Precision
from whitelist.models.offer import Offer
from whitelist.models.outlet_place import OutletPlace
from whitelist.models.place import Place, PlaceLevel, PointSource
from whitelist.models.programme import Product, Programme
from whitelist.models.upload import UploadState, WhitelistUpload
from whitelist.models.upload_row import ProblemLevel, UploadProblem, UploadRow

__all__ = [
    "AddressKind",
    "BatchChange",
    "Change",
    "ColumnMapping",
    "Correction",
    "CorrectionField",
    "CorrectionState",
    "Customer",
    "Datum",
    "GeocodeAnswer",
    "LoanResult",
    "LoanStep",
    "Location",
    "LocationSource",
    "Mode",
    "Offer",
    "OutletPlace",
    "PhoneFault",
    "Place",
    "PlaceLevel",
    "PointSource",
    "Precision",
    "ProblemLevel",
    "Product",
    "Programme",
    "UploadProblem",
    "UploadRow",
    "UploadState",
    "WhitelistBatch",
    "WhitelistUpload",
]
