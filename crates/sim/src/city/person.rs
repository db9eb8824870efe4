//! One invented person: who they are, and what the register says on the day of each check.

use super::draw::Draw;
use super::names::culture;
use super::number::{NumberKind, Numbers};
use super::places::{Address, address};
use super::rows::Check;
use super::situation::{AFTER_STUDIES, Outcome, Pattern, RECOGNISED, Situation, situation};
use traject_domain::Date;
use traject_domain::code::LegalLanguage;
use traject_domain::counting::{add_days, add_months};
use traject_domain::partial_date::PartialDate;

/// The obligation's first day (law.md § 1): nobody whose reference date is earlier is obliged.
const IN_FORCE: Date = jiff::civil::date(2022, 6, 1);

/// A person and their checks.
pub(crate) struct Person {
    /// Number within the city, from 1.
    pub(crate) index: u32,
    /// One or two.
    pub(crate) checks: Vec<Check>,
    /// The check at which the person is found obliged; absent: never.
    pub(crate) obliged_from: Option<Date>,
    /// Exempt or obliged: an organiser takes them.
    pub(crate) may_join: bool,
    /// The number at the first check.
    pub(crate) number: String,
    /// The number that took its place.
    pub(crate) replaced: Option<Replacement>,
    /// The day of a move to the second check's municipality.
    pub(crate) moved_on: Option<Date>,
}

/// A number that took the place of another.
pub(crate) struct Replacement {
    pub(crate) occurred_on: Date,
    pub(crate) known_on: Date,
    pub(crate) number: String,
}

impl Person {
    /// The number in use on a day.
    pub(crate) fn number_on(&self, day: Date) -> &str {
        match &self.replaced {
            Some(replaced) if replaced.known_on <= day => &replaced.number,
            _ => &self.number,
        }
    }

    /// The municipality that checked last.
    pub(crate) fn municipality(&self) -> u16 {
        self.checks.last().map_or(21004, |check| check.municipality_nis)
    }
}

/// Invents a person first checked on a day; later checks fall on or before `until`.
pub(crate) fn invent(index: u32, checked_on: Date, until: Date, draw: &mut Draw, numbers: &mut Numbers) -> Person {
    let pattern = situation(draw);
    let stay = Stay::draw(draw, &pattern, checked_on);
    let sex = draw.weighted(&[("F", 52), ("M", 46), ("X", 1), ("", 1)]);
    let birth = birth(draw, &pattern, stay.reference);
    let kind = match pattern.situation.may_have_bis() && draw.percent(14) {
        true if draw.percent(25) => NumberKind::BisSexUnknown,
        true => NumberKind::BisSexKnown,
        false => NumberKind::National,
    };
    let issued_for = birth.unwrap_or(PartialDate::Year(1990));
    let number = numbers.issue(draw, issued_for, sex, kind);
    let replaced = (kind != NumberKind::National && draw.percent(60)).then(|| {
        let occurred_on = add_days(checked_on, draw.days(7, 90));
        Replacement {
            occurred_on,
            known_on: add_days(occurred_on, draw.days(0, 9)),
            number: numbers.issue(draw, issued_for, sex, NumberKind::National),
        }
    });
    let first = first_check(index, draw, &pattern, &stay, Identity { number: &number, birth, sex });
    let mut person = Person {
        index,
        obliged_from: obliged(&pattern, &stay).then_some(checked_on),
        may_join: matches!(pattern.outcome, Outcome::Obliged | Outcome::Exempt),
        checks: vec![first],
        number,
        replaced: replaced.filter(|replaced| replaced.known_on <= until),
        moved_on: None,
    };
    check_again(&mut person, &pattern, &stay, until, draw);
    person
}

/// True where the city expects the obligation: the pattern's, from the obligation's first day on.
fn obliged(pattern: &Pattern, stay: &Stay) -> bool {
    pattern.outcome == Outcome::Obliged && stay.reference >= IN_FORCE
}

