//! Page tokens (AIP-158): where a list goes on, sealed so that they fit one list, one filter and one caller only.

use crate::auth::Caller;
use crate::error::{Fault, page_token_invalid};
use prost::Name;
use ring::hmac;
use tonic::Status;

/// Items in a page when the caller does not say.
const PAGE_DEFAULT: i32 = 50;
/// Items in a page at the most; more become this.
const PAGE_MAX: i32 = 1_000;
/// Bytes of the seal.
const SEAL: usize = 32;

/// Seals page tokens. A server that starts with another key does not know the tokens of the one before.
pub struct PageKey(hmac::Key);

impl PageKey {
    /// Takes 32 random bytes.
    pub fn new(bytes: &[u8; 32]) -> Self {
        Self(hmac::Key::new(hmac::HMAC_SHA256, bytes))
    }

    /// The token of a place in a list. `list` is the request without page size and token: its filter.
    pub(crate) fn seal(&self, list: &impl Name, caller: &Caller, place: &[u8]) -> String {
        let mut token = self.tag(list, caller, place).as_ref().to_vec();
        token.extend_from_slice(place);
        token.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// The place behind a token; `None` for the first page.
    ///
    /// # Errors
    /// INVALID_ARGUMENT for a token of another list, filter or caller.
    pub(crate) fn open(&self, list: &impl Name, caller: &Caller, token: &str) -> Result<Option<Vec<u8>>, Status> {
        if token.is_empty() {
            return Ok(None);
        }
        let refuse = || page_token_invalid(caller.language);
        let bytes = from_hex(token).filter(|bytes| bytes.len() >= SEAL).ok_or_else(refuse)?;
        let (tag, place) = bytes.split_at(SEAL);
        hmac::verify(&self.0, &signed(list, caller, place), tag).map_err(|_| refuse())?;
        Ok(Some(place.to_vec()))
    }

    fn tag(&self, list: &impl Name, caller: &Caller, place: &[u8]) -> hmac::Tag {
        hmac::sign(&self.0, &signed(list, caller, place))
    }
}

fn signed<M: Name>(list: &M, caller: &Caller, place: &[u8]) -> Vec<u8> {
    let (full_name, caller, filter) = (M::full_name(), caller.key(), list.encode_to_vec());
    let parts = [full_name.as_bytes(), caller.as_bytes(), &filter, place];
    // Each part after its length, so that no two lists of parts give the same bytes.
    parts.iter().flat_map(|part| (part.len() as u64).to_be_bytes().into_iter().chain(part.iter().copied())).collect()
}

fn from_hex(text: &str) -> Option<Vec<u8>> {
    let digits: Option<Vec<u8>> =
        text.chars().map(|c| c.to_digit(16).and_then(|digit| u8::try_from(digit).ok())).collect();
    let digits = digits.filter(|digits| digits.len() % 2 == 0)?;
    Some(digits.chunks_exact(2).map(|pair| pair[0] << 4 | pair[1]).collect())
}

/// How many items a page holds.
///
/// # Errors
/// A negative size is a fault of `page_size`.
pub(crate) fn size(asked: i32) -> Result<usize, Fault> {
    match asked {
        0 => Ok(PAGE_DEFAULT),
        1.. => Ok(asked.min(PAGE_MAX)),
        _ => Err(Fault::new("page_size", "negative")),
    }
    .map(|size| usize::try_from(size).unwrap_or_default())
}

/// One page of a list that was read with one item more than the page holds: the items, and whether more follow.
pub(crate) fn cut<T>(mut items: Vec<T>, size: usize) -> (Vec<T>, bool) {
    let more = items.len() > size;
    items.truncate(size);
    (items, more)
}

#[cfg(test)]
mod tests {
    use super::*;
    use traject_app::model::Actor;
    use traject_domain::code::Code;
    use traject_domain::labels::ReadingLanguage;
    use traject_proto::traject::dossier::v1::{ListDossiersRequest, ListFactsRequest};

    fn caller(staff: &str) -> Caller {
        let actor = Actor { staff: staff.to_owned(), agency: Code::new("GGC"), role: Code::new("case_officer") };
        Caller { actor, language: ReadingLanguage::En }
    }

    #[test]
    fn a_token_fits_its_own_list_filter_and_caller_only() {
        let key = PageKey::new(&[7; 32]);
        let list = ListDossiersRequest { municipality: "21004".to_owned(), ..Default::default() };
        let token = key.seal(&list, &caller("a"), b"place");
        assert_eq!(key.open(&list, &caller("a"), &token).expect("it fits"), Some(b"place".to_vec()));
        assert_eq!(key.open(&list, &caller("a"), "").expect("the first page"), None);
        assert!(key.open(&list, &caller("b"), &token).is_err());
        assert!(key.open(&ListDossiersRequest::default(), &caller("a"), &token).is_err());
        assert!(key.open(&ListFactsRequest::default(), &caller("a"), &token).is_err());
        assert!(PageKey::new(&[8; 32]).open(&list, &caller("a"), &token).is_err());
        for wrong in ["x", "00", &token[1..], &format!("{token}00"), "é"] {
            assert!(key.open(&list, &caller("a"), wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_page_has_a_default_and_a_greatest_size() {
        assert_eq!((size(0), size(7), size(5_000)), (Ok(50), Ok(7), Ok(1_000)));
        assert!(size(-1).is_err());
    }
}
