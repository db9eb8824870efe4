//! Standings and due dates on the wire.

use crate::code::{self, Wire as _};
use crate::parse::wire_date;
use traject_app::reasons::length;
use traject_domain::Date;
use traject_domain::counting::{DueDate, Step};
use traject_domain::fact::Asked;
use traject_domain::law::{Law, RegimeId};
use traject_domain::municipality::Municipality;
use traject_domain::standing::{BreachStanding, Notice, Standing};
use traject_proto::google::r#type as google;
use traject_proto::traject::r#type::v1 as wire;

/// A standing on the wire.
pub(crate) fn standing(law: &Law, standing: &Standing, municipality: Option<Municipality>) -> wire::Standing {
    let obligation = standing.obligation.as_ref();
    let closing = obligation.and_then(|obligation| obligation.closing);
    let regime = law.regime_on(standing.at.as_of, standing.at.recorded_by).map(|regime| &regime.id);
    let (organiser, track) =
        standing.track.as_ref().map_or((None, None), |(organiser, track)| (Some(organiser), Some(track)));
    let breaches = obligation.iter().flat_map(|obligation| &obligation.breaches);
    wire::Standing {
        as_of_date: Some(wire_date(standing.at.as_of)),
        recorded_by_date: Some(wire_date(standing.at.recorded_by)),
        outcome: code::outcome(&standing.outcome),
        reasons: standing.outcome.reasons().into_iter().map(str::to_owned).collect(),
        regime: standing.regime.as_ref().map(ToString::to_string).unwrap_or_default(),
        reference_date: date(standing.reference_date),
        municipality: municipality.map(|municipality| municipality.to_string()).unwrap_or_default(),
        stage: obligation.map_or(0, |obligation| wire::Stage::of(&obligation.stage)),
        closing_reason: closing.map_or(0, |closing| wire::ClosingReason::of(&closing.reason)),
        closed_date: date(closing.map(|closing| closing.on)),
        suspended: obligation.is_some_and(|obligation| obligation.suspended),
        breaches: breaches.map(|breach| breach_standing(law, regime, breach)).collect(),
        registered_date: date(standing.registered_on),
        contract_date: date(standing.contract_on),
        organiser: organiser.map(ToString::to_string).unwrap_or_default(),
        track_language: code::optional::<wire::Language>(track),
        letter_language: code::optional::<wire::Language>(standing.letter_language.as_ref()),
        fined_cents: i64::try_from(standing.fined.0).unwrap_or(i64::MAX),
        next_code: standing.next.map_or(0, |next| wire::NextCode::of(&next.code)),
        next_due_date: date(standing.next.and_then(|next| next.due)),
        next_turn: standing.next.map_or(0, |next| code::turn(next.code.turn())),
        reviews: standing.review.iter().map(ToString::to_string).collect(),
        law_version: law.version.clone(),
        entitled: standing.entitled.as_ref().map(ToString::to_string).unwrap_or_default(),
        requests: standing.requests.iter().map(|(asked, since)| request(asked, *since)).collect(),
        warnings: standing.warnings.iter().map(ToString::to_string).collect(),
    }
}

/// An optional date on the wire.
pub(crate) fn date(date: Option<Date>) -> Option<google::Date> {
    date.map(wire_date)
}

fn breach_standing(law: &Law, regime: Option<&RegimeId>, breach: &BreachStanding) -> wire::BreachStanding {
    let due = |due: &DueDate| due_date(law, regime, due);
    wire::BreachStanding {
        breach: wire::Breach::of(&breach.breach),
        enforcement: wire::Enforcement::of(&breach.state),
        term: breach.term.as_ref().map(due),
        met_date: date(breach.met_on),
        notices: breach.notices.iter().map(notice).collect(),
        cure: breach.cure.as_ref().map(due),
        refusal_date: date(breach.refusal_on),
        transferred_date: date(breach.transferred_on),
        undone: breach.undone,
        transfer: breach.transfer.as_ref().map(due),
        defence: breach.defence.as_ref().map(due),
        payment: breach.payment.as_ref().map(due),
        appeal: breach.appeal.as_ref().map(due),
        paid_cents: i64::try_from(breach.paid.0).unwrap_or(i64::MAX),
        reminded_date: date(breach.reminded_on),
        payment_overdue: breach.payment_overdue,
        execution_suspended: breach.execution_suspended,
        refusal_established: breach.established,
    }
}

fn request(asked: &Asked, since: Date) -> wire::PendingRequest {
    wire::PendingRequest { code: asked.code().to_string(), since_date: Some(wire_date(since)) }
}

fn notice(notice: &Notice) -> wire::Notice {
    wire::Notice {
        posted_date: Some(wire_date(notice.posted_on)),
        by_hand: notice.by_hand,
        delivered_date: Some(wire_date(notice.delivered_on)),
        presumed: notice.presumed,
        void_reason: notice.void.map(|reason| reason.code().to_owned()).unwrap_or_default(),
        withdrawn: notice.withdrawn,
    }
}

/// A last day with its derivation.
pub(crate) fn due_date(law: &Law, regime: Option<&RegimeId>, due: &DueDate) -> wire::DueDate {
    let deadline = law.deadlines.get(&due.term).and_then(|versions| versions.in_force(due.start));
    wire::DueDate {
        term: due.term.code().to_owned(),
        start_date: Some(wire_date(due.start)),
        raw_date: Some(wire_date(due.raw)),
        due_date: Some(wire_date(due.due)),
        derivation: due.derivation.iter().map(step).collect(),
        ground: deadline.map(|deadline| deadline.provenance.ground(regime)).unwrap_or_default(),
    }
}

fn step(step: &Step) -> wire::DerivationStep {
    use wire::derivation_step::Step as Line;
    let line = match step {
        Step::Start(day) => Line::Started(wire_date(*day)),
        Step::Counted(term, end) => {
            Line::Counted(wire::Counted { length: length(*term), end_date: Some(wire_date(*end)) })
        }
        Step::Suspended { period, days } => Line::Suspended(wire::Suspended {
            first_date: Some(wire_date(period.first)),
            last_date: Some(wire_date(period.last)),
            days: i32::try_from(*days).unwrap_or(i32::MAX),
        }),
        Step::Raw(day) => Line::Raw(wire_date(*day)),
        Step::NotWorking(day, reason) => {
            Line::NotWorking(wire::NotWorking { date: Some(wire_date(*day)), reason: reason.to_string() })
        }
        Step::Due(day) => Line::Due(wire_date(*day)),
    };
    wire::DerivationStep { step: Some(line) }
}
