//! A twin, an adapter that is set up for it, and a message.

use std::collections::BTreeMap;
use std::path::PathBuf;
use traject_ebox::{Ebox, EboxConfig, EboxMessage, Language, RecipientNumber};
use traject_sim::ebox::{EboxTwin, Person};
use uuid::Uuid;

/// A person the twin knows.
pub(crate) const NUMBER: &str = "85073003328";

/// The first token.
pub(crate) const TOKEN: &str = "first.token-1";

/// A twin that knows one person, and the files to reach it by.
pub(crate) struct Setting {
    pub(crate) twin: EboxTwin,
    directory: tempfile::TempDir,
}

impl Setting {
    pub(crate) async fn new() -> Self {
        let now = "2023-03-13T09:00:00Z".parse().expect("an instant");
        let twin = EboxTwin::start(TOKEN, now).await.expect("a free port");
        twin.set_person(NUMBER, Person::Reachable);
        let directory = tempfile::tempdir().expect("a directory");
        std::fs::write(directory.path().join("ca.pem"), twin.certificate_pem()).expect("is written");
        let setting = Self { twin, directory };
        setting.write_token(TOKEN);
        setting
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    pub(crate) fn write_token(&self, token: &str) {
        std::fs::write(self.path("token"), format!("{token}\n")).expect("is written");
    }

    pub(crate) fn config(&self) -> EboxConfig {
        EboxConfig {
            base_url: self.twin.base_url(),
            token_file: self.path("token"),
            ca_file: Some(self.path("ca.pem")),
            timeout_s: 1,
            sender_organisation: "21009".to_owned(),
            may_register: false,
        }
    }

    pub(crate) fn ebox(&self) -> Ebox {
        self.ebox_with(|_| {})
    }

    pub(crate) fn ebox_with(&self, change: impl FnOnce(&mut EboxConfig)) -> Ebox {
        let mut config = self.config();
        change(&mut config);
        Ebox::new(config).expect("a usable section")
    }
}

pub(crate) fn number(digits: &str) -> RecipientNumber {
    RecipientNumber::parse(digits).expect("eleven digits")
}

/// A message to the person the twin knows, under a key of its own, at its first attempt.
pub(crate) fn message(key: u128) -> EboxMessage {
    EboxMessage {
        idempotency_key: Uuid::from_u128(key),
        attempt: 1,
        recipient: number(NUMBER),
        subject: BTreeMap::from([
            (Language::Nl, "Attest tot verplichting".to_owned()),
            (Language::Fr, "Attestation d’obligation".to_owned()),
        ]),
        text: "Zie bijlage. / Voir annexe.".to_owned(),
        html: None,
        language: Language::Nl,
        attachments: Vec::new(),
        registered: false,
    }
}

/// Runs to the end on a runtime of its own.
pub(crate) fn run<T>(work: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build();
    runtime.expect("a runtime").block_on(work)
}
