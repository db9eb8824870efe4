//! Writes every document in every language, with names in several scripts, translations and reading aids, and an answer, to
//! look at: `cargo run --example specimens -- DIRECTORY [DOCUMENTS]`. DOCUMENTS is a folder of documents that a translator is
//! working on, as `crates/templates/documents`; without it the embedded texts are used.

use std::collections::BTreeMap;
use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};

use traject_domain::Date;
use traject_domain::labels::ReadingLanguage;
use traject_letter_pdf::{AnswerDocument, AnswerTable, Column, LetterPdf};
use traject_templates::{Envelope, Letter, LetterLanguage, Texts, samples};

const NAMES: &[(&str, &str)] = &[
    ("latin", "Gül Şahin-Öztürk"),
    ("long", "María de los Ángeles Guadalupe Fernández-Villavicencio y Gutiérrez de la Concha-Echeverría"),
    ("unbroken", "Donaudampfschiffahrtselektrizitaetenhauptbetrieb Gül-Şahin"),
    (
        "longest",
        "Maria da Conceição Aparecida dos Santos Albuquerque de Vasconcelos e Sousa Rodrigues Figueiredo da Silva Pereira de Magalhães Coutinho Nascimento Cavalcanti de Oliveira Guimarães Castelo",
    ),
    ("arabic", "عبد الرحمن بن محمد الإدريسي"),
    ("cyrillic", "Александра Владимировна Щербакова"),
    ("chinese", "欧阳 晓明"),
    ("korean", "김 하늘"),
    ("japanese", "さくら 渡邊"),
    ("ethiopic", "ኃይለ ገብረሥላሴ"),
    ("georgian", "ნინო ჭავჭავაძე"),
    ("armenian", "Արամ Խաչատրյան"),
    ("devanagari", "श्रीमती लक्ष्मी कृष्णन्"),
    ("bengali", "শেখ হাসিবুর রহমান"),
    ("tibetan", "བསྟན་འཛིན་རྒྱ་མཚོ།"),
    ("hebrew", "שרה בן־דוד"),
    ("vietnamese", "Nguyễn Thị Thùy Dương"),
    ("tamil", "லட்சுமி சுப்பிரமணியம்"),
    ("mixed", "محمد (Mohamed) العلوي 2"),
];

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let directory = PathBuf::from(arguments.next().ok_or("name a directory")?);
    fs::create_dir_all(&directory)?;
    let press = match arguments.next() {
        Some(documents) => LetterPdf::with_texts(texts(Path::new(&documents))?)?,
        None => LetterPdf::new()?,
    };
    for language in [LetterLanguage::Nl, LetterLanguage::Fr, LetterLanguage::Bilingual] {
        let recipient = samples::recipient();
        let letters = samples::letters(press.texts(), language, &recipient);
        for (name, letter) in letters.into_iter().chain(samples::longest(press.texts(), language)) {
            write(&press, &directory, &format!("{name}-{}", language.code()), &letter)?;
        }
    }
    for (_, letter) in samples::letters(press.texts(), LetterLanguage::Bilingual, &samples::recipient()) {
        informed(&press, &directory, &letter)?;
    }
    for (script, name) in NAMES {
        let letter = samples::certificate(samples::envelope(LetterLanguage::Bilingual, samples::named(name)));
        write(&press, &directory, &format!("name-{script}"), &letter)?;
    }
    fs::write(directory.join("answer.pdf"), press.render_answer(&answer()?)?.pdf)?;
    Ok(())
}

/// The texts in a folder.
fn texts(documents: &Path) -> Result<Texts, Box<dyn Error>> {
    let mut files = BTreeMap::new();
    for folder in fs::read_dir(documents)?.collect::<Result<Vec<_>, _>>()? {
        if !folder.file_type()?.is_dir() {
            continue;
        }
        for file in fs::read_dir(folder.path())?.collect::<Result<Vec<_>, _>>()? {
            let path = format!("{}/{}", folder.file_name().display(), file.file_name().display());
            files.insert(path, fs::read_to_string(file.path())?);
        }
    }
    let files = files.iter().map(|(path, text)| (path.clone(), text.as_str())).collect();
    Ok(Texts::read(&files)?)
}

/// A letter in each language it has a translation in, with a reading aid, and its twin.
fn informed(press: &LetterPdf, directory: &Path, letter: &Letter) -> Result<(), Box<dyn Error>> {
    let languages: Vec<_> = press.texts().courtesy_languages(letter.document).map(|(code, _)| code).collect();
    for courtesy in languages.into_iter().map(Some).chain([None]) {
        let envelope = Envelope {
            plain: true,
            twin_url: Some("https://brief.traject.example/7Q2M-K9XR".to_owned()),
            attestation: Some(format!("TRAJECT1:{}", "A7KQ".repeat(46))),
            courtesy,
            ..letter.envelope.clone()
        };
        let letter = Letter { envelope, ..letter.clone() };
        let language = letter.envelope.courtesy.as_ref().map_or("none", |code| code.as_str());
        let breach = letter.breach.map(|breach| breach.code().to_lowercase()).unwrap_or_default();
        let name = format!("informed-{}-{breach}-{language}", letter.document.code());
        write(press, directory, &name, &letter)?;
        fs::write(directory.join(format!("{name}.html")), press.compose(&letter)?.html())?;
    }
    Ok(())
}

fn write(press: &LetterPdf, directory: &Path, name: &str, letter: &Letter) -> Result<(), Box<dyn Error>> {
    fs::write(directory.join(format!("{name}.pdf")), press.render(letter)?.pdf)?;
    Ok(())
}

fn answer() -> Result<AnswerDocument, Box<dyn Error>> {
    let rows = ["Gecontroleerd", "Verplicht", "Overeenkomst getekend", "waarvan Nederlandstalig traject"];
    let table = AnswerTable::new(
        "Stand op 15 mei 2023",
        vec![Column::words("Indicator"), Column::numbers("Aantal"), Column::numbers("Noemer"), Column::numbers("%")],
        rows.iter().map(|row| [*row, "1.234", "2.345", "52,6"].map(str::to_owned).to_vec()).collect(),
    )?;
    let date = Date::new(2023, 5, 15)?;
    Ok(AnswerDocument::new(ReadingLanguage::Nl, date, "Traject", "Antwoord op schriftelijke vraag nr. 280", table)
        .paragraph("Dit antwoord geeft de stand van de dossiers op 15 mei 2023, zoals die op die dag bekend was.")
        .note("Een persoon telt één keer.")
        .note("Het antwoord op deel 4 komt van de GGC."))
}
