//! What the law that ships says.

use std::collections::BTreeMap;
use traject_domain::code::Code;
use traject_domain::dated::Dated;
use traject_domain::labels::Label;
use traject_domain::law::{CodeList, Confidence, ExemptionBasis, Law, Provenance, RegimeId};
use traject_lawbook::{KeyError, LawText, POLICIES, embedded};

fn law() -> Law {
    embedded().expect("the law that ships loads")
}

/// Every value that has a ground, by name.
fn grounds(law: &Law) -> BTreeMap<String, &Provenance> {
    let fines = law.fines.latest().expect("fines have a range");
    let mut grounds = BTreeMap::from([
        ("counting".to_owned(), &law.counting.provenance),
        ("letters".to_owned(), &law.letters.provenance),
        ("policies".to_owned(), &law.policies_provenance),
        ("fines".to_owned(), &fines.provenance),
    ]);
    grounds.extend(law.regimes.iter().map(|item| (format!("regime {}", item.id), &item.provenance)));
    grounds.extend(law.provisions().into_iter().map(|item| (item.code.to_owned(), item.provenance)));
    grounds.extend(law.transition.iter().map(|(subject, item)| (format!("transition {subject}"), &item.provenance)));
    grounds.extend(law.organisers.iter().map(|item| (item.code.to_string(), &item.provenance)));
    for (literacy, targets) in &law.language_targets {
        grounds.extend(targets.iter().map(|(regime, item)| (format!("target {literacy} {regime}"), &item.provenance)));
    }
    grounds.extend(law.fields.iter().map(|(field, item)| (format!("field {field}"), &item.provenance)));
    grounds.extend(law.facts.iter().map(|(fact, item)| (format!("fact {fact}"), &item.provenance)));
    grounds
}

fn labels(law: &Law) -> Vec<(String, &Label)> {
    let mut labels: Vec<(String, &Label)> = Vec::new();
    for (list, codes) in &law.codes {
        labels.extend(codes.iter().map(|(code, label)| (format!("{list:?} {code}"), label)));
    }
    labels.extend(law.regimes.iter().map(|item| (item.id.to_string(), &item.label)));
    labels.extend(law.provisions().into_iter().map(|item| (item.code.to_owned(), item.label)));
    labels.extend(law.transition.iter().map(|(subject, item)| (subject.to_string(), &item.label)));
    labels.extend(law.counting.holidays.iter().map(|item| (item.code.to_string(), &item.label)));
    labels.extend(law.breaches.iter().map(|(breach, label)| (breach.to_string(), label)));
    labels.extend(law.organisers.iter().map(|item| (item.code.to_string(), &item.label)));
    labels.extend(law.fields.iter().map(|(field, item)| (field.to_string(), &item.label)));
    labels.extend(law.facts.iter().map(|(fact, item)| (fact.to_string(), &item.label)));
    labels
}

#[test]
fn every_code_has_a_text_in_each_language() {
    let law = law();
    let labels = labels(&law);
    assert!(labels.len() > 340, "{}", labels.len());
    for (code, Label { nl, fr, en }) in labels {
        for text in [nl, fr, en] {
            assert!(!text.is_empty() && text.trim() == text, "{code}: {text:?}");
        }
    }
}

#[test]
fn every_value_has_a_known_source_and_no_assumption_an_article() {
    let law = law();
    for (name, ground) in grounds(&law) {
        assert!(!ground.sources.is_empty(), "{name}");
        assert!(ground.sources.iter().all(|source| law.sources.contains_key(source)), "{name}");
        if ground.confidence == Confidence::Assumption {
            assert!(ground.articles.is_empty(), "{name}");
            assert_eq!(ground.ground(Some(&RegimeId::new("B"))), "assumption", "{name}");
        }
    }
}

/// For a lawyer to check against the texts: no article may appear here that was not seen.
#[test]
fn the_grounds_of_the_law() {
    let law = law();
    let lines = grounds(&law).into_iter().map(|(name, ground)| {
        let sources: Vec<&str> = ground.sources.iter().map(Code::as_str).collect();
        let articles: Vec<String> =
            ground.articles.iter().map(|(regime, article)| format!(" | {regime}: {}", article.en)).collect();
        format!("{name}: {} [{}]{}", ground.confidence.word(), sources.join(" "), articles.concat())
    });
    insta::assert_snapshot!(lines.collect::<Vec<_>>().join("\n"));
}

