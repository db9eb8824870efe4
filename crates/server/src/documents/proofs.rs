//! What proves a delivery, and what goes with a transfer.

use crate::clock::brussels_day;
use jiff::Timestamp;
use traject_app::ids::FactId;
use traject_app::model::{Delivery, DeliveryEvent, Dossier, LedgerFact, LegalStep, RenderedDocument};
use traject_domain::Date;
use traject_domain::code::{Breach, LegalLanguage};
use traject_domain::delivery::Document;
use traject_domain::fact::FactKind;
use traject_domain::history::{History, Moment};
use traject_domain::labels::{Label, ReadingLanguage};
use traject_domain::law::{Law, LegalEffect};
use traject_domain::standing::Standing;
use traject_letter_pdf::{IndexWords, Proof, ProofDocument};
use traject_proof::{Chain, Event, Head, Link, ProvenFact, Sha256, Statement};
use traject_store::{LedgerEntry, LedgerSection};
use traject_templates::proofs::ProofWords;
use traject_templates::wording::written_out;

/// The facts that a delivery rests on and that came of it, in the order of the ledger.
pub(super) fn facts_of(delivery: &Delivery, dossier: &Dossier) -> Vec<FactId> {
    let step = delivery.key.step;
    let told = |fact: &&LedgerFact| LegalStep::told_by(&fact.fact.kind) == Some(step);
    let turn = usize::try_from(delivery.key.step_version).unwrap_or(usize::MAX);
    let act = dossier.facts.iter().filter(told).nth(turn).map(|fact| fact.position);
    let until = dossier.facts.iter().filter(told).nth(turn.saturating_add(1)).map(|fact| fact.position);
    let from = act.unwrap_or(0);
    let is_of_it = |fact: &&LedgerFact| {
        let in_turn = fact.position >= from && until.is_none_or(|until| fact.position < until);
        Some(fact.position) == act || (in_turn && came_of(step, &fact.fact.kind))
    };
    dossier.facts.iter().filter(is_of_it).map(|fact| fact.id).collect()
}

/// Whether a fact is what became of a document.
fn came_of(step: LegalStep, fact: &FactKind) -> bool {
    match (step.document(), fact) {
        (Document::CertificateOfObligation, FactKind::CertificateReceived) => true,
        (Document::FormalNotice, FactKind::NoticeDelivered(of) | FactKind::NoticeReturned(of, _)) => {
            step.breach() == Some(*of)
        }
        _ => false,
    }
}

/// What a proof says of a delivery.
pub(super) fn statement(
    law: &Law,
    delivery: &Delivery,
    document: &RenderedDocument,
    dossier: &Dossier,
    events: &[DeliveryEvent],
    section: Option<LedgerSection>,
    made_at: Timestamp,
) -> Statement {
    let effect = law.channels.get(&delivery.key.channel).map(|rule| rule.legal_effect);
    let facts = facts_of(delivery, dossier);
    let issuer = dossier.facts.iter().find(|fact| facts.contains(&fact.id)).map(|fact| fact.fact.agency.to_string());
    let step = delivery.key.step;
    Statement {
        delivery: delivery.id.0,
        document: step.breach().map_or_else(|| step.document().to_string(), |of| format!("{}/{of}", step.document())),
        template_version: document.template_version.clone(),
        language: delivery.language.map_or_else(|| "nl-fr".to_owned(), |language| language.to_string()),
        courtesy_language: document.courtesy.as_ref().map(ToString::to_string),
        channel: delivery.key.channel.to_string(),
        legal_effect: match effect {
            Some(LegalEffect::Service) => "service".to_owned(),
            _ => "courtesy".to_owned(),
        },
        issuer: issuer.unwrap_or_default(),
        dossier: dossier.id.0,
        step_version: delivery.key.step_version,
        pages: document.pages,
        events: events.iter().map(event).collect(),
        chain: chain(section, &facts, dossier),
        made_at,
    }
}

fn event(of: &DeliveryEvent) -> Event {
    Event {
        at: of.at,
        state: of.state.to_string(),
        reason: of.reason.map(|reason| reason.to_string()),
        reference: of.provider_reference.clone(),
        note: of.occurred_on.map(|day| day.to_string()),
    }
}

