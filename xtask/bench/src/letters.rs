//! Letters as PDF: the first one of a process, the next thousands, and a preview while somebody waits.

use crate::figures::Figures;
use crate::machine::{cores, memory_mib};
use crate::measure::{Spread, Turns, millis, now, rate};
use crate::{Plan, print_run, progress, sample, weasyprint};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use traject_letter_pdf::{LetterPdf, RenderError};
use traject_templates::{DeliveryReference, Envelope, InvalidReference, LetterLanguage, samples};

/// The letters in each language.
const LANGUAGES: [(LetterLanguage, &str); 3] =
    [(LetterLanguage::Nl, "nl"), (LetterLanguage::Fr, "fr"), (LetterLanguage::Bilingual, "bilingual")];

/// Letters made between two looks at the clock.
const PASS: u64 = 4;

/// Letters that are made one by one to see how long somebody waits for a preview.
const PREVIEWS: usize = 1_000;
const QUICK_PREVIEWS: usize = 200;

#[derive(Clone, Copy)]
enum Kind {
    Certificate,
    Notice,
}

const KINDS: [(Kind, &str); 2] = [(Kind::Certificate, "certificates"), (Kind::Notice, "notices")];

/// Measures on made-up recipients, each with a name and a reference of its own.
pub(crate) fn run(plan: &Plan, figures: &mut Figures) -> anyhow::Result<()> {
    let start = now();
    let press = LetterPdf::new()?;
    let set_up = start.elapsed();
    let writer = Writer { press, made: AtomicU64::new(0) };
    let start = now();
    writer.write(Kind::Certificate, LetterLanguage::Nl)?;
    let first = start.elapsed();
    let peak = || memory_mib(std::process::id(), "VmHWM");
    let (mut turns, mut early_peak) = (Turns::default(), None);
    for round in 1..=plan.rounds {
        progress(&format!("letters: round {round} of {}", plan.rounds));
        for (kind, kind_name) in KINDS {
            for (language, language_name) in LANGUAGES {
                let rate = writer.rate(kind, language, plan.length)?;
                turns.add(&format!("{kind_name}_{language_name}"), rate);
            }
        }
        turns.add("cores", writer.rate_of_all_cores(plan.length)?);
        early_peak = early_peak.or_else(peak);
    }
    let warm = 1.0 / turns.spread("certificates_nl").median;
    figures.number("set_up_ms", millis(set_up), "fonts, texts and templates, once per process");
    figures.number("first_ms", millis(first), "the first certificate after that, one run");
    figures.number("ratio_cold", first.as_secs_f64() / warm, "time of the first certificate by that of a later one");
    for (_, kind) in KINDS {
        for (_, language) in LANGUAGES {
            let name = format!("{kind}_{language}");
            figures.spread(&format!("{name}_per_s"), &turns.spread(&name), "one core");
        }
    }
    let (nl, bilingual) = ("certificates_nl", "certificates_bilingual");
    figures.spread("ratio_bilingual", &turns.ratio(bilingual, nl), "certificates in two languages by one, per second");
    figures.spread("ratio_notices", &turns.ratio("notices_nl", nl), "notices by certificates, per second");
    figures.spread("certificates_nl_all_cores_per_s", &turns.spread("cores"), "one thread per core, one press");
    figures.spread("ratio_all_cores", &turns.ratio("cores", nl), "all cores by one");
    if let (Some(peak), Some(early)) = (peak(), early_peak) {
        figures.number("peak_mib", peak, "of this process, other areas of the same call included");
        figures.number("ratio_memory_first_round", peak / early, "peak after all rounds by that after the first");
    }
    figures.number("letters", writer.made.load(Ordering::Relaxed) as f64, "made in this run");
    previews(plan, &writer.press, figures)?;
    print_run::run(plan, figures)?;
    weasyprint::run(plan, &writer.press, figures)
}

/// How long one letter takes in a process that has made others: half of them at most, and 99 of a hundred at most.
fn previews(plan: &Plan, press: &LetterPdf, figures: &mut Figures) -> anyhow::Result<()> {
    progress("letters: previews");
    let mut times = Vec::new();
    for n in 0..if plan.quick { QUICK_PREVIEWS } else { PREVIEWS } {
        let letter = sample::letter(n)?;
        let begin = now();
        sample::make(press, &letter)?;
        times.push(millis(begin.elapsed()));
    }
    times.sort_by(f64::total_cmp);
    let slow = times.get(times.len() * 99 / 100).copied().unwrap_or(f64::NAN);
    figures.spread("preview_ms", &Spread::of(times), "one bilingual letter after another, each another; aim 15");
    figures.number("preview_p99_ms", slow, "99 of a hundred take no longer");
    Ok(())
}

struct Writer {
    press: LetterPdf,
    made: AtomicU64,
}

/// A letter could not be made.
#[derive(Debug)]
struct Failed(String);

impl std::fmt::Display for Failed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "a sample letter cannot be made: {}", self.0)
    }
}

impl std::error::Error for Failed {}

impl From<RenderError> for Failed {
    fn from(error: RenderError) -> Self {
        Self(error.to_string())
    }
}

impl From<InvalidReference> for Failed {
    fn from(error: InvalidReference) -> Self {
        Self(error.to_string())
    }
}

impl Writer {
    fn write(&self, kind: Kind, language: LetterLanguage) -> Result<(), Failed> {
        let n = self.made.fetch_add(1, Ordering::Relaxed);
        let envelope = Envelope {
            dossier_reference: format!("T-21009-{n:06}"),
            delivery_reference: DeliveryReference::parse(&format!("TJ-2023-{n:06}-1"))?,
            ..samples::envelope(language, samples::named(&format!("Amina Voorbeeld {n}")))
        };
        let letter = match kind {
            Kind::Certificate => samples::certificate(envelope),
            Kind::Notice => samples::notice_not_registered(envelope),
        };
        self.press.render(&letter)?;
        Ok(())
    }

    /// Letters per second of this thread.
    fn rate(&self, kind: Kind, language: LetterLanguage, length: Duration) -> Result<f64, Failed> {
        let mut failed = None;
        let rate = rate(length, || {
            failed = (0..PASS).find_map(|_| self.write(kind, language).err()).or(failed.take());
            PASS as usize
        });
        failed.map_or(Ok(rate), Err)
    }

    /// Dutch certificates per second of as many threads as there are cores, together.
    fn rate_of_all_cores(&self, length: Duration) -> Result<f64, Failed> {
        std::thread::scope(|scope| {
            let one = || self.rate(Kind::Certificate, LetterLanguage::Nl, length);
            let threads: Vec<_> = (0..cores()).map(|_| scope.spawn(one)).collect();
            let rates = threads.into_iter().map(|thread| {
                thread.join().unwrap_or_else(|_| Err(Failed("a thread of this program panicked".to_owned())))
            });
            rates.sum()
        })
    }
}
