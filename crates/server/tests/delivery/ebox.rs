//! Documents by eBox, through a real HTTPS service on the loopback that misbehaves on request.

use crate::house::{House, clerk, ixelles};
use jiff::SignedDuration;
use std::sync::Arc;
use traject_app::deliveries::DeliveryOrder;
use traject_app::model::{Channel, Delivery, DeliveryMove, DeliveryReason, DeliveryState, LegalStep, WorkKind};
use traject_app::port::Clock as _;
use traject_ebox::{Ebox, EboxConfig, EboxMessage, Language, RecipientNumber};
use traject_server::ebox::{Asked, EboxHouse, ask};
use traject_server::engine::Sent;
use traject_sim::ebox::{EboxTwin, Fault, Person};
use traject_testkit::facts::national_number;

const TOKEN: &str = "first.token-1";

/// A deployment with an eBox that knows person 1.
struct Setting {
    house: House,
    twin: EboxTwin,
    ebox: Arc<Ebox>,
    // The token is read from it for each request.
    _files: tempfile::TempDir,
}

impl Setting {
    async fn open() -> Self {
        let mut house = House::open().await;
        house.desk.sending.channels.insert(Channel::Ebox);
        let twin = EboxTwin::start(TOKEN, house.clock.now()).await.expect("a free port");
        twin.set_person(&national_number(1).digits(), Person::Reachable);
        let files = tempfile::tempdir().expect("there is a temporary folder");
        let path = |name: &str| files.path().join(name);
        std::fs::write(path("ca.pem"), twin.certificate_pem()).expect("is written");
        std::fs::write(path("token"), TOKEN).expect("is written");
        let ebox = Ebox::new(EboxConfig {
            base_url: twin.base_url(),
            token_file: path("token"),
            ca_file: Some(path("ca.pem")),
            timeout_s: 1,
            sender_organisation: "21009".to_owned(),
            may_register: false,
        });
        Self { house, twin, ebox: Arc::new(ebox.expect("a usable section")), _files: files }
    }

    /// A certificate of obligation by eBox, on request of the municipality.
    async fn certificate(&self, n: u64) -> Delivery {
        let dossier = self.house.visit(n, None).await;
        let order = DeliveryOrder {
            request: self.house.request(),
            actor: clerk(ixelles()),
            dossier,
            step: LegalStep::CERTIFICATE,
            channel: Channel::Ebox,
        };
        self.house.desk.create_delivery(&order).await.expect("the way is open")
    }

    async fn run(&self) -> Sent {
        self.house.run(Box::new(EboxHouse::new(Arc::clone(&self.ebox))), Channel::Ebox).await
    }

    async fn ask(&self) -> Asked {
        ask(&self.house.engine(&[]), &self.ebox).await.expect("the store answers")
    }

    async fn reread(&self, delivery: &Delivery) -> Delivery {
        self.house.desk.delivery(delivery.id).await.expect("it is there")
    }

    async fn failed(&self) -> usize {
        self.house.open_work(WorkKind::DeliveryFailed).await
    }
}

fn sent(change: impl FnOnce(&mut Sent)) -> Sent {
    let mut sent = Sent::default();
    change(&mut sent);
    sent
}

#[tokio::test]
async fn a_document_arrives_once_with_its_words_and_its_file() {
    let setting = Setting::open().await;
    let delivery = setting.certificate(1).await;
    assert_eq!(setting.run().await, sent(|sent| sent.accepted = 1));
    assert_eq!(setting.run().await, Sent::default());
    let [message] = &setting.twin.messages()[..] else { panic!("one message") };
    assert_eq!((message.key, message.recipient.as_str()), (delivery.id.0, national_number(1).digits().as_str()));
    assert_eq!((message.sender.as_str(), message.registered), ("21009", false));
    assert_eq!(message.subject.keys().collect::<Vec<_>>(), ["fr", "nl"]);
    for subject in message.subject.values() {
        assert!(!subject.chars().any(|character| character.is_ascii_digit()), "{subject}");
    }
    let stored = setting.house.desk.store.document(delivery.id).await.expect("the store answers").expect("it is made");
    let file = (format!("{}.pdf", delivery.id), "application/pdf".to_owned(), stored.pdf);
    assert_eq!(message.attachments, [file]);
    let delivery = setting.reread(&delivery).await;
    assert_eq!(delivery.state, DeliveryState::Accepted);
    assert_eq!(delivery.provider_reference.as_deref(), Some(message.reference.as_str()));
}

