//! Many letters that differ, to invented persons; and the one place that calls the making of letters for them.

use anyhow::Context;
use qrcode::render::svg;
use qrcode::{EcLevel, QrCode};
use serde_json::Value;
use traject_domain::Date;
use traject_domain::municipality::Municipality;
use traject_letter_pdf::{LetterPdf, PrintFolder, PrintJob, Rendered};
use traject_templates::{DeliveryReference, Envelope, Issuer, Letter, LetterLanguage, Recipient, samples};
use uuid::Uuid;

const GIVEN: [&str; 17] = [
    "Amina",
    "Gül",
    "Jean-Baptiste",
    "Łukasz",
    "Mohamed",
    "Zoë",
    "María José",
    "Đặng",
    "Ioana",
    "Bram",
    "Fatoumata",
    "Søren",
    "Yasmine",
    "Óscar",
    "Eniko",
    "Abdelkader",
    "Li",
];
const FAMILY: [&str; 19] = [
    "Voorbeeld",
    "Şahin-Öztürk",
    "El Idrissi",
    "Nguyễn",
    "de la Fuente Ibáñez",
    "Kowalczyk",
    "Popescu",
    "Van den Eynde",
    "Diallo",
    "Ó Briain",
    "Haddad",
    "Østergård",
    "Bensaïd",
    "Sørensen",
    "Čapek",
    "Ndiaye",
    "Horváth",
    "Wu",
    "Yılmaz",
];

/// The letter with this number, in Dutch and French: certificates and notices in turn, each with a recipient, an address,
/// a municipality, a date and a reference of its own. The same number gives the same letter.
pub(crate) fn letter(n: usize) -> anyhow::Result<Letter> {
    let small = |of: usize| i8::try_from(n % of).unwrap_or_default();
    let recipient = Recipient {
        full_name: format!("{} {}", GIVEN[n % GIVEN.len()], FAMILY[n / GIVEN.len() % FAMILY.len()]),
        address: vec![
            format!("Voorbeeldstraat {} bus {}", n % 997 + 1, n % 31 + 1),
            format!("{} Brussel", 1000 + n % 210),
        ],
    };
    let reference = Uuid::from_u128(0x0189_0000_0000_7000_8000_0000_0000_0000 | n as u128).to_string();
    let municipality = Municipality::all().nth(n % 19).context("there are 19 municipalities")?;
    let envelope = Envelope {
        issuer: Issuer::Municipality(municipality),
        dossier_reference: Uuid::from_u128(0x0188_0000_0000_7000_8000_0000_0000_0000 | n as u128).to_string(),
        delivery_reference: DeliveryReference::parse(&reference)?,
        dated_on: Date::new(2023, 3, 1 + small(28)).context("March has 28 days and more")?,
        ..samples::envelope(LetterLanguage::Bilingual, recipient)
    };
    let make = if n.is_multiple_of(2) { samples::certificate } else { samples::notice_not_registered };
    Ok(make(envelope))
}

/// A letter as PDF.
pub(crate) fn make(press: &LetterPdf, letter: &Letter) -> anyhow::Result<Rendered> {
    press.render(letter).context("a sample letter cannot be made")
}

/// Puts a letter where it is printed from, durably.
pub(crate) fn store(
    press: &LetterPdf,
    folder: &mut PrintFolder,
    letter: &Letter,
    rendered: &Rendered,
) -> anyhow::Result<()> {
    folder.store(&PrintJob::new(&press.compose(letter)?, rendered)).context("a letter cannot be stored").map(drop)
}

/// The words of a letter, and `qr` with its QR code as SVG: all that a letter is made of but its layout.
pub(crate) fn words(press: &LetterPdf, letter: &Letter) -> anyhow::Result<Value> {
    let composed = press.compose(letter)?;
    let code = QrCode::with_error_correction_level(composed.delivery_reference.as_str(), EcLevel::M)?;
    let mut words = plain(serde_json::to_value(&composed)?);
    words["qr"] = code.render::<svg::Color<'_>>().quiet_zone(false).module_dimensions(1, 1).build().into();
    Ok(words)
}

/// The same with each text as one string: the other program marks no languages within a line.
fn plain(value: Value) -> Value {
    let run = |item: &Value| item.get("text").and_then(Value::as_str).map(str::to_owned);
    match value {
        Value::Array(items) if !items.is_empty() && items.iter().all(is_run) => {
            items.iter().filter_map(run).collect::<String>().into()
        }
        Value::Array(items) => items.into_iter().map(plain).collect(),
        Value::Object(members) => members.into_iter().map(|(key, member)| (key, plain(member))).collect(),
        other => other,
    }
}

/// A run has its words, and at most the marks of a run beside them.
fn is_run(item: &Value) -> bool {
    let marks = ["text", "language", "direction", "date"];
    item.as_object().is_some_and(|run| run.contains_key("text") && run.keys().all(|key| marks.contains(&key.as_str())))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn letters_differ_in_more_than_their_references() {
        let envelopes = (0..4_000).map(|n| letter(n).expect("a letter").envelope);
        let persons: BTreeSet<_> = envelopes.map(|it| (it.recipient.full_name, it.recipient.address)).collect();
        assert_eq!(persons.len(), 4_000);
    }

    #[test]
    fn the_other_program_gets_every_word_and_the_code() {
        let press = LetterPdf::new().expect("fonts, texts and templates ship with it");
        let words = words(&press, &letter(1).expect("a letter")).expect("words");
        assert_eq!(words["passages"].as_array().map(Vec::len), Some(2));
        assert!(words["qr"].as_str().is_some_and(|qr| qr.contains("<svg")));
    }
}
