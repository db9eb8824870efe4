//! What a composed mail looks like to the server and to a reader.

use mail_parser::{MessageParser, MimeHeaders};
use proptest::prelude::*;
use traject_email_smtp::{Attachment, Mail, MessageId, SmtpConfig, SmtpMailer, TlsMode};

fn mailer() -> SmtpMailer {
    SmtpMailer::new(SmtpConfig {
        host: "localhost".into(),
        port: 25,
        tls: TlsMode::LoopbackPlain,
        username: None,
        password_file: None,
        ca_file: None,
        from: "Gemeente Schaarbeek – Commune de Schaerbeek <inburgering@schaerbeek.example>".into(),
        hello_name: None,
        timeout_s: 5,
    })
    .expect("a usable section")
}

fn mail() -> Mail {
    Mail {
        message_id: MessageId::parse("0190b6a0-0000-7000-8000-0000000000ab@traject.example").expect("an id"),
        attempt: None,
        written_at: "2023-05-15T08:30:00.123456Z".parse().expect("an instant"),
        to: "c000042@example.org".into(),
        subject: "Votre parcours d’accueil : à faire avant le 14 décembre 2023".into(),
        text: "Bonjour Aïssatou Traoré,\r\n\r\nعليك التسجيل قبل ١٤ ديسمبر.\r\n".into(),
        html: Some("<p lang=\"fr\">Bonjour Aïssatou Traoré</p>".into()),
        language: "fr".into(),
        attachments: vec![Attachment {
            file_name: "mise en demeure.pdf".into(),
            content_type: "application/pdf".into(),
            content: b"%PDF-1.7 \xff\xfe not really".to_vec(),
        }],
        list_unsubscribe: None,
    }
}

#[test]
fn a_mail_with_everything_is_seven_bit_mime_with_the_headers_of_an_automatic_letter() {
    let raw = mailer().compose(&mail()).expect("composed");
    insta::assert_snapshot!(String::from_utf8(raw).expect("ASCII").replace("\r\n", "\n"));
}

#[test]
fn text_and_html_are_alternatives_and_a_bare_text_is_a_single_part() {
    let root = |mail: &Mail| {
        let raw = mailer().compose(mail).expect("composed");
        let message = MessageParser::default().parse(&raw).expect("a message").into_owned();
        let content = message.content_type().expect("a type").clone();
        format!("{}/{}", content.ctype(), content.subtype().unwrap_or_default())
    };
    let without_files = Mail { attachments: Vec::new(), ..mail() };
    assert_eq!(root(&without_files), "multipart/alternative");
    assert_eq!(root(&Mail { html: None, ..without_files }), "text/plain");
    assert_eq!(root(&Mail { html: None, ..mail() }), "multipart/mixed");
}

#[test]
fn a_way_out_of_a_mailing_is_a_header_of_its_own_and_cannot_bring_others() {
    let with = |link: &str| mailer().compose(&Mail { list_unsubscribe: Some(link.into()), ..mail() });
    let raw = with("<mailto:geen@mail.example?subject=opt-out-1>").expect("composed");
    let message = MessageParser::default().parse(&raw).expect("a message");
    let header = message.header_raw("List-Unsubscribe").expect("the header");
    assert_eq!(header.trim(), "<mailto:geen@mail.example?subject=opt-out-1>");
    let plain = mailer().compose(&mail()).expect("composed");
    assert!(!String::from_utf8_lossy(&plain).contains("List-Unsubscribe"));
    for broken in ["<mailto:a@b.be>\r\nBcc: c@d.be", "<mailto:a b@c.be>", "<mailto:é@b.be>"] {
        assert!(with(broken).is_none(), "{broken}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(128) })]

    #[test]
    fn a_reader_gets_back_what_was_written(
        subject in "[\\PC&&[^\u{2028}\u{2029}]]{1,120}",
        lines in proptest::collection::vec("[\\PC]{0,90}", 1..8),
        content in proptest::collection::vec(any::<u8>(), 0..300),
    ) {
        let (text, plain) = (lines.join("\r\n"), lines.join("\n"));
        let attachments = vec![Attachment {
            file_name: "brief – lettre.pdf".into(),
            content_type: "application/pdf".into(),
            content: content.clone(),
        }];
        let mail = Mail { subject: subject.trim().into(), text, html: None, attachments, ..mail() };
        let raw = mailer().compose(&mail).expect("composed");
        prop_assert!(raw.is_ascii());
        prop_assert!(raw.split(|b| *b == b'\n').all(|line| line.len() <= 999));
        prop_assert_eq!(&raw, &mailer().compose(&mail).expect("composed"));
        let message = MessageParser::default().parse(&raw).expect("a message");
        let words = |text: &str| text.split(' ').filter(|word| !word.is_empty()).map(str::to_owned).collect::<Vec<_>>();
        prop_assert_eq!(words(message.subject().unwrap_or_default().trim()), words(mail.subject.trim()));
        prop_assert!(!message.subject().unwrap_or_default().contains("  "));
        let read = message.body_text(0).expect("a text").replace("\r\n", "\n");
        prop_assert_eq!(read.trim_end(), plain.trim_end());
        let attachment = message.attachment(0).expect("an attachment");
        prop_assert_eq!(attachment.contents(), content.as_slice());
        prop_assert_eq!(attachment.attachment_name(), Some("brief – lettre.pdf"));
        prop_assert_eq!(message.message_id(), Some(mail.message_id.as_str()));
    }

    #[test]
    fn a_message_id_is_ascii_on_both_sides_of_one_at(text in "\\PC{0,40}") {
        if let Ok(id) = MessageId::parse(&text) {
            prop_assert_eq!(id.as_str().matches('@').count(), 1);
            prop_assert!(id.as_str().bytes().all(|b| b.is_ascii_graphic() && !b"<>\"\\".contains(&b)));
        }
    }
}

#[test]
fn two_spaces_before_another_script_come_back_as_one() {
    let raw = mailer().compose(&Mail { subject: "!  \u{a4b}".into(), ..mail() }).expect("composed");
    let message = MessageParser::default().parse(&raw).expect("a message");
    assert_eq!(message.subject(), Some("! \u{a4b}"));
}

#[test]
fn nothing_personal_shows_in_debug() {
    let shown = format!("{:?} {:?}", mail(), mail().attachments);
    assert!(!shown.contains("c000042") && !shown.contains("Traor") && !shown.contains("demeure"), "{shown}");
}