fn chain(section: Option<LedgerSection>, facts: &[FactId], dossier: &Dossier) -> Chain {
    let Some(LedgerSection { before, entries }) = section else {
        return Chain { facts: Vec::new(), links: Vec::new(), head: Head { position: 0, hash: Sha256([0; 32]) } };
    };
    let head = entries.last().map_or(Head { position: 0, hash: Sha256(before) }, |last| Head {
        position: last.position,
        hash: Sha256(last.chain_hash),
    });
    let mut chain_before = before;
    let mut proven = Vec::new();
    for entry in &entries {
        if facts.contains(&entry.fact) {
            proven.extend(dossier.facts.iter().find(|fact| fact.id == entry.fact).map(|fact| ProvenFact {
                fact: entry.fact.0,
                kind: fact.fact.kind.name().to_owned(),
                occurred_on: fact.fact.occurred_on,
                position: entry.position,
                chain_before: Sha256(chain_before),
                chain_hash: Sha256(entry.chain_hash),
                skeleton: entry.skeleton.clone(),
            }));
        }
        chain_before = entry.chain_hash;
    }
    Chain { facts: proven, links: entries.iter().map(link).collect(), head }
}

fn link(entry: &LedgerEntry) -> Link {
    Link {
        position: entry.position,
        fact_hash: Sha256(entry.hash),
        received_at: entry.received_at,
        dossier: entry.dossier.0,
        dossier_version: entry.dossier_version,
    }
}

/// A transfer with everything that goes with it.
pub(super) struct Transfer<'a> {
    pub(super) law: &'a Law,
    pub(super) dossier: &'a Dossier,
    pub(super) standing: &'a Standing,
    pub(super) breach: Breach,
    pub(super) deliveries: &'a [(Delivery, Vec<DeliveryEvent>, Option<RenderedDocument>)],
    pub(super) today: Date,
}

