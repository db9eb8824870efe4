"""Who is obliged, and on which day that is looked at: the conditions of the scope that a person fails.

A registration that fails a condition of its own (R-S5, R-S6) gives no reference date, and what is counted to that day then
cannot fail.
"""

from datetime import date

import numpy
from openfisca_core.periods import MONTH
from openfisca_core.variables import Variable

from openfisca_brussels.entities import Person
from openfisca_brussels.vectors import add_months, full_years, one_of


class reference_date(Variable):
    value_type = date
    entity = Person
    definition_period = MONTH
    label = "The later of registration and permit (R-S2)"

    def formula(person, period):
        return numpy.maximum(person("registered_on", period), person("permit_valid_from", period))


class gives_reference_date(Variable):
    value_type = bool
    entity = Person
    definition_period = MONTH
    label = "Whether the registration gives a reference date (R-S2)"

    def formula(person, period):
        fails_registration = person("fails_r_s5", period) + person("fails_r_s6", period)
        return numpy.logical_not(fails_registration)


class age_on_reference_date(Variable):
    value_type = int
    entity = Person
    definition_period = MONTH
    label = "Age in full years on the reference date"

    def formula(person, period):
        return full_years(person("birth_date", period), person("reference_date", period))


class fails_r_s1(Variable):
    value_type = bool
    entity = Person
    definition_period = MONTH
    label = "Is a Belgian national"

    def formula(person, period, parameters):
        return one_of(person("nationality", period), parameters(period).scope.excluded_nationalities)


class fails_r_s3a(Variable):
    value_type = bool
    entity = Person
    definition_period = MONTH
    label = "Is under 18 on the reference date"

    def formula(person, period, parameters):
        is_too_young = person("age_on_reference_date", period) < parameters(period).scope.minimum_age
        return person("gives_reference_date", period) * is_too_young


class fails_r_s3b(Variable):
    value_type = bool
    entity = Person
    definition_period = MONTH
    label = "Is 65 or over on the reference date"

    def formula(person, period, parameters):
        is_too_old = person("age_on_reference_date", period) >= parameters(period).scope.maximum_age
        return person("gives_reference_date", period) * is_too_old


class fails_r_s4(Variable):
    value_type = bool
    entity = Person
    definition_period = MONTH
    label = "Has stayed lawfully in Belgium for three years or more on the reference date"

    def formula(person, period, parameters):
        stay = full_years(person("lawful_stay_since", period), person("reference_date", period))
        return person("gives_reference_date", period) * (stay >= parameters(period).scope.maximum_stay)


class fails_r_s5(Variable):
    value_type = bool
    entity = Person
    definition_period = MONTH
    label = "Is not in the foreigners' register"

    def formula(person, period, parameters):
        return numpy.logical_not(one_of(person("register", period), parameters(period).scope.registers))


class fails_r_s6(Variable):
    value_type = bool
    entity = Person
    definition_period = MONTH
    label = "Holds no residence permit of more than three months"

    def formula(person, period, parameters):
        reached = add_months(person("permit_valid_from", period), parameters(period).scope.minimum_permit)
        return person("permit_valid_until", period) <= reached


class fails_r_t1(Variable):
    value_type = bool
    entity = Person
    definition_period = MONTH
    label = "The reference date lies before the obligation entered into force"

    def formula(person, period, parameters):
        first_day = numpy.datetime64(parameters(period).scope.first_day)
        return person("gives_reference_date", period) * (person("reference_date", period) < first_day)
