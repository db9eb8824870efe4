//! What comes back, and what the law makes of it: presumed receipts, proofs, refusals at the desk, bounces.

use crate::house::{House, TODAY, clerk, ixelles};
use jiff::civil::date;
use std::fs;
use traject_app::act::ActOrder;
use traject_app::deliveries::{DeliveryOrder, Told};
use traject_app::ids::DossierId;
use traject_app::model::{Channel, Delivery, DeliveryReason, DeliveryState, Document, LegalStep, WorkKind};
use traject_domain::Date;
use traject_domain::code::{Breach, Code};
use traject_domain::fact::{FactKind, ReturnReason};
use traject_domain::history::{History, Moment};
use traject_server::bounces;
use traject_server::desk_channel::Counter;

impl House {
    /// A certificate by a way, made and, on paper, printed.
    async fn certificate(&self, dossier: DossierId, channel: Channel) -> Delivery {
        let (request, actor) = (self.request(), clerk(ixelles()));
        let order = DeliveryOrder { request, actor, dossier, step: LegalStep::CERTIFICATE, channel };
        let made = self.desk.create_delivery(&order).await.expect("the municipality issues it");
        let again = self.desk.create_delivery(&order).await.expect("the same request");
        assert_eq!(again.id, made.id);
        self.letters().await;
        self.desk.delivery(made.id).await.expect("it is there")
    }

    fn told(&self, delivery: &Delivery, on: Date) -> Told {
        Told { delivery: delivery.id, actor: clerk(ixelles()), on: Some(on), provider_reference: None }
    }

    /// The days on which a certificate was received, as it counts today.
    async fn received(&self, dossier: DossierId) -> Vec<Date> {
        let dossier = self.desk.dossier(dossier).await.expect("it is there");
        let at = Moment::end_of(self.desk.clock.today());
        let history = History::new(dossier.facts.iter().map(|fact| &fact.fact), at);
        history.days(|kind| *kind == FactKind::CertificateReceived).collect()
    }

    async fn reread(&self, delivery: &Delivery) -> (DeliveryState, Option<DeliveryReason>) {
        let found = self.desk.delivery(delivery.id).await.expect("it is there");
        (found.state, found.reason)
    }
}

/// A registered certificate posted on a Monday: the third working day is the Thursday.
async fn posted(house: &House, dossier: DossierId) -> Delivery {
    let letter = house.certificate(dossier, Channel::RegisteredLetter).await;
    assert_eq!(letter.state, DeliveryState::Printed);
    house.desk.record_posting(&house.told(&letter, TODAY)).await.expect("it was printed");
    letter
}

const THURSDAY: Date = date(2022, 6, 23);

#[tokio::test]
async fn a_registered_certificate_is_presumed_received_once_the_third_working_day_has_passed() {
    let house = House::open().await;
    let dossier = house.visit(1, None).await;
    let letter = posted(&house, dossier).await;
    house.clock.set_day(THURSDAY);
    assert_eq!(house.desk.presume().await.expect("the store answers"), 0);
    house.clock.set_day(date(2022, 6, 24));
    assert_eq!(house.desk.presume().await.expect("the store answers"), 1);
    assert_eq!(house.desk.presume().await.expect("the store answers"), 0);
    assert_eq!(house.reread(&letter).await, (DeliveryState::Delivered, Some(DeliveryReason::Presumed)));
    assert_eq!(house.received(dossier).await, [THURSDAY]);
    let standing = house.desk.dossier(dossier).await.expect("it is there").standing.expect("assessed");
    assert_eq!(standing.register_due, Some(date(2022, 12, 23)));
}

