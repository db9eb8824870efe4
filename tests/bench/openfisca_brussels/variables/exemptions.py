"""The exemptions that the register itself shows."""

import numpy
from openfisca_core.periods import MONTH
from openfisca_core.variables import Variable

from openfisca_brussels.entities import Person
from openfisca_brussels.vectors import one_of


class exempt_e01(Variable):
    value_type = bool
    entity = Person
    definition_period = MONTH
    label = "National of an EU state, Iceland, Liechtenstein, Norway or Switzerland"

    def formula(person, period, parameters):
        exemptions = parameters(period).exemptions
        return one_of(person("nationality", period), exemptions.nationalities)


class exempt_e02(Variable):
    value_type = bool
    entity = Person
    definition_period = MONTH
    label = "UK national, beneficiary of the withdrawal agreement"

    def formula(person, period, parameters):
        exemptions = parameters(period).exemptions
        has_permit = one_of(person("permit_kind", period), exemptions.withdrawal_agreement_permits)
        is_relative = one_of(person("family_of", period), exemptions.withdrawal_agreement_family_of)
        return has_permit * numpy.logical_not(is_relative)


class exempt_e03(Variable):
    value_type = bool
    entity = Person
    definition_period = MONTH
    label = "Family member of a citizen of the EU, Iceland, Liechtenstein, Norway or Switzerland"

    def formula(person, period, parameters):
        exemptions = parameters(period).exemptions
        is_relative = one_of(person("family_of", period), exemptions.eu_citizen_family_of)
        return is_relative * one_of(person("family_tie", period), exemptions.family_ties)


class exempt_e04(Variable):
    value_type = bool
    entity = Person
    definition_period = MONTH
    label = "Family member of a Belgian who has used free movement"

    def formula(person, period, parameters):
        exemptions = parameters(period).exemptions
        is_relative = one_of(person("family_of", period), exemptions.free_movement_family_of)
        return is_relative * one_of(person("family_tie", period), exemptions.family_ties)


class exempt_e05(Variable):
    value_type = bool
    entity = Person
    definition_period = MONTH
    label = "Family member of a withdrawal-agreement beneficiary"

    def formula(person, period, parameters):
        exemptions = parameters(period).exemptions
        has_permit = one_of(person("permit_kind", period), exemptions.withdrawal_agreement_permits)
        return has_permit * one_of(person("family_of", period), exemptions.withdrawal_agreement_family_of)


class exempt_e06(Variable):
    value_type = bool
    entity = Person
    definition_period = MONTH
    label = "Stay temporary by nature"

    def formula(person, period, parameters):
        exemptions = parameters(period).exemptions
        return one_of(person("permit_ground", period), exemptions.temporary_grounds)


class exempt_e07(Variable):
    value_type = bool
    entity = Person
    definition_period = MONTH
    label = "Diplomatic or other special status"

    def formula(person, period, parameters):
        exemptions = parameters(period).exemptions
        return one_of(person("permit_kind", period), exemptions.special_permits)


class exempt_e08(Variable):
    value_type = bool
    entity = Person
    definition_period = MONTH
    label = "Long-term resident of another EU state who met integration conditions there"

    def formula(person, period, parameters):
        exemptions = parameters(period).exemptions
        return one_of(person("eu_long_term_resident_of", period), exemptions.long_term_resident_of)


class exempt_e09(Variable):
    value_type = bool
    entity = Person
    definition_period = MONTH
    label = "Temporary protection (Directive 2001/55/EC)"

    def formula(person, period, parameters):
        exemptions = parameters(period).exemptions
        return one_of(person("permit_ground", period), exemptions.temporary_protection_grounds)
