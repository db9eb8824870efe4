//! `guard`: what may be done today. It stands before every act decided here; imported facts are kept as reported.
//!
//! An act is judged at the day it occurred, with what is known now. A refusal names the rule and its ground.

mod office;
mod sanction;

use crate::Date;
use crate::assess::assess;
use crate::code::{Breach, Code, LegalLanguage, closed_codes};
use crate::counting::{Period, add_days, add_length, union};
use crate::fact::{Asked, Fact, FactKind};
use crate::history::{History, Moment};
use crate::law::{AgencyKind, Channel, ChosenBy, CodeList, Law, Provenance, Suspension, TransitionSubject};
use crate::money::Cents;
use crate::standing::{BreachStanding, Enforcement, Outcome, Standing};
use std::collections::BTreeSet;

/// Something a person of an agency wants to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Act<'a> {
    /// What.
    pub kind: &'a FactKind,
    /// Which kind of agency acts.
    pub actor: AgencyKind,
    /// Which agency, such as `21004`, `BON`, `GGC`.
    pub agency: &'a Code,
    /// The civil day it happened.
    pub occurred_on: Date,
    /// By which door the evidence came, where the act rests on evidence.
    pub channel: Option<Channel>,
}

closed_codes! {
    /// Why an act is refused; stable, shown to callers.
    RefusalCode {
        /// The day lies ahead.
        FutureDate = "FUTURE_DATE",
        /// Another agency must do this.
        WrongActor = "WRONG_ACTOR",
        /// The dossier is not in a state that allows this.
        WrongState = "WRONG_STATE",
        /// A step that must come first is missing.
        MissingStep = "MISSING_STEP",
        /// The fine is below the range.
        BelowMinimum = "BELOW_MINIMUM",
        /// The fine is above the range.
        AboveMaximum = "ABOVE_MAXIMUM",
        /// Evidence of this kind may not come by this door.
        WrongChannel = "WRONG_CHANNEL",
        /// The suspension is longer than its ground allows.
        LengthExceeded = "LENGTH_EXCEEDED",
        /// The suspension is shorter than its ground asks for in total.
        LengthNotReached = "LENGTH_NOT_REACHED",
        /// The organiser did not offer this track language on that day.
        TrackNotOffered = "TRACK_NOT_OFFERED",
        /// The law does not know this code.
        UnknownCode = "UNKNOWN_CODE",
        /// The letter is not in the person's language.
        WrongLanguage = "WRONG_LANGUAGE",
        /// The period ends before it begins.
        PeriodReversed = "PERIOD_REVERSED",
    }
}

/// An act that may not be done.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("refused by {rule}: {code}")]
pub struct Refusal {
    /// Why.
    pub code: RefusalCode,
    /// The rule of the handbook, such as `R-F1`.
    pub rule: &'static str,
    /// The article, the source, or the word assumption.
    pub ground: String,
    /// The smallest and the largest amount, where an amount is refused.
    pub amounts: Option<(Cents, Cents)>,
}

impl Refusal {
    /// A refusal that is not about an amount.
    pub const fn new(code: RefusalCode, rule: &'static str, ground: String) -> Self {
        Self { code, rule, ground, amounts: None }
    }
}

/// What rules are looked up in, and what the dossier looked like on the day of the act.
struct Case<'a> {
    law: &'a Law,
    act: &'a Act<'a>,
    history: History<'a>,
    standing: Option<Standing>,
}

type Verdict = Result<(), Refusal>;

/// Judges an act.
///
/// # Errors
/// A [`Refusal`] when the law, or the state of the dossier on that day as known today, does not allow it.
pub fn guard(law: &Law, facts: &[Fact], act: &Act<'_>, today: Date) -> Verdict {
    let history = History::new(facts, Moment { as_of: act.occurred_on, recorded_by: today });
    let standing = assess(law, &history);
    let case = Case { law, act, history, standing };
    if act.occurred_on > today {
        return case.refuse(RefusalCode::FutureDate, "R-G1");
    }
    case.actor(facts)?;
    case.step()
}

