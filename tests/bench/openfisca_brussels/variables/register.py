"""What the register says of a person on the day of the check."""

from datetime import date

from openfisca_core.periods import ETERNITY, MONTH
from openfisca_core.indexed_enums import Enum
from openfisca_core.variables import Variable

from openfisca_brussels import codes
from openfisca_brussels.entities import Person


class birth_date(Variable):
    value_type = date
    entity = Person
    definition_period = ETERNITY
    label = "Birth date"


class nationality(Variable):
    value_type = Enum
    possible_values = codes.Nationality
    default_value = codes.Nationality.XX
    entity = Person
    definition_period = MONTH
    label = "Nationality, ISO 3166-1 alpha-2"


class register(Variable):
    value_type = Enum
    possible_values = codes.Register
    default_value = codes.Register.foreigners
    entity = Person
    definition_period = MONTH
    label = "Kind of register"


class registered_on(Variable):
    value_type = date
    entity = Person
    definition_period = MONTH
    label = "First day in that register"


class permit_kind(Variable):
    value_type = Enum
    possible_values = codes.PermitKind
    default_value = codes.PermitKind.A
    entity = Person
    definition_period = MONTH
    label = "Card or document"


class permit_ground(Variable):
    value_type = Enum
    possible_values = codes.PermitGround
    default_value = codes.PermitGround.other
    entity = Person
    definition_period = MONTH
    label = "Ground of stay"


class permit_valid_from(Variable):
    value_type = date
    entity = Person
    definition_period = MONTH
    label = "First day of the permit"


class permit_valid_until(Variable):
    value_type = date
    default_value = date(9999, 12, 31)
    entity = Person
    definition_period = MONTH
    label = "Last day of the permit; the last day there is: unlimited"


class lawful_stay_since(Variable):
    value_type = date
    entity = Person
    definition_period = MONTH
    label = "First day of lawful stay in Belgium"


class family_of(Variable):
    value_type = Enum
    possible_values = codes.FamilyOf
    default_value = codes.FamilyOf.none
    entity = Person
    definition_period = MONTH
    label = "Whose family member"


class family_tie(Variable):
    value_type = Enum
    possible_values = codes.FamilyTie
    default_value = codes.FamilyTie.none
    entity = Person
    definition_period = MONTH
    label = "The tie"


class eu_long_term_resident_of(Variable):
    value_type = Enum
    possible_values = codes.LongTermResidentOf
    default_value = codes.LongTermResidentOf.none
    entity = Person
    definition_period = MONTH
    label = "Member State that issued a long-term resident card"
