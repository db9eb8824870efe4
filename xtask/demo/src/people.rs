//! The people of the demonstration: a clerk who releases, newcomers and offices who react, the GGC that decides.

use anyhow::Context;
use std::collections::BTreeMap;
use traject_app::act::ActOrder;
use traject_app::ids::DossierId;
use traject_app::model::{Actor, Request, WorkItem, WorkKind};
use traject_app::release::Release;
use traject_app::work::WorkFilter;
use traject_app::{AppError, Desk};
use traject_domain::Date;
use traject_domain::code::{Breach, Code};
use traject_domain::counting::{add_days, days_between};
use traject_domain::fact::{FactKind, ReturnReason};
use traject_domain::money::Cents;
use traject_domain::sanction::{Grounds, SanctionStep};
use traject_sim::city::{City, Reaction};

/// Proposals read at a time.
const PAGE: usize = 500;

/// Acts that are still to come, by day.
#[derive(Default)]
pub(crate) struct Agenda(BTreeMap<Date, Vec<(DossierId, Actor, FactKind)>>);

/// What the people did.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Done {
    pub(crate) certificates: u64,
    pub(crate) notices: u64,
    pub(crate) transfers: u64,
    pub(crate) acts: u64,
    /// Acts that the law or the state of the dossier refused meanwhile.
    pub(crate) refused: u64,
}

fn actor(agency: &str, role: &str) -> Actor {
    Actor { staff: format!("demo-{}", agency.to_lowercase()), agency: Code::new(agency), role: Code::new(role) }
}

fn request(desk: &Desk) -> Request {
    Request { caller: "demo".to_owned(), id: desk.ids.next(), hash: [0; 32] }
}

fn order(desk: &Desk, actor: &Actor, dossier: DossierId, occurred_on: Date, kind: FactKind) -> ActOrder {
    ActOrder {
        request: request(desk),
        actor: actor.clone(),
        dossier,
        expected_version: None,
        occurred_on,
        kind,
        along: Vec::new(),
        channel: None,
        number: None,
        validate_only: false,
    }
}

/// A working day of everybody.
pub(crate) async fn work(desk: &Desk, city: Option<&City>, agenda: &mut Agenda, done: &mut Done) -> anyhow::Result<()> {
    let today = desk.clock.today();
    act(desk, agenda, today, done).await?;
    desk.store.release_backlog(None).await?;
    let filter = WorkFilter { held: Some(false), ..WorkFilter::everything(today) };
    let mut after = None;
    loop {
        let page = desk.store.work(&filter, after, PAGE).await?;
        after = page.last().map(|item| (item.due_since, item.id));
        for item in &page {
            if is_released(item, today) {
                release(desk, city, item, agenda, done).await?;
            }
        }
        if page.len() < PAGE {
            return Ok(());
        }
    }
}

/// The clerk prints certificates at once, and gets round to few notices: practice shows both (actors-and-data.md § 10).
fn is_released(item: &WorkItem, today: Date) -> bool {
    let age = days_between(item.due_since, today);
    let luck = item.dossier.0.as_u128() % 5;
    match item.kind {
        WorkKind::Inform => true,
        WorkKind::ReleaseNotice(_) => age >= 10 && luck < 2,
        WorkKind::ReleaseTransfer(_) | WorkKind::WithdrawNotice(_) => age >= 5,
        _ => false,
    }
}

