//! The nineteen municipalities of the Brussels-Capital Region, by their NIS code.

use crate::code::LegalLanguage;
use std::fmt;

/// One of the nineteen municipalities. Never derived from a postal code (actors-and-data.md § 2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Municipality(u16);

const FIRST: u16 = 21001;

/// Dutch and French names, in the order of the NIS codes.
const NAMES: [(&str, &str); 19] = [
    ("Anderlecht", "Anderlecht"),
    ("Oudergem", "Auderghem"),
    ("Sint-Agatha-Berchem", "Berchem-Sainte-Agathe"),
    ("Brussel", "Bruxelles"),
    ("Etterbeek", "Etterbeek"),
    ("Evere", "Evere"),
    ("Vorst", "Forest"),
    ("Ganshoren", "Ganshoren"),
    ("Elsene", "Ixelles"),
    ("Jette", "Jette"),
    ("Koekelberg", "Koekelberg"),
    ("Sint-Jans-Molenbeek", "Molenbeek-Saint-Jean"),
    ("Sint-Gillis", "Saint-Gilles"),
    ("Sint-Joost-ten-Node", "Saint-Josse-ten-Noode"),
    ("Schaarbeek", "Schaerbeek"),
    ("Ukkel", "Uccle"),
    ("Watermaal-Bosvoorde", "Watermael-Boitsfort"),
    ("Sint-Lambrechts-Woluwe", "Woluwe-Saint-Lambert"),
    ("Sint-Pieters-Woluwe", "Woluwe-Saint-Pierre"),
];

impl Municipality {
    /// All nineteen, by NIS code.
    pub fn all() -> impl ExactSizeIterator<Item = Self> {
        (0..NAMES.len()).map(|i| Self(FIRST + u16::try_from(i).unwrap_or_default()))
    }

    /// The municipality with this NIS code; `None` outside 21001 to 21019.
    pub fn from_nis(nis: u16) -> Option<Self> {
        (FIRST..FIRST + 19).contains(&nis).then_some(Self(nis))
    }

    /// Reads five digits.
    pub fn parse(text: &str) -> Option<Self> {
        let digits = text.len() == 5 && text.bytes().all(|b| b.is_ascii_digit());
        digits.then(|| text.parse().ok()).flatten().and_then(Self::from_nis)
    }

    /// The NIS code, 21001 to 21019.
    pub fn nis(self) -> u16 {
        self.0
    }

    /// The name in one of the two official languages.
    pub fn name(self, language: LegalLanguage) -> &'static str {
        let (nl, fr) = NAMES[usize::from(self.0 - FIRST)];
        match language {
            LegalLanguage::Nl => nl,
            LegalLanguage::Fr => fr,
        }
    }
}

impl fmt::Display for Municipality {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_nineteen_and_no_neighbours() {
        assert_eq!(Municipality::all().count(), 19);
        assert_eq!(Municipality::parse("21000"), None);
        assert_eq!(Municipality::parse("21020"), None);
        assert_eq!(Municipality::parse("021001"), None);
        assert_eq!(Municipality::parse("21009").map(|m| m.name(LegalLanguage::Fr)), Some("Ixelles"));
    }
}
