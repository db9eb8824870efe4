//! Faults of rows and of files, with stable codes. Messages never repeat a name or a number of a person.

use crate::FileKind;
use std::io::Write;
use std::path::PathBuf;

macro_rules! reject_codes {
    ($($(#[$meta:meta])* $variant:ident = $code:literal, $en:literal, $nl:literal, $fr:literal;)+) => {
        /// Why a row is rejected; a closed list.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum RejectCode { $($(#[$meta])* $variant),+ }

        impl RejectCode {
            /// Every code.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The stable code.
            pub const fn code(self) -> &'static str {
                match self { $(Self::$variant => $code),+ }
            }

            /// What to do about it, in English, Dutch and French.
            pub const fn messages(self) -> [&'static str; 3] {
                match self { $(Self::$variant => [$en, $nl, $fr]),+ }
            }
        }
    };
}

reject_codes! {
    /// The number is not eleven digits, or its check digits fit neither century.
    InszChecksum = "INSZ_CHECKSUM",
        "the number is not eleven digits with matching check digits; correct it from the National Register",
        "het nummer heeft geen elf cijfers met een passend controlegetal; verbeter het aan de hand van het Rijksregister",
        "le numéro n'a pas onze chiffres avec un chiffre de contrôle correct ; corrigez-le d'après le Registre national";
    /// Not a day, or a year outside 1900 to 2100.
    BadDate = "BAD_DATE",
        "write an existing day as YYYY-MM-DD, from 1900 to 2100",
        "schrijf een bestaande dag als JJJJ-MM-DD, van 1900 tot 2100",
        "écrivez un jour existant sous la forme AAAA-MM-JJ, de 1900 à 2100";
    /// Not one of the nineteen.
    UnknownMunicipality = "UNKNOWN_MUNICIPALITY",
        "use the NIS code of one of the nineteen municipalities, 21001 to 21019",
        "gebruik de NIS-code van een van de negentien gemeenten, 21001 tot 21019",
        "utilisez le code INS d'une des dix-neuf communes, 21001 à 21019";
    /// Not on the list.
    UnknownCode = "UNKNOWN_CODE",
        "the value is not on the list of this column",
        "de waarde staat niet op de lijst van deze kolom",
        "la valeur ne figure pas dans la liste de cette colonne";
    /// Empty, but needed.
    MissingValue = "MISSING_VALUE",
        "this column must be filled",
        "deze kolom moet ingevuld zijn",
        "cette colonne doit être remplie";
    /// Ends before it begins.
    PeriodReversed = "PERIOD_REVERSED",
        "the last day lies before the first",
        "de laatste dag ligt vóór de eerste",
        "le dernier jour précède le premier";
    /// Nobody has this number.
    UnknownPerson = "UNKNOWN_PERSON",
        "no accepted registration has this number; send the registration first",
        "geen aanvaarde inschrijving heeft dit nummer; stuur eerst de inschrijving",
        "aucune inscription acceptée ne porte ce numéro ; envoyez d'abord l'inscription";
    /// The id stands for something else already.
    IdReused = "ID_REUSED",
        "an accepted row has this id with other content; give the new row an id of its own",
        "een aanvaarde rij heeft deze id met een andere inhoud; geef de nieuwe rij een eigen id",
        "une ligne acceptée porte cet identifiant avec un autre contenu ; donnez à la nouvelle ligne son propre identifiant";
    /// Not whole cents within the range of a fine.
    BadAmount = "BAD_AMOUNT",
        "write the amount in whole euro cents, within the range of a fine",
        "schrijf het bedrag in hele eurocent, binnen de grenzen van een boete",
        "écrivez le montant en centimes entiers, dans les limites d'une amende";
}

/// A rejected row: the first fault from left to right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reject {
    /// In which file.
    pub file: FileKind,
    /// The physical line on which the row starts, from 1, header included.
    pub line: u64,
    /// Why.
    pub code: RejectCode,
    /// In which column.
    pub column: &'static str,
}

/// Writes rejects.csv: `file,line,code,column,message`.
pub struct RejectWriter<W: Write>(csv::Writer<W>);

impl<W: Write> RejectWriter<W> {
    /// Writes the header.
    ///
    /// # Errors
    /// When the writer fails.
    pub fn new(out: W) -> Result<Self, csv::Error> {
        let mut writer = csv::Writer::from_writer(out);
        writer.write_record(["file", "line", "code", "column", "message"])?;
        Ok(Self(writer))
    }

    /// Writes one line, with the message in English.
    ///
    /// # Errors
    /// When the writer fails.
    pub fn write(&mut self, reject: &Reject) -> Result<(), csv::Error> {
        let [message, ..] = reject.code.messages();
        let line = reject.line.to_string();
        self.0.write_record([reject.file.name(), &line, reject.code.code(), reject.column, message])
    }

    /// Writes what is buffered and gives the writer back.
    ///
    /// # Errors
    /// When the writer fails.
    pub fn finish(self) -> std::io::Result<W> {
        self.0.into_inner().map_err(csv::IntoInnerError::into_error)
    }
}

/// Why a whole file cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// It cannot be opened or read.
    #[error("{code}: {path} cannot be read", code = self.code(), path = path.display())]
    Unreadable {
        /// Which file.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// It is not UTF-8.
    #[error("{code}: line {line} of {path} is not UTF-8; save the file as UTF-8", code = self.code(), path = path.display())]
    NotUtf8 {
        /// Which file.
        path: PathBuf,
        /// Line on which the row starts.
        line: u64,
    },
    /// A column is not there, or there twice.
    #[error("{code}: {path} needs the column {column} exactly once", code = self.code(), path = path.display())]
    Column {
        /// Which file.
        path: PathBuf,
        /// Which column.
        column: &'static str,
    },
}

impl FileError {
    /// The stable code.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Unreadable { .. } => "FILE_UNREADABLE",
            Self::NotUtf8 { .. } => "FILE_NOT_UTF8",
            Self::Column { .. } => "FILE_MISSING_COLUMN",
        }
    }
}
