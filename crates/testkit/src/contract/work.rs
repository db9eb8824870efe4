//! Promises about the work list.

use super::lists::{all_work, commit, dossier};
use super::{Fixture, TODAY, change, standing};
use crate::facts;
use jiff::ToSpan as _;
use jiff::civil::date;
use traject_app::ids::{SavedFilterId, WorkItemId};
use traject_app::model::{Actor, DossierChange, StandingRow, StandingUpdate, WorkChange, WorkDesk, WorkItem, WorkKind};
use traject_app::port::{Clock as _, Ids as _};
use traject_app::work::{
    Assigned, COUNTED_MAX, Days, LongestDue, SavedFilter, Snoozed, WorkAction, WorkAge, WorkAnswer, WorkCounts,
    WorkFilter, WorkOrder, WorkStep, WorkUpdate,
};
use traject_domain::code::{Breach, Code};

fn everything() -> WorkFilter {
    WorkFilter::everything(TODAY)
}

/// One step of a person.
async fn one(fixture: &Fixture, item: WorkItemId, expected_version: u64, update: WorkUpdate) -> WorkAnswer {
    let steps = [WorkStep { item, expected_version, update }];
    let mut answers = fixture.store.update_work(&steps, "staff-1", fixture.clock.now()).await.expect("writes");
    assert_eq!(answers.len(), 1);
    answers.remove(0)
}

/// The item after a step that is done.
async fn done(fixture: &Fixture, item: WorkItemId, expected_version: u64, update: WorkUpdate) -> WorkItem {
    match one(fixture, item, expected_version, update).await {
        WorkAnswer::Done(done) => done.after,
        answer => panic!("{answer:?}"),
    }
}

#[expect(missing_docs, reason = "the name is the promise")]
pub async fn work_opens_once_and_closes(fixture: &Fixture) {
    let id = dossier(fixture, standing()).await;
    let notice = WorkKind::ReleaseNotice(Breach::NotRegistered);
    let mut version = 1;
    let mut work = async |changes: Vec<WorkChange>| {
        commit(fixture, DossierChange { work: changes, ..change(id, version) }).await;
        version += 1;
        all_work(fixture).await.into_iter().map(|item| (item.kind, item.due_since)).collect::<Vec<_>>()
    };
    let (first, second) = (date(2022, 8, 1), date(2022, 8, 2));
    assert_eq!(work(vec![fixture.open(notice, first)]).await, vec![(notice, first)]);
    fixture.clock.set_day(date(2022, 9, 5));
    assert_eq!(work(vec![fixture.open(notice, second)]).await, vec![(notice, first)]);
    let review = fixture.open(WorkKind::Review, second);
    assert_eq!(work(vec![review]).await, vec![(notice, first), (WorkKind::Review, second)]);
    let again = vec![WorkChange::Close(notice), fixture.open(notice, second), fixture.open(notice, first)];
    assert_eq!(work(again).await.len(), 2);
    assert!(all_work(fixture).await.iter().all(|item| item.due_since == second));
    let opened: Vec<_> = all_work(fixture).await.into_iter().map(|item| item.opened_on).collect();
    assert_eq!(opened, [date(2022, 9, 5); 2]);
    let closed = vec![fixture.open(notice, first), WorkChange::Close(notice), WorkChange::Close(WorkKind::Inform)];
    assert_eq!(work(closed).await, vec![(WorkKind::Review, second)]);
}

