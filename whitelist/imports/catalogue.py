"""The branches, managers and products a list's rows may name, held in memory for one job."""

from dataclasses import dataclass, field

from branches.models import Branch, Staff
from whitelist.models import Product, WhitelistUpload


@dataclass(frozen=True, slots=True)
class BranchEntry:
    pk: int
    code: str
    first: int
    last: int

    def contains(self, number: int) -> bool:
        """Whether the branch of that number is this one or below it."""
        return self.first <= number <= self.last


@dataclass
class Catalogue:
    """Look-ups by what a file writes: a code, or a name where only one has it."""

    scope: BranchEntry
    branches: dict[str, BranchEntry] = field(default_factory=dict)
    managers: dict[str, tuple[int, int]] = field(default_factory=dict)  # 工号 → pk, branch number
    products: dict[str, int] = field(default_factory=dict)  # code or name → pk
    only_product: int | None = None

    @classmethod
    def load(cls, upload: WhitelistUpload) -> "Catalogue":
        """Everything a row of this upload may refer to, and branches beyond, to say so."""
        scope = upload.scope
        catalogue = cls(BranchEntry(scope.pk, scope.code, scope.number, scope.last_number))
        twice: set[str] = set()
        for branch in Branch.objects.all():
            entry = BranchEntry(branch.pk, branch.code, branch.number, branch.last_number)
            if branch.name in catalogue.branches:
                twice.add(branch.name)
            catalogue.branches.setdefault(branch.name, entry)
        for name in twice:
            del catalogue.branches[name]
        by_code = Branch.objects.values_list("pk", "code", "number", "last_number")
        catalogue.branches.update((code, BranchEntry(pk, code, a, b)) for pk, code, a, b in by_code)
        managers = Staff.objects.managers().values_list("username", "pk", "branch__number")
        catalogue.managers = {username: (pk, number) for username, pk, number in managers}
        catalogue._load_products(upload)
        return catalogue

    def _load_products(self, upload: WhitelistUpload) -> None:
        products = list(upload.programme.products.all()) or list(Product.objects.all())
        for product in products:
            self.products[product.name] = product.pk
        for product in products:
            self.products[product.code] = product.pk
        if len(products) == 1:
            self.only_product = products[0].pk
