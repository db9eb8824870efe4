//! `traject serve`: the gRPC server with its health, its jobs beside it, and an orderly end.

use crate::coded;
use crate::documents::DeskDocuments;
use crate::figures::DeskReports;
use crate::jobs::{Jobs, Part, Ran};
use crate::mailings::{self, MailingMails, Turn};
use crate::pages;
use crate::site::Site;
use anyhow::{Context, anyhow};
use std::future::Future;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio_stream::wrappers::TcpListenerStream;
use tonic::transport::Server;
use tonic::transport::server::Router;
use tonic_health::ServingStatus;
use tonic_health::server::HealthReporter;
use traject_api_grpc::{Api, PageKey, SERVICES, Tokens, routes};
use traject_app::mailing::MailingError;
use traject_app::model::Actor;
use traject_codec::{Salts as _, SystemSalts};
use traject_config::Secrets;
use traject_domain::code::Code;
use traject_letter_pdf::LetterPdf;
use traject_templates::reasons::ReasonTexts;

/// Calls of one connection at a time; more are refused as exhausted, and never pile up.
const CALLS_PER_CONNECTION: usize = 256;

/// How often the database is asked whether it answers.
const PROBE_EVERY: Duration = Duration::from_secs(5);

/// A server that listens, and does not answer yet.
pub struct Listening {
    site: Site,
    secrets: Secrets,
    listener: TcpListener,
    press: Arc<LetterPdf>,
    reason_texts: Arc<ReasonTexts>,
    pages: Option<pages::Listening>,
}

impl Listening {
    /// Opens the port and everything that the configuration names.
    ///
    /// # Errors
    /// When the address is taken, a secret's file cannot be read, or fonts and texts are not whole.
    pub async fn open(site: Site) -> anyhow::Result<Self> {
        let secrets = site.secrets()?;
        let address = site.config.server.listen;
        let listener = TcpListener::bind(address).await.with_context(|| format!("cannot listen on {address}"))?;
        let press = Arc::new(LetterPdf::new()?);
        let reason_texts = Arc::new(ReasonTexts::load()?);
        let pages = pages::Listening::open(&site).await?;
        Ok(Self { site, secrets, listener, press, reason_texts, pages })
    }

    /// Where it listens.
    ///
    /// # Errors
    /// When the system does not say.
    pub fn address(&self) -> anyhow::Result<SocketAddr> {
        Ok(self.listener.local_addr()?)
    }

    /// Answers until `stop` ends; then lets running calls end within the configured time, and closes the record.
    ///
    /// # Errors
    /// When the server or the closing of the record fails; everything acknowledged is durable regardless.
    pub async fn serve(self, stop: impl Future<Output = ()> + Send + 'static) -> anyhow::Result<()> {
        let Self { site, secrets, listener, press, reason_texts, pages } = self;
        let (stopping, stopped) = watch::channel(false);
        let (reporter, health) = tonic_health::server::health_reporter();
        // The database was opened just now; how the jobs fare, nobody knows yet.
        tell(&reporter, ServingStatus::Serving).await;
        for part in Part::ALL {
            reporter.set_service_status(part.name(), ServingStatus::Unknown).await;
        }
        let mut probe = tokio::spawn(probe(site.clone(), reporter.clone(), stopped.clone()));
        let jobs = Jobs::new(&site, Arc::clone(&press))?;
        jobs.recover().await?;
        let mut jobs = tokio::spawn(work(jobs, reporter.clone(), stopped.clone()));
        let mut pages = tokio::spawn(serve_pages(pages, stopped.clone()));
        let mails = mailing_mails(&site).await?;
        let every = site.config.server.jobs_every.get();
        let mut mails = tokio::spawn(send_mailings(mails, every, reporter.clone(), stopped.clone()));
        let drain = site.config.server.drain_timeout.get();
        let router = router(&site, &secrets, press, reason_texts)?.add_service(health);
        let mut server =
            tokio::spawn(router.serve_with_incoming_shutdown(TcpListenerStream::new(listener), ended(stopped)));
        tokio::select! {
            () = stop => {}
            early = &mut server => return early?.context("the server ended by itself"),
            // A server whose deadlines stand still would be worse than none.
            early = &mut jobs => return early.context("the jobs ended by themselves"),
            early = &mut mails => return early.context("the mailings ended by themselves"),
            early = &mut probe => return early.context("the watch over the database ended by itself"),
            early = &mut pages => return early?.context("the pages ended by themselves"),
        }
        tracing::info!("stopping");
        tell(&reporter, ServingStatus::NotServing).await;
        let _ = stopping.send(true);
        match tokio::time::timeout(drain, &mut server).await {
            Ok(result) => result?.context("the server failed while it drained")?,
            Err(_) => {
                tracing::warn!("calls were still running after the time to drain");
                server.abort();
                let _ = server.await;
            }
        }
        probe.await?;
        jobs.await?;
        pages.await??;
        mails.await?;
        site.close().await
    }
}