#[expect(missing_docs, reason = "the name is the promise")]
pub async fn work_is_claimed_noted_and_snoozed_under_its_version(fixture: &Fixture) {
    let id = fixture.dossier();
    let mut opened = change(id, 0);
    opened.work = vec![fixture.open(WorkKind::Inform, TODAY), fixture.open(WorkKind::Review, TODAY)];
    commit(fixture, opened).await;
    let store = &fixture.store;
    let item = all_work(fixture).await.remove(0);
    assert_eq!((item.dossier, item.municipality, item.version), (id, standing().municipality, 1));
    let claim = WorkUpdate::Assign(Some("staff-9".to_owned()));
    assert_eq!(one(fixture, item.id, 2, claim.clone()).await, WorkAnswer::Stale);
    let claimed = done(fixture, item.id, 1, claim.clone()).await;
    assert_eq!((claimed.assignee.as_deref(), claimed.version), (Some("staff-9"), 2));
    assert_eq!(one(fixture, item.id, 1, claim).await, WorkAnswer::Stale);
    let mine = WorkFilter { assigned: Some(Assigned::To("staff-9".to_owned())), ..everything() };
    assert_eq!(store.work(&mine, None, 9).await.expect("reads"), vec![claimed]);
    done(fixture, item.id, 2, WorkUpdate::Note("calls back".to_owned())).await;
    let until = date(2022, 9, 10);
    let snoozed = done(fixture, item.id, 3, WorkUpdate::Snooze(until, "on leave".to_owned())).await;
    assert_eq!((snoozed.snoozed_until, snoozed.note.as_deref()), (Some(until), Some("on leave")));
    assert_eq!(store.work_item(item.id).await.expect("reads").as_ref(), Some(&snoozed));
    for (today, shown) in [(date(2022, 9, 9), 1), (until, 2)] {
        let filter = WorkFilter { today, ..everything() };
        assert_eq!(store.work(&filter, None, 9).await.expect("reads").len(), shown, "{today}");
    }
    let closed = DossierChange { work: vec![WorkChange::Close(snoozed.kind)], ..change(id, 1) };
    commit(fixture, closed).await;
    assert_eq!(store.work_item(item.id).await.expect("reads"), None);
    assert_eq!(one(fixture, item.id, 4, WorkUpdate::Assign(None)).await, WorkAnswer::NotFound);
    let story = store.work_events(item.id, 0, 9).await.expect("reads");
    assert_eq!(story.len(), 3, "what persons did stays when an item is closed");
}

#[expect(missing_docs, reason = "the name is the promise")]
pub async fn a_batch_of_work_answers_each_step_and_is_undone(fixture: &Fixture) {
    let mut opened = change(fixture.dossier(), 0);
    let kinds = [WorkKind::Inform, WorkKind::Review, WorkKind::DecisionChanged];
    opened.work = kinds.map(|kind| fixture.open(kind, TODAY)).to_vec();
    commit(fixture, opened).await;
    let before = all_work(fixture).await;
    let step = |n: usize, expected_version, update| WorkStep { item: before[n].id, expected_version, update };
    let hand = || WorkUpdate::HandOver("staff-9".to_owned(), "I am away".to_owned());
    let resolve = || WorkUpdate::Resolve("explained".to_owned());
    let unknown = WorkStep { item: WorkItemId(fixture.ids.next()), expected_version: 1, update: hand() };
    let steps = [
        step(2, 1, resolve()),
        step(0, 1, hand()),
        unknown,
        step(1, 1, resolve()),
        step(0, 1, hand()),
        step(0, 2, hand()),
    ];
    let answers = fixture.store.update_work(&steps, "staff-1", fixture.clock.now()).await.expect("writes");
    let sorts = answers.iter().map(|answer| match answer {
        WorkAnswer::Done(_) => "done",
        WorkAnswer::NotFound => "not found",
        WorkAnswer::Stale => "stale",
        WorkAnswer::Unfit => "unfit",
    });
    assert_eq!(sorts.collect::<Vec<_>>(), ["done", "done", "not found", "unfit", "stale", "done"]);
    assert_eq!(all_work(fixture).await.len(), 2, "one is closed");
    let undo = WorkUpdate::PutBack { assignee: None, snoozed_until: None, note: None };
    let undone = done(fixture, before[0].id, 3, undo).await;
    assert_eq!(undone, WorkItem { version: 4, ..before[0].clone() });
}

