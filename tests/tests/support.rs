//! The binary under test, deployments of it, a running server, and the fixtures.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use tonic::metadata::AsciiMetadataValue;
use tonic::service::interceptor::InterceptedService;
use tonic::transport::Channel;
use tonic::{Request, Status};
use traject_proto::google::longrunning::operations_client::OperationsClient;
use traject_proto::google::r#type::Date;
use traject_proto::traject::act::v1::act_service_client::ActServiceClient;
use traject_proto::traject::check::v1::check_service_client::CheckServiceClient;
use traject_proto::traject::decision::v1::decision_service_client::DecisionServiceClient;
use traject_proto::traject::delivery::v1::delivery_service_client::DeliveryServiceClient;
use traject_proto::traject::document::v1::document_service_client::DocumentServiceClient;
use traject_proto::traject::dossier::v1::dossier_service_client::DossierServiceClient;
use traject_proto::traject::file::v1::file_service_client::FileServiceClient;
use traject_proto::traject::law::v1::law_service_client::LawServiceClient;
use traject_proto::traject::mailing::v1::mailing_service_client::MailingServiceClient;
use traject_proto::traject::office::v1::office_service_client::OfficeServiceClient;
use traject_proto::traject::report::v1::report_service_client::ReportServiceClient;
use traject_proto::traject::sanction::v1::sanction_service_client::SanctionServiceClient;
use traject_proto::traject::work::v1::work_service_client::WorkServiceClient;
use traject_testkit::postgres;

/// The `traject` binary that the workspace build made beside this test.
pub(crate) fn traject() -> Command {
    let test = std::env::current_exe().expect("a test knows its own path");
    let dir = test.ancestors().nth(2).expect("target/<profile>/deps/<test>");
    let binary = dir.join(format!("traject{}", std::env::consts::EXE_SUFFIX));
    assert!(binary.is_file(), "build the workspace first: cargo xtask test does");
    Command::new(binary)
}

/// Runs to the end.
pub(crate) fn run(command: &mut Command) -> Output {
    command.output().expect("the binary starts")
}

/// A file or folder under tests/fixtures.
pub(crate) fn fixture(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(path)
}

/// A deployment of its own for one test.
pub(crate) struct Deployment {
    pub(crate) dir: tempfile::TempDir,
    url: Option<String>,
}

impl Deployment {
    pub(crate) fn on_sqlite() -> Self {
        Self { dir: tempfile::tempdir().expect("a temporary directory"), url: None }
    }

    /// None where there is no PostgreSQL, which `postgres::server` says loudly, and refuses under CI.
    pub(crate) fn on_postgres() -> Option<Self> {
        let url = postgres::server()?.database().expect("a fresh database");
        Some(Self { dir: tempfile::tempdir().expect("a temporary directory"), url: Some(url) })
    }

    pub(crate) fn command(&self, subcommand: &str) -> Command {
        self.command_of(&[subcommand])
    }

    /// The command of a subcommand with its own subcommands and arguments.
    pub(crate) fn command_of(&self, arguments: &[&str]) -> Command {
        self.configured(arguments, "--set")
    }

    /// The command of a subcommand of `traject law` that reads the record; there `--set` sets a value of the law.
    pub(crate) fn law_command(&self, subcommand: &str) -> Command {
        self.configured(&["law", subcommand], "--config-set")
    }

    fn configured(&self, arguments: &[&str], set: &str) -> Command {
        let mut command = traject();
        command.args(arguments).arg(set).arg(format!("data_dir={}", self.dir.path().join("data").display()));
        if let Some(url) = &self.url {
            command.arg(set).arg(format!("database.url={url}"));
        }
        command
    }

    /// Runs a command to its end and gives what it printed.
    pub(crate) fn output(&self, command: &mut Command) -> String {
        let done = run(command);
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
        String::from_utf8_lossy(&done.stdout).into_owned()
    }

    /// Starts a server, with a site file in which the City of Brussels can be reached.
    pub(crate) fn serve(&self) -> Server {
        self.serve_with(&[])
    }

    /// The same, with more keys set, each as `section.key=value`.
    pub(crate) fn serve_with(&self, set: &[String]) -> Server {
        self.serve_site(SITE, TOKENS, set)
    }

