//! Sending through a real SMTP server on the loopback: each outcome is provoked, none is simulated.

use std::io::Write;
use tempfile::NamedTempFile;
use tokio::net::TcpListener;
use traject_email_smtp::{
    Attachment, Doubt, Mail, MessageId, SendOutcome, SmtpConfig, SmtpConfigErrorCode, SmtpMailer, Step, TlsMode,
};
use traject_sim::mail_sink::{Behaviour, MailSink, Protection, SinkOptions};

const TO: &str = "c000001@example.org";

fn config(port: u16, tls: TlsMode) -> SmtpConfig {
    SmtpConfig {
        host: "127.0.0.1".into(),
        port,
        tls,
        username: None,
        password_file: None,
        ca_file: None,
        from: "Gemeente Elsene – Commune d’Ixelles <inburgering@ixelles.example>".into(),
        hello_name: None,
        timeout_s: 20,
    }
}

fn mailer(config: SmtpConfig) -> SmtpMailer {
    SmtpMailer::new(config).expect("a usable section")
}

fn plain(sink: &MailSink) -> SmtpMailer {
    mailer(config(sink.address().port(), TlsMode::LoopbackPlain))
}

fn file(content: &str) -> NamedTempFile {
    let mut file = NamedTempFile::new().expect("a file");
    file.write_all(content.as_bytes()).expect("a disk with room");
    file
}

fn mail(to: &str) -> Mail {
    Mail {
        message_id: MessageId::parse("0190b6a0-0000-7000-8000-000000000001@traject.example").expect("an id"),
        attempt: None,
        written_at: "2023-05-15T08:30:00Z".parse().expect("an instant"),
        to: to.into(),
        subject: "Uw inburgeringsplicht – Votre parcours d’accueil obligatoire, تذكير".into(),
        text: "Beste,\r\n\r\n.Een regel die met een punt begint.\r\n.\r\nÀ bientôt\r\n".into(),
        html: None,
        language: "nl, fr".into(),
        attachments: Vec::new(),
        list_unsubscribe: None,
    }
}

async fn outcome(behaviour: Behaviour) -> (SendOutcome, MailSink) {
    let sink = MailSink::start().await.expect("a port");
    sink.behave(TO, behaviour);
    let outcome = plain(&sink).send(&mail(TO)).await;
    (outcome, sink)
}

#[tokio::test]
async fn an_accepted_mail_arrives_once_as_composed() {
    let (outcome, sink) = outcome(Behaviour::Accept).await;
    assert_eq!(outcome, SendOutcome::Accepted);
    let received = sink.received();
    let [only] = received.as_slice() else { panic!("one mail, not {}", received.len()) };
    assert_eq!((only.sender.as_str(), only.accepted), ("inburgering@ixelles.example", true));
    assert_eq!(only.recipients, [TO]);
    let composed = plain(&sink).compose(&mail(TO)).expect("composed");
    assert_eq!(only.raw.trim_ascii_end(), composed.trim_ascii_end());
}

#[tokio::test]
async fn a_refused_recipient_is_temporary_or_permanent_by_its_code() {
    for (code, temporary) in [(421, true), (450, true), (452, true), (550, false), (553, false), (530, true)] {
        let (outcome, sink) = outcome(Behaviour::RefuseRecipient(code)).await;
        let (code, step) = (Some(code), Step::Recipient);
        let expected = match temporary {
            true => SendOutcome::TemporaryFailure { code, step },
            false => SendOutcome::PermanentFailure { code, step },
        };
        assert_eq!(outcome, expected);
        assert_eq!(sink.count(), 0);
    }
}

#[tokio::test]
async fn a_refused_message_is_no_doubt_since_the_server_said_so() {
    for (code, temporary) in [(451, true), (554, false)] {
        let (outcome, sink) = outcome(Behaviour::RefuseMessage(code)).await;
        let (code, step) = (Some(code), Step::Message);
        let expected = match temporary {
            true => SendOutcome::TemporaryFailure { code, step },
            false => SendOutcome::PermanentFailure { code, step },
        };
        assert_eq!(outcome, expected);
        assert!(!sink.received()[0].accepted);
    }
}

#[tokio::test]
async fn a_connection_lost_before_the_message_is_temporary() {
    let (outcome, sink) = outcome(Behaviour::DropBeforeMessage).await;
    assert_eq!(outcome, SendOutcome::TemporaryFailure { code: None, step: Step::Data });
    assert_eq!(sink.count(), 0);
}