#[expect(missing_docs, reason = "the name is the promise")]
pub async fn a_work_item_tells_its_story(fixture: &Fixture) {
    let mut opened = change(fixture.dossier(), 0);
    opened.work = vec![fixture.open(WorkKind::DecisionChanged, TODAY)];
    commit(fixture, opened).await;
    let id = all_work(fixture).await[0].id;
    let until = date(2022, 9, 10);
    let updates = [
        (WorkUpdate::Assign(Some("staff-1".to_owned())), WorkAction::Claimed, None),
        (WorkUpdate::Assign(Some("staff-2".to_owned())), WorkAction::Assigned, None),
        (WorkUpdate::HandOver("staff-3".to_owned(), "leave".to_owned()), WorkAction::HandedOver, Some("leave")),
        (WorkUpdate::Snooze(until, "a paper comes".to_owned()), WorkAction::Snoozed, Some("a paper comes")),
        (WorkUpdate::Note("called".to_owned()), WorkAction::Noted, Some("called")),
        (WorkUpdate::Assign(None), WorkAction::GivenBack, None),
        (WorkUpdate::Resolve("explained".to_owned()), WorkAction::Resolved, Some("explained")),
    ];
    for ((update, ..), version) in updates.iter().zip(1..) {
        done(fixture, id, version, update.clone()).await;
    }
    let store = &fixture.store;
    let story = store.work_events(id, 0, 9).await.expect("reads");
    let told: Vec<_> = story.iter().map(|event| (event.action, event.note.as_deref())).collect();
    assert_eq!(told, updates.iter().map(|(_, action, note)| (*action, *note)).collect::<Vec<_>>());
    assert!(story.iter().all(|event| event.actor == "staff-1" && event.at == fixture.clock.now() && event.item == id));
    assert_eq!(story.iter().map(|event| event.seq).collect::<Vec<_>>(), (2..=8).collect::<Vec<_>>());
    assert_eq!((story[3].assignee.as_deref(), story[3].snoozed_until), (Some("staff-3"), Some(until)));
    assert_eq!(store.work_events(id, 4, 2).await.expect("reads"), story[3..5]);
    let nobody = WorkItemId(fixture.ids.next());
    assert_eq!(store.work_events(nobody, 0, 9).await.expect("reads"), []);
}

#[expect(missing_docs, reason = "the name is the promise")]
pub async fn work_follows_the_person_who_moves(fixture: &Fixture) {
    let in_town = |n| StandingUpdate::Assessed(Box::new(StandingRow { municipality: n, ..standing() }));
    let (first, second) = (Some(facts::municipality(0)), Some(facts::municipality(1)));
    let id = fixture.dossier();
    let opened = vec![fixture.open(WorkKind::Inform, TODAY)];
    commit(fixture, DossierChange { work: opened, standing: in_town(first), ..change(id, 0) }).await;
    let of = async |municipality| {
        let filter = WorkFilter { municipality, ..everything() };
        fixture.store.work(&filter, None, 9).await.expect("reads").len()
    };
    assert_eq!((of(first).await, of(second).await), (1, 0));
    commit(fixture, DossierChange { standing: in_town(second), ..change(id, 1) }).await;
    assert_eq!((of(first).await, of(second).await), (0, 1));
    // While the standing is stale, the last one tells whose the items are, those that it opens too.
    let opened = vec![fixture.open(WorkKind::Review, TODAY)];
    commit(fixture, DossierChange { work: opened, standing: StandingUpdate::Stale, ..change(id, 2) }).await;
    assert_eq!((of(first).await, of(second).await), (0, 2));
    commit(fixture, DossierChange { standing: in_town(None), ..change(id, 3) }).await;
    assert_eq!((of(first).await, of(second).await, of(None).await), (0, 0, 2));
}