#[tokio::test]
async fn whatever_becomes_of_an_answer_the_engine_repeats_and_one_message_is_there() {
    let lost = [
        Fault::CutBeforeEffect,
        Fault::CutAfterEffect,
        Fault::HideAfterEffect(504),
        Fault::NonsenseAfterEffect,
        Fault::SilentAfterEffect,
    ];
    for fault in lost {
        let setting = Setting::open().await;
        let delivery = setting.certificate(1).await;
        setting.twin.script([fault]);
        assert_eq!(setting.run().await, sent(|sent| sent.postponed = 1), "{fault:?}");
        let found = setting.reread(&delivery).await;
        let expected = (DeliveryState::TemporaryFailure, Some(DeliveryReason::NoAnswer));
        assert_eq!((found.state, found.reason), expected, "{fault:?}");
        setting.house.pass(SignedDuration::from_mins(1));
        assert_eq!(setting.run().await, sent(|sent| sent.accepted = 1), "{fault:?}");
        let [message] = &setting.twin.messages()[..] else { panic!("one message: {fault:?}") };
        assert_eq!(setting.twin.requests(delivery.id.0), 2, "{fault:?}");
        let found = setting.reread(&delivery).await;
        assert_eq!(found.provider_reference.as_deref(), Some(message.reference.as_str()), "{fault:?}");
        assert_eq!((setting.house.doubts().await, setting.failed().await), (0, 0), "{fault:?}");
    }
}

#[tokio::test]
async fn what_a_crash_left_in_sending_is_sent_again() {
    let setting = Setting::open().await;
    let (house, delivery) = (&setting.house, setting.certificate(1).await);
    setting.twin.script([Fault::CutAfterEffect]);
    setting.run().await;
    // As if the program had ended before it wrote down that no answer came.
    let now = house.clock.now();
    let by = DeliveryMove::new(DeliveryState::TemporaryFailure, DeliveryState::Sending, "engine", now);
    assert!(house.desk.store.move_delivery(delivery.id, &by).await.expect("a move"));
    let adapters: [Box<dyn traject_app::channel::ChannelAdapter>; 1] =
        [Box::new(EboxHouse::new(Arc::clone(&setting.ebox)))];
    assert_eq!(house.engine(&adapters).recover().await.expect("the store answers"), 0);
    assert_eq!(setting.run().await, sent(|sent| sent.accepted = 1));
    assert_eq!((setting.twin.messages().len(), house.doubts().await), (1, 0));
}

#[tokio::test]
async fn who_cannot_be_reached_is_a_reason_and_a_question_to_a_person() {
    for (n, person) in [(1, Some(Person::NotConsented)), (2, None)] {
        let setting = Setting::open().await;
        if let Some(person) = person {
            setting.twin.set_person(&national_number(n).digits(), person);
        }
        let delivery = setting.certificate(n).await;
        assert_eq!(setting.run().await, sent(|sent| sent.failed = 1), "{person:?}");
        let found = setting.reread(&delivery).await;
        let expected = (DeliveryState::PermanentFailure, Some(DeliveryReason::NoConsent));
        assert_eq!((found.state, found.reason, setting.failed().await), (expected.0, expected.1, 1), "{person:?}");
        setting.house.pass(SignedDuration::from_hours(48));
        assert_eq!(setting.run().await, Sent::default(), "{person:?}");
        assert_eq!(setting.twin.messages(), [], "{person:?}");
    }
}

