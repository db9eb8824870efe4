//! Mail through a relay that misbehaves, by a server that is killed: nothing is sent twice, and nothing is lost in silence.
//!
//! What was being sent at a kill, or when the relay cut the line after the message, is in doubt, and the relay holds it once
//! or not at all. Every other mail is there exactly once, or never, as its delivery tells.

use crate::procedure::visit;
use crate::support::{BRUSSELS, Client, Deployment, Server, number_of};
use rand_pcg::Pcg32;
use rand_pcg::rand_core::{Rng as _, SeedableRng as _};
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::time::Duration;
use tokio::task::JoinSet;
use traject_proto::traject::check::v1::{CounterVisitRequest, Identity};
use traject_proto::traject::delivery::v1::{
    Delivery, DeliveryChannel, DeliveryReason as Reason, DeliveryState as State, GetDeliveryQueueRequest,
    ListDeliveriesRequest,
};
use traject_sim::mail_sink::{Behaviour, MailSink, ReceivedMail, SinkOptions};

/// Visits at a time.
const CLERKS: usize = 8;

/// How long an answer lets the server wait that is slow to come.
const DELAY: Duration = Duration::from_millis(60);

/// How long anything may take of which this test waits for the next sign, such as the next mail.
const PATIENCE: Duration = Duration::from_secs(120);

/// How often the server is killed: 10 times, or as often as `cargo xtask soak` says.
fn kills() -> u32 {
    told("TRAJECT_SOAK_MAIL_KILLS").unwrap_or(10)
}

/// How many mails go out: 500, or as many as `cargo xtask soak` says.
fn mails() -> u32 {
    told("TRAJECT_SOAK_MAILS").unwrap_or(500)
}

#[expect(clippy::disallowed_methods, reason = "the great numbers are told to the test by its environment")]
fn told(variable: &str) -> Option<u32> {
    std::env::var(variable).ok().and_then(|number| number.parse().ok())
}

/// What the relay does with the mail to one person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Fate {
    /// Takes it.
    Taken,
    /// Takes it, and lets the server wait for the answer.
    TakenLate,
    /// Takes it, and reports later that it could not be delivered.
    Bounced,
    /// Wants it again in a while, then takes it.
    Greylisted,
    /// Wants it again in a while, whenever it comes.
    Busy,
    /// Does not know the recipient.
    NoMailbox,
    /// Does not want the message.
    Unwanted,
    /// Keeps it, and cuts the line in place of the answer.
    Cut,
}

const FATES: [Fate; 8] = [
    Fate::Taken,
    Fate::TakenLate,
    Fate::Bounced,
    Fate::Greylisted,
    Fate::Busy,
    Fate::NoMailbox,
    Fate::Unwanted,
    Fate::Cut,
];

impl Fate {
    /// The fate of a person: the first ones have one of each, so that none is missing, and later ones are lucky for the most
    /// part.
    fn of(person: u32, random: &mut Pcg32) -> Self {
        let drawn = random.next_u32() % 100;
        let fate = FATES.get(usize::try_from(person).unwrap_or(usize::MAX)).copied();
        fate.unwrap_or(match drawn {
            0..80 => Self::Taken,
            80..84 => Self::TakenLate,
            84..88 => Self::Bounced,
            88..91 => Self::Greylisted,
            91..93 => Self::Busy,
            93..95 => Self::NoMailbox,
            95..97 => Self::Unwanted,
            _ => Self::Cut,
        })
    }

    const fn behaviour(self) -> Behaviour {
        match self {
            Self::Taken | Self::Bounced => Behaviour::Accept,
            Self::TakenLate => Behaviour::AcceptAfter(DELAY),
            Self::Greylisted => Behaviour::RefuseRecipientOnce(450),
            Self::Busy => Behaviour::RefuseMessage(451),
            Self::NoMailbox => Behaviour::RefuseRecipient(550),
            Self::Unwanted => Behaviour::RefuseMessage(554),
            Self::Cut => Behaviour::DropBeforeAnswer,
        }
    }