/// Items of three kinds, in three towns and one of nobody, of several ages; some assigned, some snoozed.
async fn varied(fixture: &Fixture) {
    const KINDS: [WorkKind; 3] = [
        WorkKind::ReleaseNotice(Breach::NotRegistered),
        WorkKind::ReleaseTransfer(Breach::NotCompleted),
        WorkKind::Review,
    ];
    for n in 0..24_i16 {
        let municipality = (n % 4 != 3).then(|| facts::municipality(usize::from(n.unsigned_abs() % 4)));
        let mut change = change(fixture.dossier(), 0);
        change.standing = StandingUpdate::Assessed(Box::new(StandingRow { municipality, ..standing() }));
        fixture.clock.set_day(TODAY.saturating_sub((n % 5).days()));
        let WorkChange::Open { id, .. } = fixture.open(WorkKind::Inform, TODAY) else { unreachable!("it opens") };
        let due_since = TODAY.saturating_sub((n * 9).days());
        let kind = KINDS[usize::from(n.unsigned_abs() % 3)];
        change.work = vec![WorkChange::Open { id, kind, due_since, held: n % 6 == 0 }];
        commit(fixture, change).await;
        if n % 2 == 0 {
            done(fixture, id, 1, WorkUpdate::Assign(Some(format!("staff-{}", n % 3)))).await;
        }
        if n % 7 == 0 {
            let version = if n % 2 == 0 { 2 } else { 1 };
            done(fixture, id, version, WorkUpdate::Snooze(TODAY.saturating_add(9.days()), "later".to_owned())).await;
        }
    }
    fixture.clock.set_day(TODAY);
}

/// Every way of asking by itself, and some together.
fn filters() -> Vec<WorkFilter> {
    let all = everything;
    let week = Days { from: Some(TODAY.saturating_sub(30.days())), to: Some(TODAY.saturating_sub(9.days())) };
    vec![
        all(),
        WorkFilter { desk: Some(WorkDesk::Municipality), ..all() },
        WorkFilter { desk: Some(WorkDesk::Ggc), ..all() },
        WorkFilter { municipality: Some(facts::municipality(1)), ..all() },
        WorkFilter { kinds: vec![WorkKind::Review, WorkKind::ReleaseNotice(Breach::NotRegistered)], ..all() },
        WorkFilter { breach: Some(Breach::NotCompleted), ..all() },
        WorkFilter { breach: Some(Breach::NotCompleted), kinds: vec![WorkKind::Review], ..all() },
        WorkFilter { assigned: Some(Assigned::ToNobody), ..all() },
        WorkFilter { assigned: Some(Assigned::To("staff-1".to_owned())), ..all() },
        WorkFilter { held: Some(true), ..all() },
        WorkFilter { due_since: week, ..all() },
        WorkFilter { opened: Days { from: Some(TODAY.saturating_sub(1.days())), to: None }, ..all() },
        WorkFilter { snoozed: Snoozed::Shown, ..all() },
        WorkFilter { snoozed: Snoozed::Only, desk: Some(WorkDesk::Municipality), ..all() },
        WorkFilter { assigned: Some(Assigned::ToNobody), held: Some(false), due_since: week, ..all() },
    ]
}

#[expect(missing_docs, reason = "the name is the promise")]
pub async fn work_is_listed_by_every_column_in_either_order(fixture: &Fixture) {
    varied(fixture).await;
    let every = WorkFilter { snoozed: Snoozed::Shown, ..everything() };
    let every = fixture.store.work(&every, None, 100).await.expect("reads");
    assert_eq!(every.len(), 24);
    for filter in filters() {
        let mut sizes = Vec::new();
        for order in [WorkOrder::LongestDue, WorkOrder::Newest] {
            let filter = WorkFilter { order, ..filter.clone() };
            let whole = fixture.store.work(&filter, None, 100).await.expect("reads");
            let mut paged: Vec<WorkItem> = Vec::new();
            loop {
                let after = paged.last().map(|last| (filter.place(last), last.id));
                let page = fixture.store.work(&filter, after, 4).await.expect("reads");
                if page.is_empty() {
                    break;
                }
                paged.extend(page);
            }
            assert_eq!(paged, whole, "{filter:?}");
            let place = |item: &WorkItem| (filter.place(item), item.id);
            assert!(match order {
                WorkOrder::LongestDue => whole.is_sorted_by_key(place),
                WorkOrder::Newest => whole.is_sorted_by(|a, b| place(a) >= place(b)),
            });
            sizes.push(whole.len());
        }
        assert_eq!(sizes[0], sizes[1]);
        assert_eq!(sizes[0], expected(&filter, &every), "{filter:?}");
    }
}

