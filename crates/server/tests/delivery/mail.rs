//! Copies of letters by mail, through a real SMTP server on the loopback: visits at the counter, letters in a print
//! folder, mails read back from the sink.

use crate::house::{House, TO, TODAY, clerk, ixelles, mailer};
use jiff::{SignedDuration, ToSpan as _};
use mail_parser::{MessageParser, MimeHeaders as _};
use std::sync::Arc;
use traject_app::act::ActOrder;
use traject_app::model::{Channel, DeliveryMove, DeliveryState, RenderedDocument};
use traject_app::port::Clock;
use traject_domain::code::LegalLanguage;
use traject_domain::fact::FactKind;
use traject_server::engine::Sent;
use traject_sim::mail_sink::Behaviour;
use traject_testkit::facts::{extract, municipality};
use traject_testkit::{FixedClock, SeededSalts};

async fn accepted_with_its_letter(house: &House) {
    let languages = [Some(LegalLanguage::Nl), Some(LegalLanguage::Fr), None];
    let mut dossiers = Vec::new();
    for (n, language) in (1..).zip(languages) {
        dossiers.push(house.visit(n, language).await);
    }
    assert_eq!(house.letters().await.printed, 3);
    assert_eq!(house.mails().await, Sent { accepted: 3, ..Sent::default() });
    let received = house.sink.received();
    for ((dossier, tags), (n, mail)) in dossiers.into_iter().zip(["nl", "fr", "nl, fr"]).zip((1..).zip(&received)) {
        assert_eq!(house.state(dossier).await, DeliveryState::Accepted);
        assert_eq!(mail.recipients, [format!("p{n}@example.org")]);
        let message = MessageParser::default().parse(&mail.raw).expect("a message");
        let copy = house.delivery(dossier, Channel::Email).await;
        let letter = house.delivery(dossier, Channel::Letter).await;
        assert_eq!(message.message_id(), Some(format!("{}@mail.example", copy.id).as_str()));
        let raw = String::from_utf8_lossy(&mail.raw).into_owned();
        assert!(raw.contains(&format!("Content-Language: {tags}\r\n")), "{tags}");
        let (text, html) = (message.body_text(0).expect("text"), message.body_html(0).expect("HTML"));
        for (language, title, law) in [
            ("nl", "Attest tot verplichting", "Alleen de brief op papier telt."),
            ("fr", "Attestation d’obligation", "Seule la lettre sur papier compte."),
        ] {
            for words in [title, law] {
                assert_eq!(text.contains(words), tags.contains(language), "{tags}: {words}");
                assert_eq!(html.contains(words), tags.contains(language), "{tags}: {words}");
            }
        }
        assert!(text.contains("02 555 01 23") && text.contains("inburgering@elsene.example"));
        let [attachment] = &message.attachments().collect::<Vec<_>>()[..] else { panic!("one attachment") };
        assert_eq!(attachment.attachment_name(), Some(format!("{}.pdf", letter.id).as_str()));
        let stored = house.desk.store.document(letter.id).await.expect("the store answers").expect("it was printed");
        assert_eq!(attachment.contents(), stored.pdf);
        assert_eq!(letter.document.map(|hash| hash.len()), Some(32));
        let subject = message.subject().expect("a subject");
        assert!(!subject.chars().any(|character| character.is_ascii_digit()), "{subject}");
        for personal in ["Amrani", "Zoë", "Elsene", "Ixelles", "Attest"] {
            assert!(!subject.contains(personal), "{subject}");
        }
    }
    assert_eq!(house.mails().await, Sent::default());
    assert_eq!(house.sink.count(), 3);
}

#[tokio::test]
async fn a_copy_arrives_in_the_languages_of_its_letter_with_the_letter_as_it_is_stored() {
    accepted_with_its_letter(&House::open().await).await;
}

#[tokio::test]
async fn the_same_on_a_database() {
    let clock = Arc::new(FixedClock::on(TODAY));
    let folder = tempfile::tempdir().expect("there is a temporary folder");
    let url = format!("sqlite:{}", folder.path().join("traject.db").display());
    let options = traject_store::Options::new(Arc::<FixedClock>::clone(&clock) as _, Arc::new(SeededSalts::new(7)));
    let store = traject_store::open(&url, options).await.expect("a fresh database");
    accepted_with_its_letter(&House::on(Arc::new(store), clock).await).await;
}