    /// Whether a delivery may stand so, where no kill interrupted it, when the relay holds its mail so often.
    fn allows(self, state: State, reason: Reason, held: usize) -> bool {
        let taken = (state, reason, held) == (State::Accepted, Reason::Unspecified, 1);
        let postponed = (state, reason, held) == (State::TemporaryFailure, Reason::ProviderBusy, 0);
        match self {
            Self::Taken | Self::TakenLate => taken,
            Self::Bounced => (state, reason, held) == (State::Returned, Reason::MailboxRefused, 1),
            Self::Greylisted => taken || postponed,
            Self::Busy => postponed,
            Self::NoMailbox => (state, reason, held) == (State::PermanentFailure, Reason::MailboxRefused, 0),
            Self::Unwanted => (state, reason, held) == (State::PermanentFailure, Reason::ProviderRefused, 0),
            Self::Cut => (state, reason, held) == (State::InDoubt, Reason::NoAnswer, 1),
        }
    }
}

fn address(person: u32) -> String {
    format!("p{person}@example.org")
}

/// The relay, and the Maildir to which its reports go.
struct Relay {
    sink: MailSink,
    fates: Vec<Fate>,
    maildir: PathBuf,
    /// Mails looked at so far for their report.
    seen: usize,
}

impl Relay {
    async fn start(deployment: &Deployment, random: &mut Pcg32) -> Self {
        let options = SinkOptions { headers_only: true, ..SinkOptions::default() };
        let sink = MailSink::start_with(options).await.expect("a port");
        let fates: Vec<Fate> = (0..mails()).map(|person| Fate::of(person, random)).collect();
        for (fate, person) in fates.iter().zip(0..) {
            sink.behave(&address(person), fate.behaviour());
        }
        let maildir = deployment.dir.path().join("bounces");
        for folder in ["tmp", "new", "cur"] {
            std::fs::create_dir_all(maildir.join(folder)).expect("a Maildir");
        }
        Self { sink, fates, maildir, seen: 0 }
    }

    /// A server that sends through this relay; `more` is set as well.
    fn serve(&self, deployment: &Deployment, more: &[&str]) -> Server {
        let mut set = vec![
            "server.jobs_every=50ms".to_owned(),
            "mail.kind=email-smtp".to_owned(),
            "mail.host=127.0.0.1".to_owned(),
            format!("mail.port={}", self.sink.address().port()),
            "mail.encryption=none".to_owned(),
            "mail.from=Traject <traject@mail.example>".to_owned(),
            format!("mail.bounces_dir={}", self.maildir.display()),
        ];
        set.extend(more.iter().map(|&key| key.to_owned()));
        deployment.serve_with(&set)
    }

    /// Waits until so many mails have come in.
    async fn wait_for(&self, count: usize) {
        while self.sink.count() < count {
            let next = self.sink.wait_for(self.sink.count() + 1);
            tokio::time::timeout(PATIENCE, next).await.expect("mails go out");
        }
    }

    /// Whose mail it is.
    fn person(&self, mail: &ReceivedMail) -> u32 {
        let name = mail.recipients[0].strip_prefix('p').and_then(|rest| rest.strip_suffix("@example.org"));
        name.and_then(|number| number.parse().ok()).expect("an address of this test")
    }

    fn fate(&self, person: u32) -> Fate {
        self.fates[usize::try_from(person).expect("a place in a list")]
    }

    /// Reports the mails that came in since the last time and bounce.
    fn report_bounces(&mut self) {
        for mail in self.sink.received_after(self.seen) {
            self.seen += 1;
            if self.fate(self.person(&mail)) == Fate::Bounced {
                let name = format!("{}.relay", self.seen);
                let (tmp, new) = (self.maildir.join("tmp").join(&name), self.maildir.join("new").join(&name));
                std::fs::write(&tmp, report(&mail)).expect("a report is written");
                std::fs::rename(tmp, new).expect("a report is delivered");
            }
        }
    }

    /// How often the relay holds the mail of each delivery, by the message id: refused mail it does not hold.
    fn held(&self) -> BTreeMap<String, usize> {
        let mut held = BTreeMap::new();
        let refused = |mail: &ReceivedMail| matches!(self.fate(self.person(mail)), Fate::Busy | Fate::Unwanted);
        for mail in self.sink.received_after(0).iter().filter(|mail| !refused(mail)) {
            *held.entry(delivery_of(mail)).or_default() += 1;
        }
        held
    }
}

/// The name of the delivery that a mail is of.
fn delivery_of(mail: &ReceivedMail) -> String {
    let headers = String::from_utf8_lossy(&mail.raw);
    let id = headers.lines().find_map(|line| line.strip_prefix("Message-ID: <")).expect("every mail has its id");
    format!("deliveries/{}", id.split('@').next().unwrap_or_default())
}