/// How many of all items a filter must show, told apart from how any store does it.
fn expected(filter: &WorkFilter, every: &[WorkItem]) -> usize {
    let fits = |item: &&WorkItem| {
        let is_snoozed = item.snoozed_until.is_some_and(|until| until > TODAY);
        let shown = [(Snoozed::Hidden, !is_snoozed), (Snoozed::Shown, true), (Snoozed::Only, is_snoozed)];
        let assigned = filter.assigned.as_ref().is_none_or(|assigned| match assigned {
            Assigned::ToNobody => item.assignee.is_none(),
            Assigned::To(person) => item.assignee.as_deref() == Some(person),
        });
        shown.contains(&(filter.snoozed, true))
            && assigned
            && filter.desk.is_none_or(|desk| desk == item.kind.desk())
            && filter.municipality.is_none_or(|town| item.municipality == Some(town))
            && (filter.kinds.is_empty() || filter.kinds.contains(&item.kind))
            && filter.breach.is_none_or(|breach| item.kind.breach() == Some(breach))
            && filter.held.is_none_or(|held| held == item.held)
            && filter.due_since.contain(item.due_since)
            && filter.opened.contain(item.opened_on)
    };
    every.iter().filter(fits).count()
}

#[expect(missing_docs, reason = "the name is the promise")]
pub async fn counters_count_what_the_work_list_shows(fixture: &Fixture) {
    varied(fixture).await;
    for filter in filters() {
        let sorts = fixture.store.count_work(&filter, COUNTED_MAX).await.expect("reads");
        assert!(sorts.is_sorted());
        let counts = WorkCounts::of(&sorts, filter.snoozed);
        let listed = fixture.store.work(&filter, None, 100).await.expect("reads");
        assert_eq!(counts.total, listed.len() as u64, "{filter:?}");
        let of = |test: &dyn Fn(&WorkItem) -> bool| listed.iter().filter(|item| test(item)).count() as u64;
        assert_eq!(counts.overdue, of(&|item| item.due_since < TODAY));
        assert_eq!(counts.held, of(&|item| item.held));
        for (kind, count) in &counts.by_kind {
            assert_eq!(*count, of(&|item| item.kind == *kind));
        }
        for (assignee, count) in &counts.by_assignee {
            assert_eq!(*count, of(&|item| item.assignee == *assignee));
        }
        for (age, count) in &counts.by_age {
            assert_eq!(*count, of(&|item| WorkAge::of(item.due_since, TODAY) == *age));
        }
        let sums: [u64; 3] =
            [counts.by_kind.values().sum(), counts.by_assignee.values().sum(), counts.by_age.values().sum()];
        assert_eq!(sums, [counts.total; 3]);
        let only = WorkFilter { snoozed: Snoozed::Only, ..filter };
        assert_eq!(counts.snoozed, fixture.store.work(&only, None, 100).await.expect("reads").len() as u64);
    }
    let some = fixture.store.count_work(&everything(), 5).await.expect("reads");
    assert_eq!(some.iter().map(|sort| sort.count).sum::<u64>(), 5, "counting ends where it is told to");
}

