//! The answer to written question 280 of 21 April 2023 (Flemish Parliament), as of a day and as known on a day.
//!
//! Questions that are not figures of this deployment say whose they are instead of showing a zero (questions.md § 0).

use crate::figures::{BANDS, Figures, Indicator, Report};
use serde_json::{Value, json};
use std::io::Write;
use traject_domain::history::Moment;
use traject_domain::labels::ReadingLanguage;

/// Cells below this, but not zero, are not published (questions.md § 0).
pub const SMALLEST_CELL: u64 = 5;

/// Who may publish a figure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Owner {
    /// The Joint Community Commission.
    Ggc,
    /// The municipalities.
    Municipalities,
    /// The Flemish Agency for Integration.
    Agii,
}

impl Owner {
    /// The name in a language.
    pub const fn name(self, language: ReadingLanguage) -> &'static str {
        match (self, language) {
            (Self::Ggc, ReadingLanguage::Fr) => "COCOM",
            (Self::Ggc, _) => "GGC",
            (Self::Municipalities, ReadingLanguage::Nl) => "gemeenten",
            (Self::Municipalities, ReadingLanguage::Fr) => "communes",
            (Self::Municipalities, ReadingLanguage::En) => "municipalities",
            (Self::Agii, _) => "AgII",
        }
    }
}

/// One line of the question: what it asks, in nl, fr and en, and what answers it.
struct Asked {
    number: &'static str,
    text: [&'static str; 3],
    owner: Owner,
    content: Content,
}

enum Content {
    Count(Indicator, Option<Indicator>),
    Band(usize),
    /// Not a figure of this deployment.
    Referred,
}

const fn count(
    number: &'static str,
    indicator: Indicator,
    denominator: Option<Indicator>,
    owner: Owner,
    text: [&'static str; 3],
) -> Asked {
    Asked { number, text, owner, content: Content::Count(indicator, denominator) }
}

use Indicator as I;
use Owner::{Agii, Ggc, Municipalities};

/// The question, line by line (questions.md § 1).
const QUESTION: &[Asked] = &[
    count("1", I::Q1Persons, None, Ggc, ["personen gecontroleerd", "personnes contrôlées", "persons checked"]),
    count("1", I::Q1Checks, None, Ggc, ["controles uitgevoerd", "contrôles effectués", "checks made"]),
    count("2", I::Q2Ever, Some(I::Q1Persons), Ggc, ["ooit verplicht", "obligées à un moment", "ever obliged"]),
    count(
        "2",
        I::Q2Certified,
        Some(I::Q2Ever),
        Ggc,
        [
            "van wie met attest tot verplichting",
            "dont avec attestation d'obligation",
            "of these with a certificate of obligation",
        ],
    ),
    count(
        "2",
        I::Q2Active,
        Some(I::Q2Ever),
        Ggc,
        ["van wie met een lopend dossier", "dont dossier en cours", "of these with an active dossier"],
    ),
    count(
        "2a",
        I::Q2aContract,
        Some(I::Q2Ever),
        Ggc,
        ["overeenkomst ondertekend", "convention signée", "contract signed"],
    ),
    count(
        "2a",
        I::Q2aRegistered,
        Some(I::Q2Ever),
        Ggc,
        ["aangemeld bij een inrichter", "inscrites auprès d'un organisateur", "registered with an organiser"],
    ),
    count(
        "2b",
        I::Q2bBon,
        Some(I::Q2aContract),
        Agii,
        ["overeenkomst bij Bon", "convention chez Bon", "contract with Bon"],
    ),
    count(
        "2b",
        I::Q2bNl,
        Some(I::Q2aContract),
        Ggc,
        [
            "overeenkomst voor een Nederlandstalig traject",
            "convention pour un parcours en néerlandais",
            "contract for a Dutch-language track",
        ],
    ),
    count(
        "3a",
        I::Q3aLate,
        Some(I::Q3aDenominator),
        Ggc,
        [
            "niet tijdig aangemeld, van wie de termijn verstreek",
            "pas inscrites à temps, parmi celles dont le délai a expiré",
            "not registered in time, of those whose term ended",
        ],
    ),
    count(
        "3a",
        I::Q3aStillUnregistered,
        Some(I::Q3aLate),
        Ggc,
        ["van wie nog steeds niet aangemeld", "dont toujours pas inscrites", "of these still not registered"],
    ),
    count(
        "3b",
        I::Q3bNoticed,
        Some(I::Q3aLate),
        Municipalities,
        ["aanmaning verstuurd", "mise en demeure envoyée", "formal notice sent"],
    ),
    count(
        "3b",
        I::Q3bReceived,
        Some(I::Q3aLate),
        Municipalities,
        ["geldige aanmaning ontvangen", "mise en demeure valable reçue", "valid formal notice received"],
    ),
    count(
        "4a",
        I::Q4aRefusals,
        Some(I::Q4aDenominator),
        Municipalities,
        [
            "geen gevolg binnen de bijkomende termijn",
            "sans suite dans le délai supplémentaire",
            "no response within the additional term",
        ],
    ),
    count(
        "4a",
        I::Q4aEstablished,
        None,
        Municipalities,
        [
            "weigering vastgesteld door een persoon",
            "refus constaté par une personne",
            "refusal established by a person",
        ],
    ),
    count(
        "4b",
        I::Q4bTransferred,
        Some(I::Q4aRefusals),
        Ggc,
        ["dossier overgedragen aan de GGC", "dossier transmis à la COCOM", "dossier transferred to the GGC"],
    ),
    count(
        "5a",
        I::Q5aSanctioned,
        Some(I::Q4bTransferred),
        Ggc,
        ["personen beboet", "personnes sanctionnées", "persons fined"],
    ),
    Asked {
        number: "5b",
        owner: Ggc,
        content: Content::Band(0),
        text: ["boetes van 100 euro", "amendes de 100 euros", "fines of 100 euro"],
    },
    Asked {
        number: "5b",
        owner: Ggc,
        content: Content::Band(1),
        text: ["boetes van 101 tot 500 euro", "amendes de 101 à 500 euros", "fines of 101 to 500 euro"],
    },
    Asked {
        number: "5b",
        owner: Ggc,
        content: Content::Band(2),
        text: ["boetes van 501 tot 1.000 euro", "amendes de 501 à 1 000 euros", "fines of 501 to 1,000 euro"],
    },
    Asked {
        number: "5b",
        owner: Ggc,
        content: Content::Band(3),
        text: ["boetes van 1.001 tot 2.500 euro", "amendes de 1 001 à 2 500 euros", "fines of 1,001 to 2,500 euro"],
    },
    count(
        "6",
        I::Q6Informed,
        Some(I::Q6Denominator),
        Municipalities,
        [
            "verplichten aan wie beide aanbiedingen en de brochure werden voorgesteld",
            "personnes obligées informées des deux offres et munies de la brochure",
            "obliged persons told of both offers and given the brochure",
        ],
    ),
    Asked {
        number: "7",
        owner: Agii,
        content: Content::Referred,
        text: [
            "werking van de koppeling met de Kruispuntbank Inburgering",
            "fonctionnement de l'interface avec la banque-carrefour de l'intégration",
            "working of the interface with the integration registry",
        ],
    },
    Asked {
        number: "8",
        owner: Ggc,
        content: Content::Referred,
        text: [
            "vergaderingen en beslissingen van de stuurgroep",
            "réunions et décisions du comité de pilotage",
            "meetings and decisions of the steering committee",
        ],
    },
];

/// A published number: exact, or too small to be published.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cell {
    /// The count.
    Count(u64),
    /// Between one and four.
    Small,
}

impl Cell {
    fn of(count: u64) -> Self {
        if (1..SMALLEST_CELL).contains(&count) { Self::Small } else { Self::Count(count) }
    }

