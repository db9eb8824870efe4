//! Mails of mailings, as a person reads them.

use traject_templates::{MassMail, compose_mass};

#[test]
fn a_mail_of_a_mailing_says_who_sends_it_and_how_to_opt_out() {
    for language in ["nl", "fr", "en", "ar"] {
        let mail = compose_mass(&MassMail {
            language,
            subject: "Zomerfeest & <samen>",
            body: "Dag Fatima,\nwelkom.\n\n\nKom <b>langs</b>!\n",
            sender: "Bon",
            opt_out_address: "geen-mail@bon.example",
            opt_out_code: "018f3a4e-0000-7000-8000-000000000001",
        });
        let shown = format!("{}\n\n{}\n{}\n{}", mail.subject, mail.text, mail.html, mail.language_tags);
        insta::assert_snapshot!(format!("mass-{language}"), shown);
    }
}
