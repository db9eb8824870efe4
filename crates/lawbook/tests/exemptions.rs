//! Whom each exemption of the register exempts, and whom it does not (law.md § 3).

use traject_domain::code::Code;
use traject_domain::dated::Dated;
use traject_domain::law::{CodeList, ExemptionBasis, Law, LeapDayBirthday};
use traject_domain::municipality::Municipality;
use traject_domain::predicate::{Inputs, Truth};
use traject_lawbook::embedded;

/// The columns of an extract that exemptions read; an empty text is an empty column.
#[derive(Clone, Copy, Default)]
struct Extract<'a> {
    nationality: &'a str,
    kind: &'a str,
    ground: &'a str,
    family_of: &'a str,
    tie: &'a str,
    resident_of: &'a str,
}

/// Whom the register says nothing special about.
const PLAIN: Extract<'_> =
    Extract { nationality: "MA", kind: "A", ground: "work", family_of: "", tie: "", resident_of: "" };

/// The exemptions that definitely hold, by code.
fn held(law: &Law, extract: Extract<'_>) -> String {
    let column = |text: &str| (!text.is_empty()).then(|| Code::new(text));
    let extract = traject_domain::extract::Extract {
        birth_date: None,
        nationality: column(extract.nationality),
        municipality: Municipality::all().next().expect("nineteen"),
        register: Code::new("foreigners"),
        registered_on: None,
        permit_kind: column(extract.kind),
        permit_ground: column(extract.ground),
        permit_valid_from: None,
        permit_valid_until: None,
        lawful_stay_since: None,
        family_of: column(extract.family_of),
        family_tie: column(extract.tie),
        long_term_resident_of: column(extract.resident_of),
        letter_language: None,
        sex: None,
        contact_language: None,
    };
    let inputs =
        Inputs { extract: &extract, birth: None, reference: Err(&[]), leap_day: LeapDayBirthday::FirstOfMarch };
    let holds = law.exemptions.values().filter_map(Dated::latest).filter(|exemption| match &exemption.basis {
        ExemptionBasis::Automatic(test) => test.evaluate(&inputs).truth == Truth::True,
        ExemptionBasis::OnEvidence => false,
    });
    holds.map(|exemption| exemption.code.to_string()).collect::<Vec<_>>().join(" ")
}

fn law() -> Law {
    embedded().expect("the law that ships loads")
}

/// The codes of a list for which the exemption holds.
fn exempting(law: &Law, list: CodeList, code: &str, extract: impl Fn(&str) -> String) -> String {
    let codes = law.codes[&list].keys().map(Code::as_str);
    codes.filter(|value| extract(value) == code).collect::<Vec<_>>().join(" ")
}

#[test]
fn nothing_special_and_nothing_known_exempt_nobody() {
    assert_eq!(held(&law(), PLAIN), "");
    assert_eq!(held(&law(), Extract::default()), "");
}

#[test]
fn thirty_nationalities_exempt_and_no_other() {
    let law = law();
    let exempt =
        exempting(&law, CodeList::Countries, "E01", |nationality| held(&law, Extract { nationality, ..PLAIN }));
    assert_eq!(exempt, "AT BG CH CY CZ DE DK EE ES FI FR GR HR HU IE IS IT LI LT LU LV MT NL NO PL PT RO SE SI SK");
    assert_eq!(held(&law, Extract { nationality: "XX", ..PLAIN }), "", "of no or unknown nationality");
}

#[test]
fn the_states_whose_long_term_residents_met_integration_conditions() {
    let law = law();
    let exempt =
        exempting(&law, CodeList::Countries, "E08", |resident_of| held(&law, Extract { resident_of, ..PLAIN }));
    assert_eq!(exempt, "AT CZ DE EE FR GR IT LT LU LV MT NL PT RO");
}

#[test]
fn the_ties_that_exempt_family_members() {
    let law = law();
    for (family_of, code) in [("eu_citizen", "E03"), ("belgian_free_movement", "E04")] {
        let kind = "F";
        let exempt =
            exempting(&law, CodeList::FamilyTies, code, |tie| held(&law, Extract { kind, family_of, tie, ..PLAIN }));
        // Not partner_other, descendant_other, ascendant_other, ascendant_of_minor.
        assert_eq!(
            exempt, "ascendant_dependent descendant_dependent descendant_under_21 partner_equal spouse",
            "{code}"
        );
        for (family_of, tie) in [(family_of, ""), ("", "spouse"), ("belgian", "spouse")] {
            assert_eq!(held(&law, Extract { kind, family_of, tie, ..PLAIN }), "", "{family_of} {tie}");
        }
    }
}

#[test]
fn each_automatic_exemption_holds_for_those_it_names() {
    let law = law();
    let cases = [
        (Extract { nationality: "GB", kind: "M", ..PLAIN }, "E02"),
        (Extract { nationality: "GB", kind: "M", family_of: "eu_citizen", tie: "partner_other", ..PLAIN }, "E02"),
        (Extract { nationality: "GB", ..PLAIN }, ""),
        (Extract { nationality: "IN", kind: "M", family_of: "uk_beneficiary", tie: "spouse", ..PLAIN }, "E05"),
        (Extract { nationality: "IN", kind: "M", family_of: "uk_beneficiary", ..PLAIN }, "E05"),
        (Extract { nationality: "IN", kind: "F", family_of: "uk_beneficiary", tie: "spouse", ..PLAIN }, ""),
        (Extract { ground: "study", ..PLAIN }, "E06"),
        (Extract { ground: "au_pair", ..PLAIN }, "E06"),
        (Extract { ground: "working_holiday", ..PLAIN }, "E06"),
        (Extract { ground: "protection", ..PLAIN }, ""),
        (Extract { ground: "medical", ..PLAIN }, ""),
        (Extract { kind: "SPECIAL", ..PLAIN }, "E07"),
        (Extract { nationality: "UA", ground: "temporary_protection", ..PLAIN }, "E09"),
        (Extract { nationality: "FR", kind: "M", ground: "study", ..PLAIN }, "E01 E02 E06"),
    ];
    for (extract, codes) in cases {
        let Extract { nationality, kind, ground, family_of, tie, .. } = extract;
        assert_eq!(held(&law, extract), codes, "{nationality} {kind} {ground} {family_of} {tie}");
    }
}
