//! In which situations newcomers come to the counter, and how often.

use super::draw::Draw;
use super::names;
use Outcome::{Exempt, Obliged, OutOfScope, Undecided};
use Situation::*;

/// Why somebody is here; decides card, ground, register and age.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Situation {
    Worker,
    Joining,
    Refugee,
    FamilyOfBelgian,
    FarFamilyOfEuCitizen,
    Regularised,
    OtherGround,
    EuCitizen,
    FamilyOfEuCitizen,
    FreeMovementFamily,
    UkBeneficiary,
    FamilyOfUkBeneficiary,
    Student,
    AuPair,
    WorkingHoliday,
    Diplomat,
    LongTermResident,
    TemporaryProtection,
    Waiting,
    LongStay,
    Minor,
    Senior,
    ShortPermit,
    Settled,
    BirthUnknown,
    StayUnknown,
}

/// What the person expects to hear. Only the simulated lives follow from it; what the law says is Traject's to find.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    Obliged,
    Exempt,
    OutOfScope,
    Undecided,
}

/// What a situation looks like in the register.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Pattern {
    pub(crate) situation: Situation,
    pub(crate) outcome: Outcome,
    pub(crate) register: &'static str,
    pub(crate) permit_kind: &'static str,
    pub(crate) permit_ground: &'static str,
    /// Months the permit is valid; 0: unlimited.
    pub(crate) months: &'static [u32],
    /// Youngest and oldest age on the reference date, in full years.
    pub(crate) ages: (u32, u32),
    /// Days of lawful stay before the reference date, at least and at most.
    pub(crate) stay: (u32, u32),
}

const fn pattern(
    situation: Situation,
    outcome: Outcome,
    permit: (&'static str, &'static str),
    months: &'static [u32],
) -> Pattern {
    let (permit_kind, permit_ground) = permit;
    Pattern {
        situation,
        outcome,
        register: "foreigners",
        permit_kind,
        permit_ground,
        months,
        ages: (18, 64),
        stay: (0, 400),
    }
}

/// The patterns with their weights in per mille of the persons checked.
#[rustfmt::skip]
const PATTERNS: [(Pattern, u32); 26] = [
    (pattern(Worker, Obliged, ("A", "work"), &[12, 12, 24, 36]), 95),
    (pattern(Joining, Obliged, ("A", "family"), &[12, 60]), 100),
    (Pattern { stay: (120, 1000), ..pattern(Refugee, Obliged, ("A", "protection"), &[12, 60]) }, 72),
    (pattern(FamilyOfBelgian, Obliged, ("F", "family"), &[60]), 44),
    (pattern(FarFamilyOfEuCitizen, Obliged, ("F", "family"), &[60]), 4),
    (Pattern { stay: (0, 900), ..pattern(Regularised, Obliged, ("A", "medical"), &[12]) }, 12),
    (pattern(OtherGround, Obliged, ("A", "other"), &[12, 0]), 12),
    (pattern(EuCitizen, Exempt, ("EU", "work"), &[60]), 306),
    (pattern(FamilyOfEuCitizen, Exempt, ("F", "family"), &[60]), 40),
    (pattern(FreeMovementFamily, Exempt, ("F", "family"), &[60]), 4),
    (pattern(UkBeneficiary, Exempt, ("M", "other"), &[60, 0]), 9),
    (pattern(FamilyOfUkBeneficiary, Exempt, ("M", "family"), &[60]), 3),
    (Pattern { ages: (18, 34), ..pattern(Student, Exempt, ("A", "study"), &[12]) }, 75),
    (Pattern { ages: (18, 25), ..pattern(AuPair, Exempt, ("A", "au_pair"), &[12]) }, 6),
    (Pattern { ages: (18, 30), ..pattern(WorkingHoliday, Exempt, ("A", "working_holiday"), &[12]) }, 5),
    (Pattern { ages: (25, 60), ..pattern(Diplomat, Exempt, ("SPECIAL", "other"), &[48]) }, 6),
    (Pattern { ages: (25, 60), ..pattern(LongTermResident, Exempt, ("A", "work"), &[12, 24]) }, 10),
    (pattern(TemporaryProtection, Exempt, ("A", "temporary_protection"), &[12]), 60),
    (Pattern { register: "waiting", ..pattern(Waiting, OutOfScope, ("AI", "protection"), &[4]) }, 45),
    (Pattern { stay: (1150, 4000), ..pattern(LongStay, OutOfScope, ("A", "family"), &[12, 60]) }, 35),
    (Pattern { ages: (0, 17), ..pattern(Minor, OutOfScope, ("A", "family"), &[12, 60]) }, 22),
    (Pattern { ages: (65, 85), ..pattern(Senior, OutOfScope, ("A", "family"), &[12]) }, 12),
    (pattern(ShortPermit, OutOfScope, ("A", "work"), &[2, 3]), 6),
    (Pattern { register: "population", stay: (1900, 5000), ..pattern(Settled, OutOfScope, ("C", "family"), &[0]) }, 6),
    (pattern(BirthUnknown, Undecided, ("A", "protection"), &[60]), 6),
    (pattern(StayUnknown, Undecided, ("A", "work"), &[12]), 5),
];

