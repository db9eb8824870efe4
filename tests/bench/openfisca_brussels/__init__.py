"""Scope and automatic exemptions of the Brussels civic-integration obligation, for OpenFisca.

The same question that Traject answers from `config/law/scope.yaml` and `config/law/exemptions.yaml`, for persons of whom
every value is known: OpenFisca has no unknown values. It exists to be compared with, and decides nothing.
"""

import os

from openfisca_core.taxbenefitsystems import TaxBenefitSystem

from openfisca_brussels import entities

DIRECTORY = os.path.dirname(os.path.abspath(__file__))


class CountryTaxBenefitSystem(TaxBenefitSystem):
    """The rules with their parameters."""

    def __init__(self):
        super().__init__(entities.entities)
        self.add_variables_from_directory(os.path.join(DIRECTORY, "variables"))
        self.load_parameters(os.path.join(DIRECTORY, "parameters"))