#[tokio::test]
async fn a_refused_recipient_is_given_up() {
    let house = House::open().await;
    let dossier = house.visit(1, None).await;
    house.letters().await;
    house.sink.behave(TO, Behaviour::RefuseRecipient(550));
    assert_eq!(house.mails().await, Sent { failed: 1, ..Sent::default() });
    assert_eq!(house.state(dossier).await, DeliveryState::PermanentFailure);
    house.pass(SignedDuration::from_hours(48));
    assert_eq!(house.mails().await, Sent::default());
    // Paper is the act, and goes its way.
    assert_eq!(house.delivery(dossier, Channel::Letter).await.state, DeliveryState::Printed);
    assert_eq!(house.doubts().await, 0);
}

#[tokio::test]
async fn what_fails_for_now_is_sent_again_after_its_wait_as_the_same_mail() {
    let house = House::open().await;
    let dossier = house.visit(1, None).await;
    house.letters().await;
    house.sink.behave(TO, Behaviour::RefuseMessage(451));
    assert_eq!(house.mails().await, Sent { postponed: 1, ..Sent::default() });
    house.sink.behave(TO, Behaviour::Accept);
    house.pass(SignedDuration::from_secs(59));
    assert_eq!(house.mails().await, Sent { waiting: 1, ..Sent::default() });
    assert_eq!(house.state(dossier).await, DeliveryState::TemporaryFailure);
    house.pass(SignedDuration::from_secs(1));
    assert_eq!(house.mails().await, Sent { accepted: 1, ..Sent::default() });
    assert_eq!(house.delivery(dossier, Channel::Email).await.attempts, 2);
    let received = house.sink.received();
    assert_eq!(received.iter().map(|mail| mail.accepted).collect::<Vec<_>>(), [false, true]);
    let ids = received.iter().map(|mail| {
        let message = MessageParser::default().parse(&mail.raw).expect("a message");
        message.message_id().expect("an id").to_owned()
    });
    let ids: Vec<String> = ids.collect();
    assert_eq!(ids[0], ids[1]);
}

#[tokio::test]
async fn after_twelve_attempts_a_mail_is_given_up() {
    let house = House::open().await;
    let dossier = house.visit(1, None).await;
    house.letters().await;
    house.sink.behave(TO, Behaviour::RefuseRecipient(451));
    for attempt in 1..12 {
        assert_eq!(house.mails().await, Sent { postponed: 1, ..Sent::default() }, "{attempt}");
        house.pass(SignedDuration::from_hours(6));
    }
    assert_eq!(house.mails().await, Sent { failed: 1, ..Sent::default() });
    let copy = house.delivery(dossier, Channel::Email).await;
    assert_eq!((copy.state, copy.attempts), (DeliveryState::PermanentFailure, 12));
}

#[tokio::test]
async fn a_lost_answer_is_in_doubt_and_the_mail_never_sent_again() {
    let house = House::open().await;
    let dossier = house.visit(1, None).await;
    house.letters().await;
    house.sink.behave(TO, Behaviour::DropBeforeAnswer);
    assert_eq!(house.mails().await, Sent { in_doubt: 1, ..Sent::default() });
    house.sink.behave(TO, Behaviour::Accept);
    for _ in 0..3 {
        house.pass(SignedDuration::from_hours(24));
        assert_eq!(house.recover().await, 0);
        assert_eq!(house.mails().await, Sent::default());
    }
    assert_eq!((house.state(dossier).await, house.doubts().await), (DeliveryState::InDoubt, 1));
    assert_eq!(house.sink.count(), 1);
}

#[tokio::test]
async fn what_a_crash_left_in_sending_is_in_doubt_and_not_sent() {
    let house = House::open().await;
    let dossiers = [house.visit(1, None).await, house.visit(2, None).await];
    house.letters().await;
    for dossier in dossiers {
        let copy = house.delivery(dossier, Channel::Email).await;
        let by = DeliveryMove::new(DeliveryState::Created, DeliveryState::Sending, "mail", house.clock.now());
        assert!(house.desk.store.move_delivery(copy.id, &by).await.expect("a move"));
    }
    // Nothing is sent of what another attempt may have sent, recovered or not.
    assert_eq!(house.mails().await, Sent::default());
    assert_eq!(house.recover().await, 2);
    assert_eq!(house.recover().await, 0);
    assert_eq!(house.mails().await, Sent::default());
    assert_eq!((house.state(dossiers[0]).await, house.state(dossiers[1]).await), {
        (DeliveryState::InDoubt, DeliveryState::InDoubt)
    });
    assert_eq!((house.doubts().await, house.sink.count()), (2, 0));
}

