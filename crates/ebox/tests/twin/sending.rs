//! The adapter against the twin over real TLS: every fault has its outcome, and a key its one message.

use crate::support::{NUMBER, Setting, message, number, run};
use proptest::prelude::*;
use std::time::Duration;
use traject_ebox::{
    Attachment, Doubt, Ebox, EboxMessage, Language, PermanentCause, ProviderReference, SendOutcome, TemporaryCause,
    UnreachableCause,
};
use traject_sim::ebox::{Fault, Person};
use uuid::Uuid;

fn temporary(cause: TemporaryCause) -> SendOutcome {
    SendOutcome::TemporaryFailure { cause, retry_after: None }
}

fn permanent(cause: PermanentCause) -> SendOutcome {
    SendOutcome::PermanentFailure { cause }
}

fn in_doubt(cause: Doubt) -> SendOutcome {
    SendOutcome::InDoubt { cause, repeat_is_safe: true }
}

fn again_after(seconds: u64) -> Option<Duration> {
    Some(Duration::from_secs(seconds))
}

fn reference(text: &str) -> ProviderReference {
    ProviderReference::parse(text).expect("a reference")
}

/// Sends as a caller does: the same message under the same key, for as long as a repeat may help.
async fn send_until_settled(ebox: &Ebox, message: &EboxMessage, attempts: u32) -> Vec<SendOutcome> {
    let mut outcomes = Vec::new();
    for attempt in 1..=attempts {
        let outcome = ebox.send(&EboxMessage { attempt, ..message.clone() }).await;
        let is_settled = !outcome.may_repeat();
        outcomes.push(outcome);
        if is_settled {
            break;
        }
    }
    outcomes
}

#[test]
fn a_message_arrives_as_it_was_written() {
    run(async {
        let setting = Setting::new().await;
        let sent = EboxMessage {
            html: Some("<p>Bonjour, Goedendag</p>".to_owned()),
            attachments: vec![Attachment {
                name: "attest.pdf".to_owned(),
                content_type: "application/pdf".to_owned(),
                content: (0..=255).collect(),
            }],
            ..message(1)
        };
        let accepted = SendOutcome::Accepted { provider_reference: reference("EB-000001") };
        assert_eq!(setting.ebox().send(&sent).await, accepted);
        let [received] = setting.twin.messages().try_into().expect("one message");
        assert_eq!((received.key, received.reference.as_str()), (sent.idempotency_key, "EB-000001"));
        assert_eq!((received.sender.as_str(), received.recipient.as_str()), ("21009", NUMBER));
        let subject: Vec<(&str, &str)> = received.subject.iter().map(|(l, s)| (l.as_str(), s.as_str())).collect();
        let mut subjects: Vec<(&str, &str)> = sent.subject.iter().map(|(l, s)| (l.code(), s.as_str())).collect();
        subjects.sort_unstable();
        assert_eq!(subject, subjects);
        assert_eq!((received.language.as_str(), received.text, received.html), ("nl", sent.text, sent.html));
        let file = ("attest.pdf".to_owned(), "application/pdf".to_owned(), (0..=255).collect());
        assert_eq!((received.attachments, received.registered), (vec![file], false));
    });
}