#[tokio::test]
async fn what_was_presumed_gives_way_to_a_return_from_an_unknown_address() {
    let house = House::open().await;
    let dossier = house.visit(1, None).await;
    let letter = posted(&house, dossier).await;
    house.clock.set_day(date(2022, 6, 27));
    house.desk.presume().await.expect("the store answers");
    assert_eq!(house.received(dossier).await, [THURSDAY]);
    let told = house.told(&letter, date(2022, 6, 27));
    for _ in 0..2 {
        house.desk.record_return(&told, ReturnReason::UnknownAddress).await.expect("it came back");
    }
    assert_eq!(house.received(dossier).await, []);
    assert_eq!(house.reread(&letter).await, (DeliveryState::Returned, Some(DeliveryReason::UnknownAddress)));
    assert_eq!(house.open_work(WorkKind::AddressCheck).await, 1);
    assert_eq!(house.desk.presume().await.expect("the store answers"), 0);
}

#[tokio::test]
async fn a_proof_beats_what_was_presumed() {
    let house = House::open().await;
    let dossier = house.visit(1, None).await;
    let letter = posted(&house, dossier).await;
    house.clock.set_day(date(2022, 6, 28));
    house.desk.presume().await.expect("the store answers");
    let shown = date(2022, 6, 27);
    for _ in 0..2 {
        house.desk.record_proof(&house.told(&letter, shown)).await.expect("a receipt came");
    }
    assert_eq!(house.received(dossier).await, [shown]);
    assert_eq!(house.reread(&letter).await, (DeliveryState::Delivered, Some(DeliveryReason::Proven)));
    let returned = house.desk.record_return(&house.told(&letter, shown), ReturnReason::UnknownAddress).await;
    returned.expect_err("its arrival is proven");
}

#[tokio::test]
async fn an_unclaimed_certificate_counts_as_received_and_the_letter_as_returned() {
    let house = House::open().await;
    let dossier = house.visit(1, None).await;
    let letter = posted(&house, dossier).await;
    house.clock.set_day(date(2022, 7, 8));
    let told = house.told(&letter, date(2022, 7, 8));
    house.desk.record_return(&told, ReturnReason::Unclaimed).await.expect("it came back");
    assert_eq!(house.received(dossier).await, [THURSDAY]);
    assert_eq!(house.reread(&letter).await, (DeliveryState::Returned, Some(DeliveryReason::Unclaimed)));
    let queue = house.desk.store.delivery_queue().await.expect("the store answers");
    assert!(queue.iter().all(|of| of.state != DeliveryState::Delivered), "a returned letter is not a delivered one");
}

#[tokio::test]
async fn an_ordinary_certificate_is_never_presumed_received() {
    let house = House::open().await;
    let dossier = house.visit(1, None).await;
    house.letters().await;
    let letter = house.delivery(dossier, Channel::Letter).await;
    house.desk.record_posting(&house.told(&letter, TODAY)).await.expect("it was printed");
    house.clock.set_day(date(2022, 8, 1));
    assert_eq!(house.desk.presume().await.expect("the store answers"), 0);
    assert_eq!(house.received(dossier).await, []);
}

#[tokio::test]
async fn a_signature_or_its_refusal_at_the_desk_counts_as_received() {
    for (n, signed, why) in [(1, true, DeliveryReason::Signed), (2, false, DeliveryReason::SignatureRefused)] {
        let house = House::open().await;
        let dossier = house.visit(n, None).await;
        let made = house.certificate(dossier, Channel::Desk).await;
        let told = house.told(&made, TODAY);
        house.desk.record_hand_over(&told, signed).await.expect_err("it is not made yet");
        house.run(Box::new(Counter), Channel::Desk).await;
        for _ in 0..2 {
            house.desk.record_hand_over(&told, signed).await.expect("it is made");
        }
        assert_eq!(house.reread(&made).await, (DeliveryState::Delivered, Some(why)));
        assert_eq!(house.received(dossier).await, [TODAY]);
    }
}