/// A report that a mail could not be delivered (RFC 3464), with the headers of the mail.
fn report(mail: &ReceivedMail) -> String {
    let (to, from, headers) = (&mail.recipients[0], &mail.sender, String::from_utf8_lossy(&mail.raw));
    let head = format!(
        "From: MAILER-DAEMON@relay.example\nTo: {from}\nSubject: Undelivered Mail Returned to Sender\n\
         MIME-Version: 1.0\nContent-Type: multipart/report; report-type=delivery-status; boundary=\"b1_relay\"\n\n\
         --b1_relay\nContent-Type: text/plain\n\nI'm sorry to have to inform you.\n\n\
         --b1_relay\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; relay.example\n\n\
         Final-Recipient: rfc822; {to}\nAction: failed\nStatus: 5.1.1\n\n\
         --b1_relay\nContent-Type: text/rfc822-headers\n\n"
    );
    format!("{}{}\r\n--b1_relay--\r\n", head.replace('\n', "\r\n"), headers.trim_end())
}

/// Visits everybody, and gives whose dossier is whose.
async fn visit_all(client: &Client) -> BTreeMap<String, u32> {
    let mut visits = JoinSet::new();
    let mut dossiers = BTreeMap::new();
    for person in 0..mails() {
        if visits.len() >= CLERKS {
            dossiers.extend(visits.join_next().await.map(|made| made.expect("a visit")));
        }
        // A birth date for each 990 people, and a serial number for each person.
        let national_number = number_of(900_101 + u64::from(person / 990), person % 990 + 1);
        let plain = visit(1, u128::from(person));
        let identity = Identity { email: address(person), ..plain.identity.clone().expect("she has a name") };
        let request =
            CounterVisitRequest { national_number, identity: Some(identity), certificate_received: false, ..plain };
        let client = client.clone();
        visits.spawn(async move {
            let made = client.check().counter_visit(request).await.expect("she is obliged").into_inner();
            (made.dossier, person)
        });
    }
    dossiers.extend(visits.join_all().await);
    assert_eq!(u32::try_from(dossiers.len()), Ok(mails()), "each person has a dossier");
    dossiers
}

/// How many deliveries of a way are in each state.
async fn queue(client: &Client, channel: DeliveryChannel) -> BTreeMap<State, i64> {
    let queue = client.delivery().get_delivery_queue(GetDeliveryQueueRequest {}).await.expect("a queue").into_inner();
    let rows = queue.rows.iter().filter(|row| row.channel() == channel);
    rows.map(|row| (row.state(), row.delivery_count)).collect()
}

/// Waits until the deliveries of a way stand as `is_so` says; their number changes at least once in [`PATIENCE`].
async fn until(client: &Client, channel: DeliveryChannel, is_so: impl Fn(&BTreeMap<State, i64>) -> bool) {
    let mut last = BTreeMap::new();
    let mut unchanged = Duration::ZERO;
    loop {
        let now = queue(client, channel).await;
        if is_so(&now) {
            return;
        }
        unchanged = if now == last { unchanged } else { Duration::ZERO };
        assert!(unchanged < PATIENCE, "{channel:?} stands still at {now:?}");
        last = now;
        let pause = Duration::from_millis(100);
        tokio::time::sleep(pause).await;
        unchanged += pause;
    }
}

/// Whether nothing waits to be made or sent for the first time.
fn has_all_left(queue: &BTreeMap<State, i64>) -> bool {
    [State::Created, State::Rendered, State::Queued, State::Sending].iter().all(|state| !queue.contains_key(state))
}

/// Prints all letters, so that the kills fall into the sending of their copies.
async fn prepare(deployment: &Deployment, relay: &Relay) -> BTreeMap<String, u32> {
    let server = relay.serve(deployment, &["mail.per_minute=1"]);
    let client = server.client(BRUSSELS).await;
    let dossiers = visit_all(&client).await;
    until(&client, DeliveryChannel::Letter, has_all_left).await;
    assert!(server.stop().success());
    dossiers
}

/// After how many mails each kill comes: anywhere before the last fifth, of which the relay may refuse some.
fn moments(random: &mut Pcg32) -> Vec<usize> {
    let last = (mails() * 4 / 5).max(1);
    let mut moments: Vec<usize> = (0..kills()).filter_map(|_| usize::try_from(random.next_u32() % last).ok()).collect();
    moments.sort_unstable();
    moments
}