#[test]
fn the_conditions_of_the_scope() {
    let law = law();
    let lines = law.scope.values().filter_map(Dated::latest).map(|condition| {
        let reference = if condition.gives_reference_date { " (gives the reference date)" } else { "" };
        format!("{}: {:?}{reference}", condition.id, condition.test)
    });
    insta::assert_snapshot!(lines.collect::<Vec<_>>().join("\n"));
}

#[test]
fn the_lengths_of_terms_and_suspensions() {
    let law = law();
    let terms = law.deadlines.values().filter_map(Dated::latest).map(|item| {
        format!("{}: {:?}, {:?}, service target: {}", item.term, item.length, item.actor, item.service_target)
    });
    let suspensions = law.suspensions.values().filter_map(Dated::latest).map(|item| {
        format!(
            "{}: {:?}, extended to {:?}, at least {:?}, {:?}, medical: {}",
            item.code, item.length, item.length_with_extension, item.min_total, item.channels, item.medical
        )
    });
    insta::assert_snapshot!(terms.chain(suspensions).collect::<Vec<_>>().join("\n"));
}

#[test]
fn medical_evidence_never_comes_through_an_organiser() {
    for suspension in law().suspensions.values().filter_map(Dated::latest).filter(|suspension| suspension.medical) {
        assert!(!suspension.channels.contains(&traject_domain::law::Channel::Organiser), "{}", suspension.code);
    }
}

#[test]
fn the_lists_have_the_codes_of_the_import_format() {
    let law = law();
    let list = |list: CodeList| law.codes[&list].keys().map(Code::as_str).collect::<Vec<_>>().join(" ");
    assert_eq!(law.codes[&CodeList::Countries].len(), 249, "the officially assigned codes of ISO 3166-1");
    assert!(!law.has_code(CodeList::Countries, &Code::new("XX")), "XX is a value of the column nationality only");
    assert!(!law.has_code(CodeList::Countries, &Code::new("EL")), "ISO writes GR");
    assert_eq!(list(CodeList::Registers), "foreigners population waiting");
    assert_eq!(list(CodeList::PermitKinds), "A AI B C D E EU F H K L M N SPECIAL");
    assert_eq!(
        list(CodeList::PermitGrounds),
        "au_pair family medical other protection study temporary_protection work working_holiday"
    );
    assert_eq!(list(CodeList::FamilyOf), "belgian belgian_free_movement eu_citizen uk_beneficiary");
    assert_eq!(
        list(CodeList::FamilyTies),
        "ascendant_dependent ascendant_of_minor ascendant_other descendant_dependent descendant_other \
         descendant_under_21 partner_equal partner_other spouse"
    );
    assert_eq!(list(CodeList::Sexes), "F M X");
    assert_eq!(list(CodeList::OtherRegions), "BE-VLG BE-WAL");
}

