//! Mails of mailings through a real SMTP server on the loopback, on a clock that the test moves.

use jiff::SignedDuration;
use jiff::civil::date;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;
use traject_app::ids::MailingId;
use traject_app::mailing::desk::Named;
use traject_app::mailing::desk::{Audience, NewMailing};
use traject_app::mailing::preference::PreferenceSource;
use traject_app::mailing::{MailLanguage, MailingDesk, PreferenceKind, Purpose, Reason, Row, Subject, Text, Texts};
use traject_app::model::{Actor, Request};
use traject_app::port::Clock as _;
use traject_config::Sources;
use traject_domain::code::Code;
use traject_domain::delivery::DeliveryState;
use traject_email_smtp::SendOutcome;
use traject_server::mailings::{MailingMails, Turn, desk};
use traject_server::site::Site;
use traject_sim::mail_sink::{Behaviour, MailSink};
use traject_testkit::FixedClock;

/// A deployment with its relay.
struct House {
    clock: Arc<FixedClock>,
    sink: MailSink,
    desk: MailingDesk,
    mails: MailingMails,
    _folder: tempfile::TempDir,
}

impl House {
    async fn open() -> Self {
        let clock = Arc::new(FixedClock::on(date(2026, 3, 2)));
        let sink = MailSink::start().await.expect("a port");
        let folder = tempfile::tempdir().expect("there is a temporary folder");
        let overrides = vec![
            format!("data_dir={}", folder.path().display()),
            "mail.kind=email-smtp".to_owned(),
            "mail.host=127.0.0.1".to_owned(),
            format!("mail.port={}", sink.address().port()),
            "mail.encryption=none".to_owned(),
            "mail.from=Traject <traject@mail.example>".to_owned(),
            "mail.timeout=5s".to_owned(),
            "mailings.opt_out_address=geen-mail@brussel.example".to_owned(),
        ];
        let config = traject_config::check(&Sources { overrides, ..Sources::default() }).expect("it is valid");
        let site = Site::open(config, Arc::<FixedClock>::clone(&clock) as _).await.expect("it opens");
        let mails = MailingMails::new(&site).expect("the section is usable").expect("mail is on");
        Self { clock, sink, desk: desk(&site), mails, _folder: folder }
    }

    /// A mailing to these boxes, started.
    async fn start(&self, boxes: &[&str]) -> MailingId {
        let nl = MailLanguage::parse("nl").expect("a language");
        let text = Text { subject: "Dag".to_owned(), body: "Welkom".to_owned() };
        let row = |(line, to): (u64, &&str)| Row { line, email: format!("{to}@example.org"), ..Row::default() };
        let order = NewMailing {
            request: Request { caller: "staff-1".to_owned(), id: self.desk.desk.ids.next(), hash: [0; 32] },
            actor: actor(),
            name: "Zomer".to_owned(),
            purpose: Purpose::Information,
            legal_basis: "task in the public interest".to_owned(),
            texts: Texts::new(nl, BTreeMap::from([(nl, text)])).expect("the default is there"),
            audience: Audience::Rows((1..).zip(boxes).map(row).collect()),
            validate_only: false,
        };
        let id = self.desk.create(&order).await.expect("it is made").mailing.id;
        self.desk.start(id, None, false, &actor()).await.expect("it starts");
        id
    }

    /// Turns until nothing is due, a second apart, and gives what they came to.
    async fn turns(&mut self) -> Vec<Turn> {
        let mut turns = Vec::new();
        loop {
            match self.mails.turn().await.expect("the store answers") {
                Turn::Idle => return turns,
                turn => turns.push(turn),
            }
            self.pass(SignedDuration::from_secs(1));
        }
    }

    fn pass(&self, time: SignedDuration) {
        self.clock.set(self.clock.now().checked_add(time).expect("an instant of our time"));
    }

    /// State, reason and attempts of each recipient.
    async fn states(&self, id: MailingId) -> Vec<(DeliveryState, Option<Reason>, u32)> {
        let recipients = self.desk.mailings.recipients(id, None, None, 99).await.expect("the store answers");
        recipients.iter().map(|one| (one.state, one.reason, one.attempts)).collect()
    }
}

fn actor() -> Actor {
    Actor { staff: "staff-1".to_owned(), agency: Code::new("21004"), role: Code::new("clerk") }
}

