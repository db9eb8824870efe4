//! A synthetic city: invented newcomers, their checks and what happens to them, from a seed.

mod calendar;
mod dirt;
mod draw;
mod life;
mod names;
mod number;
mod person;
mod places;
mod rows;
mod situation;

pub use rows::{Check, Event, write_events, write_registrations};

use calendar::Counter;
use draw::Draw;
use number::Numbers;
use std::collections::HashMap;
use std::io::Write;
use traject_domain::Date;
use traject_domain::code::LegalLanguage;

/// What a person does with a formal notice for non-registration. Days are counted from posting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reaction {
    /// Registers with an organiser; after the two months of D-CURE for some.
    Registers {
        /// `BON`, `BAPA_BXL`, `BAPA_VIA` or `BAPA_CONVIVIAL`.
        organiser: &'static str,
        /// Language of the track.
        track: LegalLanguage,
        /// 4 to 75.
        after_days: u32,
    },
    /// Does nothing because of it. Who registers unasked, in the events, is here too.
    Ignores,
    /// The letter comes back: not known at this address.
    ReturnedUnknown {
        /// 5 to 14.
        after_days: u32,
    },
    /// The letter comes back: not collected at the post office.
    ReturnedUnclaimed {
        /// 18 to 27.
        after_days: u32,
    },
}

/// A faulty row that was put into a file on purpose.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Planted {
    /// `registrations.csv` or `events.csv`.
    pub file: &'static str,
    /// Line of the file, the header being 1.
    pub line: u64,
    /// The code it must be rejected with.
    pub code: &'static str,
}

/// The city. Equal seeds, sizes and periods give equal cities on every machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct City {
    checks: Vec<Check>,
    events: Vec<Event>,
    reactions: HashMap<String, Reaction>,
    dirty_one_in: usize,
}

impl City {
    /// Invents a city with so many checks, on working days of the period (Europe/Brussels), more of them each month.
    ///
    /// Its events are those that do not depend on Traject's acts and that are recorded on or before `until`. About 35 %
    /// of the persons are obliged. A period without a working day gives an empty city.
    pub fn generate(seed: u64, checks: usize, from: Date, until: Date) -> Self {
        let mut city =
            Self { checks: Vec::with_capacity(checks), events: Vec::new(), reactions: HashMap::new(), dirty_one_in: 0 };
        let Some(counter) = Counter::open(from, until) else { return city };
        let mut numbers = Numbers::default();
        let mut index = 0;
        while city.checks.len() < checks {
            index += 1;
            let mut draw = Draw::new(seed, u64::from(index));
            let day = counter.day(&mut draw);
            // The last person may come only once, to keep the count.
            let horizon = if city.checks.len() + 1 == checks { day } else { until };
            let person = person::invent(index, day, horizon, &mut draw, &mut numbers);
            let (events, reaction) = life::live(&person, until, &mut draw);
            city.reactions.extend(person.checks.iter().map(|check| (check.check_id.clone(), reaction)));
            city.checks.extend(person.checks);
            city.events.extend(events);
        }
        city.checks.sort_by(|a, b| (a.checked_on, &a.check_id).cmp(&(b.checked_on, &b.check_id)));
        city.events.sort_by(|a, b| (a.recorded_on, &a.event_id).cmp(&(b.recorded_on, &b.event_id)));
        city
    }

    /// The same city with a faulty row after every `one_in`-th good one in both files; 0: none.
    #[must_use]
    pub fn with_faulty_rows(self, one_in: usize) -> Self {
        Self { dirty_one_in: one_in, ..self }
    }

    /// All checks, by day and id.
    pub fn checks(&self) -> &[Check] {
        &self.checks
    }

    /// All events, by day of record and id.
    pub fn events(&self) -> &[Event] {
        &self.events
    }

    /// The checks of one day, by id.
    pub fn checks_on(&self, day: Date) -> &[Check] {
        on(&self.checks, day, |check| check.checked_on)
    }

    /// The events that became known on one day, by id.
    pub fn events_recorded_on(&self, day: Date) -> &[Event] {
        on(&self.events, day, |event| event.recorded_on)
    }

    /// What the person of a check does with a notice for non-registration; `None` when the city has no such check.
    pub fn reaction_to_notice(&self, check_id: &str) -> Option<Reaction> {
        self.reactions.get(check_id).copied()
    }

    /// Writes registrations.csv, one row at a time.
    ///
    /// # Errors
    /// When the writer fails.
    pub fn registrations_csv(&self, to: impl Write) -> Result<(), csv::Error> {
        rows::write(to, &rows::REGISTRATIONS, self.registration_lines().map(|(fields, _)| fields))
    }

    /// Writes events.csv, one row at a time.
    ///
    /// # Errors
    /// When the writer fails.
    pub fn events_csv(&self, to: impl Write) -> Result<(), csv::Error> {
        rows::write(to, &rows::EVENTS, self.event_lines().map(|(fields, _)| fields))
    }

    /// The faulty rows of both files, in the order of the files.
    pub fn planted(&self) -> Vec<Planted> {
        fn planted(
            file: &'static str,
            codes: impl Iterator<Item = Option<&'static str>>,
        ) -> impl Iterator<Item = Planted> {
            codes.zip(2..).filter_map(move |(code, line)| code.map(|code| Planted { file, line, code }))
        }
        let registrations = planted("registrations.csv", self.registration_lines().map(|(_, code)| code));
        registrations.chain(planted("events.csv", self.event_lines().map(|(_, code)| code))).collect()
    }

    fn registration_lines(&self) -> impl Iterator<Item = dirt::Line<'_, 28>> {
        dirt::registrations(self.checks.iter().map(Check::fields), self.dirty_one_in)
    }

    fn event_lines(&self) -> impl Iterator<Item = dirt::Line<'_, 9>> {
        dirt::events(self.events.iter().map(Event::fields), self.dirty_one_in)
    }
}

/// The part of a list, sorted by day, that lies on one day.
fn on<T>(items: &[T], day: Date, day_of: impl Fn(&T) -> Date) -> &[T] {
    let start = items.partition_point(|item| day_of(item) < day);
    let end = items.partition_point(|item| day_of(item) <= day);
    &items[start..end]
}
