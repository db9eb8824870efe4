//! Who tries what next, by chance.

use crate::acts::{self, Deed};
use crate::attempt::Attempt;
use crate::dice::Dice;
use crate::ladder::{self, Scene};
use crate::walk::{Expected, Person, Walk};
use jiff::ToSpan as _;
use traject_app::act::{ActOrder, CheckCorrection, VoluntaryOpening};
use traject_app::check::{HandOver, Visit};
use traject_app::deliveries::DeliveryOrder;
use traject_app::ids::WorkItemId;
use traject_app::model::{Channel, Dossier, Identity, LegalStep, Request, WorkKind};
use traject_app::release::Release;
use traject_domain::Date;
use traject_domain::code::{Code, LegalLanguage};
use traject_domain::extract::Extract;
use traject_domain::fact::{FactKind, FactRef, InformationItem, NumberKey};
use traject_domain::municipality::Municipality;
use traject_domain::partial_date::PartialDate;
use traject_domain::standing::Standing;
use traject_testkit::facts::{extract, identity, national_number};

/// What the register says of a person: obliged for the most part.
pub(crate) fn register(dice: &mut Dice, since: Date) -> Extract {
    let plain = extract(acts::town(dice));
    let (mut nationality, mut birth, mut register) =
        (plain.nationality.clone(), plain.birth_date, plain.register.clone());
    match dice.below(16) {
        0 => nationality = Some(Code::new("FR")),
        1 => birth = None,
        2 => birth = Some(PartialDate::Year(1957)),
        3 => register = Code::new("waiting"),
        _ => {}
    }
    Extract {
        nationality,
        birth_date: birth,
        register,
        registered_on: Some(since),
        lawful_stay_since: Some(since),
        permit_valid_from: Some(since),
        permit_valid_until: dice.percent(10).then(|| since.saturating_add(2.years())),
        letter_language: dice.pick(&[Some(LegalLanguage::Nl), Some(LegalLanguage::Fr), Some(LegalLanguage::Fr), None]),
        sex: dice.pick(&[Some(Code::new("F")), Some(Code::new("M")), None]),
        ..plain
    }
}

impl Walk {
    /// The next try, and what must come of it.
    pub(crate) fn choose(&mut self) -> (Attempt, Expected) {
        let place = self.dice.pick(&(0..self.people.len()).collect::<Vec<_>>());
        let person = self.people[place].clone();
        let known = person.dossier.and_then(|id| self.now.dossiers.iter().position(|dossier| dossier.id == id));
        let roll = self.dice.below(100);
        match (roll, known) {
            (0..4, _) if !self.done.is_empty() => {
                let (attempt, committed) = self.dice.pick(&self.done);
                (attempt, Expected::Repeated(committed))
            }
            (4..7, _) if !self.done.is_empty() => (self.dice.pick(&self.done).0.altered(), Expected::Reused),
            (0..13, Some(_)) => (self.visit(&person), Expected::Judged),
            (_, None) if roll < 85 => (self.visit(&person), Expected::Judged),
            (13, _) | (_, None) => (self.opening(&person), Expected::Judged),
            (14 | 15, Some(at)) => (self.correction(&person, at), Expected::Judged),
            (16..24, Some(at)) if roll == 16 || self.has_work(at) => (self.release(at), Expected::Judged),
            (24..28, Some(at)) => (self.delivery(at), Expected::Judged),
            (_, Some(at)) => self.act(&person, at, roll < 84),
        }
    }

    fn request(&self) -> Request {
        Request { caller: "staff".to_owned(), id: self.house.desk.ids.next(), hash: [0; 32] }
    }

    fn visit(&mut self, person: &Person) -> Attempt {
        let (request, today) = (self.request(), self.today());
        let dice = &mut self.dice;
        let mut extract = person.extract.clone();
        if dice.percent(15) {
            extract.municipality = acts::town(dice);
        }
        if dice.percent(8) {
            extract.nationality = Some(Code::new("FR"));
        }
        let agency = if dice.percent(92) { acts::agency_of(extract.municipality) } else { acts::any_agency(dice) };
        let hand_over = HandOver {
            items: if dice.percent(50) { vec![InformationItem::OralNl, InformationItem::OralFr] } else { Vec::new() },
            spoken: dice.percent(30).then(|| Code::new("ar")),
            certificate_received: dice.percent(60),
        };
        let number = dice.pick(&person.numbers);
        let identity = Identity { email: dice.percent(70).then(|| "p@example.org".to_owned()), ..identity() };
        let (checked_on, validate_only) = (day(dice, today), dice.percent(6));
        let actor = acts::actor(&agency);
        Attempt::Visit(Visit { request, actor, number, identity, extract, checked_on, hand_over, validate_only })
            .sealed()
    }

