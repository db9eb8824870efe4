"""Whom the rules are about: persons, each alone."""

from openfisca_core.entities import build_entity

Person = build_entity(
    key="person",
    plural="persons",
    label="A person in a register of a Brussels municipality",
    is_person=True,
)

entities = [Person]