    fn text(self) -> String {
        match self {
            Self::Count(count) => count.to_string(),
            Self::Small => format!("< {SMALLEST_CELL}"),
        }
    }

    fn json(self) -> Value {
        match self {
            Self::Count(count) => json!(count),
            Self::Small => Value::Null,
        }
    }
}

/// One line of the answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// The question's number, such as `3a`.
    pub number: &'static str,
    /// Key of the figure; none when the question is referred.
    pub key: Option<String>,
    /// What is asked, in the language of the answer.
    pub text: &'static str,
    /// Who may publish it.
    pub owner: &'static str,
    /// The figure; none when the question is referred to the owner.
    pub value: Option<Cell>,
    /// What it is a part of.
    pub denominator: Option<Cell>,
    /// Per thousand, where both are published.
    pub per_mille: Option<u64>,
}

/// The whole answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// As of when, and as known when.
    pub at: Moment,
    /// The version of the law it was computed under.
    pub law_version: String,
    /// The language it is written in.
    pub language: ReadingLanguage,
    /// The lines, in the order of the question.
    pub lines: Vec<Line>,
}

impl Answer {
    /// Answers from a report.
    pub fn new(report: &Report, law_version: &str, language: ReadingLanguage) -> Self {
        let lines = QUESTION.iter().map(|asked| asked.answer(&report.totals, language)).collect();
        Self { at: report.at, law_version: law_version.to_owned(), language, lines }
    }

