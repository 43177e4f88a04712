"""What an incident is about, what becomes of each person, and where a list comes from."""

from __future__ import annotations

from enum import StrEnum


class Trigger(StrEnum):
    """Why people may be without their care. The list is open (TRN-47)."""

    BUSINESS_FAILURE = "business-failure"
    """The business failure of a regulated provider is imminent, or has come."""
    DEREGISTERED = "deregistered-or-closed"
    """The Care Quality Commission deregisters it, or closes it, at once."""
    INTERRUPTION = "major-interruption"
    """A major interruption without notice, such as fire, flood or no staff."""
    OWN_PLAN_FAILED = "own-plan-failed"
    """The provider's own continuity plan could not lessen the risk, or failed to."""
    ANOTHER_COUNCIL = "another-council-gave-notice"
    """Another council says that a provider in its area has failed (TRN-53)."""
    SOMETHING_ELSE = "something-else"
    """Another event, described in words."""


class Duty(StrEnum):
    """By which duty the council acts (GAP-54)."""

    BUSINESS_FAILURE = "business-failure"
    """Business failure of a registered provider: a temporary duty towards everybody, whoever pays and wherever from."""
    OTHER_INTERRUPTION = "other-interruption"
    """Another interruption: the ordinary duty, and the power to act for whoever is not eligible."""


class ListSource(StrEnum):
    """Who says which people a provider cares for."""

    OUR_RECORDS = "our-records"
    """The council's own records, as the register has them."""
    PROVIDER = "provider"
    """The provider's own list."""
    OTHER_COUNCIL = "other-council"
    """Another council that placed people there, or in whose area they are."""
    OTHER = "other"
    """Anybody else: a family, the health service, a list from a spreadsheet."""


class Risk(StrEnum):
    """How great the risk to somebody is; it sets the order in which they are seen."""

    RED = "red"
    """Somebody has to be with them within hours."""
    AMBER = "amber"
    """They must be seen within a day or so."""
    GREEN = "green"
    """What they have lasts for some days."""


class Way(StrEnum):
    """How somebody's care goes on."""

    NEW_PROVIDER = "new-provider"
    """Brokerage finds another provider, and they move to it or it comes to them."""
    SAME_PROVIDER = "same-provider"
    """The provider goes on giving it, or somebody else runs it."""
    FAMILY = "family-or-friends"
    """Family or friends give it, have agreed to, and know what it takes."""
    HEALTH = "health"
    """The health service takes it over, in hospital or elsewhere."""
    OTHER_COUNCIL = "other-council"
    """The council that placed them takes it over."""
    BY_THEMSELVES = "by-themselves"
    """They arrange it themselves, with the capacity to decide so and knowing what we offer."""
    NOT_AFFECTED = "not-affected"
    """They do not have their care from this provider: they came onto the list by mistake."""


class Settled(StrEnum):
    """What a person says to a difference between lists."""

    AFFECTED = "affected"
    """They are one more person whom it touches, or they still are one."""
    SAME_PERSON = "same-person"
    """They are somebody who is on the list already."""
    NOT_AFFECTED = "not-affected"
    """They do not have their care from this provider."""


class Difference(StrEnum):
    """How a list says something else than ours."""

    ONLY_THERE = "only-there"
    """The list has somebody whom ours did not have: they are on ours from now on."""
    MAY_BE_SAME = "may-be-the-same"
    """The list has somebody who may be one of ours, or another person: they are on ours until somebody says."""
    ONLY_OURS = "only-ours"
    """A list that says it is whole does not have one of ours."""


class Audience(StrEnum):
    """Who is told of an incident."""

    PEOPLE = "people"
    """Everybody on the list, each in the way that suits them."""
    FAMILIES = "families"
    """Families, and whoever decides for somebody or stands by them."""
    STAFF = "staff"
    """Those who work for the provider."""
    COUNCIL = "council"
    """Another council that placed somebody on the list."""
    REGULATOR = "regulator"
    """The Care Quality Commission."""
    HEALTH = "health"
    """The health service."""


MUST_BE_TOLD = (Audience.COUNCIL, Audience.REGULATOR)
"""Without them an incident does not end, unless somebody has decided why they are not told."""
NOT_WHILE_CONFIDENTIAL = (Audience.PEOPLE, Audience.FAMILIES, Audience.STAFF)
"""Nothing goes to them before it is announced."""


class PersonOutcome(StrEnum):
    """How somebody was accounted for."""

    SAFE = "with a confirmed safe arrangement"
    """Somebody took it on by name, it has begun, and it was checked."""
    NOT_AFFECTED = "not affected"
    """They did not have their care from the provider."""
    SAME_PERSON = "on the list as somebody else"
    """Another case of the incident is about them."""
    DIED = "the person has died"
    """Nobody writes or calls any more."""


OFF_THE_LIST = (PersonOutcome.NOT_AFFECTED, PersonOutcome.SAME_PERSON)
"""Whoever came onto the list by mistake, or twice: no figure counts them."""
