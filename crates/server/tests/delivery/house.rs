//! A deployment with its relay and its print folder, on a clock that stands still.

use jiff::SignedDuration;
use jiff::civil::date;
use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock, Mutex};
use traject_app::Desk;
use traject_app::channel::ChannelAdapter;
use traject_app::check::{HandOver, Visit};
use traject_app::ids::DossierId;
use traject_app::letters::Sending;
use traject_app::model::{Actor, Channel, Delivery, DeliveryState, Identity, Request, WorkKind};
use traject_app::port::{Clock, Store};
use traject_app::work::WorkFilter;
use traject_domain::Date;
use traject_domain::code::{Code, LegalLanguage};
use traject_domain::extract::Extract;
use traject_domain::municipality::Municipality;
use traject_email_smtp::{SmtpConfig, SmtpMailer, TlsMode};
use traject_letter_pdf::LetterPdf;
use traject_server::ENGINE;
use traject_server::engine::{Engine, Sent};
use traject_server::law::StoredLaws;
use traject_server::letters::{Contact, Letters, Senders};
use traject_server::limit::Limit;
use traject_server::mail::{MailHouse, Words};
use traject_server::print::{Batches, PrintHouse};
use traject_sim::mail_sink::MailSink;
use traject_templates::Texts;
use traject_testkit::facts::{extract, identity, municipality, national_number};
use traject_testkit::memory::MemoryStore;
use traject_testkit::{FixedClock, SeededIds};

pub(crate) const TODAY: Date = date(2022, 6, 20);
pub(crate) const TO: &str = "p1@example.org";

/// Fonts are read once for all tests.
pub(crate) static PRESS: LazyLock<LetterPdf> =
    LazyLock::new(|| LetterPdf::new().expect("fonts and texts are complete"));

/// A deployment with its relay.
pub(crate) struct House {
    pub(crate) desk: Desk,
    pub(crate) clock: Arc<FixedClock>,
    pub(crate) folder: tempfile::TempDir,
    pub(crate) texts: Texts,
    pub(crate) senders: Senders,
    pub(crate) limits: Mutex<BTreeMap<Channel, Limit>>,
    pub(crate) sink: MailSink,
}

/// Ixelles, which has an address in the configuration; no other municipality has.
pub(crate) fn ixelles() -> Municipality {
    municipality(8)
}

pub(crate) fn mailer(port: u16) -> SmtpMailer {
    SmtpMailer::new(SmtpConfig {
        host: "127.0.0.1".into(),
        port,
        tls: TlsMode::LoopbackPlain,
        username: None,
        password_file: None,
        ca_file: None,
        from: "Traject <traject@mail.example>".into(),
        hello_name: None,
        timeout_s: 20,
    })
    .expect("a usable section")
}

impl House {
    pub(crate) async fn open() -> Self {
        let clock = Arc::new(FixedClock::on(TODAY));
        let store = Arc::new(MemoryStore::new(Arc::<FixedClock>::clone(&clock) as _));
        Self::on(store, clock).await
    }

    pub(crate) async fn on(store: Arc<dyn Store>, clock: Arc<FixedClock>) -> Self {
        let law = Arc::new(
            traject_server::law::known(&traject_lawbook::LawText::embedded()).expect("the law ships with the program"),
        );
        store.put_law(law.hash, &law.content, clock.now()).await.expect("the law is kept");
        let desk = Desk {
            law,
            laws: Arc::new(StoredLaws),
            engine: ENGINE.into(),
            store,
            clock: Arc::<FixedClock>::clone(&clock) as _,
            ids: Arc::new(SeededIds::new(7)),
            sending: Sending { copies_by_email: true, ..Sending::default() },
        };
        let contact = Contact { email: "inburgering@elsene.example".into(), phone: Some("02 555 01 23".into()) };
        let senders = Senders {
            information_site: "www.bewelcome.example".into(),
            contacts: BTreeMap::from([(Code::new(&ixelles().to_string()), contact)]),
            ..Senders::default()
        };
        let sink = MailSink::start().await.expect("a port");
        let folder = tempfile::tempdir().expect("there is a temporary folder");
        let texts = Texts::load().expect("complete texts");
        Self { desk, clock, folder, texts, senders, limits: Mutex::default(), sink }
    }

    pub(crate) fn request(&self) -> Request {
        Request { caller: "staff-1".into(), id: traject_app::port::Ids::next(self.desk.ids.as_ref()), hash: [0; 32] }
    }