#[test]
fn nine_exemptions_are_automatic_and_four_need_evidence() {
    let law = law();
    let codes = |automatic: bool| {
        let of_kind = law
            .exemptions
            .values()
            .filter_map(Dated::latest)
            .filter(|item| (item.basis != ExemptionBasis::OnEvidence) == automatic);
        of_kind.map(|item| item.code.to_string()).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(codes(true), "E01 E02 E03 E04 E05 E06 E07 E08 E09");
    assert_eq!(codes(false), "E10 E11 E12 E13");
}

#[test]
fn the_policy_keys_read_well() {
    let lines = POLICIES
        .iter()
        .map(|policy| format!("{}={} ({}): {}", policy.key, policy.default, policy.choices.join("|"), policy.meaning));
    insta::assert_snapshot!(lines.collect::<Vec<_>>().join("\n"));
}

#[test]
fn the_files_hold_the_default_of_every_policy() {
    let law = law();
    for policy in POLICIES {
        let value = policy.value(&law);
        let (mut value, mut default): (Vec<&str>, Vec<&str>) =
            (value.split(',').collect(), policy.default.split(',').collect());
        value.sort_unstable();
        default.sort_unstable();
        assert_eq!(value, default, "{}", policy.key);
    }
}

/// A key is the name of a file and the path in it, so that a lawyer finds the value that a site has changed.
#[test]
fn a_policy_key_is_a_file_and_the_path_in_it() {
    for policy in POLICIES {
        let mut path = policy.key.split('.');
        let name = format!("{}.yaml", path.next().expect("a key has a first part"));
        let (_, text) = traject_lawbook::FILES.iter().find(|(file, _)| *file == name).expect("a file of that name");
        let mut rest = *text;
        for (depth, part) in path.enumerate() {
            let line = format!("\n{}{part}:", "  ".repeat(depth));
            rest = rest.split_once(&line).unwrap_or_else(|| panic!("{name} has no {part}")).1;
        }
    }
}

fn set(text: &mut LawText, assignment: String) -> Result<Law, KeyError> {
    text.set(&[assignment])?;
    Ok(text.compile().expect("what could be set loads"))
}

#[test]
fn every_choice_can_be_set_and_read_back_and_nothing_else_can() {
    for policy in POLICIES {
        let mut text = LawText::embedded();
        for choice in policy.choices {
            let law = set(&mut text, format!("{}={choice}", policy.key)).expect("a choice can be set");
            assert_eq!(policy.value(&law), *choice);
        }
        let before = text.clone();
        let refused = set(&mut text, format!("{}=nonsense", policy.key)).expect_err("not a choice");
        assert!(matches!(&refused, KeyError::BadValue { key, .. } if key == policy.key), "{refused}");
        assert!(policy.choices.iter().all(|choice| refused.to_string().contains(choice)), "{refused}");
        assert_eq!(text, before, "a refused value changes nothing");
    }
}

#[test]
fn an_unknown_key_and_a_text_without_a_key_are_refused() {
    let mut text = LawText::embedded();
    for key in ["scope.colour", "counting.moon", "weather.rain", "scope", "deadlines.terms.D-NONE.length"] {
        let refused = set(&mut text, format!("{key}=red")).expect_err("no such key");
        assert!(matches!(&refused, KeyError::UnknownKey(named) if named == key), "{refused}");
    }
    assert!(matches!(set(&mut text, "scope".to_owned()), Err(KeyError::Syntax)));
}

#[test]
fn any_subset_of_terms_may_be_suspended_and_no_other_term() {
    let suspends = |list: &str| {
        let law = set(&mut LawText::embedded(), format!("suspensions.policies.suspends={list}"))?;
        Ok::<usize, KeyError>(law.policies.suspends.len())
    };
    assert_eq!(suspends("").expect("none"), 0);
    assert_eq!(suspends("D-CURE").expect("one"), 1);
    assert_eq!(suspends("D-CURE, D-REGISTER").expect("two"), 2);
    assert!(suspends("D-PAY").is_err());
    assert!(suspends("D-CURE,").is_err());
}

#[test]
fn each_agency_writes_in_its_languages_and_in_both_only_where_it_may() {
    use traject_domain::code::LegalLanguage::{Fr, Nl};
    let law = law();
    let (a, b) = (jiff::civil::date(2023, 6, 1), jiff::civil::date(2024, 6, 1));
    let of = |agency: &str, person, on| law.letter_language(&agency.into(), person, on, b);
    for agency in ["21009", "GGC"] {
        assert_eq!(of(agency, Some(Fr), a), Some(Fr));
        assert_eq!(of(agency, Some(Nl), a), Some(Nl));
        assert_eq!(of(agency, None, a), None, "both, side by side");
    }
    for person in [Some(Nl), Some(Fr), None] {
        assert_eq!(of("BON", person, b), Some(Nl));
        assert_eq!(of("BAPA_VIA", person, a), Some(Fr));
        assert_eq!(of("BAPA_VIA", person, b), Some(Fr), "until a lawyer says otherwise");
    }
    assert!(law.letter_languages(&"NOBODY".into(), b, b).is_empty());
    let mut site = LawText::embedded();
    site.set(&["organisers.organisers.BAPA_VIA.letters.B=[fr, nl]".to_owned()]).expect("a site may set it");
    let law = site.compile().expect("loads");
    assert_eq!(law.letter_language(&"BAPA_VIA".into(), Some(Nl), b, b), Some(Nl));
}
