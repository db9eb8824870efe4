//! Steps of the GGC (law.md § 7).

use super::{Case, Refusal, RefusalCode, Verdict};
use crate::assess::weighed;
use crate::code::{Breach, Code};
use crate::counting::add_days;
use crate::fact::FactKind;
use crate::law::{ChosenBy, CodeList, MaxAppliesTo, TransitionSubject};
use crate::money::Cents;
use crate::sanction::{Grounds, SanctionStep};
use crate::standing::{BreachStanding, Enforcement};

impl Case<'_> {
    /// Steps of the GGC (law.md § 7).
    pub(super) fn at_the_ggc(&self) -> Verdict {
        use Enforcement::{Appealed, Fined, Heard, Invited, Paid, Transferred};
        match self.act.kind {
            FactKind::TransferReturned(b) => self.state(*b, &[Transferred, Invited, Heard], "D-TRANSFER"),
            FactKind::HearingInvited(b, hearing) => {
                self.running()?;
                self.decided_requests()?;
                let ahead = hearing.as_ref().is_none_or(|hearing| hearing.on > self.act.occurred_on);
                self.require(ahead, RefusalCode::PeriodReversed, "R-F3")?;
                self.state(*b, &[Transferred, Invited], "R-F3")
            }
            FactKind::DefenceReceived(b) | FactKind::Heard(b) => self.state(*b, &[Invited, Heard], "R-F3"),
            FactKind::DecidedNoFine(b) => self.state(*b, &[Transferred, Invited, Heard], "R-F3"),
            FactKind::Fined(b, amount) => self.fine(*b, *amount),
            FactKind::FinePaid(b) | FactKind::AppealLodged(b) | FactKind::FineWithdrawn(b) => {
                self.breach(*b, BreachStanding::has_standing_fine, RefusalCode::MissingStep, "R-F6")
            }
            FactKind::Sanction(b, step) => self.sanction(*b, step),
            FactKind::AppealDecided(b, _) => self.state(*b, &[Appealed, Fined, Paid], "R-F7"),
            _ => Ok(()),
        }
    }

    /// What goes along with a step of the ladder, and what follows a fine.
    fn sanction(&self, breach: Breach, step: &SanctionStep) -> Verdict {
        use Enforcement::{Appealed, Heard, Invited, Transferred};
        match step {
            SanctionStep::TransferLacks(gaps) => {
                self.require(!gaps.is_empty(), RefusalCode::MissingStep, "D-TRANSFER")?;
                self.state(breach, &[Transferred, Invited, Heard], "D-TRANSFER")
            }
            SanctionStep::HearingMissed => self.state(breach, &[Invited], "R-F3"),
            SanctionStep::MinutesTaken(_) => self.state(breach, &[Invited, Heard], "R-F3"),
            SanctionStep::GroundsStated(grounds) => {
                self.stated(grounds)?;
                self.state(breach, &[Transferred, Invited, Heard], "R-F6")
            }
            SanctionStep::AppealAsks(_) => self.fined(breach, "R-F7"),
            SanctionStep::PaymentReceived(_) => self.fined(breach, "D-PAY"),
            SanctionStep::PaymentReminded => {
                self.breach(breach, |b| b.payment_overdue, RefusalCode::WrongState, "D-PAY")
            }
            SanctionStep::RecoveryHandedOver => {
                let reminded = |b: &BreachStanding| b.payment_overdue && b.reminded_on.is_some();
                self.breach(breach, reminded, RefusalCode::MissingStep, "D-PAY")
            }
            SanctionStep::FineWrittenOff { reason } => {
                let known = self.law.has_code(CodeList::WriteOffReasons, reason);
                self.require(known, RefusalCode::UnknownCode, "D-PAY")?;
                self.fined(breach, "D-PAY")
            }
            SanctionStep::ExecutionSuspended => self.state(breach, &[Appealed], "R-F7"),
        }
    }

    fn fined(&self, breach: Breach, rule: &'static str) -> Verdict {
        self.breach(breach, BreachStanding::has_standing_fine, RefusalCode::MissingStep, rule)
    }

    /// The letter gives reasons and circumstances in the words of the law's lists.
    fn stated(&self, grounds: &Grounds) -> Verdict {
        let known = |list, codes: &[Code]| codes.iter().all(|code| self.law.has_code(list, code));
        let all = known(CodeList::DecisionReasons, &grounds.reasons)
            && known(CodeList::Circumstances, &grounds.weighed)
            && !(grounds.reasons.is_empty() && grounds.weighed.is_empty());
        self.require(all, RefusalCode::UnknownCode, "R-F6")
    }

    /// Evidence counts until a fine is decided (R-X1, R-U8): nobody is pursued while a request waits at the municipality.
    fn decided_requests(&self) -> Verdict {
        let is_open = self.standing.as_ref().is_some_and(|standing| !standing.requests.is_empty());
        self.require(!is_open, RefusalCode::MissingStep, "R-X1")
    }

    fn fine(&self, breach: Breach, amount: Cents) -> Verdict {
        let Some(range) = self.law.fines.on(self.procedure_day(), self.history.at.recorded_by) else {
            return self.refuse(RefusalCode::UnknownCode, "R-F1");
        };
        let (min, max) = self.amounts(breach);
        let sum = self.standing.as_ref().map_or(Cents(0), |standing| standing.fined);
        let passes_sum = range.max_applies_to == MaxAppliesTo::Cumulative && Cents(sum.0 + amount.0) > range.max;
        let refused = match amount {
            _ if amount < min => Some((RefusalCode::BelowMinimum, "R-F1")),
            _ if amount > max => Some((RefusalCode::AboveMaximum, "R-F1")),
            _ if passes_sum => Some((RefusalCode::AboveMaximum, "R-F4")),
            _ => None,
        };
        if let Some((code, rule)) = refused {
            let amounts = Some((min, if passes_sum { Cents(range.max.0.saturating_sub(sum.0)) } else { max }));
            return self.refuse_by(code, rule, &range.provenance).map_err(|refusal| Refusal { amounts, ..refusal });
        }
        self.running()?;
        self.decided_requests()?;
        let state = self.of(breach).map(|b| b.state);
        match state {
            Some(Enforcement::Invited | Enforcement::Heard) => {}
            Some(Enforcement::Transferred) if range.hearing_required => {
                return self.refuse_by(RefusalCode::MissingStep, "R-F3", &range.provenance);
            }
            Some(Enforcement::Transferred) => {}
            _ => return self.refuse(RefusalCode::WrongState, "R-D1"),
        }
        let is_weighed = weighed(&self.history, breach).is_superset(&range.must_weigh.iter().collect());
        self.require(is_weighed, RefusalCode::MissingStep, "fines.must_weigh")
    }

    /// The smallest and the largest amount of this fine: by its step, under the law that the transition rule chooses.
    fn amounts(&self, breach: Breach) -> (Cents, Cents) {
        let known = self.history.at.recorded_by;
        let obligation = self.standing.as_ref().and_then(|standing| standing.obligation.as_ref());
        let breaches = obligation.iter().flat_map(|obligation| &obligation.breaches);
        let earlier = breaches.flat_map(|breach| &breach.fines).filter(|fine| fine.stands).count();
        let n = u32::try_from(earlier).unwrap_or(u32::MAX).saturating_add(1);
        let on = |day| self.law.fines.on(day, known).map(|range| range.for_fine(n));
        let acted = on(self.act.occurred_on);
        let breached = self.of(breach).and_then(|b| b.term.as_ref()).and_then(|term| on(add_days(term.due, 1)));
        let chosen = match (self.law.chosen_by(TransitionSubject::FineAmount), breached, acted) {
            (ChosenBy::Milder, Some(a), Some(b)) => Some((a.0.min(b.0), a.1.min(b.1))),
            (ChosenBy::DateOfAct, _, acted) => acted,
            (_, breached, acted) => breached.or(acted),
        };
        chosen.unwrap_or((Cents(0), Cents(0)))
    }
}
