//! Rejects: what is wrong with a row, in words that never repeat what the row says.

use crate::cell::Fault;
use crate::file::FileKind;
use std::fmt;
use std::io::{self, Write};
use traject_domain::labels::ReadingLanguage;

/// The closed list of faults.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RejectCode {
    /// Not eleven digits, or the check digits fit neither century.
    InszChecksum,
    /// Not `YYYY-MM-DD`, no such day, or a year outside 1900 to 2100.
    BadDate,
    /// Not one of the nineteen.
    UnknownMunicipality,
    /// Not a code of the list that the column takes.
    UnknownCode,
    /// Empty where a value is needed.
    MissingValue,
    /// The last day is before the first.
    PeriodReversed,
    /// No accepted registration has the number, nor one that it replaced.
    UnknownPerson,
    /// An accepted row has the id, with other content.
    IdReused,
    /// Not a whole number of cents within the range of fines.
    BadAmount,
}

impl RejectCode {
    /// Every code.
    pub const ALL: [Self; 9] = [
        Self::InszChecksum,
        Self::BadDate,
        Self::UnknownMunicipality,
        Self::UnknownCode,
        Self::MissingValue,
        Self::PeriodReversed,
        Self::UnknownPerson,
        Self::IdReused,
        Self::BadAmount,
    ];

    /// The spelling in `rejects.csv`.
    pub const fn code(self) -> &'static str {
        match self {
            Self::InszChecksum => "INSZ_CHECKSUM",
            Self::BadDate => "BAD_DATE",
            Self::UnknownMunicipality => "UNKNOWN_MUNICIPALITY",
            Self::UnknownCode => "UNKNOWN_CODE",
            Self::MissingValue => "MISSING_VALUE",
            Self::PeriodReversed => "PERIOD_REVERSED",
            Self::UnknownPerson => "UNKNOWN_PERSON",
            Self::IdReused => "ID_REUSED",
            Self::BadAmount => "BAD_AMOUNT",
        }
    }

    /// What it means, for the person who mends the file. Holds nothing of the row.
    pub const fn message(self, language: ReadingLanguage) -> &'static str {
        let (nl, fr, en) = self.texts();
        match language {
            ReadingLanguage::Nl => nl,
            ReadingLanguage::Fr => fr,
            ReadingLanguage::En => en,
        }
    }

    /// Dutch, French, English.
    const fn texts(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::InszChecksum => (
                "Dit is geen geldig rijksregister- of BIS-nummer: elf cijfers met een passend controlegetal zijn nodig.",
                "Ce n’est pas un numéro de registre national ou BIS valable : il faut onze chiffres avec un nombre de contrôle exact.",
                "This is not a valid national register or BIS number: eleven digits with matching check digits are needed.",
            ),
            Self::BadDate => (
                "Dit is geen bestaande datum in de vorm JJJJ-MM-DD, van 1900 tot en met 2100.",
                "Ce n’est pas une date existante sous la forme AAAA-MM-JJ, de 1900 à 2100.",
                "This is not an existing date in the form YYYY-MM-DD, from 1900 to 2100.",
            ),
            Self::UnknownMunicipality => (
                "Dit is geen NIS-code van een van de negentien gemeenten, 21001 tot en met 21019.",
                "Ce n’est pas le code INS d’une des dix-neuf communes, de 21001 à 21019.",
                "This is not the NIS code of one of the nineteen municipalities, 21001 to 21019.",
            ),
            Self::UnknownCode => (
                "Deze waarde staat niet in de lijst van de kolom.",
                "Cette valeur n’est pas dans la liste de la colonne.",
                "This value is not in the list of the column.",
            ),
            Self::MissingValue => (
                "Hier ontbreekt een verplichte waarde.",
                "Une valeur obligatoire manque ici.",
                "A required value is missing here.",
            ),
            Self::PeriodReversed => (
                "De laatste dag valt vóór de eerste dag.",
                "Le dernier jour précède le premier jour.",
                "The last day is before the first day.",
            ),
            Self::UnknownPerson => (
                "Geen aanvaarde rij van registrations.csv heeft dit nummer.",
                "Aucune ligne acceptée de registrations.csv ne porte ce numéro.",
                "No accepted row of registrations.csv has this number.",
            ),
            Self::IdReused => (
                "Een eerder aanvaarde rij heeft dezelfde id met een andere inhoud.",
                "Une ligne acceptée plus haut a le même identifiant avec un autre contenu.",
                "A row accepted before has the same id with other content.",
            ),
            Self::BadAmount => (
                "Dit is geen geheel aantal eurocent binnen de grenzen van de boete.",
                "Ce n’est pas un nombre entier de centimes d’euro dans les limites de l’amende.",
                "This is not a whole number of euro cents within the range of the fine.",
            ),
        }
    }
}

impl fmt::Display for RejectCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// One rejected row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reject {
    /// Which file.
    pub file: FileKind,
    /// The physical line on which the row starts, from 1, header included.
    pub line: u64,
    /// The first fault from left to right.
    pub code: RejectCode,
    /// The column that has it, by its name in the format.
    pub column: &'static str,
}

impl Reject {
    pub(crate) fn new(file: FileKind, line: u64, fault: Fault) -> Self {
        Self { file, line, code: fault.code, column: fault.column }
    }

    /// What the fault means, for the person who mends the file. Holds nothing of the row.
    pub const fn message(&self, language: ReadingLanguage) -> &'static str {
        self.code.message(language)
    }
}

/// Writes `rejects.csv`: `file,line,code,column,message`, UTF-8, LF.
pub struct RejectWriter<W: Write> {
    csv: csv::Writer<W>,
    language: ReadingLanguage,
}

impl<W: Write> RejectWriter<W> {
    /// Begins with the header line; messages will be in English.
    ///
    /// # Errors
    /// When writing fails.
    pub fn new(into: W) -> io::Result<Self> {
        Self::in_language(into, ReadingLanguage::En)
    }

    /// Begins with the header line; messages will be in this language.
    ///
    /// # Errors
    /// When writing fails.
    pub fn in_language(into: W, language: ReadingLanguage) -> io::Result<Self> {
        let mut csv = csv::Writer::from_writer(into);
        csv.write_record(["file", "line", "code", "column", "message"]).map_err(io::Error::from)?;
        Ok(Self { csv, language })
    }

    /// Writes one row. The caller gives them in the order of the rows, registrations first.
    ///
    /// # Errors
    /// When writing fails.
    pub fn write(&mut self, reject: &Reject) -> io::Result<()> {
        let line = reject.line.to_string();
        let message = reject.message(self.language);
        let fields = [reject.file.name(), &line, reject.code.code(), reject.column, message];
        self.csv.write_record(fields).map_err(io::Error::from)
    }

    /// Writes what is still held back and gives back the writer below.
    ///
    /// # Errors
    /// When writing fails.
    pub fn finish(self) -> io::Result<W> {
        self.csv.into_inner().map_err(|error| io::Error::new(error.error().kind(), error.error().to_string()))
    }
}
