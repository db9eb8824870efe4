//! What happens to a person after the check, as far as it does not depend on Traject's acts.

use super::Reaction;
use super::draw::Draw;
use super::person::Person;
use super::rows::Event;
use std::borrow::Cow;
use traject_domain::Date;
use traject_domain::code::LegalLanguage;
use traject_domain::counting::add_days;

/// From this day a BAPA may offer the track in Dutch (law.md § 8).
const BILINGUAL_BAPA: Date = jiff::civil::date(2024, 1, 1);

/// Who reports, and so how late.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Reporter {
    Municipality,
    Organiser(&'static str),
}

/// One event before it is reported.
struct Happening {
    on: Date,
    by: Reporter,
    kind: &'static str,
    code: Cow<'static, str>,
    value: Cow<'static, str>,
    until: Option<Date>,
}

/// A person's life as a list of reported events.
struct Life<'a> {
    person: &'a Person,
    horizon: Date,
    draw: &'a mut Draw,
    events: Vec<Event>,
    /// The day after which nothing happens here, and the day it goes on again.
    gone: Option<(Date, Option<Date>)>,
}

/// The events of a person that are known on or before the horizon, and how the person would react to a notice.
pub(crate) fn live(person: &Person, horizon: Date, draw: &mut Draw) -> (Vec<Event>, Reaction) {
    let mut life = Life { person, horizon, draw, events: Vec::new(), gone: None };
    life.number_and_moves();
    life.departure();
    match person.obliged_from {
        Some(day) => life.obliged(day),
        None => life.at_liberty(),
    }
    let reaction = life.reaction();
    (life.events, reaction)
}

