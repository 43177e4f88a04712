"""Providers and packages of care on their way into the register."""

from __future__ import annotations

from sqlalchemy import select

from models.providers.tables import CarePackage, Provider
from models.register import Person, Staff
from tasks.register.one_file import NO_PERSON, NO_PROVIDER, Import
from tasks.register.rows import PackageRow, ProviderRow


def apply_providers(to: Import) -> None:
    """A provider is closed only where the file says so: one that is missing from it may still care for somebody."""
    staff = set(to.session.scalars(select(Staff.id)))
    held = to.held(Provider, lambda provider: provider.id)
    for line, row in to.read.rows:
        assert isinstance(row, ProviderRow)
        if row.link_worker is not None and row.link_worker not in staff:
            to.read.reject(line, row.id, "link_worker is not in the register")
        elif _more_sponsored_than_there_are(held.get(row.id), row):
            to.read.reject(line, row.id, "sponsored_staff is more than staff")
        else:
            to.take(line, row.id, held, row.id, Provider, **row.model_dump(exclude_unset=True))


def apply_packages(to: Import) -> None:
    """A package that a full extract no longer has ended on its day, and stays known."""
    people, providers = (set(to.session.scalars(select(table.id))) for table in (Person, Provider))
    held = to.held(CarePackage, lambda one: (one.person_id, one.provider_id, one.since))
    for line, row in to.read.rows:
        assert isinstance(row, PackageRow)
        if row.person_id not in people:
            to.read.reject(line, row.person_id, NO_PERSON)
        elif row.provider_id not in providers:
            to.read.reject(line, row.person_id, NO_PROVIDER)
        else:
            key = (row.person_id, row.provider_id, row.since)
            to.take(line, row.person_id, held, key, CarePackage, **row.model_dump(exclude_unset=True))
    for package in to.missing(held, lambda one: one.person_id):
        ends = max(package.since, to.extract_date)
        if package.until is None or package.until > ends:
            package.until = ends
            to.report.ended += 1


def _more_sponsored_than_there_are(known: Provider | None, row: ProviderRow) -> bool:
    """Whether the numbers cannot be, with what a file leaves out as it was known before."""
    said = row.model_fields_set
    staff = row.staff if known is None or "staff" in said else known.staff
    sponsored = row.sponsored_staff if known is None or "sponsored_staff" in said else known.sponsored_staff
    return sponsored is not None and (staff is None or sponsored > staff)