#[tokio::test]
async fn a_service_that_is_asked_too_much_is_left_alone_for_as_long_as_it_says() {
    let setting = Setting::open().await;
    setting.twin.set_person(&national_number(2).digits(), Person::Reachable);
    let deliveries = [setting.certificate(1).await, setting.certificate(2).await];
    setting.twin.script([Fault::Wait { status: 429, retry_after_s: 300 }]);
    let first = setting.run().await;
    assert_eq!((first.accepted, first.postponed, first.failed), (0, 1, 0));
    setting.house.pass(SignedDuration::from_secs(299));
    assert_eq!(setting.run().await, Sent::default());
    let asked = deliveries.iter().map(|delivery| setting.twin.requests(delivery.id.0)).sum::<usize>();
    assert_eq!((asked, setting.twin.messages().len()), (1, 0));
    setting.house.pass(SignedDuration::from_secs(1));
    assert_eq!(setting.run().await, sent(|sent| sent.accepted = 2));
    assert_eq!(setting.twin.messages().len(), 2);
}

#[tokio::test]
async fn what_lies_there_before_it_was_ever_handed_over_is_a_question_to_a_person() {
    let setting = Setting::open().await;
    let delivery = setting.certificate(1).await;
    let message = EboxMessage {
        idempotency_key: delivery.id.0,
        attempt: 1,
        recipient: RecipientNumber::parse(&national_number(1).digits()).expect("eleven digits"),
        subject: [(Language::Nl, "Bericht".to_owned())].into(),
        text: "Zie bijlage.".to_owned(),
        html: None,
        language: Language::Nl,
        attachments: Vec::new(),
        registered: false,
    };
    setting.ebox.send(&message).await;
    assert_eq!(setting.twin.messages().len(), 1);
    assert_eq!(setting.run().await, sent(|sent| sent.failed = 1));
    let found = setting.reread(&delivery).await;
    assert_eq!(found.reason, Some(DeliveryReason::ProviderRefused));
    assert_eq!((setting.failed().await, setting.twin.messages().len()), (1, 1));
}

#[tokio::test]
async fn the_word_of_the_service_is_the_proof_of_a_delivery() {
    let setting = Setting::open().await;
    let delivery = setting.certificate(1).await;
    assert_eq!(setting.ask().await, Asked::default());
    setting.run().await;
    // A day later: what counts is when it came, not when it was asked.
    let came = setting.house.clock.today();
    setting.house.pass(SignedDuration::from_hours(24));
    assert_eq!(setting.ask().await, Asked { delivered: 1, ..Asked::default() });
    assert_eq!(setting.ask().await, Asked::default());
    let found = setting.reread(&delivery).await;
    assert_eq!((found.state, found.reason), (DeliveryState::Delivered, Some(DeliveryReason::Proven)));
    let story = setting.house.desk.store.delivery_events(delivery.id).await.expect("the store answers");
    assert_eq!(story.last().and_then(|event| event.occurred_on), Some(came));
}

#[tokio::test]
async fn a_message_that_is_refused_comes_back_as_a_question_to_a_person() {
    let setting = Setting::open().await;
    let delivery = setting.certificate(1).await;
    setting.run().await;
    let [message] = &setting.twin.messages()[..] else { panic!("one message") };
    assert!(setting.twin.refuse(&message.reference, "NOT_FOR_ME"));
    assert_eq!(setting.ask().await, Asked { refused: 1, ..Asked::default() });
    assert_eq!(setting.ask().await, Asked::default());
    let found = setting.reread(&delivery).await;
    assert_eq!((found.state, found.reason), (DeliveryState::Returned, Some(DeliveryReason::MailboxRefused)));
    assert_eq!(setting.failed().await, 1);
}
