//! Configuration as an operator meets it: layers, faults, secrets, and the generated files.

use proptest::prelude::*;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use traject_config::{ConfigError, Encryption, Mail, Place, Profile, Sources, check, reference, schema};

fn environment(pairs: &[(&str, &str)]) -> Vec<(OsString, OsString)> {
    pairs.iter().map(|(name, value)| (OsString::from(name), OsString::from(value))).collect()
}

/// Sources with this text as the site file.
fn site(directory: &Path, text: &str) -> Sources {
    let path = directory.join("traject.toml");
    std::fs::write(&path, text).expect("the folder can be written");
    Sources { site_file: Some(path), ..Sources::default() }
}

/// `CODE message` of each fault, with the temporary folder left out.
fn faults(sources: &Sources) -> Vec<String> {
    let errors = check(sources).expect_err("there is a fault");
    errors.iter().map(|error| format!("{} {error}", error.code())).map(without_folder).collect()
}

fn without_folder(text: String) -> String {
    let is_absolute = |word: &str| word.starts_with('/');
    let shown = |word| if is_absolute(word) { word.rsplit('/').next().unwrap_or(word) } else { word };
    text.split(' ').map(shown).collect::<Vec<_>>().join(" ")
}

fn folder() -> tempfile::TempDir {
    tempfile::tempdir().expect("there is a temporary folder")
}

