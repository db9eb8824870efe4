//! Structured communications.

use proptest::prelude::*;
use traject_domain::payment::PaymentReference;

#[test]
fn a_known_reference_is_written_and_read() {
    let reference = PaymentReference::of(1_234_567_890).expect("ten digits");
    assert_eq!(reference.to_string(), "+++123/4567/89002+++");
    assert_eq!(PaymentReference::of(97).expect("small").to_string(), "+++000/0000/09797+++");
    assert_eq!(PaymentReference::of(10_000_000_000), None);
    for text in ["+++123/4567/89002+++", "***123/4567/89002***", "123456789002", " 123 4567 89002 "] {
        assert_eq!(PaymentReference::parse(text), Some(reference), "{text}");
    }
    for text in ["", "+++123/4567/89003+++", "12345678900", "1234567890021", "12345678900a", "1234-5678-9002"] {
        assert_eq!(PaymentReference::parse(text), None, "{text}");
    }
}

proptest! {
    #[test]
    fn one_wrong_digit_and_two_swapped_ones_are_noticed(
        number in 0..PaymentReference::LIMIT, place in 0..12_usize, step in 1..10_u8,
    ) {
        let text = PaymentReference::of(number).expect("below the limit").to_string();
        prop_assert_eq!(PaymentReference::parse(&text).map(PaymentReference::number), Some(number));
        let mut digits: Vec<u8> = text.bytes().filter(u8::is_ascii_digit).collect();
        let read = |digits: &[u8]| PaymentReference::parse(std::str::from_utf8(digits).expect("digits"));
        if place < 11 && digits[place] != digits[place + 1] {
            let mut swapped = digits.clone();
            swapped.swap(place, place + 1);
            prop_assert_eq!(read(&swapped), None);
        }
        digits[place] = b'0' + (digits[place] - b'0' + step) % 10;
        prop_assert_eq!(read(&digits), None);
    }
}
