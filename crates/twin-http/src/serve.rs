//! Answering: one page for one code, and nothing else.

use crate::code::PageCodes;
use axum::Router;
use axum::extract::{Path, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use jiff::{SignedDuration, Timestamp};
use std::future::Future;
use std::sync::Arc;
use tokio::net::TcpListener;
use uuid::Uuid;

/// A letter's page.
#[derive(Clone, PartialEq, Eq)]
pub struct Page {
    /// The whole page, which fetches nothing.
    pub html: String,
    /// When the letter was made.
    pub made_at: Timestamp,
}

impl std::fmt::Debug for Page {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Page").field("made_at", &self.made_at).finish_non_exhaustive()
    }
}

/// Pages cannot be read at this moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("pages cannot be read at this moment")]
pub struct Unavailable;

/// Where pages come from.
#[async_trait::async_trait]
pub trait Pages: Send + Sync {
    /// The page of a letter; none for a letter that has none, or is not there.
    ///
    /// # Errors
    /// [`Unavailable`].
    async fn page(&self, letter: Uuid) -> Result<Option<Page>, Unavailable>;

    /// Now.
    fn now(&self) -> Timestamp;
}

/// What pages are served by.
pub struct Settings {
    /// Reads the codes.
    pub codes: PageCodes,
    /// Gives the pages.
    pub pages: Arc<dyn Pages>,
    /// How long after the making of its letter a page can be read.
    pub valid_for: SignedDuration,
    /// What a reader sees where there is no page: a whole page as well.
    pub not_found: String,
}

/// The service: `GET /l/{code}`.
pub fn router(settings: Settings) -> Router {
    Router::new().route("/l/{code}", get(letter)).fallback(absent).with_state(Arc::new(settings))
}

/// Answers on a listener until `stop` ends; an answer that has begun is given whole.
///
/// # Errors
/// When the listener fails.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    stop: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    axum::serve(listener, router).with_graceful_shutdown(stop).await
}

async fn letter(State(settings): State<Arc<Settings>>, Path(code): Path<String>) -> Response {
    let Some(letter) = settings.codes.read(&code) else { return not_found(&settings) };
    match settings.pages.page(letter).await {
        Ok(Some(page)) if settings.pages.now().duration_since(page.made_at) <= settings.valid_for => {
            // The reference of the letter, and nothing of the reader.
            tracing::info!(delivery = %letter, "a page was read");
            answer(StatusCode::OK, page.html)
        }
        Ok(_) => not_found(&settings),
        Err(Unavailable) => answer(StatusCode::SERVICE_UNAVAILABLE, settings.not_found.clone()),
    }
}

async fn absent(State(settings): State<Arc<Settings>>) -> Response {
    not_found(&settings)
}

fn not_found(settings: &Settings) -> Response {
    answer(StatusCode::NOT_FOUND, settings.not_found.clone())
}

/// A page that is kept nowhere, runs nothing, fetches nothing, and tells its address to nobody.
fn answer(status: StatusCode, html: String) -> Response {
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8")),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
        (header::REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
        (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
        (
            header::CONTENT_SECURITY_POLICY,
            HeaderValue::from_static(
                "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; \
                 frame-ancestors 'none'",
            ),
        ),
        (header::HeaderName::from_static("x-robots-tag"), HeaderValue::from_static("noindex, nofollow")),
    ];
    (status, headers, html).into_response()
}
