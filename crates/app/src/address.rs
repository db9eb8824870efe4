//! Whether paper may be sent to a person's address.

use crate::model::{AddressState, Identity};
use traject_domain::fact::FactKind;
use traject_domain::history::History;

/// The lines of a person's address on paper, without the name.
pub fn lines(identity: &Identity) -> Vec<String> {
    let join = |parts: &[&Option<String>]| {
        let parts = parts.iter().filter_map(|part| part.as_deref()).map(str::trim).filter(|part| !part.is_empty());
        parts.collect::<Vec<_>>().join(" ")
    };
    let street = join(&[&identity.street, &identity.house_number]);
    let street = match identity.box_number.as_deref().map(str::trim).filter(|number| !number.is_empty()) {
        Some(number) => format!("{street} / {number}"),
        None => street,
    };
    let city = join(&[&identity.postal_code, &identity.city]);
    [street, city].into_iter().filter(|line| !line.is_empty()).collect()
}

/// What is known of an address: from the latest check, from what happened to the person, and from the addresses that
/// letters came back from, each as its lines without the name. No column of the register extract tells a reference address
/// from another yet.
pub fn state(identity: &Identity, history: &History<'_>, came_back_from: &[Vec<String>]) -> AddressState {
    let is_there = |part: &Option<String>| part.as_deref().is_some_and(|part| !part.trim().is_empty());
    if is_struck_off(history) {
        AddressState::StruckOff
    } else if !is_there(&identity.street) || !is_there(&identity.city) {
        AddressState::Incomplete
    } else if came_back_from.contains(&lines(identity)) {
        AddressState::ReturnedUnknown
    } else {
        AddressState::Known
    }
}

/// Struck off, and neither come back nor checked in a register since.
fn is_struck_off(history: &History<'_>) -> bool {
    let last = |test: fn(&FactKind) -> bool| history.days(test).last();
    let Some(struck_off) = last(|kind| matches!(kind, FactKind::StruckOff)) else { return false };
    let back = last(|kind| matches!(kind, FactKind::Returned(_) | FactKind::Moved(_)));
    let checked = history.checks.last().map(|check| check.on);
    back.max(checked).is_none_or(|day| day < struck_off)
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;
    use traject_domain::Date;
    use traject_domain::code::Code;
    use traject_domain::fact::{Fact, FactRef, NumberKey};
    use traject_domain::history::Moment;
    use traject_domain::municipality::Municipality;
    use uuid::Uuid;

    fn fact(on: Date, kind: FactKind) -> Fact {
        Fact {
            reference: FactRef::new(&format!("{on}{}", kind.name())),
            number: NumberKey(Uuid::nil()),
            occurred_on: on,
            known_on: on,
            agency: Code::new("21004"),
            kind,
        }
    }

    fn identity() -> Identity {
        let text = |text: &str| Some(text.to_owned());
        Identity {
            street: text("Nieuwstraat"),
            house_number: text("1"),
            box_number: text("3"),
            postal_code: text("1000"),
            city: text("Brussel"),
            ..Identity::default()
        }
    }

    #[test]
    fn an_address_is_known_until_something_speaks_against_it() {
        let at = Moment::end_of(date(2023, 1, 1));
        let of =
            |identity: &Identity, facts: &[Fact], back: &[Vec<String>]| state(identity, &History::new(facts, at), back);
        assert_eq!(lines(&identity()), ["Nieuwstraat 1 / 3", "1000 Brussel"]);
        assert_eq!(of(&identity(), &[], &[]), AddressState::Known);
        for without in [Identity { street: None, ..identity() }, Identity { city: Some(" ".to_owned()), ..identity() }]
        {
            assert_eq!(of(&without, &[], &[]), AddressState::Incomplete);
        }
        let back = [lines(&identity())];
        assert_eq!(of(&identity(), &[], &back), AddressState::ReturnedUnknown);
        let moved = Identity { house_number: Some("2".to_owned()), ..identity() };
        assert_eq!(of(&moved, &[], &back), AddressState::Known);
    }

    #[test]
    fn who_was_struck_off_has_no_address_until_he_comes_back() {
        let at = Moment::end_of(date(2023, 1, 1));
        let brussels = Municipality::parse("21004").expect("one of the nineteen");
        let struck_off = fact(date(2022, 5, 1), FactKind::StruckOff);
        let before = fact(date(2022, 4, 1), FactKind::Returned(brussels));
        let after = fact(date(2022, 6, 1), FactKind::Returned(brussels));
        let of = |facts: &[Fact]| state(&identity(), &History::new(facts, at), &[]);
        assert_eq!(of(&[struck_off.clone(), before.clone()]), AddressState::StruckOff);
        assert_eq!(of(&[struck_off, before, after]), AddressState::Known);
    }
}
