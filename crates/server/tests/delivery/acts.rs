//! Acts and their letters: a letter never comes before its act, and a notice is in the language of its day.

use crate::house::{House, TODAY, clerk, ixelles};
use jiff::civil::date;
use traject_app::AppError;
use traject_app::act::ActOrder;
use traject_app::deliveries::DeliveryOrder;
use traject_app::ids::DossierId;
use traject_app::model::{Actor, Channel, Document, LegalStep};
use traject_domain::Date;
use traject_domain::code::{Breach, Code, LegalLanguage};
use traject_domain::fact::FactKind;
use traject_domain::guard::RefusalCode;
use traject_domain::money::Cents;
use traject_domain::sanction::{Grounds, SanctionStep};

const BREACH: Breach = Breach::NotRegistered;

fn officer() -> Actor {
    Actor { agency: Code::new("GGC"), ..clerk(ixelles()) }
}

/// An act of today.
async fn act(house: &House, dossier: DossierId, on: Date, actor: Actor, kind: FactKind) {
    house.clock.set_day(on);
    act_of(house, dossier, on, actor, kind).await;
}

/// An act of that day, whatever day it is.
async fn act_of(house: &House, dossier: DossierId, on: Date, actor: Actor, kind: FactKind) {
    let order = ActOrder {
        request: house.request(),
        actor,
        dossier,
        expected_version: None,
        occurred_on: on,
        kind,
        along: Vec::new(),
        channel: None,
        number: None,
        validate_only: false,
    };
    house.desk.act(&order).await.expect("it is its turn");
}

#[tokio::test]
async fn a_reminder_is_not_asked_for_before_its_act_which_it_would_stand_in_the_way_of() {
    let house = House::open().await;
    let dossier = house.visit(1, None).await;
    let weighed = Grounds { reasons: Vec::new(), weighed: vec![Code::new("health")] };
    let notice = FactKind::NoticePosted { breach: BREACH, language: None };
    for (on, actor, kind) in [
        (TODAY, clerk(ixelles()), FactKind::CertificateReceived),
        (date(2022, 12, 27), clerk(ixelles()), notice),
        (date(2022, 12, 29), clerk(ixelles()), FactKind::NoticeDelivered(BREACH)),
        (date(2023, 3, 3), clerk(ixelles()), FactKind::Transferred(BREACH)),
        (date(2023, 3, 6), officer(), FactKind::HearingInvited(BREACH, None)),
        (date(2023, 4, 10), officer(), FactKind::Sanction(BREACH, SanctionStep::GroundsStated(weighed))),
        (date(2023, 4, 11), officer(), FactKind::Fined(BREACH, Cents(15_000))),
    ] {
        act(&house, dossier, on, actor, kind).await;
    }
    let overdue = date(2023, 7, 3);
    house.clock.set_day(overdue);
    let step = LegalStep::new(Document::PaymentReminder, Some(BREACH)).expect("it is about a breach");
    let order = |channel| DeliveryOrder { request: house.request(), actor: officer(), dossier, step, channel };
    match house.desk.create_delivery(&order(Channel::Letter)).await {
        Err(AppError::Refused(refusal)) => assert_eq!(refusal.code, RefusalCode::MissingStep),
        answer => panic!("nobody was reminded yet: {answer:?}"),
    }
    act(&house, dossier, overdue, officer(), FactKind::Sanction(BREACH, SanctionStep::PaymentReminded)).await;
    let more = house.desk.create_delivery(&order(Channel::RegisteredLetter)).await.expect("another way is free");
    assert_eq!(more.key.step_version, 0);
}

#[tokio::test]
async fn a_notice_that_is_told_late_is_in_the_language_of_its_day() {
    let house = House::open().await;
    let dossier = house.visit(1, Some(LegalLanguage::Nl)).await;
    act(&house, dossier, TODAY, clerk(ixelles()), FactKind::CertificateReceived).await;
    house.clock.set_day(date(2023, 1, 10));
    assert_eq!(house.visit(1, Some(LegalLanguage::Fr)).await, dossier);
    let notice = FactKind::NoticePosted { breach: BREACH, language: None };
    act_of(&house, dossier, date(2022, 12, 28), clerk(ixelles()), notice).await;
    let facts = house.desk.dossier(dossier).await.expect("it is there").facts;
    let in_dutch = FactKind::NoticePosted { breach: BREACH, language: Some(LegalLanguage::Nl) };
    assert_eq!(facts.last().map(|fact| &fact.fact.kind), Some(&in_dutch));
}