#[tokio::test]
async fn a_connection_lost_after_the_message_is_in_doubt_and_the_server_may_have_it() {
    let (outcome, sink) = outcome(Behaviour::DropBeforeAnswer).await;
    assert_eq!(outcome, SendOutcome::InDoubt { cause: Doubt::NoUsableReply });
    assert_eq!(sink.count(), 1);
}

#[tokio::test]
async fn an_answer_that_is_no_reply_is_in_doubt() {
    let (outcome, _sink) = outcome(Behaviour::AnswerNonsense).await;
    assert_eq!(outcome, SendOutcome::InDoubt { cause: Doubt::NoUsableReply });
}

#[tokio::test]
async fn silence_after_the_message_is_in_doubt() {
    let sink = MailSink::start().await.expect("a port");
    sink.behave(TO, Behaviour::StaySilent);
    let impatient = mailer(SmtpConfig { timeout_s: 1, ..config(sink.address().port(), TlsMode::LoopbackPlain) });
    assert_eq!(impatient.send(&mail(TO)).await, SendOutcome::InDoubt { cause: Doubt::TimedOut });
    assert_eq!(sink.count(), 1);
}

#[tokio::test]
async fn silence_before_the_message_is_temporary() {
    // The kernel completes the connection; nobody ever greets.
    let mute = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let port = mute.local_addr().expect("an address").port();
    let impatient = mailer(SmtpConfig { timeout_s: 1, ..config(port, TlsMode::LoopbackPlain) });
    let expected = SendOutcome::TemporaryFailure { code: None, step: Step::Connect };
    assert_eq!(impatient.send(&mail(TO)).await, expected);
}

#[tokio::test]
async fn nothing_listening_is_temporary() {
    let closed = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let port = closed.local_addr().expect("an address").port();
    drop(closed);
    let expected = SendOutcome::TemporaryFailure { code: None, step: Step::Connect };
    assert_eq!(mailer(config(port, TlsMode::LoopbackPlain)).send(&mail(TO)).await, expected);
}

#[tokio::test]
async fn one_recipients_trouble_is_not_anothers() {
    let sink = MailSink::start().await.expect("a port");
    sink.behave(TO, Behaviour::RefuseRecipient(550));
    let mailer = plain(&sink);
    assert!(matches!(mailer.send(&mail(TO)).await, SendOutcome::PermanentFailure { .. }));
    assert_eq!(mailer.send(&mail("c000002@example.org")).await, SendOutcome::Accepted);
    sink.wait_for(1).await;
    assert_eq!(sink.received()[0].recipients, ["c000002@example.org"]);
}

#[tokio::test]
async fn an_address_in_another_script_is_sent_as_such() {
    let sink = MailSink::start().await.expect("a port");
    let outcome = plain(&sink).send(&mail("zoë@example.org")).await;
    assert_eq!(outcome, SendOutcome::Accepted);
    assert_eq!(sink.received()[0].recipients, ["zoë@example.org"]);
}

#[tokio::test]
async fn a_mail_that_cannot_be_composed_is_permanent_and_reaches_nobody() {
    let sink = MailSink::start().await.expect("a port");
    let attachment = Attachment { file_name: "brief.pdf".into(), content_type: "nonsense".into(), content: vec![1] };
    let broken = [
        Mail { to: "no address".into(), ..mail(TO) },
        Mail { to: "a@example.org>\r\nRCPT TO:<b@example.org".into(), ..mail(TO) },
        Mail { subject: "Onderwerp\r\nBcc: b@example.org".into(), ..mail(TO) },
        Mail { language: "nl\r\nBcc: b@example.org".into(), ..mail(TO) },
        Mail { attachments: vec![attachment], ..mail(TO) },
    ];
    for mail in broken {
        let outcome = plain(&sink).send(&mail).await;
        assert_eq!(outcome, SendOutcome::PermanentFailure { code: None, step: Step::Compose });
    }
    assert_eq!(sink.count(), 0);
}

async fn protected(protection: Protection) -> (MailSink, NamedTempFile) {
    let credentials = Some(("traject".to_owned(), "geheim wachtwoord".to_owned()));
    let sink =
        MailSink::start_with(SinkOptions { protection, credentials, ..SinkOptions::default() }).await.expect("a port");
    let ca_file = file(sink.certificate_pem().expect("a certificate"));
    (sink, ca_file)
}