#[tokio::test]
async fn each_outcome_is_recorded_with_its_reason_and_only_what_was_put_off_is_tried_again() {
    let mut house = House::open().await;
    house.sink.behave("busy@example.org", Behaviour::RefuseRecipient(450));
    house.sink.behave("gone@example.org", Behaviour::RefuseRecipient(550));
    house.sink.behave("lost@example.org", Behaviour::DropBeforeAnswer);
    let id = house.start(&["well", "busy", "gone", "lost"]).await;
    let outcomes = house.turns().await;
    assert_eq!((outcomes.len(), outcomes[0]), (4, Turn::Sent(SendOutcome::Accepted)));
    let doubt = (DeliveryState::InDoubt, Some(Reason::NoAnswer), 1);
    let refused = (DeliveryState::PermanentFailure, Some(Reason::Refused), 1);
    let well = (DeliveryState::Accepted, None, 1);
    let put_off = |attempts| (DeliveryState::TemporaryFailure, Some(Reason::PutOff), attempts);
    assert_eq!(house.states(id).await, [well, put_off(1), refused, doubt]);
    house.pass(SignedDuration::from_mins(1));
    assert_eq!(house.turns().await.len(), 1);
    assert_eq!(house.states(id).await, [well, put_off(2), refused, doubt]);
    house.pass(SignedDuration::from_mins(1));
    assert!(house.turns().await.is_empty(), "the second wait is longer");
    house.sink.behave("busy@example.org", Behaviour::Accept);
    house.pass(SignedDuration::from_mins(5));
    assert_eq!(house.turns().await, [Turn::Sent(SendOutcome::Accepted)]);
    let mailing = house.desk.mailing(id, &actor()).await.expect("it is there");
    assert!(mailing.state.is_final() && mailing.finished_at.is_some());
    let received: Vec<String> = house.sink.received().iter().map(|mail| mail.recipients[0].clone()).collect();
    assert_eq!(received, ["well@example.org", "lost@example.org", "busy@example.org"]);
}

#[tokio::test]
async fn a_mail_that_is_put_off_again_and_again_is_given_up() {
    let mut house = House::open().await;
    house.sink.behave("busy@example.org", Behaviour::RefuseRecipient(450));
    let id = house.start(&["busy"]).await;
    let mut attempts = 0;
    for _ in 0..20 {
        attempts += house.turns().await.len();
        house.pass(SignedDuration::from_hours(6));
    }
    assert_eq!(attempts, 6);
    assert_eq!(house.states(id).await, [(DeliveryState::PermanentFailure, Some(Reason::TriedTooOften), 6)]);
}

#[tokio::test]
async fn the_pace_holds_and_an_opt_out_counts_between_two_mails() {
    let mut house = House::open().await;
    let id = house.start(&["a", "b", "c"]).await;
    assert_eq!(house.mails.turn().await.expect("it turns"), Turn::Sent(SendOutcome::Accepted));
    assert_eq!(house.mails.turn().await.expect("it turns"), Turn::Early(Duration::from_secs(1)));
    let recipients = house.desk.mailings.recipients(id, None, None, 9).await.expect("the store answers");
    let named = Named::Address("B@example.org".to_owned());
    let recorded =
        house.desk.record_preference(&named, PreferenceKind::OptOut, PreferenceSource::Phone, &actor()).await;
    assert_eq!(recorded.expect("it is recorded")[0].subject, Subject::Address(recipients[1].address));
    house.pass(SignedDuration::from_secs(1));
    assert_eq!(house.turns().await, [Turn::Passed, Turn::Sent(SendOutcome::Accepted)]);
    let states = house.states(id).await;
    assert_eq!(states[1], (DeliveryState::Cancelled, Some(Reason::OptedOut), 0));
    assert_eq!(house.sink.count(), 2);
    let raw = String::from_utf8_lossy(&house.sink.received()[0].raw).replace("\r\n ", " ");
    let way_out = format!("List-Unsubscribe: <mailto:geen-mail@brussel.example?subject=opt-out-{}>", recipients[0].id);
    assert!(raw.contains(&way_out), "{raw}");
}

#[tokio::test]
async fn recipients_are_forgotten_when_their_days_are_over() {
    let mut house = House::open().await;
    let id = house.start(&["a"]).await;
    house.turns().await;
    house.pass(SignedDuration::from_hours(24 * 90));
    assert_eq!(house.mails.forget().await.expect("the store answers"), 0, "the last day is not over");
    house.pass(SignedDuration::from_secs(2));
    assert_eq!(house.mails.forget().await.expect("the store answers"), 1);
    let kept = house.desk.mailings.recipients(id, None, None, 9).await.expect("the store answers");
    assert_eq!((kept[0].person.is_none(), kept[0].state), (true, DeliveryState::Accepted));
    // The code in the mail still finds the address.
    let named = Named::Code(kept[0].id);
    let recorded =
        house.desk.record_preference(&named, PreferenceKind::OptOut, PreferenceSource::Letter, &actor()).await;
    assert_eq!(recorded.expect("it is recorded")[0].subject, Subject::Address(kept[0].address));
}
