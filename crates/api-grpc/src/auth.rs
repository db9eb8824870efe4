//! Who calls: a token in the header `authorization`, and the language in `accept-language`.

use crate::error::unauthenticated;
use ring::digest::{SHA256, digest};
use std::collections::HashMap;
use std::sync::Arc;
use tonic::metadata::MetadataMap;
use tonic::service::Interceptor;
use tonic::{Request, Status};
use traject_app::model::Actor;
use traject_domain::labels::ReadingLanguage;

/// The caller of one request.
#[derive(Debug, Clone)]
pub struct Caller {
    /// Who acts, for which agency, in which role.
    pub actor: Actor,
    /// The language to answer a person in.
    pub language: ReadingLanguage,
}

impl Caller {
    /// The caller's name before request ids: the same id of two callers is two requests.
    pub(crate) fn key(&self) -> String {
        format!("{}@{}", self.actor.staff, self.actor.agency)
    }
}

/// Static tokens: each stands for one person in one role at one agency. Kept as hashes.
#[derive(Clone, Default)]
pub struct Tokens(Arc<HashMap<[u8; 32], Actor>>);

impl Tokens {
    /// Takes tokens with those they stand for.
    pub fn new<'t>(tokens: impl IntoIterator<Item = (&'t str, Actor)>) -> Self {
        Self(Arc::new(tokens.into_iter().map(|(token, actor)| (hash(token), actor)).collect()))
    }

    fn caller(&self, metadata: &MetadataMap) -> Option<Actor> {
        let header = metadata.get("authorization")?.to_str().ok()?;
        let (scheme, token) = header.split_once(' ')?;
        // Looked up by its hash, a token's characters cannot be found out one by one from the time an answer takes.
        scheme.eq_ignore_ascii_case("bearer").then(|| self.0.get(&hash(token.trim())).cloned()).flatten()
    }
}

impl Interceptor for Tokens {
    fn call(&mut self, mut request: Request<()>) -> Result<Request<()>, Status> {
        let language = language(request.metadata());
        let actor = self.caller(request.metadata()).ok_or_else(|| unauthenticated(language))?;
        request.extensions_mut().insert(Caller { actor, language });
        Ok(request)
    }
}

fn hash(token: &str) -> [u8; 32] {
    let mut bytes = [0; 32];
    bytes.copy_from_slice(digest(&SHA256, token.as_bytes()).as_ref());
    bytes
}

/// The first language of the header (RFC 9110, 12.5.4) that is spoken here; English without one.
fn language(metadata: &MetadataMap) -> ReadingLanguage {
    let header = metadata.get("accept-language").and_then(|value| value.to_str().ok()).unwrap_or_default();
    let spoken = header.split(',').find_map(|range| match range.trim().get(..2)?.to_ascii_lowercase().as_str() {
        "nl" => Some(ReadingLanguage::Nl),
        "fr" => Some(ReadingLanguage::Fr),
        "en" => Some(ReadingLanguage::En),
        _ => None,
    });
    spoken.unwrap_or_default()
}

/// The caller that the interceptor found.
///
/// # Errors
/// UNAUTHENTICATED, should a service ever be reached around it.
pub(crate) fn caller<T>(request: &Request<T>) -> Result<Caller, Status> {
    request.extensions().get::<Caller>().cloned().ok_or_else(|| unauthenticated(ReadingLanguage::default()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use traject_domain::code::Code;

    fn tokens() -> Tokens {
        let actor = Actor { staff: "s-1".to_owned(), agency: Code::new("21004"), role: Code::new("clerk") };
        Tokens::new([("0123456789abcdef", actor)])
    }

    fn call(headers: &[(&'static str, &'static str)]) -> Result<Caller, Status> {
        let mut request = Request::new(());
        for (name, value) in headers {
            request.metadata_mut().insert(*name, value.parse().expect("a header"));
        }
        caller(&tokens().call(request)?)
    }

    #[test]
    fn a_known_token_names_its_caller_and_anything_else_nobody() {
        let known = call(&[("authorization", "Bearer 0123456789abcdef"), ("accept-language", "de, fr-BE;q=0.8")]);
        let known = known.expect("it is known");
        assert_eq!((known.key().as_str(), known.language), ("s-1@21004", ReadingLanguage::Fr));
        for wrong in ["Bearer 0123456789abcdeF", "Basic 0123456789abcdef", "0123456789abcdef", "Bearer "] {
            let status = call(&[("authorization", wrong)]).expect_err(wrong);
            assert_eq!(status.code(), tonic::Code::Unauthenticated);
        }
        assert!(call(&[]).is_err());
    }
}
