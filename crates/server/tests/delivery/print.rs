//! Letters in batches of a day, and what the mail house tells of them.

use crate::house::{House, TODAY};
use jiff::civil::{date, time};
use jiff::{SignedDuration, Timestamp};
use std::fs;
use traject_app::ids::DossierId;
use traject_app::model::{Actor, Channel, Delivery, DeliveryReason, DeliveryState, WorkKind};
use traject_domain::Date;
use traject_domain::code::{Code, LegalLanguage};
use traject_server::engine::Sent;
use traject_server::limit::Limit;
use traject_server::print::Batches;
use traject_server::status_file;

fn four() -> Batches {
    Batches::Daily(time(16, 0, 0, 0))
}

/// A time of day in Brussels.
fn at(day: Date, hour: i8, minute: i8) -> Timestamp {
    day.at(hour, minute, 0, 0).in_tz("Europe/Brussels").expect("it is once on that day").timestamp()
}

impl House {
    async fn letter(&self, dossier: DossierId) -> Delivery {
        self.delivery(dossier, Channel::Letter).await
    }

    fn batch(&self, day: &str) -> std::path::PathBuf {
        self.folder.path().join(day)
    }

    fn manifest(&self, day: &str) -> Vec<String> {
        let text = fs::read_to_string(self.batch(day).join("manifest.csv")).expect("a manifest");
        text.lines().skip(1).map(|row| row.split(',').next().unwrap_or_default().to_owned()).collect()
    }

    /// What the mail house tells, in the form of its file.
    async fn mail_house_told(&self, batch: &str, rows: &[String]) -> status_file::Read {
        let text = format!("delivery_reference,status,at,posting_reference,reason\n{}\n", rows.join("\n"));
        fs::write(self.batch(batch).join("status.csv"), text).expect("a status file");
        status_file::read(&self.desk, self.folder.path()).await.expect("the store answers")
    }
}

#[tokio::test]
async fn what_is_made_before_the_cut_off_leaves_that_day_and_the_rest_the_next_working_day() {
    let house = House::open().await;
    // A Friday.
    let friday = date(2022, 6, 24);
    house.clock.set(at(friday, 15, 59));
    let early = house.visit(1, None).await;
    assert_eq!(house.letters_in(four()).await, Sent { waiting: 1, ..Sent::default() });
    house.clock.set(at(friday, 16, 0));
    let late = house.visit(2, None).await;
    assert_eq!(house.letters_in(four()).await, Sent { printed: 1, waiting: 1, ..Sent::default() });
    let (early, late) = (house.letter(early).await, house.letter(late).await);
    assert_eq!((early.state, early.batch.as_deref()), (DeliveryState::Printed, Some("2022-06-24")));
    assert_eq!((late.state, late.batch.as_deref()), (DeliveryState::Queued, Some("2022-06-27")));
    let dated = house.desk.store.document(late.id).await.expect("the store answers").expect("it is made").dated_on;
    assert_eq!(dated, Some(date(2022, 6, 27)));
    assert_eq!(house.manifest("2022-06-24"), [early.id.to_string()]);
    assert!(house.batch("2022-06-24").join("manifest.csv.sha256").exists(), "it is closed");
    house.clock.set(at(date(2022, 6, 27), 16, 1));
    assert_eq!(house.letters_in(four()).await, Sent { printed: 1, ..Sent::default() });
    assert_eq!(house.manifest("2022-06-27"), [late.id.to_string()]);
}

#[tokio::test]
async fn a_letter_can_be_stopped_until_its_batch_leaves_and_never_after() {
    let house = House::open().await;
    house.clock.set(at(TODAY, 9, 0));
    let dossiers = [house.visit(1, None).await, house.visit(2, None).await];
    house.letters_in(four()).await;
    let clerk = crate::house::clerk(crate::house::ixelles());
    let first = house.letter(dossiers[0]).await;
    let stopped = house.desk.cancel(first.id, &clerk).await.expect("it has not left");
    assert_eq!((stopped.state, stopped.reason), (DeliveryState::Cancelled, Some(DeliveryReason::Stopped)));
    house.clock.set(at(TODAY, 16, 0));
    assert_eq!(house.letters_in(four()).await.printed, 1);
    let second = house.letter(dossiers[1]).await;
    assert_eq!(house.manifest(&TODAY.to_string()), [second.id.to_string()]);
    house.desk.cancel(second.id, &clerk).await.expect_err("it has left");
}

