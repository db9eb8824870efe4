//! Writes every letter in every language, with names in several scripts, and an answer, to look at:
//! `cargo run -p traject-letter-pdf --example specimens -- DIRECTORY [COUNT]`. With COUNT it then makes that many
//! bilingual notices and one-page certificates and writes nothing more: time it to know letters per second.

use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};

use traject_domain::Date;
use traject_domain::labels::ReadingLanguage;
use traject_letter_pdf::{AnswerDocument, AnswerTable, Column, LetterPdf};
use traject_templates::{Letter, LetterLanguage, samples};

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
    let count: usize = arguments.next().map_or(Ok(0), |count| count.parse())?;
    fs::create_dir_all(&directory)?;
    let press = LetterPdf::new()?;
    if count > 0 {
        return repeat(&press, count);
    }
    for language in [LetterLanguage::Nl, LetterLanguage::Fr, LetterLanguage::Bilingual] {
        for (kind, letter) in samples::letters(language, &samples::recipient()) {
            write(&press, &directory, &format!("{kind}-{}", language.code()), &letter)?;
        }
    }
    for (script, name) in NAMES {
        let letter = samples::certificate(samples::envelope(LetterLanguage::Bilingual, samples::named(name)));
        write(&press, &directory, &format!("name-{script}"), &letter)?;
    }
    fs::write(directory.join("answer.pdf"), press.render_answer(&answer()?)?.pdf)?;
    Ok(())
}

fn write(press: &LetterPdf, directory: &Path, name: &str, letter: &Letter) -> Result<(), Box<dyn Error>> {
    fs::write(directory.join(format!("{name}.pdf")), press.render(letter)?.pdf)?;
    Ok(())
}

fn repeat(press: &LetterPdf, count: usize) -> Result<(), Box<dyn Error>> {
    for index in 0..count {
        let mut envelope = samples::envelope(LetterLanguage::Nl, samples::named(&format!("Amina Voorbeeld {index}")));
        envelope.dossier_reference = format!("T-21009-{index:06}");
        press.render(&samples::certificate(envelope))?;
    }
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