/// Every e-mail delivery, by ListDeliveries.
async fn deliveries(client: &Client) -> Vec<Delivery> {
    let mut found = Vec::new();
    for state in (1..).map_while(|number| State::try_from(number).ok()) {
        let mut page_token = String::new();
        loop {
            let page_size = 1_000;
            let list = ListDeliveriesRequest {
                state: state.into(),
                page_size,
                page_token,
                ..ListDeliveriesRequest::default()
            };
            let page = client.delivery().list_deliveries(list).await.expect("a list").into_inner();
            found.extend(page.deliveries);
            page_token = page.next_page_token;
            if page_token.is_empty() {
                break;
            }
        }
    }
    found.retain(|delivery| delivery.channel() == DeliveryChannel::Email);
    found
}

async fn each_mail_once(deployment: &Deployment) {
    let mut random = Pcg32::seed_from_u64(u64::from(mails()));
    let mut relay = Relay::start(deployment, &mut random).await;
    let dossiers = prepare(deployment, &relay).await;
    for moment in moments(&mut random) {
        let server = relay.serve(deployment, &[]);
        let jitter = Duration::from_micros(u64::from(random.next_u32() % 30_000));
        relay.wait_for(moment).await;
        tokio::time::sleep(jitter).await;
        server.kill();
        relay.report_bounces();
    }
    finish(deployment, &mut relay).await;
    // Without a way out nothing moves any more while the lists are read.
    let server = deployment.serve();
    let found = deliveries(&server.client(BRUSSELS).await).await;
    assert!(server.stop().success());
    compare(&relay, &dossiers, &found);
}

/// Lets everything leave, and the last reports come in.
async fn finish(deployment: &Deployment, relay: &mut Relay) {
    let server = relay.serve(deployment, &[]);
    let client = server.client(BRUSSELS).await;
    until(&client, DeliveryChannel::Email, has_all_left).await;
    relay.report_bounces();
    let is_back = |mail: &&ReceivedMail| relay.fate(relay.person(mail)) == Fate::Bounced;
    let bounced = relay.sink.received_after(0).iter().filter(is_back).map(delivery_of).collect::<BTreeSet<_>>().len();
    let are_back = |queue: &BTreeMap<State, i64>| {
        queue.get(&State::Returned).is_some_and(|back| usize::try_from(*back) == Ok(bounced))
    };
    until(&client, DeliveryChannel::Email, are_back).await;
    assert!(server.stop().success());
}

/// Holds what the deliveries say against what the relay holds.
#[expect(clippy::print_stdout, reason = "the figures are what a soak is run for")]
fn compare(relay: &Relay, dossiers: &BTreeMap<String, u32>, found: &[Delivery]) {
    let held = relay.held();
    let people: BTreeMap<u32, &Delivery> = found.iter().map(|mail| (dossiers[&mail.dossier], mail)).collect();
    assert_eq!((people.len(), found.len()), (dossiers.len(), dossiers.len()), "one mail to each person");
    assert!(held.keys().all(|name| found.iter().any(|mail| mail.name == *name)), "no mail is of nobody");
    let mut figures: BTreeMap<String, u32> = BTreeMap::new();
    let mut interrupted = 0;
    for (person, mail) in people {
        let (state, reason, fate) = (mail.state(), mail.reason(), relay.fate(person));
        let times = held.get(&mail.name).copied().unwrap_or_default();
        if (state, reason) == (State::InDoubt, Reason::Interrupted) {
            interrupted += 1;
            assert!(times <= 1, "{fate:?} {mail:?} was sent {times} times");
        } else {
            assert!(fate.allows(state, reason, times), "{fate:?} {mail:?} was sent {times} times");
        }
        *figures.entry(format!("{state:?} {reason:?} {times}")).or_default() += 1;
    }
    assert!(interrupted <= kills(), "one mail at a time is being sent: {interrupted} were interrupted");
    println!("{} mails, {} kills: {figures:?}", dossiers.len(), kills());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_mail_is_sent_once_or_told_whatever_befalls_relay_and_server_on_sqlite() {
    each_mail_once(&Deployment::on_sqlite()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_mail_is_sent_once_or_told_whatever_befalls_relay_and_server_on_postgres() {
    if let Some(deployment) = Deployment::on_postgres() {
        each_mail_once(&deployment).await;
    }
}
