//! The register extract and the identity of a request.

use crate::parse::{Fields, REQUIRED, free};
use traject_app::model::Identity;
use traject_domain::extract::Extract;
use traject_domain::law::{CodeList, Law};
use traject_proto::traject::check::v1 as wire;
use traject_proto::traject::r#type::v1::Language;

/// Reads a required extract against the law's code lists.
pub(crate) fn extract(
    fields: &mut Fields,
    field: &str,
    extract: Option<&wire::RegisterExtract>,
    law: &Law,
) -> Option<Extract> {
    let Some(extract) = extract else {
        fields.fault(field, REQUIRED);
        return None;
    };
    let mut inner = Fields::default();
    let read = read(&mut inner, extract, law);
    fields.inside(field, inner);
    read
}

fn read(fields: &mut Fields, from: &wire::RegisterExtract, law: &Law) -> Option<Extract> {
    let birth_date = fields.partial_date("birth_date", from.birth_date);
    let nationality = fields.coded("nationality", &from.nationality.to_ascii_uppercase(), |code| {
        code.as_str() == "XX" || law.is_country(code)
    });
    let municipality = fields.required_municipality("municipality", &from.municipality);
    let register = fields.required_code("register", &from.register, |code| law.has_code(CodeList::Registers, code));
    let registered_on = fields.date("registered_date", from.registered_date);
    let permit_kind = fields.listed("permit_kind", law, CodeList::PermitKinds, &from.permit_kind);
    let permit_ground = fields.listed("permit_ground", law, CodeList::PermitGrounds, &from.permit_ground);
    let permit_valid_from = fields.date("permit_valid_from_date", from.permit_valid_from_date);
    let permit_valid_until = fields.date("permit_valid_until_date", from.permit_valid_until_date);
    if permit_valid_until.zip(permit_valid_from).is_some_and(|(until, from)| until < from) {
        fields.fault("permit_valid_until_date", "before permit_valid_from_date");
    }
    let lawful_stay_since = fields.date("lawful_stay_since_date", from.lawful_stay_since_date);
    let family_of = fields.listed("family_of", law, CodeList::FamilyOf, &from.family_of);
    let family_tie = fields.listed("family_tie", law, CodeList::FamilyTies, &from.family_tie);
    let country = from.eu_long_term_resident_of.to_ascii_uppercase();
    let long_term_resident_of = fields.coded("eu_long_term_resident_of", &country, |code| law.is_country(code));
    let letter_language = fields.value::<Language>("letter_language", from.letter_language);
    let sex = fields.listed("sex", law, CodeList::Sexes, &from.sex);
    let contact_language = fields.spoken_language("contact_language", &from.contact_language);
    Some(Extract {
        birth_date,
        nationality,
        municipality: municipality?,
        register: register?,
        registered_on,
        permit_kind,
        permit_ground,
        permit_valid_from,
        permit_valid_until,
        lawful_stay_since,
        family_of,
        family_tie,
        long_term_resident_of,
        letter_language,
        sex,
        contact_language,
    })
}

/// Names and contact, as given.
pub(crate) fn identity(from: Option<&wire::Identity>) -> Identity {
    let Some(from) = from else { return Identity::default() };
    Identity {
        last_name: free(&from.last_name),
        first_names: free(&from.first_names),
        street: free(&from.street),
        house_number: free(&from.house_number),
        box_number: free(&from.r#box),
        postal_code: free(&from.postal_code),
        city: free(&from.city),
        email: free(&from.email),
        phone: free(&from.phone),
    }
}
