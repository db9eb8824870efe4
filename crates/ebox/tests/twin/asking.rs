//! Consent, delivery status, and the token and the certificate that every request needs.

use crate::support::{NUMBER, Setting, message, number, run};
use jiff::Timestamp;
use traject_ebox::{Consent, DeliveryStatus, EboxErrorCode, ProviderReference, Refusal, SendOutcome, TemporaryCause};
use traject_sim::ebox::Person;

fn at(text: &str) -> Timestamp {
    text.parse().expect("an instant")
}

fn temporary(cause: TemporaryCause) -> SendOutcome {
    SendOutcome::TemporaryFailure { cause, retry_after: None }
}

#[test]
fn consent_is_as_it_is_now() {
    run(async {
        let setting = Setting::new().await;
        let ebox = setting.ebox();
        assert_eq!(ebox.consent(&number(NUMBER)).await, Ok(Consent::Reachable));
        assert_eq!(ebox.consent(&number("00000000097")).await, Ok(Consent::NotReachable));
        setting.twin.set_person(NUMBER, Person::NotConsented);
        assert_eq!(ebox.consent(&number(NUMBER)).await, Ok(Consent::NotReachable));
    });
}

#[test]
fn a_message_is_received_read_and_refused() {
    run(async {
        let setting = Setting::new().await;
        let ebox = setting.ebox();
        let SendOutcome::Accepted { provider_reference } = ebox.send(&message(1)).await else {
            panic!("the twin takes it");
        };
        let received = DeliveryStatus { received_at: at("2023-03-13T09:00:00Z"), read_at: None, refused: None };
        assert_eq!(ebox.status(&provider_reference).await.as_ref(), Ok(&received));
        setting.twin.set_now(at("2023-03-14T10:30:00Z"));
        assert!(setting.twin.read(provider_reference.as_str()));
        setting.twin.set_now(at("2023-03-15T08:00:00Z"));
        assert!(setting.twin.refuse(provider_reference.as_str(), "NOT_FOR_ME"));
        let refused = Refusal { at: at("2023-03-15T08:00:00Z"), code: "NOT_FOR_ME".to_owned() };
        let status =
            DeliveryStatus { read_at: Some(at("2023-03-14T10:30:00Z")), refused: Some(refused.clone()), ..received };
        assert_eq!(ebox.status(&provider_reference).await.as_ref(), Ok(&status));
        // What may be a number or a name is no code.
        assert!(setting.twin.refuse(provider_reference.as_str(), NUMBER));
        let unknown = Refusal { code: "unknown".to_owned(), ..refused };
        assert_eq!(ebox.status(&provider_reference).await.map(|status| status.refused), Ok(Some(unknown)));
    });
}

#[test]
fn an_unknown_message_is_not_found() {
    run(async {
        let setting = Setting::new().await;
        let unknown = ProviderReference::parse("EB-999999").expect("a reference");
        let code = setting.ebox().status(&unknown).await.map_err(|error| error.code);
        assert_eq!(code, Err(EboxErrorCode::NotFound));
    });
}

#[test]
fn a_rotated_token_is_taken_up_without_a_restart() {
    run(async {
        let setting = Setting::new().await;
        let ebox = setting.ebox();
        assert_eq!(ebox.send(&message(1)).await.code(), "accepted");
        setting.twin.set_token("second.token");
        assert_eq!(ebox.send(&message(2)).await, temporary(TemporaryCause::Unauthorised));
        let asked = ebox.consent(&number(NUMBER)).await;
        assert_eq!(asked.map_err(|error| error.code), Err(EboxErrorCode::Unauthorised));
        setting.write_token("second.token");
        assert_eq!(ebox.send(&message(2)).await.code(), "accepted");
        std::fs::remove_file(setting.path("token")).expect("was there");
        assert_eq!(ebox.send(&message(3)).await, temporary(TemporaryCause::TokenUnreadable));
        let asked = ebox.consent(&number(NUMBER)).await;
        assert_eq!(asked.map_err(|error| error.code.code()), Err("EBOX_TOKEN_UNREADABLE"));
        assert_eq!(setting.twin.messages().len(), 2);
    });
}

#[test]
fn nothing_is_said_to_whom_no_authority_vouches_for() {
    run(async {
        let (setting, other) = (Setting::new().await, Setting::new().await);
        let ebox = setting.ebox_with(|config| config.ca_file = Some(other.path("ca.pem")));
        assert_eq!(ebox.send(&message(1)).await, temporary(TemporaryCause::NotConnected));
        let asked = ebox.consent(&number(NUMBER)).await;
        assert_eq!(asked.map_err(|error| error.code), Err(EboxErrorCode::NoAnswer));
        assert_eq!(setting.twin.requests(message(1).idempotency_key), 0);
    });
}

#[test]
fn nobody_there_is_a_failure_and_no_doubt() {
    run(async {
        let setting = Setting::new().await;
        let ebox = setting.ebox();
        drop(setting.twin);
        // The port closes when the task that listens has ended, which the runtime does in its own time.
        let address = format!("{ebox:?}");
        let port: u16 =
            address.trim_end_matches(')').rsplit(':').next().and_then(|it| it.parse().ok()).expect("a port");
        while tokio::net::TcpStream::connect(("127.0.0.1", port)).await.is_ok() {
            tokio::task::yield_now().await;
        }
        assert_eq!(ebox.send(&message(1)).await, temporary(TemporaryCause::NotConnected));
    });
}