async fn release(
    desk: &Desk,
    city: Option<&City>,
    item: &WorkItem,
    agenda: &mut Agenda,
    done: &mut Done,
) -> anyhow::Result<()> {
    let municipality = item.municipality.context("a proposal belongs to a municipality")?.to_string();
    let clerk = actor(&municipality, "clerk");
    if item.kind == WorkKind::Inform && !desk.store.deliveries_of(item.dossier).await?.is_empty() {
        return Ok(());
    }
    if let WorkKind::ReleaseTransfer(breach) = item.kind {
        // A lapse is no decision: the clerk establishes the refusal before the transfer.
        let order = order(desk, &clerk, item.dossier, desk.clock.today(), FactKind::RefusalEstablished(breach));
        match desk.act(&order).await {
            Ok(_) => {}
            Err(AppError::Refused(_)) => done.refused += 1,
            Err(error) => return Err(error.into()),
        }
    }
    let release = Release { request: request(desk), actor: clerk.clone(), item: item.id };
    match desk.release(&release).await {
        Ok(_) => {}
        // The proposal went away on the same day, or a retracted posting left its letter behind.
        Err(AppError::NotFound | AppError::Refused(_) | AppError::Taken(_)) => {
            done.refused += 1;
            return Ok(());
        }
        Err(error) => return Err(error.into()),
    }
    let today = desk.clock.today();
    match item.kind {
        WorkKind::Inform => done.certificates += 1,
        WorkKind::ReleaseNotice(breach) => {
            done.notices += 1;
            let dossier = desk.dossier(item.dossier).await?;
            let subject = dossier.standing.and_then(|row| row.subject);
            let reaction = subject.and_then(|subject| city?.reaction_to_notice(subject.as_str()));
            react(agenda, item.dossier, &clerk, breach, reaction, today);
        }
        WorkKind::ReleaseTransfer(breach) => {
            done.transfers += 1;
            let ggc = actor("GGC", "case_officer");
            agenda.add(add_days(today, 14), item.dossier, &ggc, FactKind::HearingInvited(breach, None));
            let grounds = Grounds { reasons: Vec::new(), weighed: vec![Code::new("health"), Code::new("work")] };
            let weighed = FactKind::Sanction(breach, SanctionStep::GroundsStated(grounds));
            agenda.add(add_days(today, 27), item.dossier, &ggc, weighed);
            let luck = item.dossier.0.as_u128() % 3;
            let decision =
                if luck == 0 { FactKind::DecidedNoFine(breach) } else { FactKind::Fined(breach, Cents(10_000)) };
            agenda.add(add_days(today, 28), item.dossier, &ggc, decision);
        }
        _ => {}
    }
    Ok(())
}

/// What a newcomer, an office or the post does about a notice.
fn react(
    agenda: &mut Agenda,
    dossier: DossierId,
    clerk: &Actor,
    breach: Breach,
    reaction: Option<Reaction>,
    today: Date,
) {
    let after = |days: u32| add_days(today, i64::from(days));
    match reaction {
        Some(Reaction::Registers { organiser, track, after_days }) if breach == Breach::NotRegistered => {
            let office = actor(organiser, "counsellor");
            let kind = FactKind::Registered { organiser: Code::new(organiser), track };
            agenda.add(after(after_days), dossier, &office, kind);
        }
        Some(Reaction::ReturnedUnknown { after_days }) => {
            let kind = FactKind::NoticeReturned(breach, ReturnReason::UnknownAddress);
            agenda.add(after(after_days), dossier, clerk, kind);
        }
        Some(Reaction::ReturnedUnclaimed { after_days }) => {
            agenda.add(after(after_days), dossier, clerk, FactKind::NoticeReturned(breach, ReturnReason::Unclaimed));
        }
        _ => {}
    }
}

async fn act(desk: &Desk, agenda: &mut Agenda, today: Date, done: &mut Done) -> anyhow::Result<()> {
    let later = agenda.0.split_off(&add_days(today, 1));
    for (occurred_on, acts) in std::mem::replace(&mut agenda.0, later) {
        for (dossier, actor, kind) in acts {
            match desk.act(&order(desk, &actor, dossier, occurred_on, kind)).await {
                Ok(_) => done.acts += 1,
                Err(AppError::Refused(_)) => done.refused += 1,
                Err(error) => return Err(error.into()),
            }
        }
    }
    Ok(())
}

impl Agenda {
    fn add(&mut self, day: Date, dossier: DossierId, actor: &Actor, kind: FactKind) {
        self.0.entry(day).or_default().push((dossier, actor.clone(), kind));
    }
}
