//! Typed ids. All are UUIDv7, made by the [`Ids`](crate::port::Ids) port.

use uuid::Uuid;

macro_rules! ids {
    ($($(#[$meta:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub Uuid);

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }
    )+};
}

ids! {
    /// A dossier: everything about one person in this deployment. Never a national number.
    DossierId,
    /// One fact in the ledger.
    FactId,
    /// One delivery of one document to one recipient by one channel.
    DeliveryId,
    /// One item on a work list.
    WorkItemId,
    /// One list that is kept under a name.
    SavedFilterId,
    /// One mailing.
    MailingId,
    /// One recipient of one mailing.
    RecipientId,
    /// One recorded opt-out or consent.
    PreferenceId,
}