#[tokio::test]
async fn a_mail_that_comes_back_is_matched_by_its_reference_and_attempt() {
    let house = House::open().await;
    let dossier = house.visit(1, None).await;
    house.letters().await;
    house.mails().await;
    let copy = house.delivery(dossier, Channel::Email).await;
    assert_eq!((copy.state, copy.provider_reference.clone()), {
        (DeliveryState::Accepted, Some(format!("{}@mail.example", copy.id)))
    });
    let maildir = tempfile::tempdir().expect("there is a temporary folder");
    fs::create_dir(maildir.path().join("new")).expect("a Maildir");
    let report = |action: &str, status: &str, id: &str, attempt: u32| {
        format!(
            "From: MAILER-DAEMON@mx.example\r\nTo: traject@mail.example\r\nMIME-Version: 1.0\r\n\
             Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n\
             --b\r\nContent-Type: text/plain\r\n\r\nSorry.\r\n\
             --b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example\r\n\r\n\
             Final-Recipient: rfc822; p1@example.org\r\nAction: {action}\r\nStatus: {status}\r\n\r\n\
             --b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: <{id}>\r\nX-Traject-Attempt: {attempt}\r\n\r\n\
             --b--\r\n"
        )
    };
    let own = format!("{}@mail.example", copy.id);
    let read = async |name: &str, text: String| {
        fs::write(maildir.path().join("new").join(name), text).expect("a report");
        bounces::read(&house.desk, maildir.path()).await.expect("the store answers")
    };
    let nothing = bounces::Read::default();
    assert_eq!(read("1", report("delayed", "4.4.1", &own, 1)).await, bounces::Read { told: 1, ..nothing });
    assert_eq!(house.reread(&copy).await, (DeliveryState::Accepted, Some(DeliveryReason::Delayed)));
    assert_eq!(read("2", report("failed", "5.1.1", &own, 0)).await, bounces::Read { told: 1, ..nothing });
    assert_eq!(house.reread(&copy).await.0, DeliveryState::Accepted);
    assert_eq!(read("3", report("failed", "5.1.1", &own, 1)).await, bounces::Read { returned: 1, ..nothing });
    assert_eq!(house.reread(&copy).await, (DeliveryState::Returned, Some(DeliveryReason::MailboxRefused)));
    assert_eq!(house.open_work(WorkKind::DeliveryFailed).await, 1);
    let stranger = report("failed", "5.1.1", "somebody@else.example", 1);
    assert_eq!(read("4", stranger).await, bounces::Read { unmatched: 1, ..nothing });
    assert_eq!(
        read("5", "Subject: holiday\r\n\r\nBack soon.".to_owned()).await,
        bounces::Read { unmatched: 1, ..nothing }
    );
    let names = |folder: &str| {
        let entries = fs::read_dir(maildir.path().join(folder)).expect("a folder");
        let mut names: Vec<String> =
            entries.map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned()).collect();
        names.sort_unstable();
        names
    };
    assert_eq!(names("cur"), ["1:2,S", "2:2,S", "3:2,S"]);
    assert_eq!((names("traject-unmatched"), names("new").len()), (vec!["4".to_owned(), "5".to_owned()], 0));
    // The letter on paper is the act, and goes its way.
    assert_eq!(house.delivery(dossier, Channel::Letter).await.state, DeliveryState::Printed);
}

/// An act of the municipality on a day.
async fn act(house: &House, dossier: DossierId, on: Date, kind: FactKind) {
    let order = ActOrder {
        request: house.request(),
        actor: clerk(ixelles()),
        dossier,
        expected_version: None,
        occurred_on: on,
        kind,
        along: Vec::new(),
        channel: None,
        number: None,
        validate_only: false,
    };
    house.desk.act(&order).await.expect("the act is allowed");
}

