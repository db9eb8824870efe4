//! Acts at random: of a municipality, of an office, of the GGC, and what befalls a person.

use crate::dice::Dice;
use jiff::ToSpan as _;
use traject_app::model::Actor;
use traject_domain::Date;
use traject_domain::code::{Breach, Code, LegalLanguage};
use traject_domain::fact::{
    AppealOutcome, Asked, Destination, FactKind, Hearing, InformationItem, NumberKey, ReturnReason,
};
use traject_domain::law::Channel;
use traject_domain::money::Cents;
use traject_domain::municipality::Municipality;
use traject_domain::sanction::{AppealKind, Grounds, SanctionStep, TransferGap};
use traject_testkit::facts::{municipality, programme_steps, sanction_steps};

/// The offices of the walks; the second offers another language since 2024.
const OFFICES: [&str; 3] = ["BON", "BAPA_BXL", "BAPA_VIA"];

/// The municipalities in which people live, by their place in the list of the nineteen.
const TOWNS: [usize; 3] = [0, 3, 8];

/// An act, by the agency that says it does it.
#[derive(Debug, Clone)]
pub(crate) struct Deed {
    pub(crate) agency: Code,
    pub(crate) kind: FactKind,
    pub(crate) along: Vec<FactKind>,
    pub(crate) channel: Option<Channel>,
}

impl Deed {
    pub(crate) fn new(agency: &Code, kind: FactKind) -> Self {
        Self { agency: agency.clone(), kind, along: Vec::new(), channel: None }
    }

    pub(crate) fn along(self, said: Vec<FactKind>) -> Self {
        Self { along: said, ..self }
    }
}

pub(crate) fn actor(agency: &Code) -> Actor {
    let role = match agency.as_str() {
        "GGC" => "officer",
        text if Municipality::parse(text).is_some() => "clerk",
        _ => "counsellor",
    };
    Actor { staff: format!("staff-{agency}"), agency: agency.clone(), role: Code::new(role) }
}

pub(crate) fn town(dice: &mut Dice) -> Municipality {
    municipality(dice.pick(&TOWNS))
}

pub(crate) fn agency_of(town: Municipality) -> Code {
    Code::new(&town.to_string())
}

pub(crate) fn ggc() -> Code {
    Code::new("GGC")
}

pub(crate) fn office(dice: &mut Dice) -> Code {
    Code::new(dice.pick(&OFFICES))
}

pub(crate) fn any_agency(dice: &mut Dice) -> Code {
    match dice.below(4) {
        0 => ggc(),
        1 => office(dice),
        2 => agency_of(town(dice)),
        _ => Code::new(dice.pick(&["21010", "NOBODY", "BAPA_CONVIVIAL"])),
    }
}

pub(crate) fn breach(dice: &mut Dice) -> Breach {
    dice.pick(&[Breach::NotRegistered, Breach::NotRegistered, Breach::NotCompleted])
}

pub(crate) fn track(dice: &mut Dice, office: &Code) -> LegalLanguage {
    let own = if office.as_str() == "BON" { LegalLanguage::Nl } else { LegalLanguage::Fr };
    if dice.percent(85) { own } else { dice.pick(LegalLanguage::ALL) }
}

pub(crate) fn door(dice: &mut Dice) -> Channel {
    dice.pick(&[Channel::MunicipalDesk, Channel::MunicipalDesk, Channel::MunicipalEmail, Channel::Organiser])
}

fn exemption(dice: &mut Dice) -> Code {
    Code::new(dice.pick(&["E01", "E06", "E10", "E11", "E12", "E13", "E99"]))
}

fn suspension(dice: &mut Dice) -> Code {
    Code::new(dice.pick(&["S01", "S02", "S03", "S04", "S99"]))
}

fn reason(dice: &mut Dice) -> Code {
    Code::new(dice.pick(&["evidence_missing", "ground_not_met", "because"]))
}

pub(crate) fn asked(dice: &mut Dice) -> Asked {
    if dice.percent(50) { Asked::Exemption(exemption(dice)) } else { Asked::Suspension(suspension(dice)) }
}

/// The answer to a request, or to none.
pub(crate) fn decision(dice: &mut Dice, asked: &Asked, on: Date) -> FactKind {
    let until = on.saturating_add(dice.days(-3, 120).days());
    match (asked.clone(), dice.percent(40)) {
        (Asked::Exemption(code), true) => FactKind::ExemptionGranted { code, until: dice.percent(85).then_some(until) },
        (Asked::Exemption(code), false) => FactKind::ExemptionRefused { code, reason: reason(dice) },
        (Asked::Suspension(code), true) => FactKind::SuspensionGranted { code, until },
        (Asked::Suspension(code), false) => FactKind::SuspensionRefused { code, reason: reason(dice) },
    }
}

/// An act of a municipality.
pub(crate) fn municipal(dice: &mut Dice, home: &Code, today: Date) -> Deed {
    let (breach, office) = (breach(dice), office(dice));
    let asked = asked(dice);
    let kind = match dice.below(14) {
        0 => FactKind::InformationGiven { spoken: Some(Code::new("ar")), items: vec![InformationItem::Brochure] },
        1 => FactKind::CertificateReceived,
        2 | 3 => decision(dice, &asked, today),
        4 => FactKind::Requested { asked, channel: door(dice) },
        5 => FactKind::RegistrationCertificateReceived { organiser: office },
        6 => FactKind::CompletionCertificateReceived { organiser: office },
        7 | 8 => {
            let language = dice.pick(&[None, None, Some(LegalLanguage::Nl), Some(LegalLanguage::Fr)]);
            FactKind::NoticePosted { breach, language }
        }
        9 => FactKind::NoticeDelivered(breach),
        10 => FactKind::NoticeReturned(breach, dice.pick(&[ReturnReason::Unclaimed, ReturnReason::UnknownAddress])),
        11 => FactKind::NoticeWithdrawn(breach),
        12 => FactKind::RefusalEstablished(breach),
        _ => FactKind::Transferred(breach),
    };
    Deed { channel: dice.percent(30).then(|| door(dice)), ..Deed::new(home, kind) }
}