    /// Starts a server for the whole city: every municipality, every organiser and the GGC, each with one token.
    pub(crate) fn serve_city(&self) -> Server {
        let (mut site, mut tokens) = (CITY.to_owned(), "tokens = [\n".to_owned());
        for (agency, kind, role) in agencies() {
            site.extend(["[[agencies]]\ncode = \"", &agency, "\"\nkind = \"", kind, "\"\n"]);
            let token = token_of(&agency);
            tokens.push_str(&format!(
                "    {{ token = \"{token}\", staff = \"staff-{agency}\", agency = \"{agency}\", role = \"{role}\" }},\n"
            ));
        }
        tokens.push_str("]\n");
        self.serve_site(&site, &tokens, &[])
    }

    fn serve_site(&self, site_file: &str, tokens: &str, set: &[String]) -> Server {
        let site = self.dir.path().join("site.toml");
        std::fs::write(self.dir.path().join("tokens.toml"), tokens).expect("the tokens are written");
        std::fs::write(&site, site_file).expect("the site file is written");
        let mut command = self.command("serve");
        command.arg("--config").arg(&site).args(["--set", "server.listen=127.0.0.1:0", "--set", "log.filter=warn"]);
        command.arg("--set").arg(format!("tokens.file={}", self.dir.path().join("tokens.toml").display()));
        for key in set {
            command.arg("--set").arg(key);
        }
        let mut child = command.stdout(Stdio::piped()).spawn().expect("the server starts");
        let mut line = String::new();
        BufReader::new(child.stdout.take().expect("its output is piped")).read_line(&mut line).expect("it speaks");
        let address = line.trim().strip_prefix("ready on ").expect("it says where it listens").to_owned();
        Server { child, address }
    }
}

/// Every agency of the city, with its kind and the role of the one who acts for it.
fn agencies() -> impl Iterator<Item = (String, &'static str, &'static str)> {
    let municipalities = (21_001..=21_019).map(|nis| (nis.to_string(), "municipality", "clerk"));
    let organisers = ["BON", "BAPA_BXL", "BAPA_VIA", "BAPA_CONVIVIAL"];
    let organisers = organisers.into_iter().map(|code| (code.to_owned(), "organiser", "counsellor"));
    municipalities.chain(organisers).chain([("GGC".to_owned(), "ggc", "case_officer")])
}

/// The token of the one who acts for an agency in [`Deployment::serve_city`].
pub(crate) fn token_of(agency: &str) -> String {
    format!("who-acts-for-{agency}")
}

const CITY: &str = r#"
[server]
jobs_every = "200ms"
[letters]
cut_off = "none"
"#;

const SITE: &str = r#"
[server]
jobs_every = "200ms"
[letters]
cut_off = "none"
[[agencies]]
code = "21004"
kind = "municipality"
email = "inburgering@brussel.example"
[[agencies]]
code = "21009"
kind = "municipality"
[[agencies]]
code = "BON"
kind = "organiser"
[[agencies]]
code = "GGC"
kind = "ggc"
"#;

const TOKENS: &str = r#"
tokens = [
    { token = "clerk-21004-clerk", staff = "clerk-1", agency = "21004", role = "clerk" },
    { token = "clerk-21009-clerk", staff = "clerk-2", agency = "21009", role = "clerk" },
    { token = "counsellor-of-bon", staff = "counsellor-1", agency = "BON", role = "counsellor" },
    { token = "officer-of-ggc-01", staff = "officer-1", agency = "GGC", role = "case_officer" },
]
"#;

/// The City of Brussels.
pub(crate) const BRUSSELS: &str = "clerk-21004-clerk";
/// Ixelles.
pub(crate) const IXELLES: &str = "clerk-21009-clerk";
/// Bon.
pub(crate) const BON: &str = "counsellor-of-bon";
/// The GGC.
pub(crate) const GGC: &str = "officer-of-ggc-01";

/// A running server; it ends with the value.
pub(crate) struct Server {
    pub(crate) child: Child,
    pub(crate) address: String,
}

impl Server {
    /// Connects as the holder of a token.
    pub(crate) async fn client(&self, token: &str) -> Client {
        self.client_in(token, "en").await
    }

    /// Connects as somebody who reads a language.
    pub(crate) async fn client_in(&self, token: &str, language: &'static str) -> Client {
        let endpoint = Channel::from_shared(self.address.clone()).expect("an address");
        let channel = endpoint.connect().await.expect("the server answers");
        Client { channel, headers: Headers { token: token.to_owned(), language } }
    }

    /// Ends the process without a word, as a power cut would.
    pub(crate) fn kill(mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        self.child.wait().expect("a child can be waited for");
    }

