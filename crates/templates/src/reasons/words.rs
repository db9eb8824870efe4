//! The groups of words for closed codes: one for each code, in every language.

use traject_domain::code::{Breach, LegalLanguage, Term};
use traject_domain::law::Literacy;
use traject_domain::standing::{ClosingReason, Enforcement, NextCode, Review, Stage, VoidReason, Warning};

/// A group of words.
pub(super) struct Words {
    /// Its codes.
    pub(super) codes: Vec<&'static str>,
    /// What each of its texts must hold.
    pub(super) placeholders: &'static [&'static str],
}

macro_rules! codes {
    ($($name:ident),+) => {
        [$($name::ALL.iter().map(|value| value.code()).collect::<Vec<_>>()),+].concat()
    };
}

/// Declares the groups: the key in the files, the codes, and the placeholders of their texts.
macro_rules! groups {
    ($($(#[$meta:meta])* $name:ident = $key:literal: $codes:expr $(, $placeholder:literal)?;)+) => {
        /// What closed codes the words of a group stand for.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Group { $($(#[$meta])* $name),+ }

        impl Group {
            /// Every group.
            pub const ALL: &'static [Self] = &[$(Self::$name),+];

            /// Its key in the files.
            pub const fn code(self) -> &'static str {
                match self { $(Self::$name => $key),+ }
            }

            pub(super) fn words(self) -> Words {
                match self { $(Self::$name => Words { codes: $codes, placeholders: &[$($placeholder)?] }),+ }
            }
        }
    };
}

groups! {
    /// Outcomes.
    Outcome = "outcome": vec!["obliged", "exempt", "not_in_scope", "undecided"];
    /// Truth values of a condition.
    Truth = "truth": vec!["holds", "fails", "open"];
    /// How sure a value is.
    Confidence = "confidence": vec!["assumption", "secondary", "verified"];
    /// Stages.
    Stage = "stage": codes!(Stage);
    /// Closing reasons.
    Closing = "closing": codes!(ClosingReason);
    /// States of enforcement.
    Enforcement = "enforcement": codes!(Enforcement);
    /// Why a notice is void.
    Void = "void": codes!(VoidReason);
    /// The next thing due.
    Next = "next": codes!(NextCode);
    /// Whose turn it is.
    Turn = "turn": vec!["newcomer", "municipality", "ggc"];
    /// Reasons to look at a dossier.
    Review = "review": codes!(Review);
    /// Warnings.
    Warning = "warning": codes!(Warning);
    /// What of a standing changed.
    Changed = "changed": vec!["outcome", "stage", "closing", "enforcement", "fined"];
    /// Days of the week that are no working days.
    Weekday = "weekday": vec!["saturday", "sunday"];
    /// Literacy groups.
    Literacy = "literacy": codes!(Literacy);
    /// Languages of letters and tracks.
    Language = "language": codes!(LegalLanguage);
    /// The texts that values come from; a site's own source keeps its title.
    Source = "source": vec![
        "GAZ_A_ORD", "GAZ_A_DEC", "GAZ_A_AMD", "GAZ_B_ORD", "GAZ_B_DEC", "BEWELCOME", "GGC", "AGII", "SEED", "CBAI24",
        "PRESS", "ISO_3166_1", "FORMAT", "OWN",
    ];
    /// To the newcomer: what to do, or what happens, by the next thing due.
    YouNext = "you_next": codes!(NextCode);
    /// To the newcomer: how it stands while nothing is due next.
    YouState = "you_state": vec!["none", "late", "notice_posted", "no_fine", "fined", "paid", "appealed", "withdrawn"];
    /// To the newcomer: what to do for a breach while it can be met.
    YouNow = "you_now": codes!(Breach);
    /// To the newcomer: why the dossier is closed.
    YouClosed = "you_closed": codes!(ClosingReason);
    /// To the newcomer: what started a term.
    YouStart = "you_start": codes!(Term), "date";
}

impl Group {
    /// The codes that every file has a word for.
    pub fn codes(self) -> Vec<&'static str> {
        self.words().codes
    }

    /// True when the law, and not the program, closes the list: a site's law may name a source of its own.
    pub(super) fn is_of_the_law(self) -> bool {
        self == Self::Source
    }
}