    fn opening(&mut self, person: &Person) -> Attempt {
        let (request, today) = (self.request(), self.today());
        let dice = &mut self.dice;
        let organiser = acts::office(dice);
        let actor = acts::actor(&if dice.percent(90) { organiser.clone() } else { acts::any_agency(dice) });
        Attempt::Open(VoluntaryOpening {
            request,
            actor,
            number: dice.pick(&person.numbers),
            identity: identity(),
            track: acts::track(dice, &organiser),
            organiser,
            occurred_on: day(dice, today),
            validate_only: dice.percent(6),
        })
        .sealed()
    }

    fn correction(&mut self, person: &Person, at: usize) -> Attempt {
        let (request, today, dossier) = (self.request(), self.today(), &self.now.dossiers[at]);
        let dice = &mut self.dice;
        let extract = Extract { letter_language: Some(LegalLanguage::Nl), ..person.extract.clone() };
        let checks = dossier.facts.iter().filter(|fact| matches!(fact.fact.kind, FactKind::Checked(_)));
        let check = dice.any(&checks.map(|fact| fact.id).collect::<Vec<_>>()).filter(|_| dice.percent(40));
        let town = acts::agency_of(extract.municipality);
        let agency = if dice.percent(85) { town } else { acts::any_agency(dice) };
        Attempt::Correct(CheckCorrection {
            request,
            actor: acts::actor(&agency),
            dossier: dossier.id,
            expected_version: None,
            check,
            checked_on: dice.percent(20).then(|| day(dice, today)),
            extract,
            identity: dice.percent(50).then(identity),
            validate_only: dice.percent(6),
        })
        .sealed()
    }

    fn has_work(&self, at: usize) -> bool {
        let dossier = self.now.dossiers[at].id;
        self.now.work.iter().any(|item| item.dossier == dossier && is_released(item.kind))
    }

    /// The release of what the work list asks for, or of what it never asked for.
    fn release(&mut self, at: usize) -> Attempt {
        let (request, dossier) = (self.request(), self.now.dossiers[at].id);
        let all = self.dice.percent(10);
        let own = self.now.work.iter().filter(|item| item.dossier == dossier && (all || is_released(item.kind)));
        let item = self.dice.any(&own.map(|item| (item.id, item.kind)).collect::<Vec<_>>());
        let home = self.home(at);
        let (item, asks_the_ggc) = item.map_or((WorkItemId(self.house.desk.ids.next()), false), |(id, kind)| {
            (id, matches!(kind, WorkKind::RemindPayment(_)))
        });
        let agency = match self.dice.percent(10) {
            true => acts::any_agency(&mut self.dice),
            false if asks_the_ggc => acts::ggc(),
            false => home,
        };
        Attempt::Release(Release { request, actor: acts::actor(&agency), item }).sealed()
    }

    fn delivery(&mut self, at: usize) -> Attempt {
        let (request, dossier, home) = (self.request(), self.now.dossiers[at].id, self.home(at));
        let step = self.dice.pick(&LegalStep::all().collect::<Vec<_>>());
        let agency = match step.document().issuer() {
            traject_domain::law::AgencyKind::Municipality => home,
            traject_domain::law::AgencyKind::Organiser => acts::office(&mut self.dice),
            traject_domain::law::AgencyKind::Ggc => acts::ggc(),
        };
        let channel = self.dice.pick(&[
            Channel::Letter,
            Channel::Letter,
            Channel::RegisteredLetter,
            Channel::Desk,
            Channel::Ebox,
        ]);
        Attempt::Deliver(DeliveryOrder { request, actor: acts::actor(&agency), dossier, step, channel }).sealed()
    }