#[expect(missing_docs, reason = "the name is the promise")]
pub async fn the_backlog_counts_what_the_work_list_shows(fixture: &Fixture) {
    for n in 0..9_i8 {
        let municipality = (n % 3 != 2).then(|| facts::municipality(usize::from(n % 3 == 1)));
        let mut change = change(fixture.dossier(), 0);
        change.standing = StandingUpdate::Assessed(Box::new(StandingRow { municipality, ..standing() }));
        let due_since = date(2022, 8, n + 1);
        change.work = vec![fixture.open(WorkKind::Inform, due_since)];
        if n % 2 == 0 {
            change.work.push(fixture.open(WorkKind::Undecided, due_since));
        }
        commit(fixture, change).await;
    }
    let snoozed = all_work(fixture).await.remove(0);
    let snooze = WorkUpdate::Snooze(date(2023, 1, 1), "later".to_owned());
    done(fixture, snoozed.id, 1, snooze).await;
    let items = all_work(fixture).await;
    let backlog = fixture.store.backlog(TODAY).await.expect("reads");
    assert!(backlog.is_sorted_by_key(|of| (of.municipality, of.kind)));
    assert_eq!(backlog.iter().map(|of| of.open).sum::<u64>(), items.len() as u64);
    for of in &backlog {
        let mut same = items.iter().filter(|item| (item.municipality, item.kind) == (of.municipality, of.kind));
        assert_eq!(same.clone().count() as u64, of.open);
        assert_eq!(same.next().map(|item| item.due_since), Some(of.oldest));
    }
    let mut paged = Vec::new();
    let mut after = None;
    loop {
        let page = fixture.store.work(&everything(), after, 4).await.expect("reads");
        let Some(last) = page.last() else { break };
        after = Some((last.due_since, last.id));
        paged.extend(page);
    }
    assert_eq!(paged, items);
}

#[expect(missing_docs, reason = "the name is the promise")]
pub async fn the_longest_due_is_what_a_person_could_do_now(fixture: &Fixture) {
    varied(fixture).await;
    let longest = fixture.store.longest_due(TODAY).await.expect("reads");
    assert!(longest.is_sorted() && !longest.is_empty());
    let free = WorkFilter { held: Some(false), due_since: Days { from: None, to: Some(TODAY) }, ..everything() };
    for LongestDue { kind, count, since } in longest {
        let of = WorkFilter { kinds: vec![kind], ..free.clone() };
        let listed = fixture.store.work(&of, None, 100).await.expect("reads");
        assert_eq!((listed.len() as u64, listed[0].due_since), (count, since), "{kind:?}");
    }
    assert_eq!(fixture.store.longest_due(date(1999, 1, 1)).await.expect("reads"), []);
}

#[expect(missing_docs, reason = "the name is the promise")]
pub async fn filters_are_kept_for_a_person_or_an_agency(fixture: &Fixture) {
    let actor = |staff: &str, agency: &str| Actor {
        staff: staff.to_owned(),
        agency: Code::new(agency),
        role: Code::new("clerk"),
    };
    let (ann, bert, carla) = (actor("ann", "21004"), actor("bert", "21004"), actor("carla", "21009"));
    let filter = |by: &Actor, is_shared| SavedFilter {
        id: SavedFilterId(fixture.ids.next()),
        agency: by.agency.clone(),
        creator: by.staff.clone(),
        is_shared,
        title: "Tuesday's".to_owned(),
        list: vec![0, 1, 255],
        created_at: fixture.clock.now(),
    };
    let store = &fixture.store;
    let kept = [filter(&ann, false), filter(&ann, true), filter(&bert, false), filter(&carla, true)];
    for of in &kept {
        assert_eq!(store.save_filter(of).await.expect("writes"), *of);
        let again = SavedFilter { title: "another".to_owned(), ..of.clone() };
        assert_eq!(store.save_filter(&again).await.expect("writes"), *of, "an id is kept once");
        assert_eq!(store.saved_filter(of.id).await.expect("reads").as_ref(), Some(of));
    }
    let seen = async |by: &Actor, after| {
        let found = store.saved_filters(by, after, 2).await.expect("reads");
        found.iter().map(|of| kept.iter().position(|kept| kept == of).expect("kept")).collect::<Vec<_>>()
    };
    assert_eq!((seen(&ann, None).await, seen(&bert, None).await), (vec![0, 1], vec![1, 2]));
    assert_eq!((seen(&ann, Some(kept[0].id)).await, seen(&carla, None).await), (vec![1], vec![3]));
    for _ in 0..2 {
        store.delete_filter(kept[1].id).await.expect("writes");
    }
    assert_eq!((seen(&ann, None).await, seen(&bert, None).await), (vec![0], vec![2]));
    assert_eq!(store.saved_filter(kept[1].id).await.expect("reads"), None);
}