/// A situation, as often as it happens.
pub(crate) fn situation(draw: &mut Draw) -> Pattern {
    draw.weighted(&PATTERNS)
}

/// A worker who was a student: same person, other ground.
pub(crate) const AFTER_STUDIES: Pattern = pattern(Worker, Obliged, ("A", "work"), &[12, 36]);
/// A refugee recognised after waiting.
pub(crate) const RECOGNISED: Pattern = pattern(Refugee, Obliged, ("A", "protection"), &[12, 60]);

impl Situation {
    /// ISO 3166-1 alpha-2.
    pub(crate) fn nationality(self, draw: &mut Draw) -> &'static str {
        match self {
            EuCitizen => draw.weighted(names::EU),
            UkBeneficiary => "GB",
            TemporaryProtection => "UA",
            AuPair => draw.pick(&["PH", "MG", "BR", "US", "PE"]),
            WorkingHoliday => draw.pick(&["AU", "NZ", "CA", "KR", "TW", "JP"]),
            Refugee | Waiting | BirthUnknown => draw.weighted(&[
                ("SY", 22),
                ("AF", 20),
                ("PS", 14),
                ("ER", 13),
                ("BI", 7),
                ("TR", 7),
                ("GN", 7),
                ("CD", 4),
                ("ET", 3),
                ("IR", 2),
                ("XX", 1),
            ]),
            _ => draw.weighted(names::OTHER),
        }
    }

    /// Whose family member, and the tie; empty for most.
    pub(crate) fn family(self, draw: &mut Draw) -> (&'static str, &'static str) {
        let near: &[(&str, u32)] = &[
            ("spouse", 60),
            ("partner_equal", 8),
            ("descendant_under_21", 12),
            ("descendant_dependent", 10),
            ("ascendant_dependent", 10),
        ];
        match self {
            FamilyOfBelgian => (
                "belgian",
                draw.weighted(&[
                    ("spouse", 60),
                    ("partner_other", 25),
                    ("descendant_under_21", 8),
                    ("ascendant_of_minor", 7),
                ]),
            ),
            FarFamilyOfEuCitizen => (
                "eu_citizen",
                draw.pick(&["partner_other", "ascendant_of_minor", "descendant_other", "ascendant_other"]),
            ),
            FamilyOfEuCitizen => ("eu_citizen", draw.weighted(near)),
            FreeMovementFamily => ("belgian_free_movement", draw.weighted(near)),
            FamilyOfUkBeneficiary => ("uk_beneficiary", draw.weighted(near)),
            _ => ("", ""),
        }
    }

    /// The state that issued a long-term resident card, if any; one state in ten sets no integration conditions.
    pub(crate) fn long_term_resident_of(self, draw: &mut Draw) -> &'static str {
        match self {
            LongTermResident => {
                draw.weighted(&[("IT", 35), ("FR", 20), ("NL", 15), ("GR", 10), ("PT", 10), ("DE", 10)])
            }
            Worker if draw.percent(2) => draw.pick(&["ES", "PL"]),
            _ => "",
        }
    }

    /// True where the person may have a BIS number from an earlier stay or an asylum procedure.
    pub(crate) fn may_have_bis(self) -> bool {
        matches!(self, Worker | Joining | Refugee | TemporaryProtection | Waiting | BirthUnknown)
    }
}
