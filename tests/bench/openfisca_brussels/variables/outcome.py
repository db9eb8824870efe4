"""What follows, and the codes that say why."""

import numpy
from openfisca_core.indexed_enums import Enum
from openfisca_core.periods import MONTH
from openfisca_core.variables import Variable

from openfisca_brussels import codes
from openfisca_brussels.entities import Person

CONDITIONS = ["r_s1", "r_s3a", "r_s3b", "r_s4", "r_s5", "r_s6", "r_t1"]
EXEMPTIONS = ["e01", "e02", "e03", "e04", "e05", "e06", "e07", "e08", "e09"]


def mask(person, period, names, first_bit):
    """One bit for each variable that holds, from the first bit on."""
    bits = numpy.zeros(person.count, dtype=numpy.int32)
    for bit, name in enumerate(names, first_bit):
        bits |= person(name, period) * numpy.int32(1 << bit)
    return bits


class failed_conditions(Variable):
    value_type = int
    entity = Person
    definition_period = MONTH
    label = "A bit for each condition of the scope that fails, in the order of CONDITIONS"

    def formula(person, period):
        return mask(person, period, [f"fails_{code}" for code in CONDITIONS], 0)


class exemptions(Variable):
    value_type = int
    entity = Person
    definition_period = MONTH
    label = "A bit for each exemption that holds, in the order of EXEMPTIONS, after those of the conditions"

    def formula(person, period):
        return mask(person, period, [f"exempt_{code}" for code in EXEMPTIONS], len(CONDITIONS))


class outcome(Variable):
    value_type = Enum
    possible_values = codes.Outcome
    default_value = codes.Outcome.obliged
    entity = Person
    definition_period = MONTH
    label = "Whether the person is obliged: a condition that fails decides, then an exemption that holds"

    def formula(person, period):
        has_failed = person("failed_conditions", period) != 0
        is_exempt = person("exemptions", period) != 0
        return numpy.select(
            [has_failed, is_exempt],
            [codes.Outcome.not_in_scope.index, codes.Outcome.exempt.index],
            codes.Outcome.obliged.index,
        )


class reasons(Variable):
    value_type = int
    entity = Person
    definition_period = MONTH
    label = "The bits that say why: the conditions that fail, else the exemptions that hold"

    def formula(person, period):
        failed = person("failed_conditions", period)
        return numpy.where(failed != 0, failed, person("exemptions", period))