impl Life<'_> {
    /// Reports a happening; the id, unless it is not known in time or the person was gone.
    fn report(&mut self, happening: Happening) -> Option<String> {
        let lag = self.lag(happening.by);
        let away =
            self.gone.is_some_and(|(left, back)| happening.on > left && back.is_none_or(|back| happening.on < back));
        let recorded_on = add_days(happening.on, lag);
        if away || recorded_on > self.horizon {
            return None;
        }
        let event_id = format!("W{:06}-{:02}", self.person.index, self.events.len() + 1);
        self.events.push(Event {
            event_id: event_id.clone(),
            insz: self.person.number_on(recorded_on).to_owned(),
            occurred_on: happening.on,
            recorded_on,
            agency: Cow::Borrowed(match happening.by {
                Reporter::Municipality => "MUN",
                Reporter::Organiser(organiser) => organiser,
            }),
            kind: Cow::Borrowed(happening.kind),
            code: happening.code,
            value: happening.value,
            until: happening.until,
        });
        Some(event_id)
    }

    /// Days from the act to its record: mostly few, now and then weeks.
    fn lag(&mut self, by: Reporter) -> i64 {
        let (prompt, usual, slow) = match by {
            Reporter::Municipality => (70, (1, 5), (6, 40)),
            Reporter::Organiser(_) => (45, (1, 12), (15, 60)),
        };
        match self.draw.below(100) {
            n if n < prompt => 0,
            n if n < 94 => self.draw.days(usual.0, usual.1),
            _ => self.draw.days(slow.0, slow.1),
        }
    }

    fn municipal(&mut self, on: Date, kind: &'static str, code: &'static str, value: &'static str) -> Option<String> {
        let (code, value) = (Cow::Borrowed(code), Cow::Borrowed(value));
        self.report(Happening { on, by: Reporter::Municipality, kind, code, value, until: None })
    }

    fn organiser(
        &mut self,
        on: Date,
        kind: &'static str,
        organiser: &'static str,
        value: &'static str,
    ) -> Option<String> {
        let (code, value) = (Cow::Borrowed(organiser), Cow::Borrowed(value));
        self.report(Happening { on, by: Reporter::Organiser(organiser), kind, code, value, until: None })
    }

    /// A replaced number, and the move that a second check revealed: both known when the register says so.
    fn number_and_moves(&mut self) {
        let person = self.person;
        if let Some(replaced) = &person.replaced {
            self.events.push(Event {
                event_id: format!("W{:06}-{:02}", person.index, self.events.len() + 1),
                insz: person.number.clone(),
                occurred_on: replaced.occurred_on,
                recorded_on: replaced.known_on,
                agency: Cow::Borrowed("MUN"),
                kind: Cow::Borrowed("number_replaced"),
                code: Cow::Borrowed(""),
                value: Cow::Owned(replaced.number.clone()),
                until: None,
            });
        }
        if let Some(on) = person.moved_on {
            self.move_to(on, Cow::Owned(person.municipality().to_string()));
        }
    }

    fn move_to(&mut self, on: Date, value: Cow<'static, str>) {
        let by = Reporter::Municipality;
        self.report(Happening { on, by, kind: "moved", code: Cow::Borrowed(""), value, until: None });
    }

    /// Moves, departures and other ends; some come back.
    fn departure(&mut self) {
        let last_check = self.person.checks.last().map_or(self.horizon, |check| check.checked_on);
        let on = add_days(last_check, self.draw.days(15, 300));
        let returns = self.draw.percent(40).then(|| add_days(on, self.draw.days(20, 120)));
        match self.draw.below(1000) {
            0..=1 => self.end(on, "died"),
            2..=5 => self.end(on, "permit_lost"),
            6 => self.end(on, "became_belgian"),
            7..=14 => {
                let country = self.draw.pick(&["FR", "DE", "NL", "MA", "GB", "ES", "CA"]);
                self.leave(on, "moved", country, None);
            }
            15..=22 => self.leave(on, "moved", "BE-VLG", returns),
            23..=27 => self.leave(on, "moved", "BE-WAL", returns),
            28..=34 => self.leave(on, "struck_off", "", returns),
            35..=64 => {
                let nis = self.draw.between(21001, 21019).to_string();
                self.move_to(on, Cow::Owned(nis));
            }
            _ => {}
        }
    }

    fn end(&mut self, on: Date, kind: &'static str) {
        self.municipal(on, kind, "", "");
        self.gone = Some((on, None));
    }

    fn leave(&mut self, on: Date, kind: &'static str, to: &'static str, back: Option<Date>) {
        self.municipal(on, kind, "", to);
        if let Some(back) = back {
            let value = Cow::Owned(self.person.municipality().to_string());
            let by = Reporter::Municipality;
            self.report(Happening { on: back, by, kind: "returned", code: Cow::Borrowed(""), value, until: None });
        }
        self.gone = Some((on, back));
    }

    /// Somebody who was told to follow the programme.
    fn obliged(&mut self, from: Date) {
        self.informed(from, 93);
        let handed_over = self.draw.percent(95);
        let received = if self.draw.percent(78) { from } else { add_days(from, self.draw.days(1, 14)) };
        if handed_over {
            self.municipal(received, "certificate_received", "", "");
        }
        if self.draw.percent(5) {
            return self.exempted_on_evidence(received);
        }
        if self.draw.percent(8) {
            self.suspended(received);
        }
        let willing = if handed_over { 68 } else { 30 };
        if !self.draw.percent(willing) {
            return;
        }
        let days = match self.draw.below(100) {
            0..=49 => self.draw.days(4, 60),
            50..=81 => self.draw.days(61, 150),
            _ => self.draw.days(151, 270),
        };
        let mut on = add_days(received, days);
        let (organiser, track) = self.choose(on);
        if self.draw.percent(8) {
            // Asked in time, but the house was full.
            self.organiser(on, "waiting_list_joined", organiser, "");
            on = add_days(on, self.draw.days(20, 130));
        }
        self.programme(on, organiser, track);
    }

    /// Somebody without an obligation: a few are informed, and a few join of their own accord.
    fn at_liberty(&mut self) {
        let Some(first) = self.person.checks.first() else { return };
        self.informed(first.checked_on, 25);
        if self.person.may_join && self.draw.percent(4) {
            let on = add_days(first.checked_on, self.draw.days(10, 200));
            let (organiser, track) = self.choose(on);
            self.programme(on, organiser, track);
        }
    }

    fn informed(&mut self, on: Date, share: u32) {
        if !self.draw.percent(share) {
            return;
        }
        let spoken = match (self.draw.percent(65), self.person.checks.first()) {
            (true, Some(check)) => check.contact_language,
            _ => "",
        };
        let given = self.draw.weighted(&[
            ("brochure;website;oral_nl;oral_fr", 45),
            ("brochure;website", 25),
            ("brochure;oral_fr", 15),
            ("brochure", 10),
            ("website", 5),
        ]);
        self.municipal(on, "information_given", spoken, given);
    }

    fn exempted_on_evidence(&mut self, after: Date) {
        let on = add_days(after, self.draw.days(10, 150));
        let code = self.draw.weighted(&[("E10", 30), ("E11", 20), ("E12", 15), ("E13", 35)]);
        let until = (code == "E10" && self.draw.percent(40)).then(|| add_days(on, self.draw.days(180, 700)));
        let (code, value) = (Cow::Borrowed(code), Cow::Borrowed(""));
        self.report(Happening { on, by: Reporter::Municipality, kind: "exemption_granted", code, value, until });
    }

    fn suspended(&mut self, after: Date) {
        let on = add_days(after, self.draw.days(10, 200));
        let (code, days) = self.draw.weighted(&[
            (("S01", (60, 92)), 35),
            (("S02", (30, 120)), 25),
            (("S03", (150, 183)), 10),
            (("S04", (85, 92)), 30),
        ]);
        let until = Some(add_days(on, self.draw.days(days.0, days.1)));
        let (code, value) = (Cow::Borrowed(code), Cow::Borrowed(""));
        self.report(Happening { on, by: Reporter::Municipality, kind: "suspension_granted", code, value, until });
    }

    /// An organiser and the language of the track: about one in five goes the Dutch way.
    fn choose(&mut self, on: Date) -> (&'static str, LegalLanguage) {
        let bapa = self.draw.weighted(&[("BAPA_BXL", 40), ("BAPA_VIA", 36), ("BAPA_CONVIVIAL", 24)]);
        match self.draw.below(100) {
            0..=2 if on >= BILINGUAL_BAPA => (bapa, LegalLanguage::Nl),
            0..=19 => ("BON", LegalLanguage::Nl),
            _ => (bapa, LegalLanguage::Fr),
        }
    }

    /// Registration, certificate, contract, completion; now and then a slip or a change of organiser.
    fn programme(&mut self, on: Date, organiser: &'static str, track: LegalLanguage) {
        if self.draw.per_mille(8) {
            let wrong = if organiser == "BAPA_VIA" { "BAPA_BXL" } else { "BAPA_VIA" };
            self.registered_by_mistake(on, wrong);
        }
        self.organiser(on, "registered", organiser, track.code());
        if self.draw.percent(86) {
            let shown = add_days(on, self.draw.days(0, 40));
            self.municipal(shown, "registration_certificate_received", organiser, "");
        }
        let mut organiser = organiser;
        if self.draw.percent(92) {
            let signed = add_days(on, self.draw.days(0, 30));
            self.organiser(signed, "contract_signed", organiser, track.code());
        }
        if self.draw.percent(2) && organiser != "BON" {
            let switched = add_days(on, self.draw.days(75, 200));
            organiser = if organiser == "BAPA_BXL" { "BAPA_CONVIVIAL" } else { "BAPA_BXL" };
            self.organiser(switched, "registered", organiser, track.code());
        }
        if self.draw.percent(60) {
            let completed = add_days(on, self.draw.days(210, 640));
            self.organiser(completed, "completed", organiser, "");
            let shown = add_days(completed, self.draw.days(2, 40));
            self.municipal(shown, "completion_certificate_received", organiser, "");
        }
    }

    /// An entry under the wrong organiser, taken back when somebody noticed.
    fn registered_by_mistake(&mut self, on: Date, organiser: &'static str) {
        let Some(mistake) = self.organiser(on, "registered", organiser, LegalLanguage::Fr.code()) else { return };
        let recorded_on = self.events.last().map_or(on, |event| event.recorded_on);
        let noticed = add_days(recorded_on, self.draw.days(2, 25));
        let by = Reporter::Organiser(organiser);
        self.report(Happening {
            on: noticed,
            by,
            kind: "retracted",
            code: "".into(),
            value: mistake.into(),
            until: None,
        });
    }

    /// What a formal notice would lead to; who registers unasked needs none.
    fn reaction(&mut self) -> Reaction {
        let registers = self.events.iter().any(|event| event.kind == "registered");
        let after_days = self.draw.between(4, 75);
        let (organiser, track) = self.choose(self.horizon);
        let returned_after = self.draw.between(5, 14);
        match self.draw.below(100) {
            0..=41 if registers => Reaction::Ignores,
            0..=41 => Reaction::Registers { organiser, track, after_days },
            42..=51 => Reaction::ReturnedUnknown { after_days: returned_after },
            52..=65 => Reaction::ReturnedUnclaimed { after_days: returned_after + 13 },
            _ => Reaction::Ignores,
        }
    }
}
