//! Which ids are taken, and with what content, without keeping either.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};

/// 128 bits that stand for a text or a row: that two of a million differ and have the same is less likely than 10^-26.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Fingerprint(u128);

impl Fingerprint {
    /// Of an id.
    pub(crate) fn of(text: &str) -> Self {
        Self::of_all([text])
    }

    /// Of a row: its cells after normalisation.
    pub(crate) fn of_all(texts: impl IntoIterator<Item = impl AsRef<str>>) -> Self {
        let mut halves = [DefaultHasher::new(), DefaultHasher::new()];
        halves[1].write_u8(1);
        for text in texts {
            // Hashing a str ends it with a byte that no text holds, so that no cell runs into the next.
            halves.iter_mut().for_each(|half| text.as_ref().hash(half));
        }
        let [high, low] = halves.map(|half| u128::from(half.finish()));
        Self(high << 64 | low)
    }
}

/// An id, seen from the rows accepted so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Standing {
    /// No accepted row has it.
    Free,
    /// An accepted row has it, with this content.
    Same,
    /// An accepted row has it, with other content.
    Taken,
}

/// The ids of accepted rows.
#[derive(Debug, Default)]
pub(crate) struct Ids(HashMap<Fingerprint, Fingerprint>);

impl Ids {
    pub(crate) fn standing(&self, id: Fingerprint, content: Fingerprint) -> Standing {
        match self.0.get(&id) {
            None => Standing::Free,
            Some(taken) if *taken == content => Standing::Same,
            Some(_) => Standing::Taken,
        }
    }

    pub(crate) fn take(&mut self, id: Fingerprint, content: Fingerprint) {
        self.0.insert(id, content);
    }
}