impl Case<'_> {
    fn refuse(&self, code: RefusalCode, rule: &'static str) -> Verdict {
        self.refuse_by(code, rule, &self.law.policies_provenance)
    }

    fn refuse_by(&self, code: RefusalCode, rule: &'static str, provenance: &Provenance) -> Verdict {
        let regime = self.law.regime_on(self.procedure_day(), self.history.at.recorded_by).map(|regime| &regime.id);
        Err(Refusal::new(code, rule, provenance.ground(regime)))
    }

    /// The day whose law governs the act (R-T3, procedure).
    fn procedure_day(&self) -> Date {
        let reference = self.standing.as_ref().and_then(|standing| standing.reference_date);
        match self.law.chosen_by(TransitionSubject::Procedure) {
            ChosenBy::ReferenceDate => reference.unwrap_or(self.act.occurred_on),
            _ => self.act.occurred_on,
        }
    }

    fn require(&self, holds: bool, code: RefusalCode, rule: &'static str) -> Verdict {
        if holds { Ok(()) } else { self.refuse(code, rule) }
    }

    /// Who may do what (actors-and-data.md § 1; law.md R-F2, R-F3, R-U1).
    fn actor(&self, facts: &[Fact]) -> Verdict {
        let (right, rule) = match self.act.kind {
            FactKind::WaitingListJoined { organiser }
            | FactKind::Registered { organiser, .. }
            | FactKind::ContractSigned { organiser, .. }
            | FactKind::Completed { organiser }
            | FactKind::Programme { organiser, .. } => {
                (self.act.actor == AgencyKind::Organiser && organiser == self.act.agency, "actors § 1")
            }
            FactKind::Requested { channel: Channel::Organiser, .. } if self.act.actor == AgencyKind::Organiser => {
                let own = self.history.track().is_some_and(|(organiser, _)| organiser == self.act.agency);
                (own, "actors § 3")
            }
            FactKind::Sanction(..)
            | FactKind::TransferReturned(_)
            | FactKind::HearingInvited(..)
            | FactKind::DefenceReceived(_)
            | FactKind::Heard(_)
            | FactKind::DecidedNoFine(_)
            | FactKind::Fined(..)
            | FactKind::FinePaid(_)
            | FactKind::AppealLodged(_)
            | FactKind::FineWithdrawn(_)
            | FactKind::AppealDecided(..) => (self.act.actor == AgencyKind::Ggc, "R-F3"),
            FactKind::Retracted(target) => {
                let own = facts.iter().any(|fact| fact.reference == *target && fact.agency == *self.act.agency);
                (own, "actors § 1")
            }
            _ => (self.act.actor == AgencyKind::Municipality, "R-F2"),
        };
        self.require(right, RefusalCode::WrongActor, rule)?;
        self.require(self.municipality(), RefusalCode::WrongActor, "actors § 1")
    }

    /// Of the nineteen, the one where the person lived on the day of the act answers for it. A check, a move
    /// or a return makes another one responsible; what becomes of a posted notice, the one that posted it may tell too.
    fn municipality(&self) -> bool {
        let Some(residence) = self.history.municipality_on(self.act.occurred_on) else { return true };
        let own = residence.to_string() == self.act.agency.as_str();
        match self.act.kind {
            _ if self.act.actor != AgencyKind::Municipality => true,
            FactKind::Checked(_) | FactKind::Moved(_) | FactKind::Returned(_) | FactKind::Retracted(_) => true,
            FactKind::NoticeDelivered(breach)
            | FactKind::NoticeReturned(breach, _)
            | FactKind::NoticeWithdrawn(breach) => own || self.posted(*breach),
            _ => own,
        }
    }

    /// Whether the acting agency posted a notice for the breach.
    fn posted(&self, breach: Breach) -> bool {
        let by_us = |fact: &&&Fact| fact.agency == *self.act.agency;
        self.history.events.iter().filter(by_us).any(|fact| match fact.kind {
            FactKind::NoticePosted { breach: of, .. } => of == breach,
            _ => false,
        })
    }

    /// Whether the step fits the dossier.
    fn step(&self) -> Verdict {
        match self.act.kind {
            FactKind::CertificateReceived => {
                let obliged = self.standing.as_ref().is_some_and(|standing| standing.outcome == Outcome::Obliged);
                self.require(obliged, RefusalCode::WrongState, "R-S7")
            }
            FactKind::ExemptionGranted { code, until } => self.exemption(code, *until),
            FactKind::SuspensionGranted { code, until } => self.suspension(code, *until),
            FactKind::ExemptionRefused { code, reason } => {
                let known = self.law.exemptions.contains_key(code);
                self.refused(known, reason, "law § 3")
            }
            FactKind::SuspensionRefused { code, reason } => {
                let known = self.law.suspensions.contains_key(code);
                self.refused(known, reason, "law § 4")
            }
            FactKind::Requested { asked, channel } => self.requested(asked, *channel),
            FactKind::Programme { organiser, step } => self.programme(organiser, step),
            FactKind::Registered { organiser, track } => self.track(organiser, *track),
            FactKind::ContractSigned { organiser, track } => {
                self.require(self.history.registered_on().is_some(), RefusalCode::MissingStep, "law § 6 step 8")?;
                self.track(organiser, *track)
            }
            FactKind::Completed { .. } => {
                self.require(self.history.registered_on().is_some(), RefusalCode::MissingStep, "law § 6 step 11")
            }
            FactKind::NoticePosted { breach, language } => self.notice(*breach, *language),
            FactKind::NoticeDelivered(breach) => {
                let may = |b: &BreachStanding| {
                    b.notices.iter().any(|notice| notice.presumed && !notice.withdrawn) || b.state == Enforcement::Late
                };
                self.breach(*breach, may, RefusalCode::MissingStep, "D-CURE")
            }
            FactKind::NoticeReturned(breach, _) => {
                let posted = |b: &BreachStanding| b.notices.iter().any(|notice| !notice.by_hand && !notice.withdrawn);
                self.breach(*breach, posted, RefusalCode::MissingStep, "D-CURE")
            }
            FactKind::NoticeWithdrawn(breach) => {
                let sent = |b: &BreachStanding| b.notices.iter().any(|notice| !notice.withdrawn);
                self.breach(*breach, sent, RefusalCode::MissingStep, "R-X1")
            }
            FactKind::RefusalEstablished(breach) => self.state(*breach, &[Enforcement::Refused], "R-D1"),
            FactKind::Transferred(breach) => {
                self.running()?;
                self.state(*breach, &[Enforcement::Refused], "D-TRANSFER")
            }
            _ => self.at_the_ggc(),
        }
    }

    fn of(&self, breach: Breach) -> Option<&BreachStanding> {
        Some(self.standing.as_ref()?.obligation.as_ref()?.breach(breach))
    }

    fn breach(
        &self,
        breach: Breach,
        test: impl Fn(&BreachStanding) -> bool,
        code: RefusalCode,
        rule: &'static str,
    ) -> Verdict {
        self.require(self.of(breach).is_some_and(test), code, rule)
    }

    fn state(&self, breach: Breach, allowed: &[Enforcement], rule: &'static str) -> Verdict {
        self.breach(breach, |b| allowed.contains(&b.state), RefusalCode::WrongState, rule)
    }

    /// Nobody is pursued who died, left, lost the right of residence, is exempt, or is struck off (R-F8).
    fn running(&self) -> Verdict {
        let obligation = self.standing.as_ref().and_then(|standing| standing.obligation.as_ref());
        let stopped = obligation.is_none_or(|obligation| obligation.stopped_by(self.act.occurred_on));
        self.require(!stopped, RefusalCode::WrongState, "R-F8")
    }

    fn exemption(&self, code: &Code, until: Option<Date>) -> Verdict {
        let (day, known_on) = (self.procedure_day(), self.history.at.recorded_by);
        let in_force = self.law.exemptions.get(code).and_then(|exemption| exemption.on(day, known_on));
        let Some(rule) = in_force.filter(|exemption| self.law.is_of_regime(exemption, day, known_on)) else {
            return self.refuse(RefusalCode::UnknownCode, "law § 3");
        };
        self.channel(&rule.channels, "law § 3", &rule.provenance)?;
        self.require(until.is_none_or(|last| last >= self.act.occurred_on), RefusalCode::PeriodReversed, "law § 3")
    }

    /// What is refused, and why, are codes of the law: the letter gives both in words.
    fn refused(&self, known: bool, reason: &Code, rule: &'static str) -> Verdict {
        let stated = self.law.has_code(CodeList::RefusalReasons, reason);
        self.require(known && stated, RefusalCode::UnknownCode, rule)
    }

    /// Evidence for a ground that the law knows, by a door that the ground names.
    fn requested(&self, asked: &Asked, channel: Channel) -> Verdict {
        let (day, known_on) = (self.procedure_day(), self.history.at.recorded_by);
        let (doors, rule, provenance) = match asked {
            Asked::Exemption(code) => {
                let exemption = self.law.exemptions.get(code).and_then(|exemption| exemption.on(day, known_on));
                let of_regime = exemption.filter(|rule| self.law.is_of_regime(rule, day, known_on));
                let Some(rule) = of_regime else { return self.refuse(RefusalCode::UnknownCode, "law § 3") };
                self.require(self.standing.is_some(), RefusalCode::WrongState, "R-X1")?;
                (&rule.channels, "law § 3", &rule.provenance)
            }
            Asked::Suspension(code) => {
                let suspension = self.law.suspensions.get(code).and_then(|rule| rule.on(day, known_on));
                let Some(rule) = suspension else { return self.refuse(RefusalCode::UnknownCode, "law § 4") };
                let obligation = self.standing.as_ref().and_then(|standing| standing.obligation.as_ref());
                self.require(obligation.is_some(), RefusalCode::WrongState, "R-U1")?;
                (&rule.channels, "law § 4", &rule.provenance)
            }
        };
        if doors.is_empty() || doors.contains(&channel) {
            return Ok(());
        }
        self.refuse_by(RefusalCode::WrongChannel, rule, provenance)
    }

    /// Evidence comes in by a door that its ground names.
    fn channel(&self, doors: &BTreeSet<Channel>, rule: &'static str, provenance: &Provenance) -> Verdict {
        match self.act.channel {
            Some(channel) if !doors.is_empty() && !doors.contains(&channel) => {
                self.refuse_by(RefusalCode::WrongChannel, rule, provenance)
            }
            _ => Ok(()),
        }
    }

    /// A suspension of somebody who is or was obliged (R-U1); an extension is counted from the first day of the grants it
    /// adjoins.
    fn suspension(&self, code: &Code, until: Date) -> Verdict {
        let suspension = self.law.suspensions.get(code);
        let in_force = suspension.and_then(|rule| rule.on(self.procedure_day(), self.history.at.recorded_by));
        let Some(rule) = in_force else {
            return self.refuse(RefusalCode::UnknownCode, "law § 4");
        };
        let obligation = self.standing.as_ref().and_then(|standing| standing.obligation.as_ref());
        self.require(obligation.is_some(), RefusalCode::WrongState, "R-U1")?;
        if until < self.act.occurred_on {
            return self.refuse_by(RefusalCode::PeriodReversed, "law § 4", &rule.provenance);
        }
        self.channel(&rule.channels, "law § 4", &rule.provenance)?;
        let first = self.adjoins(code);
        if self.limit(rule, first).is_some_and(|limit| until > limit) {
            return self.refuse_by(RefusalCode::LengthExceeded, "law § 4", &rule.provenance);
        }
        let from = first.unwrap_or(self.act.occurred_on);
        // Both end days count: a month from the 3rd ends on the 2nd.
        let shortest = rule.min_total.map(|total| add_days(add_length(from, total), -1));
        if shortest.is_some_and(|shortest| until < shortest) {
            return self.refuse_by(RefusalCode::LengthNotReached, "law § 4", &rule.provenance);
        }
        Ok(())
    }

    /// The first day of the grants on this ground that the new one extends.
    fn adjoins(&self, code: &Code) -> Option<Date> {
        let earlier = self.history.events.iter().filter_map(|fact| match &fact.kind {
            FactKind::SuspensionGranted { code: c, until } if c == code => {
                Some(Period { first: fact.occurred_on, last: *until })
            }
            _ => None,
        });
        let adjoins =
            |span: &Period| span.first <= self.act.occurred_on && add_days(span.last, 1) >= self.act.occurred_on;
        union(earlier).into_iter().find(adjoins).map(|span| span.first)
    }

    /// The last day that a suspension may have. An extension is for those whom the ground names; where the sex is not
    /// recorded, the evidence is the municipality's to judge.
    fn limit(&self, rule: &Suspension, first: Option<Date>) -> Option<Date> {
        let sex = self.history.checks.last().and_then(|check| check.extract.sex.as_ref());
        let extends = rule.extension_for.is_empty() || sex.is_none_or(|sex| rule.extension_for.contains(sex));
        match (first, rule.length_with_extension) {
            (Some(first), Some(total)) if extends => Some(add_length(first, total)),
            (Some(first), Some(_)) => rule.length.map(|length| add_length(first, length)),
            _ => rule.length.map(|length| add_length(self.act.occurred_on, length)),
        }
    }

    /// The languages an organiser may offer on that day, as known today (law.md § 6, § 8).
    fn track(&self, organiser: &Code, track: LegalLanguage) -> Verdict {
        let Some(office) = self.law.organiser(organiser) else {
            return self.refuse(RefusalCode::UnknownCode, "law § 6 step 3");
        };
        let regime = self.law.regime_on(self.act.occurred_on, self.history.at.recorded_by);
        let offered = regime.and_then(|regime| office.tracks.get(&regime.id)).is_some_and(|set| set.contains(&track));
        if offered {
            Ok(())
        } else {
            self.refuse_by(RefusalCode::TrackNotOffered, "law § 6 step 3", &office.provenance)
        }
    }

    /// A notice follows a lapse, or a fine for the same breach; in the person's language where that is known.
    fn notice(&self, breach: Breach, language: Option<LegalLanguage>) -> Verdict {
        self.running()?;
        let after_fine = [Enforcement::Fined, Enforcement::Paid, Enforcement::Appealed, Enforcement::Late];
        self.state(breach, &after_fine, breach.term().code())?;
        let right = self.standing.as_ref().and_then(|standing| standing.letter_language);
        let wrong = matches!((language, right), (Some(used), Some(right)) if used != right);
        self.require(!wrong, RefusalCode::WrongLanguage, "letters.wrong_language")
    }
}
