//! What an actor may try at the desk, in one form.

use sha2::{Digest as _, Sha256};
use traject_app::act::{ActOrder, CheckCorrection, Done, VoluntaryOpening};
use traject_app::check::Visit;
use traject_app::deliveries::DeliveryOrder;
use traject_app::model::Request;
use traject_app::release::Release;
use traject_app::{AppError, Desk};
use traject_domain::Date;

/// One try.
#[derive(Debug, Clone)]
pub(crate) enum Attempt {
    Visit(Visit),
    Act(ActOrder),
    Release(Release),
    Correct(CheckCorrection),
    Open(VoluntaryOpening),
    Deliver(DeliveryOrder),
}

impl Attempt {
    /// Does it.
    pub(crate) async fn perform(&self, desk: &Desk) -> Result<Option<Done>, AppError> {
        match self {
            Self::Visit(visit) => desk.visit(visit).await.map(Some),
            Self::Act(order) => desk.act(order).await.map(Some),
            Self::Release(release) => desk.release(release).await.map(Some),
            Self::Correct(correction) => desk.correct_check(correction).await.map(Some),
            Self::Open(opening) => desk.open_voluntary(opening).await.map(Some),
            Self::Deliver(order) => {
                let delivery = desk.create_delivery(order).await?;
                let committed = desk.store.committed(&order.request).await?.expect("it was acknowledged");
                assert_eq!(committed.deliveries, [delivery.id], "the request made this delivery");
                Ok(None)
            }
        }
    }

    pub(crate) fn request(&self) -> &Request {
        match self {
            Self::Visit(visit) => &visit.request,
            Self::Act(order) => &order.request,
            Self::Release(release) => &release.request,
            Self::Correct(correction) => &correction.request,
            Self::Open(opening) => &opening.request,
            Self::Deliver(order) => &order.request,
        }
    }

    fn request_mut(&mut self) -> &mut Request {
        match self {
            Self::Visit(visit) => &mut visit.request,
            Self::Act(order) => &mut order.request,
            Self::Release(release) => &mut release.request,
            Self::Correct(correction) => &mut correction.request,
            Self::Open(opening) => &mut opening.request,
            Self::Deliver(order) => &mut order.request,
        }
    }

    /// The same with the hash of its content, as a service gives it to the desk.
    pub(crate) fn sealed(mut self) -> Self {
        self.request_mut().hash = [0; 32];
        let hash = Sha256::digest(format!("{self:?}")).into();
        self.request_mut().hash = hash;
        self
    }

    /// The same request id for another content: another actor.
    pub(crate) fn altered(mut self) -> Self {
        let actor = match &mut self {
            Self::Visit(visit) => &mut visit.actor,
            Self::Act(order) => &mut order.actor,
            Self::Release(release) => &mut release.actor,
            Self::Correct(correction) => &mut correction.actor,
            Self::Open(opening) => &mut opening.actor,
            Self::Deliver(order) => &mut order.actor,
        };
        actor.role = "other".into();
        self.sealed()
    }

    pub(crate) fn is_validated_only(&self) -> bool {
        match self {
            Self::Visit(visit) => visit.validate_only,
            Self::Act(order) => order.validate_only,
            Self::Correct(correction) => correction.validate_only,
            Self::Open(opening) => opening.validate_only,
            Self::Release(_) | Self::Deliver(_) => false,
        }
    }

    /// The day that it says it happened on, where it says one.
    pub(crate) fn day(&self) -> Option<Date> {
        match self {
            Self::Visit(visit) => Some(visit.checked_on),
            Self::Act(order) => Some(order.occurred_on),
            Self::Correct(correction) => correction.checked_on,
            Self::Open(opening) => Some(opening.occurred_on),
            Self::Release(_) | Self::Deliver(_) => None,
        }
    }

    /// What it is called in the figures.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Visit(_) => "visit",
            Self::Act(order) => order.kind.name(),
            Self::Release(_) => "release",
            Self::Correct(_) => "correct_check",
            Self::Open(_) => "open_voluntary",
            Self::Deliver(_) => "create_delivery",
        }
    }
}