    /// Asks the server to stop, and gives how it ended.
    pub(crate) fn stop(mut self) -> std::process::ExitStatus {
        let pid = self.child.id().to_string();
        run(Command::new("kill").args(["-TERM", &pid]));
        self.child.wait().expect("a child can be waited for")
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Puts token and language on every call.
#[derive(Clone)]
pub(crate) struct Headers {
    token: String,
    language: &'static str,
}

impl tonic::service::Interceptor for Headers {
    fn call(&mut self, mut request: Request<()>) -> Result<Request<()>, Status> {
        let token: AsciiMetadataValue = format!("Bearer {}", self.token).parse().expect("a header");
        request.metadata_mut().insert("authorization", token);
        request.metadata_mut().insert("accept-language", AsciiMetadataValue::from_static(self.language));
        Ok(request)
    }
}

type Called = InterceptedService<Channel, Headers>;

/// A connection, and the services behind it.
#[derive(Clone)]
pub(crate) struct Client {
    channel: Channel,
    headers: Headers,
}

impl Client {
    pub(crate) fn check(&self) -> CheckServiceClient<Called> {
        CheckServiceClient::with_interceptor(self.channel.clone(), self.headers.clone())
    }
    pub(crate) fn dossier(&self) -> DossierServiceClient<Called> {
        DossierServiceClient::with_interceptor(self.channel.clone(), self.headers.clone())
    }
    pub(crate) fn act(&self) -> ActServiceClient<Called> {
        ActServiceClient::with_interceptor(self.channel.clone(), self.headers.clone())
    }
    pub(crate) fn file(&self) -> FileServiceClient<Called> {
        FileServiceClient::with_interceptor(self.channel.clone(), self.headers.clone())
    }
    pub(crate) fn office(&self) -> OfficeServiceClient<Called> {
        OfficeServiceClient::with_interceptor(self.channel.clone(), self.headers.clone())
    }
    pub(crate) fn sanction(&self) -> SanctionServiceClient<Called> {
        SanctionServiceClient::with_interceptor(self.channel.clone(), self.headers.clone())
    }
    pub(crate) fn decision(&self) -> DecisionServiceClient<Called> {
        DecisionServiceClient::with_interceptor(self.channel.clone(), self.headers.clone())
    }
    pub(crate) fn law(&self) -> LawServiceClient<Called> {
        LawServiceClient::with_interceptor(self.channel.clone(), self.headers.clone())
    }
    pub(crate) fn work(&self) -> WorkServiceClient<Called> {
        WorkServiceClient::with_interceptor(self.channel.clone(), self.headers.clone())
    }
    pub(crate) fn delivery(&self) -> DeliveryServiceClient<Called> {
        DeliveryServiceClient::with_interceptor(self.channel.clone(), self.headers.clone())
    }
    pub(crate) fn document(&self) -> DocumentServiceClient<Called> {
        // A document is larger than what a client takes by default.
        DocumentServiceClient::with_interceptor(self.channel.clone(), self.headers.clone())
            .max_decoding_message_size(64 << 20)
    }
    pub(crate) fn mailing(&self) -> MailingServiceClient<Called> {
        MailingServiceClient::with_interceptor(self.channel.clone(), self.headers.clone())
    }
    pub(crate) fn operations(&self) -> OperationsClient<Called> {
        OperationsClient::with_interceptor(self.channel.clone(), self.headers.clone())
    }
    pub(crate) fn report(&self) -> ReportServiceClient<Called> {
        ReportServiceClient::with_interceptor(self.channel.clone(), self.headers.clone())
    }
}

/// A date on the wire.
pub(crate) fn day(year: i32, month: i32, day: i32) -> Option<Date> {
    Some(Date { year, month, day })
}

/// A valid national number of a birth on 1 May 1990, with this serial number, 1 to 997.
pub(crate) fn number(serial: u32) -> String {
    number_of(900_501, serial)
}

/// A valid national number of a birth date before 2000, as YYMMDD, with this serial number.
pub(crate) fn number_of(birth: u64, serial: u32) -> String {
    let body = birth * 1_000 + u64::from(serial);
    format!("{body:09}{:02}", 97 - body % 97)
}

/// A request id that is the same in every run.
pub(crate) fn request_id(n: u128) -> String {
    uuid::Uuid::from_u128(0x018f_3a4e_0000_7000_8000_0000_0000_0000 + n).to_string()
}