#[tokio::test]
async fn tls_and_authentication_work_both_ways() {
    let password = file("geheim wachtwoord\n");
    for (protection, tls) in [(Protection::StartTls, TlsMode::Starttls), (Protection::Implicit, TlsMode::Implicit)] {
        let (sink, ca_file) = protected(protection).await;
        let section = SmtpConfig {
            host: "localhost".into(),
            username: Some("traject".into()),
            password_file: Some(password.path().into()),
            ca_file: Some(ca_file.path().into()),
            ..config(sink.address().port(), tls)
        };
        assert_eq!(mailer(section).send(&mail(TO)).await, SendOutcome::Accepted, "{tls:?}");
        assert!(sink.received()[0].over_tls);
    }
}

#[tokio::test]
async fn a_wrong_password_or_none_holds_the_mail_back_without_blaming_the_recipient() {
    let (sink, ca_file) = protected(Protection::StartTls).await;
    let wrong = file("iets anders");
    let section = SmtpConfig {
        host: "localhost".into(),
        ca_file: Some(ca_file.path().into()),
        ..config(sink.address().port(), TlsMode::Starttls)
    };
    let none = mailer(section.clone()).send(&mail(TO)).await;
    assert_eq!(none, SendOutcome::TemporaryFailure { code: Some(530), step: Step::Sender });
    let section = SmtpConfig { username: Some("traject".into()), password_file: Some(wrong.path().into()), ..section };
    let refused = mailer(section).send(&mail(TO)).await;
    assert_eq!(refused, SendOutcome::TemporaryFailure { code: Some(535), step: Step::Authenticate });
}

#[tokio::test]
async fn no_mail_goes_out_in_plain_text_or_to_a_stranger() {
    let plain_sink = MailSink::start().await.expect("a port");
    let stripped = mailer(config(plain_sink.address().port(), TlsMode::Starttls)).send(&mail(TO)).await;
    assert_eq!(stripped, SendOutcome::TemporaryFailure { code: None, step: Step::StartTls });
    assert_eq!(plain_sink.count(), 0);
    // Nobody vouches for this certificate.
    let (sink, _ca_file) = protected(Protection::Implicit).await;
    let unknown = mailer(config(sink.address().port(), TlsMode::Implicit)).send(&mail(TO)).await;
    assert_eq!(unknown, SendOutcome::TemporaryFailure { code: None, step: Step::Connect });
    assert_eq!(sink.count(), 0);
}

#[test]
fn an_unusable_section_is_refused_with_its_code() {
    use SmtpConfigErrorCode as Code;
    let good = config(25, TlsMode::LoopbackPlain);
    let empty = file("\n");
    let name = Some("traject".to_owned());
    let cases = [
        (SmtpConfig { host: "mail.example.org".into(), ..good.clone() }, Code::PlainOffLoopback),
        (SmtpConfig { host: "10.0.0.1".into(), ..good.clone() }, Code::PlainOffLoopback),
        (SmtpConfig { from: "nobody".into(), ..good.clone() }, Code::BadSender),
        (SmtpConfig { username: name.clone(), ..good.clone() }, Code::HalfCredentials),
        (SmtpConfig { password_file: Some("x".into()), ..good.clone() }, Code::HalfCredentials),
        (
            SmtpConfig { username: name.clone(), password_file: Some("/nowhere".into()), ..good.clone() },
            Code::PasswordUnreadable,
        ),
        (
            SmtpConfig { username: name, password_file: Some(empty.path().into()), ..good.clone() },
            Code::PasswordUnreadable,
        ),
        (SmtpConfig { timeout_s: 0, ..good.clone() }, Code::BadTimeout),
        (SmtpConfig { hello_name: Some("a b".into()), ..good.clone() }, Code::BadHelloName),
        (
            SmtpConfig { tls: TlsMode::Implicit, ca_file: Some(empty.path().into()), ..good.clone() },
            Code::AuthorityUnreadable,
        ),
    ];
    for (section, code) in cases {
        assert_eq!(SmtpMailer::new(section).err().map(|error| error.code), Some(code));
    }
    assert!(SmtpMailer::new(good).is_ok());
}

#[test]
fn the_section_reads_with_defaults_and_refuses_unknown_keys() {
    let text = r#"{"host": "localhost", "port": 25, "tls": "loopback-plain", "from": "a@example.org"}"#;
    let section: SmtpConfig = serde_json::from_str(text).expect("complete");
    assert_eq!((section.timeout_s, section.username), (60, None));
    assert!(serde_json::from_str::<SmtpConfig>(&text.replace("port", "prot")).is_err());
}