impl Transfer<'_> {
    /// Every proof, in the order of what happened.
    pub(super) fn document(&self) -> ProofDocument {
        let words = self.words();
        let index = IndexWords {
            heading: words.index.clone(),
            proof: words.proof.clone(),
            day: words.day.clone(),
            attachment: words.attachment.clone(),
            none: words.none.clone(),
        };
        let author = self.law.regime_on(self.today, self.today).map(|regime| self.text(&regime.label).to_owned());
        let empty = ProofDocument::new(self.language(), self.today, author.unwrap_or_default(), &words.title, index)
            .line(&words.dossier, self.dossier.id.to_string())
            .line(&words.breach, self.law.breaches.get(&self.breach).map_or("", |label| self.text(label)))
            .line(&words.made, self.day(self.today));
        self.facts().fold(empty, |document, fact| document.proof(self.proof(fact)))
    }

    /// The language of the notice, else of the person's letters, else Dutch.
    fn language(&self) -> LegalLanguage {
        self.standing.letter_language.unwrap_or(LegalLanguage::Nl)
    }

    fn words(&self) -> &'static ProofWords {
        ProofWords::of(self.language())
    }

    fn text<'l>(&self, label: &'l Label) -> &'l str {
        match self.language() {
            LegalLanguage::Nl => &label.nl,
            LegalLanguage::Fr => &label.fr,
        }
    }

    fn day(&self, day: Date) -> String {
        written_out(
            day,
            match self.language() {
                LegalLanguage::Nl => ReadingLanguage::Nl,
                LegalLanguage::Fr => ReadingLanguage::Fr,
            },
        )
    }

    /// The facts that a judge asks for and that count today, in the order in which they happened.
    fn facts(&self) -> impl Iterator<Item = &LedgerFact> {
        let at = Moment::end_of(self.today);
        let history = History::new(self.dossier.facts.iter().map(|fact| &fact.fact), at);
        let counts = |fact: &&LedgerFact| history.events.iter().any(|of| of.reference == fact.fact.reference);
        let mut facts: Vec<&LedgerFact> =
            self.dossier.facts.iter().filter(|fact| self.is_asked(&fact.fact.kind)).filter(counts).collect();
        facts.sort_by_key(|fact| (fact.fact.occurred_on, fact.position));
        facts.into_iter()
    }

    /// Receipt, waiting list, suspensions, notices with what became of them, refusal and transfer.
    fn is_asked(&self, kind: &FactKind) -> bool {
        match kind {
            FactKind::CertificateReceived
            | FactKind::InformationGiven { .. }
            | FactKind::WaitingListJoined { .. }
            | FactKind::Registered { .. }
            | FactKind::SuspensionGranted { .. }
            | FactKind::SuspensionRefused { .. }
            | FactKind::ExemptionRefused { .. } => true,
            FactKind::NoticePosted { breach, .. }
            | FactKind::NoticeDelivered(breach)
            | FactKind::NoticeReturned(breach, _)
            | FactKind::NoticeWithdrawn(breach)
            | FactKind::RefusalEstablished(breach)
            | FactKind::Transferred(breach) => *breach == self.breach,
            _ => false,
        }
    }

    fn proof(&self, fact: &LedgerFact) -> Proof {
        let words = self.words();
        let kind = &fact.fact.kind;
        let label = self.law.facts.get(&traject_domain::code::Code::new(kind.name()));
        let columns = kind.columns();
        let row = |label: &String, value: String| (!value.is_empty()).then(|| (label.clone(), value));
        let mut rows: Vec<(String, String)> = [
            row(&words.agency, fact.fact.agency.to_string()),
            row(&words.known, self.day(fact.fact.known_on)),
            row(&words.place, fact.position.to_string()),
            row(&words.code, columns.code),
            row(&words.value, columns.value),
            row(&words.until, columns.until.map(|day| self.day(day)).unwrap_or_default()),
        ]
        .into_iter()
        .flatten()
        .collect();
        let sent = self.sent(fact);
        if let Some((delivery, events, document)) = sent {
            rows.extend(self.story(delivery, events, document.as_ref()));
        }
        if let FactKind::NoticePosted { .. } = kind {
            rows.extend(self.cure());
        }
        Proof {
            heading: label.map_or_else(|| kind.name().to_owned(), |recorded| self.text(&recorded.label).to_owned()),
            day: self.day(fact.fact.occurred_on),
            rows,
            document: sent.and_then(|(.., document)| document.as_ref()).map(|document| document.pdf.clone()),
        }
    }

    /// What was sent to tell of a fact: on paper rather than by mail.
    fn sent(&self, fact: &LedgerFact) -> Option<&(Delivery, Vec<DeliveryEvent>, Option<RenderedDocument>)> {
        let step = match fact.fact.kind {
            FactKind::CertificateReceived => LegalStep::CERTIFICATE,
            _ => LegalStep::told_by(&fact.fact.kind)?,
        };
        let of_step = |(delivery, ..): &&(Delivery, _, Option<RenderedDocument>)| {
            delivery.key.step == step
                && (step == LegalStep::CERTIFICATE || facts_of(delivery, self.dossier).first() == Some(&fact.id))
        };
        self.deliveries.iter().filter(of_step).find(|(.., document)| document.is_some())
    }

    fn story(
        &self,
        delivery: &Delivery,
        events: &[DeliveryEvent],
        document: Option<&RenderedDocument>,
    ) -> Vec<(String, String)> {
        let words = self.words();
        let channel = self.law.channels.get(&delivery.key.channel).map(|rule| self.text(&rule.label).to_owned());
        let mut rows = vec![
            (words.delivery.clone(), delivery.id.to_string()),
            (words.channel.clone(), channel.unwrap_or_default()),
        ];
        if document.is_some() {
            let hash = delivery.document.unwrap_or_default();
            rows.push((words.hash.clone(), hash.iter().map(|byte| format!("{byte:02x}")).collect()));
        }
        rows.extend(events.iter().map(|event| {
            let day = event.occurred_on.unwrap_or_else(|| brussels_day(event.at));
            let reference = event.provider_reference.as_ref().map(|known| format!(" ({known})")).unwrap_or_default();
            (words.state(event.state).to_owned(), format!("{}{reference}", self.day(day)))
        }));
        rows
    }

    fn cure(&self) -> Option<(String, String)> {
        let of = self.standing.obligation.as_ref()?.breach(self.breach);
        let cure = of.cure.as_ref()?;
        let notice = of.current_notice.and_then(|index| of.notices.get(index))?;
        let words = self.words();
        let presumed = if notice.presumed { format!("; {}", words.presumed) } else { String::new() };
        Some((words.cure.clone(), format!("{}{presumed}", self.day(cure.due))))
    }
}