fn repository(path: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(path);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

#[test]
fn the_defaults_are_one_deployment_for_everybody_on_an_sqlite_file() {
    let config = check(&Sources::default()).expect("the defaults are valid");
    assert_eq!(config.agencies.len(), 19 + 4 + 1);
    assert_eq!(config.mail, Mail::None);
    assert_eq!(config.server.drain_timeout.get().as_secs(), 20);
    assert_eq!(config.server.request_size_max.bytes(), 4 * 1024 * 1024);
    assert_eq!(config.print_folder(), Path::new("traject-data/letters"));
    let secrets = config.secrets().expect("no secret is named");
    assert_eq!(secrets.database_url.expose(), "sqlite:traject-data/traject.db");
    assert!(secrets.tokens.is_empty());
}

proptest! {
    /// Whatever the set of layers that set a key, the highest of them is heard.
    #[test]
    fn the_highest_layer_that_sets_a_key_wins(set in prop::array::uniform4(any::<bool>())) {
        let folder = folder();
        let [profile, file, variable, flag] = set;
        let text = |name: &str| format!("[log]\nfilter = \"{name}\"\n[server]\ndrain_timeout = \"7s\"\n");
        let mut sources = if file { site(folder.path(), &text("file")) } else { Sources::default() };
        if profile {
            sources.profile = Some(Profile { name: "bon".to_owned(), text: text("profile") });
        }
        if variable {
            sources.environment = environment(&[("TRAJECT__LOG__FILTER", "variable")]);
        }
        if flag {
            sources.overrides = vec!["log.filter=flag".to_owned()];
        }
        let expected = [(flag, "flag"), (variable, "variable"), (file, "file"), (profile, "profile"), (true, "info")];
        let expected = expected.into_iter().find(|(is_set, _)| *is_set).map(|(_, name)| name);
        let config = check(&sources).expect("every layer is valid");
        prop_assert_eq!(Some(config.log.filter.as_str()), expected);
        // A layer changes the keys it names and no other.
        prop_assert_eq!(config.server.drain_timeout.get().as_secs(), if file || profile { 7 } else { 20 });
        prop_assert_eq!(config.server.listen.port(), 50051);
    }
}

#[test]
fn an_unknown_key_is_named_with_its_place_in_every_layer_at_once() {
    let folder = folder();
    let mut sources = site(
        folder.path(),
        "[sever]\nlisten = \"127.0.0.1:1\"\n[[agencies]]\ncode = \"BON\"\nkind = \"organiser\"\nmail = \"x\"\n",
    );
    sources.profile = Some(Profile { name: "bon".to_owned(), text: "[mail]\nhots = \"x\"\n".to_owned() });
    sources.environment =
        environment(&[("TRAJECT__DATABASE__URI", "x"), ("TRAJECT_TEST_POSTGRES", "x"), ("PATH", "x")]);
    sources.overrides = vec!["log.level=debug".to_owned()];
    insta::assert_snapshot!(faults(&sources).join("\n"), @r"
    CONFIG_UNKNOWN_KEY unknown key `mail.hots` in profile bon
    CONFIG_UNKNOWN_KEY unknown key `agencies[0].mail` in file traject.toml
    CONFIG_UNKNOWN_KEY unknown key `sever` in file traject.toml
    CONFIG_UNKNOWN_KEY unknown key `database.uri` in environment variable TRAJECT__DATABASE__URI
    CONFIG_UNKNOWN_KEY unknown key `log.level` in --set
    ");
}

#[test]
fn an_invalid_value_is_reported_for_each_section_with_the_layer_that_set_it() {
    let folder = folder();
    let text = "[server]\ndrain_timeout = \"20\"\n[[agencies]]\ncode = \"BON\"\nkind = \"office\"\n";
    let mut sources = site(folder.path(), text);
    sources.environment = environment(&[("TRAJECT__DATABASE__URL", "mysql://x:hunter2@db/x")]);
    sources.overrides = vec!["mail.kind=email-smtp".to_owned(), "log".to_owned(), "log.format=xml".to_owned()];
    insta::assert_snapshot!(faults(&sources).join("\n"), @"CONFIG_INVALID_VALUE invalid `log` in --set: expected section.key=value");
    sources.overrides.remove(1);
    insta::assert_snapshot!(faults(&sources).join("\n"), @r"
    CONFIG_INVALID_VALUE invalid `server.drain_timeout` in file traject.toml: expected a length of time with its unit, such as 20s or 5m
    CONFIG_INVALID_VALUE invalid `database.url` in environment variable TRAJECT__DATABASE__URL: expected sqlite:PATH or postgres://USER@HOST/NAME
    CONFIG_INVALID_VALUE invalid `mail` in --set: `host` is missing
    CONFIG_INVALID_VALUE invalid `log.format` in --set: expected one of text, json
    CONFIG_INVALID_VALUE invalid `agencies[0].kind` in file traject.toml: expected one of municipality, organiser, ggc
    ");
}

#[test]
fn a_file_that_is_missing_or_no_toml_is_named() {
    let missing = Sources { site_file: Some(PathBuf::from("no/such/traject.toml")), ..Sources::default() };
    insta::assert_snapshot!(faults(&missing).join("\n"), @"CONFIG_FILE_UNREADABLE cannot read no/such/traject.toml");
    let folder = folder();
    let broken = site(folder.path(), "[server]\nlisten = \n");
    insta::assert_snapshot!(faults(&broken).join("\n"), @"CONFIG_NOT_TOML line 2 in file traject.toml is not TOML: string values must be quoted, expected literal string");
}

#[test]
fn a_server_without_tls_listens_on_loopback_only() {
    for address in ["0.0.0.0:50051", "[::]:50051", "192.168.0.1:50051"] {
        let sources = Sources { overrides: vec![format!("server.listen={address}")], ..Sources::default() };
        let errors = check(&sources).expect_err("others could reach it");
        assert!(matches!(&errors[..], [ConfigError::ListenNotLoopback { place: Place::Flag, .. }]), "{errors:?}");
    }
    for address in ["127.0.0.1:0", "[::1]:50051"] {
        let sources = Sources { overrides: vec![format!("server.listen={address}")], ..Sources::default() };
        check(&sources).expect("loopback is allowed");
    }
}

#[test]
fn two_agencies_with_one_code_are_refused() {
    let folder = folder();
    let row = "[[agencies]]\ncode = \"BON\"\nkind = \"organiser\"\n";
    let sources = site(folder.path(), &row.repeat(2));
    insta::assert_snapshot!(faults(&sources).join("\n"), @"CONFIG_INVALID_VALUE invalid `agencies[1].code` in file traject.toml: empty, or listed twice");
}

#[test]
fn mail_is_switched_on_by_a_file_and_off_by_one_key() {
    let folder = folder();
    let text = "[mail]\nkind = \"email-smtp\"\nhost = \"mail.example\"\nfrom = \"traject@example.org\"\n";
    let mut sources = site(folder.path(), text);
    let Mail::EmailSmtp(smtp) = check(&sources).expect("the section is complete").mail else { panic!("mail is on") };
    assert_eq!((smtp.port, smtp.encryption), (587, Encryption::StartTls));
    assert_eq!((smtp.timeout.get().as_secs(), smtp.ca_file), (60, None));
    sources.environment = environment(&[("TRAJECT__MAIL__PORT", "2525")]);
    let Mail::EmailSmtp(smtp) = check(&sources).expect("a number may come as text").mail else { panic!("mail is on") };
    assert_eq!(smtp.port, 2525);
    sources.environment = environment(&[("TRAJECT__MAIL__KIND", "none")]);
    assert_eq!(check(&sources).expect("off is valid").mail, Mail::None);
}

#[test]
fn a_mail_server_is_waited_for_between_a_second_and_ten_minutes() {
    let folder = folder();
    let text = "[mail]\nkind = \"email-smtp\"\nhost = \"mail.example\"\nfrom = \"traject@example.org\"\n";
    let mut sources = site(folder.path(), text);
    sources.overrides = vec!["mail.timeout=5s".to_owned(), "mail.ca_file=own-authority.pem".to_owned()];
    let Mail::EmailSmtp(smtp) = check(&sources).expect("both are valid").mail else { panic!("mail is on") };
    assert_eq!((smtp.timeout.get().as_secs(), smtp.ca_file), (5, Some(PathBuf::from("own-authority.pem"))));
    for timeout in ["0s", "900ms", "601s", "60"] {
        sources.overrides = vec![format!("mail.timeout={timeout}")];
        let faults = faults(&sources);
        assert!(faults[0].starts_with("CONFIG_INVALID_VALUE invalid `mail`"), "{faults:?}");
        assert!(faults[0].contains("timeout") || faults[0].contains("length of time"), "{faults:?}");
    }
}

#[test]
fn secrets_are_read_from_files_and_print_as_stars() {
    let folder = folder();
    let path = |name: &str| folder.path().join(name);
    std::fs::write(path("db"), "hunter2/with:signs\n").expect("writable");
    std::fs::write(path("smtp"), "correct horse\r\n").expect("writable");
    let row = "[[tokens]]\ntoken = \"0123456789abcdef\"\nstaff = \"p-17\"\nagency = \"21004\"\nrole = \"clerk\"\n";
    std::fs::write(path("tokens"), row).expect("writable");
    let text = format!(
        "[database]\nurl = \"postgres://traject@db.example/traject?sslmode=disable\"\npassword_file = {:?}\n\
         [tokens]\nfile = {:?}\n[mail]\nkind = \"email-smtp\"\nhost = \"h\"\nfrom = \"a@b.example\"\npassword_file = {:?}\n",
        path("db"),
        path("tokens"),
        path("smtp")
    );
    let config = check(&site(folder.path(), &text)).expect("the files are there");
    let secrets = config.secrets().expect("the files are there");
    let url = "postgres://traject:hunter2%2Fwith%3Asigns@db.example/traject?sslmode=disable";
    assert_eq!(secrets.database_url.expose(), url);
    assert_eq!(secrets.mail_password.as_ref().map(|secret| secret.expose()), Some("correct horse"));
    assert_eq!(secrets.tokens[0].token.expose(), "0123456789abcdef");
    let printed = format!("{config:?} {secrets:?}");
    for hidden in ["hunter2", "correct horse", "0123456789abcdef"] {
        assert!(!printed.contains(hidden), "{printed}");
    }
    assert!(printed.contains("p-17"), "{printed}");
}

#[test]
fn a_password_inside_an_address_is_taken_and_never_printed() {
    let environment =
        environment(&[("TRAJECT__DATABASE__URL", "postgres://traject:hunter2@db.example/traject?password=hunter3")]);
    let config = check(&Sources { environment, ..Sources::default() }).expect("the address is valid");
    let url = config.database.url.as_ref().expect("it is set");
    assert_eq!(url.to_string(), "postgres://traject:***@db.example/traject?***");
    assert!(!format!("{config:?}").contains("hunter"));
    let whole = config.secrets().expect("no file is named").database_url;
    assert_eq!(whole.expose(), "postgres://traject:hunter2@db.example/traject?password=hunter3");
}

#[test]
fn a_token_that_is_short_or_of_an_agency_that_is_not_here_is_refused_without_being_shown() {
    let folder = folder();
    let row = "[[tokens]]\ntoken = \"hunter2\"\nstaff = \"\"\nagency = \"99999\"\nrole = \"clerk\"\n";
    std::fs::write(folder.path().join("tokens"), row).expect("writable");
    let sources = site(folder.path(), &format!("[tokens]\nfile = {:?}\n", folder.path().join("tokens")));
    let faults = faults(&sources);
    assert!(!faults.join(" ").contains("hunter2"));
    insta::assert_snapshot!(faults.join("\n"), @r"
    CONFIG_INVALID_VALUE invalid `tokens[0].token` in file tokens: shorter than 16 characters
    CONFIG_INVALID_VALUE invalid `tokens[0].staff` in file tokens: empty
    CONFIG_INVALID_VALUE invalid `tokens[0].agency` in file tokens: no agency of this deployment
    ");
}

#[test]
fn a_token_file_of_another_shape_is_refused_without_being_shown() {
    let folder = folder();
    std::fs::write(folder.path().join("tokens"), "# for development\ntokens = \"hunter2\"\n").expect("writable");
    let sources = site(folder.path(), &format!("[tokens]\nfile = {:?}\n", folder.path().join("tokens")));
    insta::assert_snapshot!(faults(&sources).join("\n"), @"CONFIG_INVALID_VALUE invalid `tokens` in file tokens: line 2 does not fit `[[tokens]]` with `token`, `staff`, `agency` and `role`");
}

#[test]
fn a_secret_file_that_is_missing_is_named_with_its_key() {
    let overrides = vec!["tokens.file=no/such/tokens".to_owned()];
    let faults = faults(&Sources { overrides, ..Sources::default() });
    assert_eq!(faults, ["CONFIG_FILE_UNREADABLE cannot read no/such/tokens, named by `tokens.file`"]);
}

#[test]
fn addresses_of_sqlite_files_are_taken_in_every_usual_form() {
    for url in ["sqlite:traject.db", "sqlite://traject.db", "sqlite:///var/lib/traject/traject.db?mode=rwc"] {
        let config =
            check(&Sources { environment: environment(&[("TRAJECT__DATABASE__URL", url)]), ..Sources::default() });
        let config = config.expect("the address is valid");
        assert!(config.database.url.as_ref().is_some_and(|url| url.is_sqlite()));
        assert_eq!(config.secrets().expect("no file is named").database_url.expose(), url);
    }
}

#[test]
fn the_committed_schema_and_reference_are_fresh() {
    let how = "write it with `cargo run -p traject-config --example reference [-- --markdown]`";
    assert_eq!(repository("config/schema.json"), format!("{:#}\n", schema()), "{how}");
    assert_eq!(repository("docs/guides/configuration.md"), reference(), "{how}");
}

#[test]
fn an_ebox_is_opened_by_its_address_and_needs_a_token_and_a_sender_then() {
    let mut sources = Sources::default();
    assert_eq!(check(&sources).expect("closed is valid").ebox.base_url, None);
    let of = |keys: &[&str]| keys.iter().map(|key| format!("ebox.{key}")).collect::<Vec<_>>();
    let keys = ["base_url=https://ebox.example/v1", "token_file=token", "sender_organisation=21009"];
    sources.overrides = of(&keys);
    let ebox = check(&sources).expect("the section is complete").ebox;
    assert_eq!((ebox.timeout.get().as_secs(), ebox.may_register, ebox.ca_file), (60, false, None));
    for (missing, key) in [(1, "ebox.token_file"), (2, "ebox.sender_organisation")] {
        let mut left = keys.to_vec();
        left.remove(missing);
        sources.overrides = of(&left);
        let expected = format!("CONFIG_INVALID_VALUE invalid `{key}` in --set: needed with `ebox.base_url`");
        assert_eq!(faults(&sources), [expected]);
    }
    sources.overrides = of(&["timeout=601s"]);
    assert!(faults(&sources)[0].starts_with("CONFIG_INVALID_VALUE invalid `ebox"), "{:?}", faults(&sources));
}
