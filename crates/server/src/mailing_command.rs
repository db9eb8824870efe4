//! `traject mailing`: checks a file of recipients without a deployment, and works on the mailings of one. Mails go out
//! from `traject serve`.

use anyhow::{Context, bail};
use clap::{Args, Subcommand, ValueEnum};
use comfy_table::{Table, presets};
use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use traject_api_grpc::mass_mail;
use traject_app::ids::MailingId;
use traject_app::mailing::check::{Checked, Validator};
use traject_app::mailing::desk::{Audience, NewMailing, Population, Preview};
use traject_app::mailing::{
    MailLanguage, Mailing, MailingDesk, MailingError, Placeholder, Progress, Purpose, Text, Texts,
};
use traject_app::model::{Actor, Request};
use traject_domain::code::Code;
use traject_domain::municipality::Municipality;
use traject_domain::standing::{ClosingReason, Stage};
use traject_extract_csv::RecipientRows;
use traject_server::mailings::{checkable, desk};
use traject_server::{coded, site};
use uuid::Uuid;

/// Subcommands of `traject mailing`.
#[derive(Subcommand)]
pub(crate) enum Command {
    /// Reads a file of recipients and lists its faults; exit status 1 when there are any. Opens nothing else.
    Check {
        /// The file, with the columns name, first_names, last_name, email, language and, where wanted, national_number.
        file: PathBuf,
        /// Values that the texts of the mailing use: a row without one is faulty.
        #[arg(long = "needs", value_enum)]
        needed: Vec<Needed>,
    },
    /// Makes a mailing.
    Create(Box<Create>),
    /// Says whom a mailing would reach now, and shows some of its mails. Sends nothing.
    Preview {
        #[command(flatten)]
        of: Of,
        /// How many mails to show.
        #[arg(long, default_value_t = 3)]
        samples: usize,
    },
    /// Lets the mails of a mailing go out, from the server.
    Start {
        #[command(flatten)]
        of: Of,
        /// Leaves out faulty rows.
        #[arg(long)]
        skip_faults: bool,
    },
    /// Lets no further mail start until the mailing is resumed.
    Pause(Of),
    /// Lets mails go out again.
    Resume(Of),
    /// Stops a mailing for good.
    Cancel(Of),
    /// Says how a mailing stands.
    Show(Of),
}

/// A value that texts may use.
#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum Needed {
    FullName,
    FirstNames,
    LastName,
}

/// Arguments of `traject mailing create`.
#[derive(Args)]
pub(crate) struct Create {
    /// What to call it.
    #[arg(long)]
    name: String,
    /// What it is for.
    #[arg(long, value_parser = purpose)]
    purpose: Purpose,
    /// On which ground personal data are used for it.
    #[arg(long)]
    legal_basis: String,
    /// A text: its language, and a file with the subject on the first line and the body after it. The first is that of
    /// recipients whose language has none.
    #[arg(long = "text", value_name = "LANGUAGE=FILE", required = true)]
    texts: Vec<String>,
    #[command(flatten)]
    audience: AudienceChoice,
    #[command(flatten)]
    by: By,
}

/// Whom a mailing is for.
#[derive(Args)]
#[group(required = true, multiple = false)]
pub(crate) struct AudienceChoice {
    /// The rows of a CSV file.
    #[arg(long, value_name = "FILE")]
    csv: Option<PathBuf>,
    /// Dossiers with these features, such as `municipality=21004,closed_reason=COMPLETED`; empty: all.
    #[arg(long, value_name = "KEY=VALUE,…")]
    dossiers: Option<String>,
    /// The agencies of this deployment.
    #[arg(long)]
    partners: bool,
}

/// Who acts, and where.
#[derive(Args)]
pub(crate) struct By {
    /// The agency whose mailing it is, such as 21004 or BON.
    #[arg(long, value_name = "CODE")]
    agency: String,
    #[command(flatten)]
    site: site::Choice,
}

/// Which mailing.
#[derive(Args)]
pub(crate) struct Of {
    /// Its id.
    id: Uuid,
    #[command(flatten)]
    by: By,
}

fn purpose(text: &str) -> Result<Purpose, String> {
    Purpose::from_code(text).ok_or_else(|| "expected information or publicity".to_owned())
}