#[tokio::test]
async fn a_notice_that_comes_back_from_an_unknown_address_is_void_and_may_be_sent_again() {
    let house = House::open().await;
    let dossier = house.visit(1, None).await;
    act(&house, dossier, TODAY, FactKind::CertificateReceived).await;
    let breach = Breach::NotRegistered;
    let late = date(2023, 1, 3);
    let notice = || FactKind::NoticePosted { breach, language: None };
    house.clock.set_day(late);
    act(&house, dossier, late, notice()).await;
    house.letters().await;
    let letters = house.desk.store.deliveries_of(dossier).await.expect("the store answers");
    let of_notices =
        |letter: &&Delivery| letter.key.step == LegalStep::notice(breach) && letter.key.channel == Channel::Letter;
    let letter = letters.iter().find(of_notices).expect("the notice goes by letter").clone();
    assert_eq!(letter.state, DeliveryState::Printed);
    let told = house.told(&letter, late);
    for _ in 0..2 {
        house.desk.record_return(&told, ReturnReason::UnknownAddress).await.expect("it came back");
    }
    let found = house.desk.dossier(dossier).await.expect("it is there");
    let returned = FactKind::NoticeReturned(breach, ReturnReason::UnknownAddress);
    assert_eq!(found.facts.iter().filter(|fact| fact.fact.kind == returned).count(), 1);
    let standing = house.desk.standing(&found, Moment::end_of(late)).expect("it is assessed");
    let notices = &standing.obligation.as_ref().expect("she is obliged").breach(breach).notices;
    assert!(!notices[0].is_valid(), "a returned letter is never counted as delivered");
    assert_eq!(house.open_work(WorkKind::AddressCheck).await, 1);
    house.clock.set_day(date(2023, 1, 9));
    act(&house, dossier, date(2023, 1, 9), notice()).await;
    let letters = house.desk.store.deliveries_of(dossier).await.expect("the store answers");
    let versions: Vec<u32> = letters.iter().filter(of_notices).map(|letter| letter.key.step_version).collect();
    assert_eq!(versions, [0, 1]);
}

#[tokio::test]
async fn a_due_date_is_reminded_of_once_and_in_time() {
    let house = House::open().await;
    let dossier = house.visit(1, None).await;
    act(&house, dossier, TODAY, FactKind::CertificateReceived).await;
    let reminders = async |today| {
        house.clock.set_day(today);
        let reminded = house.desk.remind().await.expect("the store answers");
        let letters = house.desk.store.deliveries_of(dossier).await.expect("the store answers");
        let is_reminder = |letter: &&Delivery| letter.key.step.document() == Document::DueDateReminder;
        (reminded, letters.iter().filter(is_reminder).filter(|letter| letter.key.channel == Channel::Letter).count())
    };
    // Due on 20 December.
    assert_eq!(reminders(date(2022, 10, 19)).await, (0, 0));
    assert_eq!(reminders(date(2022, 10, 20)).await, (1, 1));
    assert_eq!(reminders(date(2022, 10, 20)).await, (0, 1));
    assert_eq!(reminders(date(2022, 12, 20)).await, (0, 1));
}

#[tokio::test]
async fn every_act_that_a_person_hears_of_has_its_document_or_a_reason() {
    let house = House::open().await;
    let dossier = house.visit(1, None).await;
    let until = date(2022, 9, 19);
    let kind = FactKind::SuspensionGranted { code: Code::new("S01"), until };
    act(&house, dossier, TODAY, kind).await;
    house.letters().await;
    let letters = house.desk.store.deliveries_of(dossier).await.expect("the store answers");
    let is_decision = |letter: &&Delivery| letter.key.step.document() == Document::SuspensionGranted;
    let letter = letters.iter().find(is_decision).expect("the decision is told");
    // Made and printed, or given up with a reason and a work item: never left in silence.
    match letter.state {
        DeliveryState::Printed => assert_eq!(letter.reason, None),
        state => {
            assert_eq!((state, letter.reason.is_some()), (DeliveryState::PermanentFailure, true));
            assert_eq!(house.open_work(WorkKind::DeliveryFailed).await, 1);
        }
    }
}
