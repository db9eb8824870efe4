//! Names: by which words a store finds them, and in what order.

use super::{Fixture, change};
use crate::facts;
use jiff::civil::date;
use traject_app::ids::DossierId;
use traject_app::model::{Identity, NewFact, StandingUpdate};
use traject_app::search::{NameQuery, NamedDossier, rank};
use traject_domain::Date;
use traject_domain::extract::Extract;
use traject_domain::fact::FactKind;
use traject_domain::partial_date::PartialDate;

/// A check that reports a name.
fn check(fixture: &Fixture, on: Date, family: &str, given: &str, birth: Option<PartialDate>) -> NewFact {
    let extract = Extract { birth_date: birth, ..facts::extract(facts::municipality(1)) };
    let mut fact = fixture.fact(FactKind::Checked(Box::new(extract)));
    fact.fact.occurred_on = on;
    let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    fact.identity = Some(Identity { last_name: some(family), first_names: some(given), ..Identity::default() });
    fact
}

async fn commit(fixture: &Fixture, dossier: DossierId, version: u64, fact: NewFact) {
    let mut change = change(dossier, version);
    change.facts.push(fact);
    fixture.store.commit(fixture.command(vec![change])).await.expect("commits");
}

/// A new dossier whose first check reports a name.
async fn named(fixture: &Fixture, family: &str, given: &str) -> DossierId {
    let dossier = fixture.dossier();
    let birth = Some(PartialDate::Day(date(1990, 5, 1)));
    commit(fixture, dossier, 0, check(fixture, date(2022, 6, 1), family, given, birth)).await;
    dossier
}

async fn found(fixture: &Fixture, name: &str, limit: usize) -> Vec<NamedDossier> {
    let query = NameQuery::new(name, None).expect("a name");
    fixture.store.named(&query.wanted(), limit).await.expect("reads")
}

fn ids(found: &[NamedDossier]) -> Vec<DossierId> {
    found.iter().map(|named| named.row.id).collect()
}

#[expect(missing_docs, reason = "the name is the promise")]
pub async fn a_name_is_found_by_any_of_its_tokens_and_the_heaviest_come_first(fixture: &Fixture) {
    let nwosu = named(fixture, "Nwosu", "Chinedu").await;
    let okafor = named(fixture, "Okafor", "Emeka").await;
    let both = named(fixture, "OKAFOR", "Chinedu Obi").await;
    named(fixture, "Щербакова", "Анна").await;
    // The fourth dossier shares no token with the search.
    assert_eq!(ids(&found(fixture, "Chinedu Okafor", 9).await), [both, okafor, nwosu]);
    assert_eq!(ids(&found(fixture, "Chinedu Okafor", 2).await), [both, okafor]);
    assert_eq!(ids(&found(fixture, "Okafer", 9).await), [okafor, both], "a letter is wrong");
    assert_eq!(found(fixture, "Shcherbakova", 9).await.len(), 1);
    assert_eq!(fixture.store.named(&[], 9).await.expect("reads"), vec![]);
    let birth = fixture.store.named(&["1990-05-01".to_owned()], 9).await.expect("reads");
    assert_eq!(birth.len(), 4);
}

#[expect(missing_docs, reason = "the name is the promise")]
pub async fn every_name_of_a_dossier_comes_with_it_the_present_one_first(fixture: &Fixture) {
    let dossier = named(fixture, "El Amrani", "Nadia").await;
    let later = Some(PartialDate::Year(1990));
    commit(fixture, dossier, 1, check(fixture, date(2022, 8, 1), "Peeters", "Nadia", later)).await;
    // Arrives last, and is the oldest.
    commit(fixture, dossier, 2, check(fixture, date(2022, 5, 1), "Amrani", "N.", None)).await;
    // Has no name at all.
    commit(fixture, dossier, 3, check(fixture, date(2022, 8, 20), "", "", later)).await;
    for name in ["Peeters", "Elamrani", "Amrani"] {
        let found = found(fixture, name, 9).await;
        let family: Vec<_> = found[0].names.iter().map(|name| name.last_name.as_deref().expect("a name")).collect();
        assert_eq!((ids(&found), family), (vec![dossier], vec!["Peeters", "El Amrani", "Amrani"]));
        let births: Vec<_> = found[0].names.iter().map(|name| name.birth_date).collect();
        assert_eq!(births, [later, Some(PartialDate::Day(date(1990, 5, 1))), None]);
    }
}

#[expect(missing_docs, reason = "the name is the promise")]
pub async fn a_name_comes_with_its_birth_date_and_its_standing(fixture: &Fixture) {
    let dossier = named(fixture, "Diallo", "Mamadou").await;
    let query = NameQuery::new("mamadou diallo", PartialDate::parse("1990-00-00")).expect("a name");
    let candidates = rank(&query, found(fixture, "mamadou diallo", 9).await, 5);
    let [one] = candidates.as_slice() else { panic!("{candidates:?}") };
    assert_eq!((one.row.id, one.row.version, one.score), (dossier, 1, 90));
    assert_eq!(one.row.standing, Some(super::standing()));
    let mut stale = change(dossier, 1);
    stale.standing = StandingUpdate::Stale;
    fixture.store.commit(fixture.command(vec![stale])).await.expect("commits");
    let row = &found(fixture, "Diallo", 9).await[0].row;
    assert_eq!((row.version, &row.standing), (2, &None));
}
