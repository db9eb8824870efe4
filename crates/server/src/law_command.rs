//! `traject law`: what the law files say, and whether they can be loaded.

use crate::law_test::{self, Test};
use crate::reassess_command::{self, Reassess};
use crate::what_if_command::{self, WhatIf};
use anyhow::Context;
use clap::{Args, Subcommand};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use traject_domain::Date;
use traject_domain::law::Law;
use traject_domain::partial_date::parse_date;
use traject_lawbook::{LawText, View, differences};

/// Subcommands of `traject law`.
#[derive(Subcommand)]
pub(crate) enum Command {
    /// Loads the law and says what it holds, or which file and line is at fault.
    Check {
        /// Directory of law files; those that are not in it are the ones that ship with the program.
        dir: Option<PathBuf>,
        #[command(flatten)]
        choice: Choice,
    },
    /// Prints the values in force on a day, as one could know them on another.
    Show {
        /// The day the law is in force.
        #[arg(long, value_name = "DATE", value_parser = day)]
        on: Date,
        /// The day it is known; default: the day itself.
        #[arg(long, value_name = "DATE", value_parser = day)]
        known_on: Option<Date>,
        /// Only keys that begin so.
        #[arg(long, value_name = "KEY", default_value = "")]
        key: String,
        #[command(flatten)]
        choice: Choice,
    },
    /// Prints what differs between two laws. Each is `shipped` or a directory, as a whole, or with @DATE in force on that
    /// day and with @DATE:DATE as known on the second; @DATE alone is the shipped law.
    Diff {
        /// The first law.
        before: String,
        /// The second law.
        after: String,
    },
    /// Lists every dotted key with its value and meaning.
    Keys {
        /// Only keys that begin so.
        #[arg(default_value = "")]
        key: String,
        /// Only the choices that a lawyer has not closed.
        #[arg(long)]
        open: bool,
        #[command(flatten)]
        choice: Choice,
    },
    /// Runs the examples beside the rules, and says which rules no example decides.
    Test(Test),
    /// Says what other values of the law would change, and for whom. Nothing is written.
    WhatIf(WhatIf),
    /// Lists the decisions on open dossiers that would be others under the law and the facts known today, why, and what is
    /// proposed; assesses those dossiers again and puts them on the work list.
    Reassess(Reassess),
}

/// Which law to apply.
#[derive(Args)]
pub(crate) struct Choice {
    /// Directory of law files; those that are not in it are the ones that ship with the program.
    #[arg(long, value_name = "DIR")]
    law: Option<PathBuf>,
    /// Sets a value, such as counting.month_rule=same_day_number; may be given more than once.
    #[arg(long = "policy", visible_alias = "set", value_name = "KEY=VALUE")]
    policies: Vec<String>,
}

impl Choice {
    /// The texts with the values set.
    pub(crate) fn text(&self) -> anyhow::Result<LawText> {
        traject_server::law::text(self.law.as_deref(), &self.policies)
    }

    /// The same with another directory, where one is given.
    pub(crate) fn with_dir(&self, dir: Option<&Path>) -> Self {
        Self { law: dir.or(self.dir()).map(Path::to_owned), policies: self.policies.clone() }
    }

    /// The directory of law files, if one is given.
    pub(crate) fn dir(&self) -> Option<&Path> {
        self.law.as_deref()
    }

    /// Loads the law and sets the values.
    pub(crate) fn load(&self) -> anyhow::Result<Law> {
        Ok(traject_server::law::known(&self.text()?)?.law)
    }
}

fn day(text: &str) -> Result<Date, String> {
    parse_date(text).ok_or_else(|| "write a day as YYYY-MM-DD".to_owned())
}

pub(crate) async fn run(command: &Command) -> anyhow::Result<ExitCode> {
    let mut out = std::io::stdout();
    match command {
        Command::Check { dir, choice } => {
            writeln!(out, "{}", summary(&choice.with_dir(dir.as_deref()).load()?))?;
        }
        Command::Show { on, known_on, key, choice } => {
            let view = choice.text()?.view(*on, known_on.unwrap_or(*on))?;
            for (key, value) in view.iter().filter(|(name, _)| name.starts_with(key)) {
                writeln!(out, "{key} = {value}")?;
            }
        }
        Command::Diff { before, after } => {
            for difference in differences(&named(before)?, &named(after)?) {
                let side = |value: Option<String>| value.unwrap_or_else(|| "(none)".to_owned());
                writeln!(out, "{}: {} -> {}", difference.key, side(difference.before), side(difference.after))?;
            }
        }
        Command::Test(arguments) => return law_test::run(arguments),
        Command::WhatIf(arguments) => what_if_command::run(arguments).await?,
        Command::Reassess(arguments) => reassess_command::run(arguments).await?,
        Command::Keys { key, open, choice } => {
            let keys = choice.text()?.keys();
            for key in keys.iter().filter(|item| item.key.starts_with(key) && (!open || !item.choices.is_empty())) {
                let choices =
                    if key.choices.is_empty() { String::new() } else { format!(" ({})", key.choices.join(", ")) };
                writeln!(out, "{} = {}\n    {}{choices}", key.key, key.value, key.meaning)?;
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn summary(law: &Law) -> String {
    format!(
        "law {}: {} regimes, {} conditions, {} exemptions, {} suspensions, {} terms, {} organisers",
        law.version,
        law.regimes.len(),
        law.scope.len(),
        law.exemptions.len(),
        law.suspensions.len(),
        law.deadlines.len(),
        law.organisers.len()
    )
}

/// A law by its name on the command line.
fn named(name: &str) -> anyhow::Result<View> {
    let (law, moment) = name.split_once('@').map_or((name, None), |(law, moment)| (law, Some(moment)));
    let dir = (!matches!(law, "" | "shipped")).then(|| Path::new(law));
    let text = traject_server::law::text(dir, &[])?;
    let Some(moment) = moment else {
        text.compile()?;
        return Ok(text.keys().into_iter().map(|key| (key.key, key.value)).collect());
    };
    let (on, known_on) = moment.split_once(':').unwrap_or((moment, moment));
    let read = |text: &str| parse_date(text).with_context(|| format!("{name}: write a day as YYYY-MM-DD"));
    Ok(text.view(read(on)?, read(known_on)?)?)
}
