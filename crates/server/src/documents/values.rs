//! What a document is filled with: every date, term, amount and legal ground from the standing, the law and the facts.

use std::collections::BTreeSet;
use traject_app::model::{Dossier, LedgerFact, LegalStep};
use traject_domain::Date;
use traject_domain::code::{Breach, Code, LegalLanguage, Term};
use traject_domain::counting::days_between;
use traject_domain::delivery::Document;
use traject_domain::fact::{FactKind, Hearing};
use traject_domain::labels::{Label, ReadingLanguage};
use traject_domain::law::{CodeList, Law, Length, Provenance};
use traject_domain::office::ProgrammeStep;
use traject_domain::payment::PaymentReference;
use traject_domain::sanction::SanctionStep;
use traject_domain::standing::{BreachStanding, Notice, Standing};
use traject_templates::slot::{self, Values};
use traject_templates::{Offer, PerLanguage};

/// Where a fine is paid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// IBAN, in groups of four.
    pub number: String,
    /// Whose it is.
    pub payee: PerLanguage,
}

/// What a document is about.
pub(crate) struct Case<'a> {
    /// The law in force.
    pub(crate) law: &'a Law,
    /// The dossier.
    pub(crate) dossier: &'a Dossier,
    /// How it stands on the day of the document.
    pub(crate) standing: &'a Standing,
    /// Which document.
    pub(crate) step: LegalStep,
    /// The fact that the document tells of; none where it tells of a standing alone, or is not sent yet.
    pub(crate) act: Option<&'a LedgerFact>,
    /// The civil day on the document.
    pub(crate) dated_on: Date,
    /// The day whose knowledge of the law counts.
    pub(crate) known_on: Date,
    /// Where a fine is paid, where the configuration says so.
    pub(crate) account: Option<&'a Account>,
    /// The track that stands first, where a lot decides.
    pub(crate) first_track: Option<LegalLanguage>,
}

