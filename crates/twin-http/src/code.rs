//! Codes of pages: the letter's reference and a seal over it.

use data_encoding::BASE32_NOPAD;
use ring::hmac;
use uuid::Uuid;

/// What the seal is over, before the reference: the same key may seal other things.
const PURPOSE: &[u8] = b"traject.page.v1\0";
/// Octets of the seal: 80 bits, which nobody guesses through a network.
const SEAL_LENGTH: usize = 10;

/// The address under which pages are reached from outside, such as `https://letters.example`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BaseUrl(String);

/// A text that cannot be the start of an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an address such as https://letters.example is needed, without a query and without spaces")]
pub struct NotABaseUrl;

impl BaseUrl {
    /// Reads an address; a slash at its end is left out.
    ///
    /// # Errors
    /// [`NotABaseUrl`] for anything that does not begin with `https://` or `http://`, or holds a query, a fragment, a
    /// space or a control character.
    pub fn parse(text: &str) -> Result<Self, NotABaseUrl> {
        let host = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://")).ok_or(NotABaseUrl)?;
        let is_plain = |c: char| c.is_ascii_graphic() && !matches!(c, '?' | '#' | '"' | '<' | '>' | '\\');
        let is_host = host.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '[');
        if is_host && host.chars().all(is_plain) {
            Ok(Self(text.trim_end_matches('/').to_owned()))
        } else {
            Err(NotABaseUrl)
        }
    }
}

/// Makes and reads the codes of pages, with one secret key.
#[derive(Clone)]
pub struct PageCodes {
    key: hmac::Key,
    base: BaseUrl,
}

impl std::fmt::Debug for PageCodes {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PageCodes").field("base", &self.base).finish_non_exhaustive()
    }
}

impl PageCodes {
    /// Codes under a key of 32 octets.
    pub fn new(key: &[u8; 32], base: BaseUrl) -> Self {
        Self { key: hmac::Key::new(hmac::HMAC_SHA256, key), base }
    }

    /// The code of a letter: 42 characters, `a` to `z` and `2` to `7`.
    pub fn code(&self, letter: Uuid) -> String {
        let octets = [letter.as_bytes().as_slice(), &self.seal(letter)].concat();
        BASE32_NOPAD.encode(&octets).to_ascii_lowercase()
    }

    /// The address of a letter's page.
    pub fn address(&self, letter: Uuid) -> String {
        format!("{}/l/{}", self.base.0, self.code(letter))
    }

    /// The letter of a code in either case; `None` when this key did not make it.
    pub fn read(&self, code: &str) -> Option<Uuid> {
        let octets = BASE32_NOPAD.decode(code.to_ascii_uppercase().as_bytes()).ok()?;
        let (reference, seal) = octets.split_at_checked(16)?;
        let letter = Uuid::from_slice(reference).ok()?;
        is_equal(&self.seal(letter), seal).then_some(letter)
    }

    fn seal(&self, letter: Uuid) -> Vec<u8> {
        let tag = hmac::sign(&self.key, &[PURPOSE, letter.as_bytes()].concat());
        tag.as_ref()[..SEAL_LENGTH].to_vec()
    }
}

/// Compares in a time that does not tell where two seals differ.
fn is_equal(own: &[u8], given: &[u8]) -> bool {
    let differ = own.iter().zip(given).fold(0, |differ, (own, given)| differ | (own ^ given));
    own.len() == given.len() && differ == 0
}