/// The dates of a residence.
#[derive(Clone, Copy)]
struct Stay {
    checked_on: Date,
    registered_on: Date,
    valid_from: Date,
    valid_until: Option<Date>,
    reference: Date,
    lawful_since: Option<Date>,
}

impl Stay {
    fn draw(draw: &mut Draw, pattern: &Pattern, checked_on: Date) -> Self {
        let registered_on = if draw.percent(65) { checked_on } else { add_days(checked_on, -draw.days(1, 15)) };
        let valid_from = match draw.below(10) {
            0..=5 => registered_on,
            6..=8 => add_days(registered_on, -draw.days(1, 25)),
            _ => add_days(registered_on, draw.days(1, 10)).min(checked_on),
        };
        let months = draw.pick(pattern.months);
        let valid_until =
            (months > 0).then(|| add_days(add_months(valid_from, u16::try_from(months).unwrap_or(u16::MAX)), -1));
        let reference = registered_on.max(valid_from);
        let (least, most) = pattern.stay;
        // Most come straight from abroad; only some patterns ask for a stay before.
        let before = if least == 0 && draw.percent(65) { 0 } else { draw.days(least, most) };
        let lawful_since = (pattern.situation != Situation::StayUnknown)
            .then(|| add_days(reference, -before).min(registered_on.min(valid_from).max(add_days(reference, -1000))));
        Self { checked_on, registered_on, valid_from, valid_until, reference, lawful_since }
    }
}

/// A birth date that gives an age of the pattern on the reference date.
fn birth(draw: &mut Draw, pattern: &Pattern, reference: Date) -> Option<PartialDate> {
    if pattern.situation == Situation::BirthUnknown {
        let bound = if draw.percent(80) { 18 } else { 65 };
        return (!draw.percent(40)).then_some(PartialDate::Year(reference.year() - bound));
    }
    let (youngest, oldest) = pattern.ages;
    let span = oldest - youngest + 1;
    // The lower of two draws: newcomers are young.
    let age = youngest + draw.below(span).min(draw.below(span));
    let years = u16::try_from(age * 12).unwrap_or_default();
    let day = add_days(add_months_back(reference, years), -draw.days(0, 364));
    let far_from_bounds = (23..=60).contains(&age);
    Some(match draw.below(1000) {
        0..=11 if far_from_bounds => leap_day(day.year()),
        12..=31 if far_from_bounds => PartialDate::Year(day.year()),
        32..=36 if far_from_bounds => PartialDate::Month(day.year(), day.month()),
        _ => PartialDate::Day(day),
    })
}

fn add_months_back(day: Date, months: u16) -> Date {
    use jiff::ToSpan;
    day.saturating_sub(i32::from(months).months())
}

/// 29 February of the leap year at or before a year.
fn leap_day(year: i16) -> PartialDate {
    PartialDate::Day(jiff::civil::date(year - year % 4, 2, 28).saturating_add(jiff::Span::new().days(1)))
}

/// What stays the same over a person's checks.
#[derive(Clone, Copy)]
struct Identity<'a> {
    number: &'a str,
    birth: Option<PartialDate>,
    sex: &'static str,
}

fn first_check(index: u32, draw: &mut Draw, pattern: &Pattern, stay: &Stay, identity: Identity<'_>) -> Check {
    let nationality = pattern.situation.nationality(draw);
    let culture = culture(nationality);
    let (last_name, first_names) = culture.name(draw, identity.sex);
    let contact_language = culture.contact_language(draw);
    let (language, written_in) = letter_language(draw);
    let (family_of, family_tie) = pattern.situation.family(draw);
    let eu_long_term_resident_of = pattern.situation.long_term_resident_of(draw);
    let home = address(draw, written_in, None);
    Check {
        check_id: format!("C{index:06}"),
        insz: written(draw, identity.number),
        last_name,
        first_names,
        birth_date: identity.birth.map(|birth| birth.to_string()).unwrap_or_default(),
        sex: identity.sex,
        nationality,
        municipality_nis: home.municipality.nis(),
        register: pattern.register,
        registered_on: Some(stay.registered_on),
        permit_kind: pattern.permit_kind,
        permit_ground: pattern.permit_ground,
        permit_valid_from: Some(stay.valid_from),
        permit_valid_until: stay.valid_until,
        lawful_stay_since: stay.lawful_since,
        family_of,
        family_tie,
        eu_long_term_resident_of,
        language,
        contact_language,
        street: home.street,
        house_number: home.house_number,
        box_number: home.box_number,
        postal_code: home.postal_code,
        city: home.city,
        email: if draw.percent(62) { format!("c{index:06}@example.org") } else { String::new() },
        phone: if draw.percent(55) { format!("+32 2 555 01 {:02}", draw.below(100)) } else { String::new() },
        checked_on: stay.checked_on,
    }
}