impl Case<'_> {
    /// Every value that the dossier has for the document; the document takes those that it declares.
    pub(crate) fn values(&self) -> Values {
        let mut values = Values::new();
        self.law_says(&mut values);
        self.programme(&mut values);
        if let Some(breach) = self.step.breach() {
            self.breach(&mut values, breach);
        }
        if let Some(act) = self.act {
            self.act_says(&mut values, act);
        }
        values.set_some(slot::DAYS_LEFT, self.days_left());
        values
    }

    /// Terms that start on the day of the document, the range of fines, the offers, the legal ground.
    fn law_says(&self, values: &mut Values) {
        let length = |term| self.law.length_on(term, self.dated_on, self.known_on);
        for (slot, term) in [
            (slot::REGISTER_TERM, Term::Register),
            (slot::COMPLETE_TERM, Term::Complete),
            (slot::CURE_TERM, Term::Cure),
            (slot::TRANSFER_TERM, Term::Transfer),
            (slot::DEFENCE_TERM, Term::Defence),
            (slot::FINE_TERM, Term::Pay),
            (slot::APPEAL_TERM, Term::Appeal),
        ] {
            values.set(slot, length(term));
        }
        let range = self.law.fines.on(self.dated_on, self.known_on);
        let (min, max) = range.map_or_else(|| self.law.fine_extent(), |range| (range.min, range.max));
        values.set(slot::FINE_MIN, min).set(slot::FINE_MAX, max);
        values.set(slot::OFFERS, self.offers()).set_some(slot::OFFERS_FIRST, self.first_track);
        values.set(slot::APPEAL_BODY, self.law.letters.appeal_body.clone());
        values.set(slot::LEGAL_GROUND, self.legal_ground());
    }

    /// How far the person has come.
    fn programme(&self, values: &mut Values) {
        let standing = self.standing;
        values.set_some(slot::REGISTERED_ON, standing.registered_on).set_some(slot::CONTRACT_ON, standing.contract_on);
        if let Some((organiser, track)) = &standing.track {
            self.office(values, organiser);
            values.set(slot::TRACK, *track);
        }
        let Some(obligation) = &standing.obligation else { return };
        let due = |breach| obligation.breach(breach).term.as_ref().map(|term| term.due);
        values
            .set_some(slot::CERTIFICATE_RECEIVED_ON, obligation.certificate_on)
            .set_some(slot::REGISTER_DUE, due(Breach::NotRegistered))
            .set_some(slot::COMPLETE_DUE, due(Breach::NotCompleted));
    }

    fn office(&self, values: &mut Values, organiser: &Code) {
        if let Some(known) = self.law.organiser(organiser) {
            values.set(slot::ORGANISER, per_language(&known.label));
        }
        let hours = |component: &str| {
            let component = self.law.components.get(&Code::new(component))?.on(self.dated_on, self.known_on)?;
            component.hours.get(organiser).map(|hours| u32::from(*hours))
        };
        values.set_some(slot::CITIZENSHIP_HOURS, hours("CITIZENSHIP"));
        values.set_some(slot::LANGUAGE_HOURS, hours("LANGUAGE"));
    }

    /// What enforcement of the breach has come to.
    fn breach(&self, values: &mut Values, breach: Breach) {
        let Some(of) = self.standing.obligation.as_ref().map(|obligation| obligation.breach(breach)) else { return };
        if let Some(notice) = self.notice(of) {
            self.notice_says(values, of, notice);
        }
        values
            .set_some(slot::REFUSAL_ON, of.refusal_on)
            .set_some(slot::TRANSFERRED_ON, of.transferred_on)
            .set_some(slot::DEFENCE_DUE, of.defence.as_ref().map(|term| term.due))
            .set_some(slot::FINE_DUE, of.payment.as_ref().map(|term| term.due))
            .set_some(slot::APPEAL_DUE, of.appeal.as_ref().map(|term| term.due));
        let stands = of.fines.iter().rposition(|fine| fine.stands).or_else(|| of.fines.len().checked_sub(1));
        if let Some(latest) = stands {
            let earlier = latest.checked_sub(1).and_then(|index| of.fines.get(index));
            let fine = &of.fines[latest];
            values
                .set(slot::FINE_AMOUNT, fine.amount)
                .set(slot::FINE_DECIDED_ON, fine.on)
                .set_some(slot::EARLIER_FINE_ON, earlier.map(|fine| fine.on));
        }
        values.set_some(slot::HEARING_ON, self.heard_on(breach));
        if let Some(account) = self.account {
            values.set(slot::PAYMENT_ACCOUNT, account.number.clone()).set(slot::PAYMENT_PAYEE, account.payee.clone());
        }
        values.set_some(slot::PAYMENT_REFERENCE, self.payment_reference(breach));
    }

    /// The notice that the document is, or that it follows on.
    fn notice<'s>(&self, of: &'s BreachStanding) -> Option<&'s Notice> {
        let posted =
            self.act.filter(|_| self.step.document() == Document::FormalNotice).map(|act| act.fact.occurred_on);
        let own = of.notices.iter().find(|notice| !notice.by_hand && Some(notice.posted_on) == posted);
        own.or_else(|| of.notices.get(of.current_notice?)).or_else(|| of.notices.last())
    }

    /// A notice that is still on its way says how long the term is; what follows it says which day it ended.
    fn notice_says(&self, values: &mut Values, of: &BreachStanding, notice: &Notice) {
        values.set(slot::NOTICE_POSTED_ON, notice.posted_on);
        if self.step.document() == Document::FormalNotice && notice.presumed {
            return;
        }
        values.set(slot::NOTICE_DELIVERED_ON, notice.delivered_on);
        values.set_some(slot::CURE_DUE, of.cure.as_ref().map(|cure| cure.due));
    }

    /// The day on which the person was heard about the breach, the latest one.
    fn heard_on(&self, breach: Breach) -> Option<Date> {
        let heard = |fact: &&LedgerFact| fact.fact.kind == FactKind::Heard(breach);
        self.dossier.facts.iter().filter(heard).map(|fact| fact.fact.occurred_on).max()
    }

    /// The reasons that were recorded for a decision, and what was weighed before it, sentence by sentence. Without reasons
    /// of its own a decision has the general one, and what was weighed stands after it.
    fn stated(&self, breach: Breach, decision: &LedgerFact) -> Option<Label> {
        let general = match decision.fact.kind {
            FactKind::DecidedNoFine(_) => "NO_FINE",
            _ => breach.code(),
        };
        let (mut reasons, mut weighed) = (Vec::new(), Vec::new());
        for fact in self.dossier.facts.iter().filter(|fact| fact.position < decision.position) {
            match &fact.fact.kind {
                FactKind::Transferred(of) if *of == breach => (reasons, weighed) = (Vec::new(), Vec::new()),
                FactKind::Sanction(of, SanctionStep::GroundsStated(grounds)) if *of == breach => {
                    reasons.extend(grounds.reasons.iter().cloned());
                    weighed.extend(grounds.weighed.iter().cloned());
                }
                _ => {}
            }
        }
        if reasons.is_empty() {
            reasons.push(Code::new(general));
        }
        let mut seen = BTreeSet::new();
        let sentences: Vec<&Label> = reasons
            .iter()
            .map(|code| (CodeList::DecisionReasons, code))
            .chain(weighed.iter().map(|code| (CodeList::Circumstances, code)))
            .filter(|(_, code)| seen.insert((*code).clone()))
            .filter_map(|(list, code)| self.law.label(list, code))
            .collect();
        let joined = |language| sentences.iter().map(|label| label.text(language)).collect::<Vec<_>>().join(" ");
        (!sentences.is_empty()).then(|| Label {
            nl: joined(ReadingLanguage::Nl),
            fr: joined(ReadingLanguage::Fr),
            en: joined(ReadingLanguage::En),
        })
    }

    /// By the place in the ledger of the fine that stands: no other fine of this deployment has it.
    fn payment_reference(&self, breach: Breach) -> Option<String> {
        let fined = |fact: &&LedgerFact| matches!(fact.fact.kind, FactKind::Fined(of, _) if of == breach);
        let fine = self.dossier.facts.iter().rev().find(fined)?;
        PaymentReference::of(fine.position % PaymentReference::LIMIT).map(|reference| reference.to_string())
    }

    /// What the fact itself says.
    fn act_says(&self, values: &mut Values, act: &LedgerFact) {
        let day = act.fact.occurred_on;
        match &act.fact.kind {
            FactKind::SuspensionGranted { code, until } => {
                self.decided(values, self.suspension(code));
                values
                    .set(slot::FROM, day)
                    .set(slot::UNTIL, *until)
                    .set_some(slot::EXTENSION_UNTIL, self.running_due());
            }
            FactKind::ExemptionGranted { code, until } => {
                self.decided(values, self.exemption(code));
                values.set(slot::FROM, day).set_some(slot::UNTIL, *until);
            }
            FactKind::SuspensionRefused { code, reason } => self.refused(values, self.suspension(code), reason),
            FactKind::ExemptionRefused { code, reason } => self.refused(values, self.exemption(code), reason),
            FactKind::HearingInvited(_, Some(hearing)) => self.hearing(values, hearing),
            FactKind::NoticeWithdrawn(_) => {
                values.set(slot::NOTICE_WITHDRAWN_ON, day);
            }
            FactKind::Fined(breach, amount) => {
                values.set(slot::FINE_AMOUNT, *amount).set(slot::FINE_DECIDED_ON, day);
                values.set_some(slot::REASON, self.stated(*breach, act));
            }
            FactKind::DecidedNoFine(breach) => {
                let reason = self.stated(*breach, act);
                values.set(slot::FINE_DECIDED_ON, day).set_some(slot::REASON, reason);
            }
            FactKind::FineWithdrawn(_) => {
                values.set(slot::FINE_WITHDRAWN_ON, day);
            }
            FactKind::Registered { organiser, track } => {
                self.office(values, organiser);
                values.set(slot::TRACK, *track).set(slot::REGISTERED_ON, day);
            }
            FactKind::ContractSigned { organiser, track } => {
                self.office(values, organiser);
                values.set(slot::TRACK, *track).set(slot::CONTRACT_ON, day);
            }
            FactKind::Programme { organiser, .. } => {
                self.office(values, organiser);
                values.set_some(slot::LEVEL, self.level(act));
            }
            FactKind::Completed { organiser } => {
                self.office(values, organiser);
                values.set_some(slot::LEVEL, self.level(act));
                values.set(slot::COMPLETED_ON, day);
            }
            _ => {}
        }
    }

    /// The level of language that was reached, or found, last before an act: one that is written alike in every language.
    fn level(&self, act: &LedgerFact) -> Option<String> {
        let before = self.dossier.facts.iter().rev().filter(|fact| fact.position <= act.position);
        let found = before.filter_map(|fact| match &fact.fact.kind {
            FactKind::Programme { step: ProgrammeStep::ComponentEnded { level: Some(level), .. }, .. }
            | FactKind::Programme { step: ProgrammeStep::LanguageAssessed { level, .. }, .. } => Some(level),
            _ => None,
        });
        let label = found.filter_map(|level| self.law.label(CodeList::LanguageLevels, level)).next()?;
        (label.nl == label.fr && label.nl == label.en).then(|| label.nl.clone())
    }

    fn suspension(&self, code: &Code) -> Option<&Label> {
        self.law.suspensions.get(code)?.on(self.dated_on, self.known_on).map(|rule| &rule.label)
    }

    fn exemption(&self, code: &Code) -> Option<&Label> {
        self.law.exemptions.get(code)?.on(self.dated_on, self.known_on).map(|rule| &rule.label)
    }

    fn decided(&self, values: &mut Values, ground: Option<&Label>) {
        values.set_some(slot::GROUND, ground.cloned());
    }

    fn refused(&self, values: &mut Values, ground: Option<&Label>, reason: &Code) {
        self.decided(values, ground);
        values.set_some(slot::REASON, self.law.label(CodeList::RefusalReasons, reason).cloned());
    }

    fn hearing(&self, values: &mut Values, hearing: &Hearing) {
        let Hearing { on, at, place, interpreter } = hearing;
        values
            .set(slot::HEARING_ON, *on)
            .set(slot::HEARING_TIME, format!("{:02}:{:02}", at.hour(), at.minute()))
            .set(slot::HEARING_PLACE, place.clone());
        let language = interpreter.as_ref().and_then(|code| self.law.label(CodeList::Languages, code));
        values.set_some(slot::INTERPRETER_LANGUAGE, language.cloned());
    }

    /// The last day of the term that runs.
    fn running_due(&self) -> Option<Date> {
        let obligation = self.standing.obligation.as_ref()?;
        let breach = if self.standing.registered_on.is_some() { Breach::NotCompleted } else { Breach::NotRegistered };
        obligation.breach(breach).term.as_ref().map(|term| term.due)
    }

    /// From the day of the document to the last day of the term that it is about.
    fn days_left(&self) -> Option<Length> {
        let due = match self.step.breach() {
            Some(breach) => self.standing.obligation.as_ref()?.breach(breach).term.as_ref()?.due,
            None => self.running_due()?,
        };
        u16::try_from(days_between(self.dated_on, due)).ok().map(Length::Days)
    }

    /// The organisers with the tracks that they offer on the day of the document.
    fn offers(&self) -> Vec<Offer> {
        let regime = self.law.regime_on(self.dated_on, self.known_on).map(|regime| &regime.id);
        let organisers = self.law.organisers.iter();
        organisers
            .map(|organiser| Offer {
                name: per_language(&organiser.label),
                tracks: regime.and_then(|id| organiser.tracks.get(id)).cloned().unwrap_or_default(),
            })
            .collect()
    }

    /// The body of rules in force on the day of the document, with the article of the provision where one was seen.
    fn legal_ground(&self) -> Label {
        let regime = self.law.regime_on(self.dated_on, self.known_on);
        let article = self.provision().and_then(|provision| provision.articles.get(&regime?.id));
        let text = |of: fn(&Label) -> &str| {
            let name = regime.map(|regime| of(&regime.label)).unwrap_or_default();
            article.map_or_else(|| name.to_owned(), |article| format!("{name} ({})", of(article)))
        };
        Label { nl: text(|label| &label.nl), fr: text(|label| &label.fr), en: text(|label| &label.en) }
    }

    /// Where the provision that the document rests on comes from.
    fn provision(&self) -> Option<&Provenance> {
        let (on, known) = (self.dated_on, self.known_on);
        let term = |term| self.law.deadline_on(term, on, known).map(|deadline| &deadline.provenance);
        match (self.step.document(), self.act.map(|act| &act.fact.kind)) {
            (Document::CertificateOfObligation | Document::InformationSheet, _) => term(Term::Register),
            (Document::DueDateReminder, _) => term(self.step.breach()?.term()),
            (Document::FormalNotice | Document::NoticeWithdrawal | Document::RefusalAndTransfer, _) => term(Term::Cure),
            (
                Document::HearingInvitation
                | Document::FineDecision
                | Document::NoFineDecision
                | Document::FineWithdrawal
                | Document::PaymentReminder,
                _,
            ) => self.law.fines.on(on, known).map(|range| &range.provenance),
            (_, Some(FactKind::SuspensionGranted { code, .. } | FactKind::SuspensionRefused { code, .. })) => {
                self.law.suspensions.get(code)?.on(on, known).map(|rule| &rule.provenance)
            }
            (_, Some(FactKind::ExemptionGranted { code, .. } | FactKind::ExemptionRefused { code, .. })) => {
                self.law.exemptions.get(code)?.on(on, known).map(|rule| &rule.provenance)
            }
            _ => term(Term::Complete),
        }
    }
}

fn per_language(label: &Label) -> PerLanguage {
    PerLanguage { nl: label.nl.clone(), fr: label.fr.clone() }
}