/// An act of an office.
pub(crate) fn at_the_office(dice: &mut Dice) -> Deed {
    let organiser = office(dice);
    let track = track(dice, &organiser);
    let agency = organiser.clone();
    let kind = match dice.below(10) {
        0 => FactKind::WaitingListJoined { organiser },
        1 => FactKind::Registered { organiser, track },
        2 => FactKind::ContractSigned { organiser, track },
        3 => FactKind::Completed { organiser },
        _ => {
            let steps: Vec<_> = programme_steps().collect();
            FactKind::Programme { organiser, step: dice.pick(&steps) }
        }
    };
    Deed::new(&agency, kind)
}

/// An act of the GGC.
pub(crate) fn at_the_ggc(dice: &mut Dice, today: Date) -> Deed {
    let breach = breach(dice);
    match dice.below(14) {
        0 => return returned(dice, breach),
        1 | 2 => return invited(dice, breach, today),
        3 => return heard(breach),
        4 | 5 => return fined(dice, breach),
        6 => return no_fine(dice, breach),
        7 => return appealed(dice, breach),
        _ => {}
    }
    let kind = match dice.below(9) {
        0 => FactKind::DefenceReceived(breach),
        1 => FactKind::FinePaid(breach),
        2 => FactKind::FineWithdrawn(breach),
        3 => FactKind::AppealDecided(breach, dice.pick(AppealOutcome::ALL)),
        _ => {
            let steps: Vec<_> = sanction_steps().collect();
            FactKind::Sanction(breach, dice.pick(&steps))
        }
    };
    Deed::new(&ggc(), kind)
}

/// A transfer that goes back, with what it lacks or without.
pub(crate) fn returned(dice: &mut Dice, breach: Breach) -> Deed {
    let gaps = match dice.below(3) {
        0 => None,
        1 => Some(Vec::new()),
        _ => Some(vec![dice.pick(TransferGap::ALL), TransferGap::DeliveryPresumed]),
    };
    let lacks = gaps.map(|gaps| FactKind::Sanction(breach, SanctionStep::TransferLacks(gaps)));
    Deed::new(&ggc(), FactKind::TransferReturned(breach)).along(lacks.into_iter().collect())
}

/// An invitation, with a day ahead, with a day that is past, or with none.
pub(crate) fn invited(dice: &mut Dice, breach: Breach, today: Date) -> Deed {
    let hearing = dice.percent(70).then(|| {
        let on = today.saturating_add(dice.days(-2, 40).days());
        let interpreter = dice.percent(50).then(|| Code::new("ti"));
        Box::new(Hearing { on, at: jiff::civil::time(9, 30, 0, 0), place: "zaal 2".to_owned(), interpreter })
    });
    Deed::new(&ggc(), FactKind::HearingInvited(breach, hearing))
}

pub(crate) fn heard(breach: Breach) -> Deed {
    let minutes = FactKind::Sanction(breach, SanctionStep::MinutesTaken("She was in hospital.".into()));
    Deed::new(&ggc(), FactKind::Heard(breach)).along(vec![minutes])
}

/// What was weighed and why, or nothing of it.
fn grounds(dice: &mut Dice, breach: Breach, why: &str) -> Vec<FactKind> {
    let weighed = match dice.below(10) {
        0 | 1 => return Vec::new(),
        2 => vec![Code::new("family")],
        3 => vec![Code::new("weather")],
        _ => vec![Code::new("health"), Code::new("income")],
    };
    let grounds = Grounds { reasons: vec![Code::new(why)], weighed };
    vec![FactKind::Sanction(breach, SanctionStep::GroundsStated(grounds))]
}

/// A fine of any amount, also of one that the law does not know.
pub(crate) fn fined(dice: &mut Dice, breach: Breach) -> Deed {
    let odd = dice.percent(25);
    let amount =
        if odd { dice.pick(&[0, 1, 9_999, 250_001, u64::MAX]) } else { u64::from(dice.below(240_000)) + 10_000 };
    Deed::new(&ggc(), FactKind::Fined(breach, Cents(amount))).along(grounds(dice, breach, breach.code()))
}

pub(crate) fn no_fine(dice: &mut Dice, breach: Breach) -> Deed {
    Deed::new(&ggc(), FactKind::DecidedNoFine(breach)).along(grounds(dice, breach, "NO_FINE"))
}

pub(crate) fn appealed(dice: &mut Dice, breach: Breach) -> Deed {
    let asks = FactKind::Sanction(breach, SanctionStep::AppealAsks(dice.pick(AppealKind::ALL)));
    Deed::new(&ggc(), FactKind::AppealLodged(breach)).along(vec![asks])
}

/// What befalls a person, told by a municipality.
pub(crate) fn life(dice: &mut Dice, home: &Code, key: NumberKey) -> Deed {
    let kind = match dice.below(16) {
        0..=2 => FactKind::Moved(Destination::Brussels(town(dice))),
        3 => FactKind::Moved(Destination::OtherRegion(Code::new("BE-VLG"))),
        4 => FactKind::Moved(Destination::Abroad(Code::new("FR"))),
        5..=7 => FactKind::Returned(town(dice)),
        8 | 9 => FactKind::StruckOff,
        10 => FactKind::PermitLost,
        11 => FactKind::BecameBelgian,
        12 => FactKind::Died,
        _ => FactKind::NumberReplaced(key),
    };
    Deed::new(home, kind)
}
