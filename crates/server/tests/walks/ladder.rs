//! What would come next: by it walks reach the states that chance alone would hardly find.

use crate::acts::{self, Deed, ggc};
use crate::dice::Dice;
use traject_domain::Date;
use traject_domain::code::{Breach, Code};
use traject_domain::fact::{AppealOutcome, FactKind, ReturnReason};
use traject_domain::money::Cents;
use traject_domain::municipality::Municipality;
use traject_domain::sanction::SanctionStep;
use traject_domain::standing::{BreachStanding, Enforcement, Obligation, Stage, Standing};

/// Where a person stands, and how willing the person is.
pub(crate) struct Scene<'a> {
    pub(crate) standing: &'a Standing,
    pub(crate) home: &'a Code,
    pub(crate) today: Date,
    /// How often in a hundred steps the person does what the law asks.
    pub(crate) diligence: u32,
}

/// An act that moves the dossier on; none: time has to pass first.
pub(crate) fn next(dice: &mut Dice, scene: &Scene<'_>) -> Option<Deed> {
    if let Some((asked, _)) = scene.standing.requests.first().filter(|_| dice.percent(60)) {
        return Some(Deed::new(scene.home, acts::decision(dice, asked, scene.today)));
    }
    let obligation = scene.standing.obligation.as_ref()?;
    let under_way = obligation.breaches.iter().filter(|breach| breach.state != Enforcement::None);
    match dice.any(&under_way.collect::<Vec<_>>()) {
        Some(breach) if dice.percent(85) => enforced(dice, scene, breach),
        _ => followed(dice, scene, obligation),
    }
}

/// What a person and an office do.
fn followed(dice: &mut Dice, scene: &Scene<'_>, obligation: &Obligation) -> Option<Deed> {
    let willing = dice.percent(scene.diligence);
    let track = scene.standing.track.as_ref();
    let organiser = track.map_or_else(|| acts::office(dice), |(office, _)| office.clone());
    let agency = organiser.clone();
    let track = acts::track(dice, &organiser);
    let kind = match obligation.stage {
        Stage::ToInform => return Some(Deed::new(scene.home, FactKind::CertificateReceived)),
        Stage::ToRegister if willing => FactKind::Registered { organiser, track },
        Stage::ToRegister if dice.percent(10) => FactKind::WaitingListJoined { organiser },
        Stage::Registered if dice.percent(50) => FactKind::ContractSigned { organiser, track },
        Stage::Registered | Stage::InProgramme if willing && dice.percent(20) => FactKind::Completed { organiser },
        Stage::Frozen => return Municipality::parse(scene.home.as_str()).map(|to| come_back(scene, to)),
        Stage::Closed if dice.percent(5) => {
            return Municipality::parse(scene.home.as_str()).map(|to| come_back(scene, to));
        }
        _ => return None,
    };
    Some(Deed::new(&agency, kind))
}

fn come_back(scene: &Scene<'_>, to: Municipality) -> Deed {
    Deed::new(scene.home, FactKind::Returned(to))
}

/// What a municipality and the GGC do about a breach.
fn enforced(dice: &mut Dice, scene: &Scene<'_>, of: &BreachStanding) -> Option<Deed> {
    let (breach, home) = (of.breach, scene.home);
    let municipal = |kind| Some(Deed::new(home, kind));
    match of.state {
        Enforcement::None | Enforcement::NoFine => None,
        Enforcement::Late => municipal(FactKind::NoticePosted { breach, language: None }),
        Enforcement::NoticePosted => match dice.below(10) {
            0..6 => municipal(FactKind::NoticeDelivered(breach)),
            6 => municipal(FactKind::NoticeReturned(breach, dice.pick(ReturnReason::ALL))),
            _ => None,
        },
        Enforcement::Noticed if dice.percent(5) => municipal(FactKind::NoticeWithdrawn(breach)),
        Enforcement::Noticed | Enforcement::Withdrawn => None,
        Enforcement::Cured => municipal(FactKind::NoticeWithdrawn(breach)),
        Enforcement::Refused if !of.established && dice.percent(50) => municipal(FactKind::RefusalEstablished(breach)),
        Enforcement::Refused => municipal(FactKind::Transferred(breach)),
        Enforcement::Transferred | Enforcement::Invited | Enforcement::Heard => Some(judged(dice, scene, of)),
        Enforcement::Fined | Enforcement::Paid | Enforcement::Appealed => Some(after_a_fine(dice, of.state, breach)),
    }
}

fn judged(dice: &mut Dice, scene: &Scene<'_>, of: &BreachStanding) -> Deed {
    let breach = of.breach;
    let hearing = |dice: &mut Dice| acts::invited(dice, breach, scene.today);
    match (of.state, dice.below(10)) {
        (_, 0) => acts::returned(dice, breach),
        (Enforcement::Transferred, 1) => acts::fined(dice, breach),
        (Enforcement::Transferred, _) => hearing(dice),
        (Enforcement::Invited, 1) => Deed::new(&ggc(), FactKind::DefenceReceived(breach)),
        (Enforcement::Invited, 2) => Deed::new(&ggc(), FactKind::Sanction(breach, SanctionStep::HearingMissed)),
        (Enforcement::Invited, 3) => hearing(dice),
        (Enforcement::Invited, 4..8) => acts::heard(breach),
        (_, 8) => acts::no_fine(dice, breach),
        _ => acts::fined(dice, breach),
    }
}

fn after_a_fine(dice: &mut Dice, state: Enforcement, breach: Breach) -> Deed {
    let sanction = |step| FactKind::Sanction(breach, step);
    let kind = match (state, dice.below(12)) {
        (Enforcement::Appealed, 0..3) => sanction(SanctionStep::ExecutionSuspended),
        (Enforcement::Appealed, 3..7) => FactKind::AppealDecided(breach, dice.pick(AppealOutcome::ALL)),
        (_, 0) => FactKind::FinePaid(breach),
        (_, 1 | 2) => sanction(SanctionStep::PaymentReceived(Cents(u64::from(dice.below(60_000))))),
        (_, 3 | 4) => sanction(SanctionStep::PaymentReminded),
        (_, 5 | 6) => sanction(SanctionStep::RecoveryHandedOver),
        (_, 7) => sanction(SanctionStep::FineWrittenOff { reason: Code::new(dice.pick(&["insolvent", "bored"])) }),
        (_, 8) => FactKind::FineWithdrawn(breach),
        (Enforcement::Fined, _) => return acts::appealed(dice, breach),
        _ => FactKind::AppealDecided(breach, AppealOutcome::Upheld),
    };
    Deed::new(&ggc(), kind)
}
