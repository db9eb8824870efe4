//! Dates, amounts and lengths of time as a reader of each language writes them.

use traject_domain::Date;
use traject_domain::code::LegalLanguage;
use traject_domain::labels::ReadingLanguage;
use traject_domain::money::Cents;
use traject_domain::municipality::Municipality;

const MONTHS: [[&str; 3]; 12] = [
    ["januari", "janvier", "January"],
    ["februari", "février", "February"],
    ["maart", "mars", "March"],
    ["april", "avril", "April"],
    ["mei", "mai", "May"],
    ["juni", "juin", "June"],
    ["juli", "juillet", "July"],
    ["augustus", "août", "August"],
    ["september", "septembre", "September"],
    ["oktober", "octobre", "October"],
    ["november", "novembre", "November"],
    ["december", "décembre", "December"],
];

/// A no-break space keeps a number with what it counts on one line.
const NO_BREAK: char = '\u{a0}';

/// The reading language that an act's language is.
pub const fn reading(language: LegalLanguage) -> ReadingLanguage {
    match language {
        LegalLanguage::Nl => ReadingLanguage::Nl,
        LegalLanguage::Fr => ReadingLanguage::Fr,
    }
}

/// The date written out: `13 maart 2023`, `1er mars 2023`, `13 March 2023`. The day and the month are joined by a
/// no-break space.
pub fn written_out(date: Date, language: ReadingLanguage) -> String {
    let month = usize::from(date.month().unsigned_abs()).clamp(1, 12) - 1;
    let (column, first) = match language {
        ReadingLanguage::Nl => (0, "1"),
        ReadingLanguage::Fr => (1, "1er"),
        ReadingLanguage::En => (2, "1"),
    };
    let day = if date.day() == 1 { first.to_owned() } else { date.day().to_string() };
    format!("{day}{NO_BREAK}{} {}", MONTHS[month][column], date.year())
}

/// An amount with its currency: `2.500 euro`, `2 500 euros`, `2,500 euros`; cents only when there are any.
pub fn euros(amount: Cents, language: ReadingLanguage) -> String {
    let (group, point, euro) = match language {
        ReadingLanguage::Nl => ('.', ',', "euro"),
        ReadingLanguage::Fr => (NO_BREAK, ',', "euros"),
        ReadingLanguage::En => (',', '.', "euros"),
    };
    let digits = (amount.0 / 100).to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(group);
        }
        text.push(digit);
    }
    match amount.0 % 100 {
        0 => format!("{text}{NO_BREAK}{euro}"),
        cents => format!("{text}{point}{cents:02}{NO_BREAK}{euro}"),
    }
}

/// The municipality's name after the preposition of its language: `van` has one shape, `de` elides: `Elsene`, `d’Ixelles`,
/// `de Forest`. Dutch gives the bare name.
pub fn of_municipality(municipality: Municipality, language: LegalLanguage) -> String {
    let name = municipality.name(language);
    match language {
        LegalLanguage::Nl => name.to_owned(),
        LegalLanguage::Fr if name.starts_with(['A', 'E', 'I', 'O', 'U']) => format!("d’{name}"),
        LegalLanguage::Fr => format!("de {name}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_written_out_in_the_language_of_the_reader() {
        let day = jiff_date(2023, 3, 13);
        assert_eq!(written_out(day, ReadingLanguage::Nl), "13\u{a0}maart 2023");
        assert_eq!(written_out(day, ReadingLanguage::Fr), "13\u{a0}mars 2023");
        assert_eq!(written_out(day, ReadingLanguage::En), "13\u{a0}March 2023");
        assert_eq!(written_out(jiff_date(2023, 8, 1), ReadingLanguage::Fr), "1er\u{a0}août 2023");
        assert_eq!(written_out(jiff_date(2024, 12, 1), ReadingLanguage::Nl), "1\u{a0}december 2024");
    }

    #[test]
    fn amounts_group_their_thousands() {
        assert_eq!(euros(Cents(10_000), ReadingLanguage::Nl), "100\u{a0}euro");
        assert_eq!(euros(Cents(250_000), ReadingLanguage::Nl), "2.500\u{a0}euro");
        assert_eq!(euros(Cents(250_050), ReadingLanguage::Fr), "2\u{a0}500,50\u{a0}euros");
        assert_eq!(euros(Cents(123_456_789), ReadingLanguage::En), "1,234,567.89\u{a0}euros");
    }

    #[test]
    fn french_elides_before_a_vowel() {
        let french = |nis| Municipality::from_nis(nis).map(|m| of_municipality(m, LegalLanguage::Fr));
        assert_eq!(french(21009).as_deref(), Some("d’Ixelles"));
        assert_eq!(french(21012).as_deref(), Some("de Molenbeek-Saint-Jean"));
    }

    fn jiff_date(year: i16, month: i8, day: i8) -> Date {
        Date::new(year, month, day).expect("a valid date of the test")
    }
}