#[tokio::test]
async fn a_letter_that_misses_its_batch_is_made_again_with_the_day_it_goes() {
    let house = House::open().await;
    house.clock.set(at(TODAY, 9, 0));
    let dossier = house.visit(1, None).await;
    house.letters_in(four()).await;
    // The program stood still until the next morning.
    house.clock.set(at(date(2022, 6, 21), 9, 0));
    for _ in 0..2 {
        assert_eq!(house.letters_in(four()).await.printed, 0);
    }
    let letter = house.letter(dossier).await;
    assert_eq!((letter.state, letter.batch.as_deref()), (DeliveryState::Queued, Some("2022-06-21")));
    let document = house.desk.store.document(letter.id).await.expect("the store answers").expect("it is made");
    assert_eq!(document.dated_on, Some(date(2022, 6, 21)));
    house.clock.set(at(date(2022, 6, 21), 16, 0));
    assert_eq!(house.letters_in(four()).await.printed, 1);
    assert!(!house.batch(&TODAY.to_string()).exists());
}

#[tokio::test]
async fn a_print_that_was_cut_off_is_done_again_and_lies_there_once() {
    use traject_app::model::DeliveryMove;
    let house = House::open().await;
    let dossier = house.visit(1, None).await;
    house.letters().await;
    let letter = house.letter(dossier).await;
    // The file is there; the program ended before it could record that.
    let now = house.desk.clock.now();
    let back = DeliveryMove::new(DeliveryState::Printed, DeliveryState::Sending, "engine", now);
    assert!(house.desk.store.move_delivery(letter.id, &back).await.expect("a move"));
    assert_eq!(house.recover_paper().await, 0);
    assert_eq!(house.letters().await.printed, 1);
    assert_eq!(house.manifest(&TODAY.to_string()), [letter.id.to_string()]);
}

#[tokio::test]
async fn the_mail_house_tells_of_a_batch_as_often_as_it_likes() {
    let house = House::open().await;
    let dossiers = [house.visit(1, None).await, house.visit(2, None).await, house.visit(3, None).await];
    house.letters().await;
    let mut ids = Vec::new();
    for dossier in dossiers {
        ids.push(house.letter(dossier).await.id);
    }
    let (batch, day) = (TODAY.to_string(), TODAY);
    house.pass(SignedDuration::from_hours(24 * 10));
    let rows = [
        format!("{},posted,{day},RR 1,", ids[0]),
        format!("{},returned,2022-06-27T10:00:00+02:00,,unknown_address", ids[0]),
        format!("traject:{},failed,{day},,", ids[1].0.simple()),
        format!("{},posted,{day},,", ids[2]),
        format!("{},returned,{day},,eaten", ids[2]),
        "somebody,posted,2022-06-21,,".to_owned(),
        format!("{},posted,soon,,", ids[2]),
    ];
    for n in 1..=2 {
        assert_eq!(house.mail_house_told(&batch, &rows).await, status_file::Read { recorded: 4, rejected: 3 });
        assert!(!house.batch(&batch).join("status.csv").exists());
        assert!(house.batch(&batch).join(format!("status-{n}.csv")).exists());
    }
    let rejects = fs::read_to_string(house.batch(&batch).join("status-rejects.csv")).expect("rejects");
    let rejects: Vec<String> =
        rejects.lines().skip(1).map(|row| row.rsplit(',').next().expect("a cell").to_owned()).collect();
    assert_eq!(rejects, ["UNKNOWN_REASON", "NO_REFERENCE", "NO_DATE"]);
    let mut found = Vec::new();
    for id in &ids {
        let delivery = house.desk.delivery(*id).await.expect("it is there");
        found.push((delivery.state, delivery.reason));
    }
    assert_eq!(
        found,
        [
            (DeliveryState::Returned, Some(DeliveryReason::UnknownAddress)),
            (DeliveryState::PermanentFailure, Some(DeliveryReason::PrintFailed)),
            (DeliveryState::Posted, None),
        ]
    );
    assert_eq!(house.open_work(WorkKind::AddressCheck).await, 1);
    assert_eq!(house.open_work(WorkKind::DeliveryFailed).await, 1);
    let story = house.desk.store.delivery_events(ids[0]).await.expect("the store answers");
    let told: Vec<_> = story.iter().map(|event| (event.state, event.occurred_on)).collect();
    assert_eq!(
        told[told.len() - 2..],
        [(DeliveryState::Posted, Some(day)), (DeliveryState::Returned, Some(date(2022, 6, 27)))]
    );
    let failed = house.desk.delivery(ids[1]).await.expect("it is there");
    let again = house
        .desk
        .resend(failed.id, &Actor { staff: "s".into(), agency: Code::new("21009"), role: Code::new("clerk") })
        .await;
    assert_eq!(again.expect("it failed for good").state, DeliveryState::Created);
    assert_eq!(house.open_work(WorkKind::DeliveryFailed).await, 0);
}

