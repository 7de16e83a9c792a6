from whitelist.models.batch import BatchChange, Change, Mode, WhitelistBatch
from whitelist.models.column_mapping import ColumnMapping
from whitelist.models.customer import Customer
from whitelist.models.geocode_answer import GeocodeAnswer
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
    "Customer",
    "Datum",
    "GeocodeAnswer",
    "Location",
    "LocationSource",
    "Mode",
    "Offer",
    "OutletPlace",
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
