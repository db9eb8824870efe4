//! One module per table. Rows stay within this crate.
#![expect(unreachable_pub, reason = "derived code is public; nothing here leaves the crate")]

pub(crate) mod day_head;
pub(crate) mod decision;
pub(crate) mod delivery;
pub(crate) mod delivery_document;
pub(crate) mod delivery_event;
pub(crate) mod dossier;
pub(crate) mod fact_part;
pub(crate) mod law;
pub(crate) mod ledger;
pub(crate) mod ledger_head;
pub(crate) mod mail_preference;
pub(crate) mod mailing;
pub(crate) mod mailing_recipient;
pub(crate) mod mailing_text;
pub(crate) mod name_index;
pub(crate) mod name_key;
pub(crate) mod number;
pub(crate) mod request;
pub(crate) mod saved_filter;
pub(crate) mod standing;
pub(crate) mod work_item;
pub(crate) mod work_item_event;