    /// An act that would come next, or any at all.
    fn act(&mut self, person: &Person, at: usize, is_led: bool) -> (Attempt, Expected) {
        let (home, today) = (self.home(at), self.today());
        let key = NumberKey(self.house.desk.ids.next());
        let led = self.standings[at].as_ref().filter(|_| is_led).and_then(|standing: &Standing| {
            let scene = Scene { standing, home: &home, today, diligence: person.diligence };
            ladder::next(&mut self.dice, &scene)
        });
        let led = led.or_else(|| self.undone(at).filter(|_| is_led));
        let mut deed = led.unwrap_or_else(|| self.any_deed(person, at, &home, key));
        if self.dice.percent(10) {
            deed.agency = acts::any_agency(&mut self.dice);
        }
        let dossier = &self.now.dossiers[at];
        let seen = match self.dice.below(20) {
            0 => Some(dossier.version + 1),
            1..5 => Some(dossier.version),
            _ => None,
        };
        let order = self.order(deed, &self.now.dossiers[at].clone(), key, seen);
        let is_stale = seen.is_some_and(|seen| seen != self.now.dossiers[at].version);
        (order, if is_stale { Expected::Stale } else { Expected::Judged })
    }

    fn order(&mut self, deed: Deed, dossier: &Dossier, key: NumberKey, expected_version: Option<u64>) -> Attempt {
        let (request, today) = (self.request(), self.today());
        let number = matches!(deed.kind, FactKind::NumberReplaced(_)).then(|| {
            // Some of the new numbers are those of other persons of the walk.
            let taken = self.people.iter().flat_map(|person| person.numbers.clone()).collect::<Vec<_>>();
            let fresh = national_number(u64::from(self.dice.below(800_000)) + 1_000);
            (key, if self.dice.percent(20) { self.dice.pick(&taken) } else { fresh })
        });
        Attempt::Act(ActOrder {
            request,
            actor: acts::actor(&deed.agency),
            dossier: dossier.id,
            expected_version,
            occurred_on: day(&mut self.dice, today),
            kind: deed.kind,
            along: deed.along,
            channel: deed.channel,
            number,
            validate_only: self.dice.percent(6),
        })
        .sealed()
    }

    /// What ended a dossier was an error: without this most walks would soon stand still.
    fn undone(&mut self, at: usize) -> Option<Deed> {
        let ended = self.now.dossiers[at].standing.as_ref().is_some_and(|row| row.closed_reason.is_some());
        let facts = &self.now.dossiers[at].facts;
        let is_retracted = |of: &FactRef| facts.iter().any(|fact| fact.fact.kind == FactKind::Retracted(of.clone()));
        let mut ends =
            facts.iter().rev().filter(|fact| is_an_end(&fact.fact.kind) && !is_retracted(&fact.fact.reference));
        let wrong = ends.next().filter(|_| ended)?;
        let retracted = FactKind::Retracted(wrong.fact.reference.clone());
        self.dice.percent(30).then(|| Deed::new(&wrong.fact.agency, retracted))
    }

    fn any_deed(&mut self, person: &Person, at: usize, home: &Code, key: NumberKey) -> Deed {
        let today = self.today();
        let dice = &mut self.dice;
        match dice.below(100) {
            0..48 => acts::municipal(dice, home, today),
            48..68 if dice.percent(person.diligence + 10) => acts::at_the_office(dice),
            48..90 => acts::at_the_ggc(dice, today),
            90..94 => acts::life(dice, home, key),
            _ => {
                let wrong = dice.pick(&self.now.dossiers[at].facts);
                Deed::new(&wrong.fact.agency, FactKind::Retracted(wrong.fact.reference))
            }
        }
    }

    /// The municipality that answers for a person today, or any for a person whom none has checked.
    fn home(&mut self, at: usize) -> Code {
        let row = self.now.dossiers[at].standing.as_ref().and_then(|row| row.municipality);
        let town: Municipality = row.unwrap_or_else(|| acts::town(&mut self.dice));
        acts::agency_of(town)
    }
}

/// What a person releases from the work list with one act.
const fn is_released(kind: WorkKind) -> bool {
    use WorkKind as W;
    matches!(kind, W::Inform | W::ReleaseNotice(_) | W::ReleaseTransfer(_) | W::WithdrawNotice(_) | W::RemindPayment(_))
}

/// What ends an obligation without its programme.
fn is_an_end(kind: &FactKind) -> bool {
    use FactKind as K;
    matches!(kind, K::ExemptionGranted { .. } | K::Moved(_) | K::StruckOff | K::PermitLost | K::BecameBelgian | K::Died)
}

/// Today for the most part, else an earlier day, seldom one ahead.
fn day(dice: &mut Dice, today: Date) -> Date {
    let days = match dice.below(20) {
        0..3 => dice.days(-40, -1),
        3 => dice.days(-250, -1),
        4 if dice.percent(60) => dice.days(1, 30),
        _ => 0,
    };
    today.saturating_add(days.days())
}