#[tokio::test]
async fn paper_is_not_sent_to_an_address_that_it_came_back_from() {
    use traject_app::deliveries::{DeliveryOrder, Told};
    use traject_app::model::LegalStep;
    use traject_domain::fact::ReturnReason;
    let house = House::open().await;
    let dossier = house.visit(1, None).await;
    house.letters().await;
    let letter = house.letter(dossier).await;
    let clerk = crate::house::clerk(crate::house::ixelles());
    let told = Told { delivery: letter.id, actor: clerk.clone(), on: None, provider_reference: None };
    house.desk.record_return(&told, ReturnReason::UnknownAddress).await.expect("it was printed");
    house.desk.record_return(&told, ReturnReason::UnknownAddress).await.expect("once more is no error");
    let order = DeliveryOrder {
        request: house.request(),
        actor: clerk,
        dossier,
        step: LegalStep::CERTIFICATE,
        channel: Channel::RegisteredLetter,
    };
    let made = house.desk.create_delivery(&order).await.expect("another version of the step");
    assert_eq!(made.key.step_version, 1);
    assert_eq!(house.letters().await, Sent { failed: 1, ..Sent::default() });
    let refused = house.desk.delivery(made.id).await.expect("it is there");
    assert_eq!(
        (refused.state, refused.reason),
        (DeliveryState::PermanentFailure, Some(DeliveryReason::AddressReturned))
    );
    assert_eq!(house.open_work(WorkKind::AddressCheck).await, 1);
}

#[tokio::test]
async fn what_is_printed_at_once_after_the_batch_of_the_day_left_makes_another() {
    let house = House::open().await;
    house.clock.set(at(TODAY, 9, 0));
    house.visit(1, None).await;
    house.letters_in(four()).await;
    house.clock.set(at(TODAY, 16, 0));
    assert_eq!(house.letters_in(four()).await.printed, 1);
    let late = house.visit(2, None).await;
    assert_eq!(house.letters().await.printed, 1);
    let late = house.letter(late).await;
    assert_eq!(house.manifest("2022-06-20-2"), [late.id.to_string()]);
    assert_eq!(house.manifest("2022-06-20").len(), 1);
}

#[tokio::test]
async fn no_more_is_printed_in_a_minute_than_the_limit_says() {
    let house = House::open().await;
    let two = std::num::NonZeroU32::new(2).expect("from 1");
    house.limits.lock().expect("nobody panics").insert(Channel::Letter, Limit::per_minute(two));
    for n in 1..=5 {
        house.visit(n, None).await;
    }
    assert_eq!(house.letters().await.printed, 2);
    assert_eq!(house.letters().await.printed, 0);
    house.pass(SignedDuration::from_secs(30));
    assert_eq!(house.letters().await.printed, 1);
    house.pass(SignedDuration::from_mins(5));
    assert_eq!(house.letters().await.printed, 2);
}

#[tokio::test]
async fn a_letter_in_another_language_than_the_person_s_is_refused_before_it_is_made() {
    let house = House::open().await;
    let dossier = house.visit(1, Some(LegalLanguage::Nl)).await;
    // The register was wrong: a second check says French.
    assert_eq!(house.visit(1, Some(LegalLanguage::Fr)).await, dossier);
    assert_eq!(house.letters().await, Sent { failed: 1, ..Sent::default() });
    let letter = house.letter(dossier).await;
    assert_eq!((letter.state, letter.reason), (DeliveryState::PermanentFailure, Some(DeliveryReason::WrongLanguage)));
    assert_eq!((letter.document, house.open_work(WorkKind::DeliveryFailed).await), (None, 1));
}