fn router(
    site: &Site,
    secrets: &Secrets,
    press: Arc<LetterPdf>,
    reason_texts: Arc<ReasonTexts>,
) -> anyhow::Result<Router> {
    let salts = SystemSalts::default();
    let random = || salts.next().map_err(|_| anyhow!("the system gives no random bytes"));
    let mut key = [0; 32];
    key[..16].copy_from_slice(&random()?);
    key[16..].copy_from_slice(&random()?);
    let documents = DeskDocuments {
        desk: site.desk.clone(),
        store: Arc::clone(&site.store),
        press: Arc::clone(&press),
        senders: site.senders()?,
    };
    let reports = DeskReports { desk: site.desk.clone(), press };
    let page_key = Arc::new(PageKey::new(&key));
    let api = Api {
        desk: site.desk.clone(),
        mailings: mailings::desk(site),
        reports: Arc::new(reports),
        documents: Arc::new(documents),
        reason_texts,
        page_key,
    };
    let tokens = secrets.tokens.iter().map(|token| {
        let actor =
            Actor { staff: token.staff.clone(), agency: Code::new(&token.agency), role: Code::new(&token.role) };
        (token.token.expose(), actor)
    });
    let size = usize::try_from(site.config.server.request_size_max.bytes()).unwrap_or(usize::MAX);
    let routes = routes(&api, &Tokens::new(tokens), size);
    Ok(Server::builder()
        .concurrency_limit_per_connection(CALLS_PER_CONNECTION)
        .load_shed(true)
        .trace_fn(|request| tracing::info_span!("call", method = request.uri().path()))
        .add_routes(routes))
}

/// Serves pages until the server is to stop; without any, waits for that.
async fn serve_pages(pages: Option<pages::Listening>, stopped: watch::Receiver<bool>) -> anyhow::Result<()> {
    match pages {
        Some(pages) => pages.serve(ended(stopped)).await,
        None => {
            ended(stopped).await;
            Ok(())
        }
    }
}

/// Ends when the server is to stop.
async fn ended(mut stopped: watch::Receiver<bool>) {
    // The other end is gone only when the server is.
    let _ = stopped.wait_for(|stopped| *stopped).await;
}

/// Tells how every service fares: none can do without the database.
async fn tell(reporter: &HealthReporter, status: ServingStatus) {
    for name in SERVICES.iter().chain(&["", "database"]) {
        reporter.set_service_status(*name, status).await;
    }
}

/// Tells whether the record answers.
async fn probe(site: Site, reporter: HealthReporter, stopped: watch::Receiver<bool>) {
    let mut was_ready = true;
    loop {
        let ready = site.desk.store.ready().await;
        if let (Err(error), true) = (&ready, was_ready) {
            tracing::error!(%error, "the database does not answer");
        }
        was_ready = ready.is_ok();
        tell(&reporter, if was_ready { ServingStatus::Serving } else { ServingStatus::NotServing }).await;
        if tokio::time::timeout(PROBE_EVERY, ended(stopped.clone())).await.is_ok() {
            return;
        }
    }
}

/// Runs the jobs one after the other, again and again, and tells by their health services how they fare.
async fn work(jobs: Jobs, reporter: HealthReporter, stopped: watch::Receiver<bool>) {
    loop {
        let mut ran = Ran::default();
        for part in Part::ALL {
            let status = match jobs.run(*part, &mut ran).await {
                Ok(()) => ServingStatus::Serving,
                Err(error) => {
                    tracing::error!(job = part.name(), error = format!("{error:#}"), "a job failed; it is tried again");
                    ServingStatus::NotServing
                }
            };
            reporter.set_service_status(part.name(), status).await;
        }
        if ran != Ran::default() {
            tracing::info!(ran.assessed, ran.printed, ran.mailed, "jobs");
        }
        if tokio::time::timeout(jobs.every(), ended(stopped.clone())).await.is_ok() {
            return;
        }
    }
}

/// The health service of mailings, and their name in the log.
const MAILINGS: &str = "mailings";

/// What sends mails of mailings, after it has settled what an earlier program left half done.
async fn mailing_mails(site: &Site) -> anyhow::Result<Option<MailingMails>> {
    let Some(mails) = MailingMails::new(site)? else { return Ok(None) };
    let in_doubt = mails.recover().await.map_err(|error| coded(error.code(), error))?;
    if in_doubt > 0 {
        tracing::warn!(in_doubt, "mails of mailings were being sent when the program ended");
    }
    Ok(Some(mails))
}

/// Sends mails of mailings one by one, beside the jobs: a pace must not hold deadlines up.
async fn send_mailings(
    mails: Option<MailingMails>,
    every: Duration,
    reporter: HealthReporter,
    stopped: watch::Receiver<bool>,
) {
    let Some(mut mails) = mails else {
        reporter.set_service_status(MAILINGS, ServingStatus::Serving).await;
        return ended(stopped).await;
    };
    loop {
        let turn = async {
            let turn = mails.turn().await?;
            if turn == Turn::Idle {
                mails.forget().await?;
            }
            Ok::<_, MailingError>(turn)
        };
        let (status, rest) = match turn.await {
            Ok(turn) => (ServingStatus::Serving, MailingMails::rest(turn, every)),
            Err(error) => {
                let error = format!("{:#}", coded(error.code(), error));
                tracing::error!(job = MAILINGS, error, "a job failed; it is tried again");
                (ServingStatus::NotServing, every)
            }
        };
        reporter.set_service_status(MAILINGS, status).await;
        if tokio::time::timeout(rest, ended(stopped.clone())).await.is_ok() {
            return;
        }
    }
}