    /// The title in the language of the answer.
    pub const fn title(&self) -> &'static str {
        match self.language {
            ReadingLanguage::Nl => "Antwoord op schriftelijke vraag nr. 280 van 21 april 2023",
            ReadingLanguage::Fr => "Réponse à la question écrite n° 280 du 21 avril 2023",
            ReadingLanguage::En => "Answer to written question no. 280 of 21 April 2023",
        }
    }

    /// The names of the table's columns in the language of the answer.
    pub const fn columns(&self) -> [&'static str; 6] {
        match self.language {
            ReadingLanguage::Nl => ["vraag", "gegeven", "aantal", "op", "aandeel", "bron"],
            ReadingLanguage::Fr => ["question", "donnée", "nombre", "sur", "part", "source"],
            ReadingLanguage::En => ["question", "figure", "number", "of", "share", "owner"],
        }
    }

    /// What a reader must know to read the figures.
    pub fn notes(&self) -> Vec<String> {
        let (as_of, known, law) = (self.at.as_of, self.at.recorded_by, &self.law_version);
        match self.language {
            ReadingLanguage::Nl => vec![
                format!("Toestand op {as_of}, zoals gekend op {known}. Wetsbestanden: versie {law}."),
                format!("Aantallen van 1 tot {} worden niet bekendgemaakt.", SMALLEST_CELL - 1),
                "Vraag 7 en 8 worden beantwoord door de vermelde instantie.".to_owned(),
                "De thuistaal en de generatie worden niet geregistreerd.".to_owned(),
            ],
            ReadingLanguage::Fr => vec![
                format!("Situation au {as_of}, telle que connue le {known}. Fichiers de loi : version {law}."),
                format!("Les nombres de 1 à {} ne sont pas publiés.", SMALLEST_CELL - 1),
                "Les questions 7 et 8 reçoivent la réponse de l'instance mentionnée.".to_owned(),
                "La langue parlée à la maison et la génération ne sont pas enregistrées.".to_owned(),
            ],
            ReadingLanguage::En => vec![
                format!("As of {as_of}, as known on {known}. Law files: version {law}."),
                format!("Numbers from 1 to {} are not published.", SMALLEST_CELL - 1),
                "Questions 7 and 8 are answered by the body named.".to_owned(),
                "Home language and generation are not recorded.".to_owned(),
            ],
        }
    }

    /// The table's rows as text, in the order of [`Answer::columns`].
    pub fn rows(&self) -> Vec<[String; 6]> {
        self.lines.iter().map(|line| line.row(self.language)).collect()
    }

    /// The answer as JSON. A number that is too small is null with `suppressed` true.
    pub fn to_json(&self) -> Value {
        let lines: Vec<Value> = self.lines.iter().map(Line::json).collect();
        json!({
            "question": "280",
            "as_of": self.at.as_of.to_string(),
            "recorded_by": self.at.recorded_by.to_string(),
            "law_version": self.law_version,
            "smallest_cell": SMALLEST_CELL,
            "lines": lines,
            "notes": self.notes(),
        })
    }

    /// Writes the answer as CSV.
    ///
    /// # Errors
    /// When the writer fails.
    pub fn write_csv(&self, out: impl Write) -> Result<(), csv::Error> {
        let mut writer = csv::Writer::from_writer(out);
        writer.write_record(self.columns())?;
        for row in self.rows() {
            writer.write_record(row)?;
        }
        writer.flush()?;
        Ok(())
    }
}

impl Asked {
    fn answer(&self, figures: &Figures, language: ReadingLanguage) -> Line {
        let text = match language {
            ReadingLanguage::Nl => self.text[0],
            ReadingLanguage::Fr => self.text[1],
            ReadingLanguage::En => self.text[2],
        };
        let (key, value, of) = match self.content {
            Content::Count(indicator, of) => {
                (Some(indicator.key().to_owned()), Some(figures.get(indicator)), of.map(|of| figures.get(of)))
            }
            Content::Band(band) => (Some(format!("q5b_bands.{}", BANDS[band])), Some(figures.bands()[band]), None),
            Content::Referred => (None, None, None),
        };
        let (value, denominator) = (value.map(Cell::of), of.map(Cell::of));
        let per_mille = match (value, denominator) {
            (Some(Cell::Count(value)), Some(Cell::Count(of))) if of > 0 => Some((value * 1000 + of / 2) / of),
            _ => None,
        };
        Line { number: self.number, key, text, owner: self.owner.name(language), value, denominator, per_mille }
    }
}

impl Line {
    fn row(&self, language: ReadingLanguage) -> [String; 6] {
        let referred = match language {
            ReadingLanguage::Nl => format!("beantwoord door {}", self.owner),
            ReadingLanguage::Fr => format!("réponse de {}", self.owner),
            ReadingLanguage::En => format!("answered by {}", self.owner),
        };
        let point = if language == ReadingLanguage::En { "." } else { "," };
        [
            self.number.to_owned(),
            self.text.to_owned(),
            self.value.map_or(referred, Cell::text),
            self.denominator.map(Cell::text).unwrap_or_default(),
            self.per_mille.map(|share| format!("{}{point}{} %", share / 10, share % 10)).unwrap_or_default(),
            self.owner.to_owned(),
        ]
    }

    fn json(&self) -> Value {
        json!({
            "question": self.number,
            "key": self.key,
            "text": self.text,
            "owner": self.owner,
            "referred": self.value.is_none(),
            "value": self.value.map(Cell::json),
            "suppressed": self.value == Some(Cell::Small) || self.denominator == Some(Cell::Small),
            "denominator": self.denominator.map(Cell::json),
            "per_mille": self.per_mille,
        })
    }
}
