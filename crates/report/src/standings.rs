//! The standings table: one line per person (data/README.md, standings.csv).

use std::io::Write;
use traject_domain::Date;
use traject_domain::code::Breach;
use traject_domain::standing::{Enforcement, Standing};

/// The columns, in order.
pub const COLUMNS: [&str; 25] = [
    "subject",
    "outcome",
    "reasons",
    "scope_regime",
    "reference_date",
    "stage",
    "closed_reason",
    "enforcement",
    "breach",
    "suspended",
    "register_raw",
    "register_due",
    "complete_raw",
    "complete_due",
    "cure_due",
    "registered_on",
    "organiser",
    "track_language",
    "contract_on",
    "refusal_on",
    "transferred_on",
    "fined_cents",
    "next_code",
    "next_due",
    "review",
];

/// Writes the table; the standings must come sorted by subject.
///
/// # Errors
/// When the writer fails.
pub fn write<'a>(out: impl Write, standings: impl IntoIterator<Item = &'a Standing>) -> Result<(), csv::Error> {
    let mut writer = csv::WriterBuilder::new().from_writer(out);
    writer.write_record(COLUMNS)?;
    for standing in standings {
        writer.write_record(line(standing))?;
    }
    writer.flush()?;
    Ok(())
}

/// One line, in the order of [`COLUMNS`].
pub fn line(standing: &Standing) -> [String; 25] {
    let obligation = standing.obligation.as_ref();
    let shown = obligation.map(|obligation| obligation.shown());
    let term = |breach: Breach| obligation.and_then(|obligation| obligation.breach(breach).term.as_ref());
    let (register, complete) = (term(Breach::NotRegistered), term(Breach::NotCompleted));
    let enforcement = shown.map_or(Enforcement::None, |breach| breach.state);
    let yes_no = |holds: bool| if holds { "yes" } else { "no" }.to_owned();
    let organiser = standing.track.as_ref().map(|(organiser, _)| organiser.to_string());
    let track = standing.track.as_ref().map(|(_, track)| track.to_string());
    [
        standing.subject.to_string(),
        standing.outcome.word().to_owned(),
        standing.outcome.reasons().join(" "),
        standing.regime.as_ref().map(ToString::to_string).unwrap_or_default(),
        day(standing.reference_date),
        obligation.map(|obligation| obligation.stage.to_string()).unwrap_or_default(),
        obligation.and_then(|obligation| obligation.closing).map(|c| c.reason.to_string()).unwrap_or_default(),
        enforcement.to_string(),
        shown.filter(|_| enforcement != Enforcement::None).map(|b| b.breach.to_string()).unwrap_or_default(),
        yes_no(obligation.is_some_and(|obligation| obligation.suspended)),
        day(register.map(|term| term.raw)),
        day(register.map(|term| term.due)),
        day(complete.map(|term| term.raw)),
        day(complete.map(|term| term.due)),
        day(shown.and_then(|breach| breach.cure.as_ref()).map(|cure| cure.due)),
        day(standing.registered_on),
        organiser.unwrap_or_default(),
        track.unwrap_or_default(),
        day(standing.contract_on),
        day(shown.and_then(|breach| breach.refusal_on)),
        day(shown.and_then(|breach| breach.transferred_on)),
        standing.fined.0.to_string(),
        standing.next.map(|next| next.code.to_string()).unwrap_or_default(),
        day(standing.next.and_then(|next| next.due)),
        yes_no(!standing.review.is_empty()),
    ]
}

fn day(day: Option<Date>) -> String {
    day.map(|day| day.to_string()).unwrap_or_default()
}