/// The column `language`, and the language in which the address is written.
fn letter_language(draw: &mut Draw) -> (&'static str, LegalLanguage) {
    match draw.below(100) {
        0..=19 => ("nl", LegalLanguage::Nl),
        20..=81 => ("fr", LegalLanguage::Fr),
        n => ("", if n % 4 == 0 { LegalLanguage::Nl } else { LegalLanguage::Fr }),
    }
}

/// The number as municipalities write it: bare, or with the usual punctuation.
fn written(draw: &mut Draw, number: &str) -> String {
    if !draw.percent(25) {
        return number.to_owned();
    }
    let (date, serial, check) = (&number[..6], &number[6..9], &number[9..]);
    format!("{}.{}.{}-{serial}.{check}", &date[..2], &date[2..4], &date[4..])
}

/// Some come again: recognised after waiting, working after studies, renewing a card, having moved.
fn check_again(person: &mut Person, pattern: &Pattern, stay: &Stay, until: Date, draw: &mut Draw) {
    let (again, days) = match pattern.situation {
        Situation::Waiting if draw.percent(55) => (&RECOGNISED, draw.days(40, 260)),
        Situation::Student if draw.percent(15) => (&AFTER_STUDIES, draw.days(60, 300)),
        Situation::Worker | Situation::Joining | Situation::EuCitizen | Situation::Refugee if draw.percent(9) => {
            (pattern, draw.days(30, 300))
        }
        _ => return,
    };
    let mut new = Stay::draw(draw, again, add_days(stay.checked_on, days));
    let moves = pattern.register == "foreigners" && draw.percent(50);
    let Some(first) = person.checks.first().filter(|_| new.checked_on <= until) else { return };
    new.lawful_since = stay.lawful_since;
    let mut check = Check {
        check_id: format!("C{:06}-2", person.index),
        insz: written(draw, person.number_on(new.checked_on)),
        register: again.register,
        registered_on: Some(if moves || pattern.register != again.register {
            new.registered_on
        } else {
            stay.registered_on
        }),
        permit_kind: again.permit_kind,
        permit_ground: again.permit_ground,
        permit_valid_from: Some(new.valid_from.max(add_days(stay.valid_from, 1))),
        permit_valid_until: new.valid_until,
        checked_on: new.checked_on,
        ..first.clone()
    };
    if moves {
        let written_in = if check.language == "nl" { LegalLanguage::Nl } else { LegalLanguage::Fr };
        let old = traject_domain::municipality::Municipality::from_nis(first.municipality_nis);
        settle(&mut check, address(draw, written_in, old));
        person.moved_on = Some(new.registered_on);
    }
    // The reference date stays that of the first foreigners' row; after waiting there was none.
    let reference = if pattern.register == "waiting" { new } else { *stay };
    if person.obliged_from.is_none() && obliged(again, &reference) {
        person.obliged_from = Some(new.checked_on);
        person.may_join = true;
    }
    person.checks.push(check);
}

fn settle(check: &mut Check, home: Address) {
    check.municipality_nis = home.municipality.nis();
    check.street = home.street;
    check.house_number = home.house_number;
    check.box_number = home.box_number;
    check.postal_code = home.postal_code;
    check.city = home.city;
}