    /// A check at the counter: the first of a person prepares a certificate with its copy.
    pub(crate) async fn check(&self, n: u64, extract: Extract, email: Option<&str>) -> DossierId {
        let visit = Visit {
            request: self.request(),
            actor: clerk(extract.municipality),
            number: national_number(n),
            identity: Identity { email: email.map(str::to_owned), ..identity() },
            extract,
            checked_on: self.clock.today(),
            hand_over: HandOver::default(),
            validate_only: false,
        };
        self.desk.visit(&visit).await.expect("the check is recorded").dossier
    }

    pub(crate) async fn visit(&self, n: u64, language: Option<LegalLanguage>) -> DossierId {
        let extract = Extract { letter_language: language, ..extract(ixelles()) };
        self.check(n, extract, Some(&format!("p{n}@example.org"))).await
    }

    pub(crate) async fn letters(&self) -> Sent {
        self.letters_in(Batches::AtOnce).await
    }

    pub(crate) async fn letters_in(&self, batches: Batches) -> Sent {
        let counting = self.desk.law.law.counting.clone();
        let printing = PrintHouse::new(self.folder.path().to_owned(), batches, counting);
        self.run(Box::new(printing), Channel::Letter).await
    }

    pub(crate) async fn mails(&self) -> Sent {
        self.mails_through(mailer(self.sink.address().port())).await
    }

    pub(crate) async fn mails_through(&self, mailer: SmtpMailer) -> Sent {
        self.run(Box::new(MailHouse::new(mailer, "mail.example".into())), Channel::Email).await
    }

    pub(crate) async fn run(&self, adapter: Box<dyn ChannelAdapter>, channel: Channel) -> Sent {
        let adapters = [adapter];
        // A server runs its jobs in a task of their own.
        sendable(self.engine(&adapters).run(channel)).await.expect("the store answers")
    }

    /// Settles what a program that ended left behind, where mail is on.
    pub(crate) async fn recover(&self) -> u64 {
        let adapter = MailHouse::new(mailer(self.sink.address().port()), "mail.example".into());
        let adapters: [Box<dyn ChannelAdapter>; 1] = [Box::new(adapter)];
        self.engine(&adapters).recover().await.expect("the store answers")
    }

    pub(crate) fn engine<'a>(&'a self, adapters: &'a [Box<dyn ChannelAdapter>]) -> Engine<'a> {
        let (desk, senders) = (&self.desk, &self.senders);
        Engine {
            desk,
            letters: Letters { desk, press: &PRESS, senders },
            words: Words { desk, texts: &self.texts, senders },
            adapters,
            limits: &self.limits,
        }
    }

    pub(crate) async fn delivery(&self, dossier: DossierId, channel: Channel) -> Delivery {
        let all = self.desk.store.deliveries_of(dossier).await.expect("the store answers");
        let [only] = &all.into_iter().filter(|one| one.key.channel == channel).collect::<Vec<_>>()[..] else {
            panic!("one delivery a channel")
        };
        only.clone()
    }

    pub(crate) async fn state(&self, dossier: DossierId) -> DeliveryState {
        self.delivery(dossier, Channel::Email).await.state
    }

    pub(crate) async fn doubts(&self) -> usize {
        self.open_work(WorkKind::DeliveryInDoubt).await
    }

    /// How many items of a kind are open.
    pub(crate) async fn open_work(&self, kind: WorkKind) -> usize {
        let today = self.clock.today();
        let filter = WorkFilter { kinds: vec![kind], ..WorkFilter::everything(today) };
        self.desk.store.work(&filter, None, 10).await.expect("the store answers").len()
    }

    /// Settles what a program that ended left behind, where letters are printed.
    pub(crate) async fn recover_paper(&self) -> u64 {
        let counting = self.desk.law.law.counting.clone();
        let adapter = PrintHouse::new(self.folder.path().to_owned(), Batches::AtOnce, counting);
        let adapters: [Box<dyn ChannelAdapter>; 1] = [Box::new(adapter)];
        self.engine(&adapters).recover().await.expect("the store answers")
    }

    pub(crate) fn pass(&self, time: SignedDuration) {
        self.clock.set(self.clock.now().checked_add(time).expect("an instant of our time"));
    }
}

pub(crate) fn sendable<T: Send>(future: T) -> T {
    future
}

pub(crate) fn clerk(municipality: Municipality) -> Actor {
    Actor { staff: "staff-1".into(), agency: Code::new(&municipality.to_string()), role: Code::new("clerk") }
}
