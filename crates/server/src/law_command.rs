//! `traject law`: what the law files say, and whether they can be loaded.

use clap::{Args, Subcommand};
use std::io::Write;
use std::path::PathBuf;
use traject_domain::law::Law;
use traject_lawbook::POLICIES;

/// Subcommands of `traject law`.
#[derive(Subcommand)]
pub(crate) enum Command {
    /// Loads the law and says what it holds, or which file and line is at fault.
    Check(Choice),
    /// Lists the open choices with their keys.
    Keys,
}

/// Which law to apply.
#[derive(Args)]
pub(crate) struct Choice {
    /// Directory of law files; default: the law that ships with the program.
    #[arg(long, value_name = "DIR")]
    law: Option<PathBuf>,
    /// Sets an open choice, such as counting.month_rule=same_day_number; may be given more than once.
    #[arg(long = "policy", value_name = "KEY=VALUE")]
    policies: Vec<String>,
}

impl Choice {
    /// Loads the law and sets the policies.
    pub(crate) fn load(&self) -> anyhow::Result<Law> {
        Ok(traject_server::law::known(self.law.as_deref(), &self.policies)?.law)
    }
}

pub(crate) fn run(command: &Command) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    match command {
        Command::Check(choice) => {
            let law = choice.load()?;
            writeln!(
                out,
                "law {}: {} regimes, {} conditions, {} exemptions, {} suspensions, {} terms, {} organisers",
                law.version,
                law.regimes.len(),
                law.scope.len(),
                law.exemptions.len(),
                law.suspensions.len(),
                law.deadlines.len(),
                law.organisers.len()
            )?;
        }
        Command::Keys => {
            for policy in POLICIES {
                writeln!(out, "{}: {} ({})", policy.key, policy.meaning, policy.choices.join(", "))?;
            }
        }
    }
    Ok(())
}
