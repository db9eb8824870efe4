//! Mails as people read them, as snapshots.

use traject_domain::code::Breach;
use traject_domain::delivery::Document;
use traject_templates::{CopyMail, LetterLanguage, Texts, samples};

const LANGUAGES: [LetterLanguage; 3] = [LetterLanguage::Nl, LetterLanguage::Fr, LetterLanguage::Bilingual];

#[test]
fn the_mail_with_a_copy_reads_as_its_snapshot_in_each_language() {
    let texts = Texts::load().expect("complete texts");
    for language in LANGUAGES {
        let mail = texts.compose_copy(&samples::copy_mail(language));
        let shown = format!(
            "Content-Language: {}\nSubject: {}\n\n{}\n\n{}",
            mail.language_tags, mail.subject, mail.text, mail.html
        );
        insta::assert_snapshot!(format!("copy-{}", language.code()), shown);
    }
}

#[test]
fn a_bilingual_mail_is_the_dutch_and_the_french_mail_in_full() {
    let texts = Texts::load().expect("complete texts");
    let [nl, fr, both] = LANGUAGES.map(|language| texts.compose_copy(&samples::copy_mail(language)));
    assert_eq!(both.text, format!("{}\n\n----\n\n{}", nl.text, fr.text));
    assert_eq!(both.subject, format!("{} / {}", nl.subject, fr.subject));
    assert_eq!(both.language_tags, "nl, fr");
}

#[test]
fn the_text_names_the_letter_and_the_subject_does_not() {
    let texts = Texts::load().expect("complete texts");
    let letters = [
        (Document::CertificateOfObligation, None, "Attest tot verplichting"),
        (Document::FormalNotice, Some(Breach::NotRegistered), "Aanmaning"),
        (Document::FormalNotice, Some(Breach::NotCompleted), "Aanmaning"),
    ];
    for (document, breach, title) in letters {
        let mail = texts.compose_copy(&CopyMail { document, breach, ..samples::copy_mail(LetterLanguage::Nl) });
        assert!(mail.text.contains(title) && mail.html.contains(title), "{title}");
        for told in [title, "Elsene", "TJ-2023"] {
            assert!(!mail.subject.contains(told), "{}", mail.subject);
        }
        let debug = format!("{mail:?}");
        assert!(!debug.contains(title) && !debug.contains("Elsene"), "{debug}");
    }
}

#[test]
fn what_comes_from_a_configuration_cannot_become_markup() {
    let mail = CopyMail {
        issuer_email: "<a href=\"x\">a</a>@gemeente.example".to_owned(),
        issuer_phone: None,
        ..samples::copy_mail(LetterLanguage::Nl)
    };
    let mail = Texts::load().expect("complete texts").compose_copy(&mail);
    assert!(mail.text.contains("Mail naar <a href=\"x\">"));
    assert!(mail.html.contains("Mail naar &lt;a href=&quot;x&quot;&gt;a&lt;/a&gt;@gemeente.example."));
}