#[tokio::test]
async fn copies_of_letters_that_are_not_made_yet_wait_and_starve_nobody() {
    let house = House::open().await;
    // Anderlecht has no address in the configuration, so its letters wait.
    let anderlecht = municipality(0);
    for n in 100..300 {
        house.check(n, extract(anderlecht), Some("x@example.org")).await;
    }
    house.pass(SignedDuration::from_mins(1));
    let dossier = house.visit(1, None).await;
    assert_eq!(house.mails().await, Sent { waiting: 201, ..Sent::default() });
    assert_eq!(house.letters().await.printed, 1);
    assert_eq!(house.mails().await, Sent { accepted: 1, waiting: 200, ..Sent::default() });
    assert_eq!(house.state(dossier).await, DeliveryState::Accepted);
    assert_eq!(house.sink.count(), 1);
}

#[tokio::test]
async fn a_letter_that_is_rendered_and_not_printed_has_no_copy_yet() {
    let house = House::open().await;
    let dossier = house.visit(1, None).await;
    let letter = house.delivery(dossier, Channel::Letter).await;
    let document = RenderedDocument {
        pdf: b"rendered before a crash".to_vec(),
        html: None,
        template: "certificate_of_obligation".to_owned(),
        template_version: "1".to_owned(),
        pages: 1,
        dated_on: Some(TODAY),
        courtesy: None,
        address: vec!["a name".to_owned()],
    };
    let by = DeliveryMove {
        document: Some(document),
        ..DeliveryMove::new(DeliveryState::Created, DeliveryState::Rendered, "letters", house.clock.now())
    };
    assert!(house.desk.store.move_delivery(letter.id, &by).await.expect("a move"));
    assert_eq!(house.mails().await, Sent { waiting: 1, ..Sent::default() });
    house.letters().await;
    assert_eq!(house.mails().await, Sent { accepted: 1, ..Sent::default() });
}

#[tokio::test]
async fn a_copy_whose_letter_or_address_is_gone_is_cancelled() {
    let house = House::open().await;
    let cancelled = house.visit(1, None).await;
    let order = ActOrder {
        request: house.request(),
        actor: clerk(ixelles()),
        dossier: cancelled,
        expected_version: None,
        occurred_on: TODAY,
        kind: FactKind::BecameBelgian,
        along: Vec::new(),
        channel: None,
        number: None,
        validate_only: false,
    };
    house.desk.act(&order).await.expect("it is recorded");
    let moved_out_of_reach = house.visit(2, None).await;
    let made = house.letters().await;
    assert_eq!((made.printed, made.cancelled), (1, 1));
    house.clock.set_day(TODAY.checked_add(1.day()).expect("tomorrow"));
    house.check(2, extract(ixelles()), None).await;
    assert_eq!(house.mails().await, Sent { cancelled: 2, ..Sent::default() });
    for dossier in [cancelled, moved_out_of_reach] {
        assert_eq!(house.state(dossier).await, DeliveryState::Cancelled);
    }
    assert_eq!(house.sink.count(), 0);
}

#[tokio::test]
async fn a_relay_that_is_away_is_asked_once_a_run() {
    let house = House::open().await;
    for n in 1..=3 {
        house.visit(n, None).await;
    }
    house.letters().await;
    let closed = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let away = mailer(closed.local_addr().expect("an address").port());
    drop(closed);
    assert_eq!(house.mails_through(away).await, Sent { postponed: 1, ..Sent::default() });
    assert_eq!(house.mails().await, Sent { accepted: 2, waiting: 1, ..Sent::default() });
    house.pass(SignedDuration::from_mins(1));
    assert_eq!(house.mails().await, Sent { accepted: 1, ..Sent::default() });
    assert_eq!(house.sink.count(), 3);
}

#[tokio::test]
async fn two_programs_send_each_copy_once() {
    let house = House::open().await;
    for n in 1..=20 {
        house.visit(n, None).await;
    }
    house.letters().await;
    let (one, other) = tokio::join!(house.mails(), house.mails());
    assert_eq!(one.accepted + other.accepted, 20);
    assert_eq!(house.sink.count(), 20);
}