#[test]
fn every_fault_has_its_outcome() {
    let cases = [
        (Fault::Refuse(400), permanent(PermanentCause::Refused), 0),
        (Fault::Refuse(401), temporary(TemporaryCause::Unauthorised), 0),
        (Fault::Refuse(403), temporary(TemporaryCause::Unauthorised), 0),
        (Fault::Refuse(404), temporary(TemporaryCause::NotAnEbox), 0),
        (Fault::Refuse(408), temporary(TemporaryCause::ServiceFailed), 0),
        (Fault::Refuse(413), permanent(PermanentCause::TooLarge), 0),
        (Fault::Refuse(422), permanent(PermanentCause::Refused), 0),
        (Fault::Refuse(429), SendOutcome::RateLimited { retry_after: None }, 0),
        (Fault::Refuse(500), temporary(TemporaryCause::ServiceFailed), 0),
        (Fault::Refuse(503), temporary(TemporaryCause::ServiceFailed), 0),
        (Fault::Wait { status: 429, retry_after_s: 17 }, SendOutcome::RateLimited { retry_after: again_after(17) }, 0),
        (
            Fault::Wait { status: 503, retry_after_s: 120 },
            SendOutcome::TemporaryFailure { cause: TemporaryCause::ServiceFailed, retry_after: again_after(120) },
            0,
        ),
        (
            // A year is a slip of the service, not a wait.
            Fault::Wait { status: 429, retry_after_s: 31_536_000 },
            SendOutcome::RateLimited { retry_after: again_after(86_400) },
            0,
        ),
        (Fault::CutBeforeEffect, in_doubt(Doubt::NoUsableAnswer), 0),
        (Fault::CutAfterEffect, in_doubt(Doubt::NoUsableAnswer), 1),
        (Fault::NonsenseAfterEffect, in_doubt(Doubt::NoUsableAnswer), 1),
        (Fault::HideAfterEffect(502), in_doubt(Doubt::LostBehindGateway), 1),
        (Fault::HideAfterEffect(504), in_doubt(Doubt::LostBehindGateway), 1),
        (Fault::SilentAfterEffect, in_doubt(Doubt::TimedOut), 1),
        (Fault::HideAfterEffect(302), in_doubt(Doubt::NoUsableAnswer), 1),
        (
            Fault::Delay(Duration::from_millis(50)),
            SendOutcome::Accepted { provider_reference: reference("EB-000001") },
            1,
        ),
    ];
    run(async {
        for (fault, expected, kept) in cases {
            let setting = Setting::new().await;
            setting.twin.script([fault]);
            assert_eq!(setting.ebox().send(&message(1)).await, expected, "{fault:?}");
            assert_eq!(setting.twin.messages().len(), kept, "{fault:?}");
        }
    });
}

#[test]
fn a_lost_answer_is_found_by_sending_again() {
    let lost =
        [Fault::CutAfterEffect, Fault::NonsenseAfterEffect, Fault::HideAfterEffect(504), Fault::SilentAfterEffect];
    run(async {
        for fault in lost {
            let setting = Setting::new().await;
            setting.twin.script([fault]);
            let outcomes = send_until_settled(&setting.ebox(), &message(1), 5).await;
            let found = SendOutcome::AlreadyAccepted {
                provider_reference: Some(reference("EB-000001")),
                at_first_attempt: false,
            };
            assert_eq!((outcomes.len(), outcomes.last()), (2, Some(&found)), "{fault:?}");
            assert_eq!((setting.twin.messages().len(), setting.twin.requests(message(1).idempotency_key)), (1, 2));
        }
    });
}

#[test]
fn a_key_that_is_known_at_the_first_attempt_is_said_to_be() {
    run(async {
        let setting = Setting::new().await;
        let ebox = setting.ebox();
        assert_eq!(ebox.send(&message(1)).await.code(), "accepted");
        let other = EboxMessage { text: "Iets anders".to_owned(), ..message(1) };
        let known =
            SendOutcome::AlreadyAccepted { provider_reference: Some(reference("EB-000001")), at_first_attempt: true };
        assert_eq!(ebox.send(&other).await, known);
        assert_eq!(setting.twin.messages().len(), 1);
    });
}

#[test]
fn who_cannot_be_reached_gets_nothing() {
    run(async {
        let setting = Setting::new().await;
        let ebox = setting.ebox();
        setting.twin.set_person(NUMBER, Person::NotConsented);
        let no_consent = SendOutcome::NotReachable { cause: UnreachableCause::NoConsent };
        assert_eq!(ebox.send(&message(1)).await, no_consent);
        let stranger = EboxMessage { recipient: number("00000000097"), ..message(1) };
        let no_ebox = SendOutcome::NotReachable { cause: UnreachableCause::NoEbox };
        assert_eq!(ebox.send(&stranger).await, no_ebox);
        assert_eq!(setting.twin.messages(), []);
    });
}

