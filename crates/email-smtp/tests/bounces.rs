//! Notifications as servers write them (RFC 3464), and mail that is none.

use proptest::prelude::*;
use traject_email_smtp::{Bounce, BounceAction, MessageId, parse_bounce};

const ID: &str = "0190b6a0-0000-7000-8000-0000000000ab@traject.example";

/// A notification with this status part and this returned part.
fn report(status: &str, returned: &str) -> Vec<u8> {
    let text = format!(
        "From: MAILER-DAEMON@relay.example\n\
         To: inburgering@ixelles.example\n\
         Subject: Undelivered Mail Returned to Sender\n\
         Message-ID: <20230515.1234@relay.example>\n\
         MIME-Version: 1.0\n\
         Content-Type: multipart/report; report-type=delivery-status;\n\
         \tboundary=\"b1_relay\"\n\
         \n\
         This is a MIME-encapsulated message.\n\
         \n\
         --b1_relay\n\
         Content-Type: text/plain; charset=us-ascii\n\
         \n\
         I'm sorry to have to inform you.\n\
         \n\
         --b1_relay\n\
         Content-Description: Delivery report\n\
         Content-Type: message/delivery-status\n\
         \n\
         {status}\n\
         \n\
         --b1_relay\n\
         {returned}\n\
         \n\
         --b1_relay--\n"
    );
    text.replace('\n', "\r\n").into_bytes()
}

fn group(action: &str, status: &str) -> String {
    format!(
        "Final-Recipient: rfc822; c000042@example.org\nOriginal-Recipient: rfc822;c000042@example.org\n\
         Action: {action}\nStatus: {status}\nRemote-MTA: dns; mx.example.org\n\
         Diagnostic-Code: smtp; 550 5.1.1 <c000042@example.org>: Recipient address\n    rejected: User unknown"
    )
}

fn status(action: &str, status: &str) -> String {
    format!(
        "Reporting-MTA: dns; relay.example\nArrival-Date: Mon, 15 May 2023 10:30:00 +0200\n\n{}",
        group(action, status)
    )
}

fn whole_message() -> String {
    format!(
        "Content-Type: message/rfc822\n\nFrom: inburgering@ixelles.example\nTo: c000042@example.org\n\
         Subject: =?utf-8?b?w6A=?=\nMessage-ID: <{ID}>\nMIME-Version: 1.0\nContent-Type: text/plain\n\nBonjour"
    )
}

fn headers_only() -> String {
    format!("Content-Type: text/rfc822-headers\n\nFrom: inburgering@ixelles.example\nMessage-Id: <{ID}>\nSubject: x")
}

fn bounce(action: BounceAction, status: &str, permanent: bool) -> Option<Bounce> {
    let original_message_id = MessageId::parse(ID).expect("an id");
    Some(Bounce { original_message_id, original_attempt: None, status: status.into(), action, permanent })
}

#[test]
fn an_unknown_recipient_is_permanent_whether_the_mail_or_its_headers_come_back() {
    for returned in [whole_message(), headers_only()] {
        let raw = report(&status("failed", "5.1.1"), &returned);
        assert_eq!(parse_bounce(&raw), bounce(BounceAction::Failed, "5.1.1", true));
    }
}

#[test]
fn comments_and_capitals_do_not_matter() {
    let raw = report(&status("Failed", "5.1.1 (bad destination mailbox address)"), &whole_message());
    assert_eq!(parse_bounce(&raw), bounce(BounceAction::Failed, "5.1.1", true));
}

#[test]
fn giving_up_after_days_of_trying_is_not_permanent() {
    let raw = report(&status("failed", "4.4.7"), &whole_message());
    assert_eq!(parse_bounce(&raw), bounce(BounceAction::Failed, "4.4.7", false));
}

#[test]
fn a_delay_is_told_from_a_failure() {
    let raw = report(&status("delayed", "4.4.1"), &whole_message());
    assert_eq!(parse_bounce(&raw), bounce(BounceAction::Delayed, "4.4.1", false));
}

#[test]
fn the_recipient_that_fared_worst_counts() {
    let two = format!("{}\n\n{}", status("delayed", "4.4.1"), group("failed", "5.7.1"));
    let raw = report(&two, &whole_message());
    assert_eq!(parse_bounce(&raw), bounce(BounceAction::Failed, "5.7.1", true));
}

#[test]
fn good_news_other_mail_and_reports_about_strangers_are_no_bounces() {
    let delivered = report(&status("delivered", "2.0.0"), &whole_message());
    let nonsense = report(&status("failed", "broken"), &whole_message());
    let stranger = report(&status("failed", "5.1.1"), "Content-Type: text/plain\n\nno headers came back");
    let reply = format!("From: c000042@example.org\r\nIn-Reply-To: <{ID}>\r\nSubject: Re\r\n\r\n550 5.1.1 failed\r\n");
    for raw in [delivered, nonsense, stranger, reply.into_bytes(), Vec::new()] {
        assert_eq!(parse_bounce(&raw), None);
    }
    let read = report(&status("failed", "5.1.1"), &whole_message());
    let receipt = String::from_utf8(read)
        .expect("ASCII")
        .replace("report-type=delivery-status", "report-type=disposition-notification");
    assert_eq!(parse_bounce(receipt.as_bytes()), None);
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_input_makes_the_reader_fail(raw in proptest::collection::vec(any::<u8>(), 0..600)) {
        let _ = parse_bounce(&raw);
    }

    #[test]
    fn a_notification_cut_or_damaged_anywhere_is_read_or_refused(cut in 0_usize..1400, at in 0_usize..1400, byte: u8) {
        let mut raw = report(&status("failed", "5.1.1"), &whole_message());
        if let Some(place) = raw.get_mut(at) {
            *place = byte;
        }
        raw.truncate(cut);
        if let Some(bounce) = parse_bounce(&raw) {
            prop_assert!(bounce.status.starts_with(['4', '5']));
        }
    }
}