/// Runs `traject mailing`.
pub(crate) async fn run(command: &Command) -> anyhow::Result<ExitCode> {
    match command {
        Command::Check { file, needed } => return check(file, needed),
        Command::Create(create) => return make(create).await,
        Command::Preview { of, samples } => preview(of, *samples).await?,
        Command::Start { of, skip_faults } => {
            work(of, async |desk, id, actor| desk.start(id, None, *skip_faults, actor).await).await?;
        }
        Command::Pause(of) => work(of, async |desk, id, actor| desk.pause(id, None, actor).await).await?,
        Command::Resume(of) => work(of, async |desk, id, actor| desk.resume(id, None, actor).await).await?,
        Command::Cancel(of) => work(of, async |desk, id, actor| desk.cancel(id, None, actor).await).await?,
        Command::Show(of) => work(of, async |desk, id, actor| desk.mailing(id, actor).await).await?,
    }
    Ok(ExitCode::SUCCESS)
}

fn check(file: &Path, needed: &[Needed]) -> anyhow::Result<ExitCode> {
    let needed = needed.iter().map(|needed| match needed {
        Needed::FullName => Placeholder::FullName,
        Needed::FirstNames => Placeholder::FirstNames,
        Needed::LastName => Placeholder::LastName,
    });
    let opened = File::open(file).with_context(|| format!("FILE_UNREADABLE: {} cannot be opened", file.display()))?;
    let mut validator = Validator::new(needed.collect::<BTreeSet<_>>());
    let unusable = |error: traject_extract_csv::RecipientsError| {
        let code = error.code();
        coded(code, error).context(format!("{} cannot be used", file.display()))
    };
    for row in RecipientRows::open(BufReader::new(opened)).map_err(unusable)? {
        validator.take(&checkable(row.map_err(unusable)?), None);
    }
    let checked = validator.finish();
    print_check(&checked)?;
    Ok(if checked.faults.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Faults and duplicates as a table, then the sums.
fn print_check(checked: &Checked) -> anyhow::Result<()> {
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    table.set_header(["line", "column", "code"]);
    for fault in &checked.faults {
        table.add_row([fault.line.to_string(), fault.column.to_owned(), fault.code.to_string()]);
    }
    for double in &checked.duplicates {
        let column = format!("as line {}", double.of_line);
        table.add_row([double.line.to_string(), column, format!("same {}", double.by)]);
    }
    let mut out = std::io::stdout();
    if !checked.faults.is_empty() || !checked.duplicates.is_empty() {
        for line in table.lines() {
            writeln!(out, "{}", line.trim_end())?;
        }
    }
    let (recipients, faults, doubles) = (checked.recipients.len(), checked.faults.len(), checked.duplicates.len());
    writeln!(out, "{recipients} recipients, {faults} faults, {doubles} duplicates")?;
    if checked.without_address > 0 {
        writeln!(out, "{} without an address", checked.without_address)?;
    }
    Ok(())
}

fn actor(by: &By) -> Actor {
    Actor { staff: "operator".to_owned(), agency: Code::new(&by.agency), role: Code::new("operator") }
}

fn failed(error: MailingError) -> anyhow::Error {
    coded(error.code(), error)
}

async fn make(create: &Create) -> anyhow::Result<ExitCode> {
    let (texts, audience) = (texts(&create.texts)?, audience(&create.audience)?);
    let site = create.by.site.open().await?;
    let desk = desk(&site);
    let request = Request { caller: "operator".to_owned(), id: site.desk.ids.next(), hash: [0; 32] };
    let order = NewMailing {
        request,
        actor: actor(&create.by),
        name: create.name.clone(),
        purpose: create.purpose,
        legal_basis: create.legal_basis.clone(),
        texts,
        audience,
        validate_only: false,
    };
    let made = desk.create(&order).await.map_err(failed)?;
    print_check(&made.checked)?;
    print(&desk, &made.mailing).await?;
    drop(desk);
    site.close().await?;
    Ok(if made.checked.faults.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn texts(given: &[String]) -> anyhow::Result<Texts> {
    let (mut default, mut by_language) = (None, BTreeMap::new());
    for text in given {
        let (language, file) = text.split_once('=').context("a text is given as LANGUAGE=FILE")?;
        let language = MailLanguage::parse(language).context("a language is two letters of ISO 639-1")?;
        let content = std::fs::read_to_string(file).with_context(|| format!("{file} cannot be read"))?;
        let (subject, body) = content.split_once('\n').unwrap_or((&content, ""));
        let text = Text { subject: subject.trim().to_owned(), body: body.replace("\r\n", "\n").trim().to_owned() };
        if let Some((field, fault)) = text.faults().first() {
            bail!("{file}: {field}: {fault}");
        }
        default.get_or_insert(language);
        by_language.insert(language, text);
    }
    default.and_then(|default| Texts::new(default, by_language)).context("a mailing has a text")
}

fn audience(choice: &AudienceChoice) -> anyhow::Result<Audience> {
    if let Some(file) = &choice.csv {
        return Ok(Audience::Csv(std::fs::read(file).with_context(|| format!("{} cannot be read", file.display()))?));
    }
    let Some(query) = &choice.dossiers else { return Ok(Audience::Partners(None)) };
    let mut population = Population::default();
    for part in query.split(',').filter(|part| !part.trim().is_empty()) {
        let (key, value) = part.trim().split_once('=').context("a feature of dossiers is given as KEY=VALUE")?;
        let known = match key {
            "municipality" => read(&mut population.municipality, Municipality::parse(value)),
            "outcome" => read(&mut population.outcome, Some(Code::new(value))),
            "stage" => read(&mut population.stage, Stage::from_code(value)),
            "closed_reason" => read(&mut population.closed_reason, ClosingReason::from_code(value)),
            _ => false,
        };
        if !known {
            bail!("{part}: expected municipality, outcome, stage or closed_reason with one of its codes");
        }
    }
    Ok(Audience::Dossiers(population))
}

fn read<T>(place: &mut Option<T>, value: Option<T>) -> bool {
    *place = value;
    place.is_some()
}

/// Opens the deployment, does one thing to a mailing, and says how it stands.
async fn work(
    of: &Of,
    act: impl AsyncFnOnce(&MailingDesk, MailingId, &Actor) -> Result<Mailing, MailingError>,
) -> anyhow::Result<()> {
    let site = of.by.site.open().await?;
    let desk = desk(&site);
    let mailing = act(&desk, MailingId(of.id), &actor(&of.by)).await.map_err(failed)?;
    print(&desk, &mailing).await?;
    drop(desk);
    site.close().await
}

async fn print(desk: &MailingDesk, mailing: &Mailing) -> anyhow::Result<()> {
    let Progress(counts) = desk.mailings.progress(mailing.id).await?;
    let counts: Vec<String> = counts.iter().map(|(state, count)| format!("{count} {state}")).collect();
    writeln!(std::io::stdout(), "{} {} ({}): {}", mailing.id, mailing.state, mailing.purpose, counts.join(", "))?;
    Ok(())
}

async fn preview(of: &Of, samples: usize) -> anyhow::Result<()> {
    let site = of.by.site.open().await?;
    let desk = desk(&site);
    let (id, actor) = (MailingId(of.id), actor(&of.by));
    let mailing = desk.mailing(id, &actor).await.map_err(failed)?;
    let preview = desk.preview(id, samples, &actor).await.map_err(failed)?;
    print_preview(&desk, &mailing, &preview)?;
    drop(desk);
    site.close().await
}

fn print_preview(desk: &MailingDesk, mailing: &Mailing, preview: &Preview) -> anyhow::Result<()> {
    let mut out = std::io::stdout();
    for (language, count) in &preview.reachable {
        writeln!(out, "{count} reached in {language}")?;
    }
    for (reason, count) in &preview.barred {
        writeln!(out, "{count} not reached: {reason}")?;
    }
    for recipient in &preview.samples {
        let Some(person) = &recipient.person else { continue };
        let mail = mass_mail(desk, mailing, recipient, person);
        writeln!(out, "\nline {}\nSubject: {}\n\n{}", recipient.line, mail.subject, mail.text)?;
    }
    Ok(())
}