#[test]
fn what_is_incomplete_or_may_not_be_registered_is_not_sent() {
    let file = |name: &str, kind: &str| Attachment { name: name.into(), content_type: kind.into(), content: vec![1] };
    let broken: [fn(&mut EboxMessage); 5] = [
        |message| message.attempt = 0,
        |message| message.subject.clear(),
        |message| message.subject.extend([(Language::De, " ".to_owned())]),
        |message| message.language = Language::En,
        |message| message.text.clear(),
    ];
    run(async {
        let setting = Setting::new().await;
        let ebox = setting.ebox();
        for change in broken {
            let mut sent = message(1);
            change(&mut sent);
            assert_eq!(ebox.send(&sent).await, permanent(PermanentCause::Incomplete));
        }
        for attachment in [file("", "application/pdf"), file("a.pdf", "")] {
            let sent = EboxMessage { attachments: vec![attachment], ..message(1) };
            assert_eq!(ebox.send(&sent).await, permanent(PermanentCause::Incomplete));
        }
        let registered = EboxMessage { registered: true, ..message(1) };
        assert_eq!(ebox.send(&registered).await, permanent(PermanentCause::RegisteredUnavailable));
        assert_eq!(setting.twin.requests(registered.idempotency_key), 0);
        let may = setting.ebox_with(|config| config.may_register = true);
        assert!(may.capabilities().registered && !ebox.capabilities().registered);
        assert_eq!(may.send(&registered).await.code(), "accepted");
        assert!(setting.twin.messages()[0].registered);
    });
}

#[test]
fn nothing_of_a_person_shows_in_debug_or_display() {
    let sent = message(7);
    let shown = format!("{sent:?} {:?}", sent.recipient);
    let key = Uuid::from_u128(7);
    assert_eq!(shown, format!("EboxMessage {{ idempotency_key: {key}, attempt: 1, .. }} RecipientNumber(***)"));
}

/// Faults of one request, those included after which the twin keeps the message.
fn fault() -> impl Strategy<Value = Fault> {
    prop_oneof![
        2 => Just(Fault::None),
        1 => prop::sample::select(vec![400, 401, 413, 429, 500, 503]).prop_map(Fault::Refuse),
        1 => (0..3_u64).prop_map(|retry_after_s| Fault::Wait { status: 429, retry_after_s }),
        2 => Just(Fault::CutBeforeEffect),
        3 => Just(Fault::CutAfterEffect),
        1 => Just(Fault::HideAfterEffect(504)),
        1 => Just(Fault::NonsenseAfterEffect),
        1 => (0..5_u64).prop_map(|ms| Fault::Delay(Duration::from_millis(ms))),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_key_has_at_most_one_message_and_one_when_accepted(
        scripts in prop::collection::vec(prop::collection::vec(fault(), 0..6), 1..4),
        attempts in 1..5_u32,
    ) {
        run(async {
            let setting = Setting::new().await;
            let ebox = setting.ebox();
            for (i, script) in scripts.into_iter().enumerate() {
                setting.twin.script(script.clone());
                let sent = message(i as u128);
                let outcomes = send_until_settled(&ebox, &sent, attempts).await;
                let kept: Vec<String> = setting.twin.messages().into_iter()
                    .filter(|message| message.key == sent.idempotency_key)
                    .map(|message| message.reference)
                    .collect();
                prop_assert_eq!(setting.twin.requests(sent.idempotency_key), outcomes.len());
                let was_in_doubt = outcomes.iter().any(|outcome| outcome.code() == "in_doubt");
                match outcomes.last() {
                    Some(SendOutcome::Accepted { provider_reference }
                    | SendOutcome::AlreadyAccepted { provider_reference: Some(provider_reference), .. }) => {
                        prop_assert_eq!(kept, [provider_reference.as_str()]);
                    }
                    // Whoever was never in doubt knows that nothing was sent.
                    _ if !was_in_doubt => prop_assert_eq!(kept, Vec::<String>::new()),
                    _ => prop_assert!(kept.len() <= 1),
                }
            }
            Ok(())
        })?;
    }
}
