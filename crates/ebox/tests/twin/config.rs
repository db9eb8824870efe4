//! The section: what may be wrong with it, each with its key.

use crate::support::{Setting, run};
use traject_ebox::{Ebox, EboxConfig, EboxConfigErrorCode as Code, ProviderReference, RecipientNumber};

fn refusal(setting: &Setting, change: impl FnOnce(&mut EboxConfig)) -> Option<Code> {
    let mut config = setting.config();
    change(&mut config);
    Ebox::new(config).err().map(|error| error.code)
}

#[test]
fn each_unusable_value_is_named() {
    run(async {
        let setting = Setting::new().await;
        assert_eq!(refusal(&setting, |_| {}), None);
        let urls = [
            "",
            "ebox.example/v1",
            "http://localhost/v1",
            "https://user@ebox.example",
            "https://:secret@ebox.example",
            "https://ebox.example/v1?a=b",
            "https://ebox.example/v1#a",
        ];
        for url in urls {
            let code = refusal(&setting, |config| url.clone_into(&mut config.base_url));
            assert_eq!(code, Some(Code::BadBaseUrl), "{url}");
        }
        for timeout_s in [0, 601] {
            assert_eq!(refusal(&setting, |config| config.timeout_s = timeout_s), Some(Code::BadTimeout));
        }
        for sender in [String::new(), " ".to_owned(), "x".repeat(101)] {
            assert_eq!(refusal(&setting, |config| config.sender_organisation = sender), Some(Code::BadSender));
        }
        let token = |text: &str| {
            std::fs::write(setting.path("other"), text).expect("is written");
            refusal(&setting, |config| config.token_file = setting.path("other"))
        };
        for text in ["", "\ntoken", "two words", "naïve", "tab\tinside"] {
            assert_eq!(token(text), Some(Code::TokenUnreadable), "{text:?}");
        }
        assert_eq!(token("token\r\nsecond line"), None);
        let authority = |name| refusal(&setting, |config| config.ca_file = Some(setting.path(name)));
        assert_eq!(authority("missing.pem"), Some(Code::AuthorityUnreadable));
        assert_eq!(authority("token"), Some(Code::AuthorityUnreadable), "a file without a certificate");
    });
}

#[test]
fn codes_and_keys_are_stable() {
    let all = [
        Code::BadBaseUrl,
        Code::TokenUnreadable,
        Code::AuthorityUnreadable,
        Code::BadTimeout,
        Code::BadSender,
        Code::TlsUnusable,
    ];
    let stable = [
        ("EBOX_BAD_BASE_URL", "base_url"),
        ("EBOX_TOKEN_UNREADABLE", "token_file"),
        ("EBOX_AUTHORITY_UNREADABLE", "ca_file"),
        ("EBOX_BAD_TIMEOUT", "timeout_s"),
        ("EBOX_BAD_SENDER", "sender_organisation"),
        ("EBOX_TLS_UNUSABLE", "ca_file"),
    ];
    assert_eq!(all.map(|code| (code.code(), code.key())), stable);
}

#[test]
fn numbers_and_references_are_narrow() {
    assert!(RecipientNumber::parse("85073003328").is_ok());
    for text in ["", "8507300332", "850730033280", "85.07.30-033.28", "8507300332x", "٨٥٠٧٣٠٠٣٣٢٨"] {
        assert!(RecipientNumber::parse(text).is_err(), "{text}");
    }
    for text in ["EB-000001", "0190b6a0-0000-7000-8000-0000000000ab", "urn:ebox:1"] {
        assert_eq!(ProviderReference::parse(text).as_ref().map(ProviderReference::as_str), Ok(text));
    }
    for text in ["", "..", ".", "-x", "a/b", "a b", "a\n", &"x".repeat(101)] {
        assert!(ProviderReference::parse(text).is_err(), "{text:?}");
    }
}
