//! The pages behind the codes on letters: served beside the calls, from the documents that the record keeps.

use crate::site::Site;
use anyhow::Context;
use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use std::future::Future;
use std::sync::Arc;
use tokio::net::TcpListener;
use traject_app::Desk;
use traject_app::ids::DeliveryId;
use traject_app::model::DeliveryState;
use traject_twin_http::{Page, PageCodes, Pages, Settings, Unavailable, router};
use uuid::Uuid;

/// Pages that are about to be served.
pub struct Listening {
    listener: TcpListener,
    settings: Settings,
}

impl Listening {
    /// Opens the port, where the configuration names one.
    ///
    /// # Errors
    /// When the address is taken, or the key cannot be read.
    pub async fn open(site: &Site) -> anyhow::Result<Option<Self>> {
        let (Some(address), Some(codes)) = (site.config.pages.listen, site.page_codes()?) else { return Ok(None) };
        let listener = TcpListener::bind(address).await.with_context(|| format!("cannot listen on {address}"))?;
        tracing::info!(address = %listener.local_addr()?, "pages");
        let valid_for = SignedDuration::try_from(site.config.pages.valid_for.get()).context("pages.valid_for")?;
        let pages = Arc::new(StoredPages(site.desk.clone()));
        let not_found = traject_templates::PAGE_NOT_FOUND.to_owned();
        Ok(Some(Self { listener, settings: Settings { codes: PageCodes::clone(&codes), pages, valid_for, not_found } }))
    }

    /// Answers until `stop` ends.
    ///
    /// # Errors
    /// When the server fails.
    pub async fn serve(self, stop: impl Future<Output = ()> + Send + 'static) -> anyhow::Result<()> {
        traject_twin_http::serve(self.listener, router(self.settings), stop).await.context("pages cannot be served")
    }
}

/// The HTML twins of the documents that the record keeps.
struct StoredPages(Desk);

#[async_trait]
impl Pages for StoredPages {
    async fn page(&self, letter: Uuid) -> Result<Option<Page>, Unavailable> {
        let id = DeliveryId(letter);
        let away = |error: traject_app::error::ReadError| {
            tracing::warn!(%error, "a page could not be read");
            Unavailable
        };
        let Some(delivery) = self.0.store.delivery(id).await.map_err(away)? else { return Ok(None) };
        // A letter that was stopped before it left tells nobody anything.
        if delivery.state == DeliveryState::Cancelled {
            return Ok(None);
        }
        let made = self.0.store.delivery_events(id).await.map_err(away)?;
        let made = made.iter().rev().find(|event| event.state == DeliveryState::Rendered).map(|event| event.at);
        let document = self.0.store.document(id).await.map_err(away)?;
        let html = document.and_then(|document| document.html).and_then(|html| String::from_utf8(html).ok());
        Ok(html.zip(made).map(|(html, made_at)| Page { html, made_at }))
    }

    fn now(&self) -> Timestamp {
        self.0.clock.now()
    }
}
