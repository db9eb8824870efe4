//! The port of mailings over a database.

use crate::connect::Db;
use crate::entity::{mail_preference, mailing, mailing_recipient, mailing_text};
use crate::error::{Corrupt, Failure};
use crate::group::{insert, lists};
use crate::lists::retried;
use crate::mailing_row::{from_mailing, from_preference, from_recipient, to_mailing, to_preference, to_recipient};
use crate::read::rows;
use crate::store::SqlStore;
use crate::value::{Micros, state, to_i64, to_u64};
use async_trait::async_trait;
use jiff::Timestamp;
use sea_orm::sea_query::{Expr, ExprTrait as _, OnConflict};
use sea_orm::{
    ColumnTrait as _, Condition, ConnectionTrait, EntityTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _,
};
use traject_app::error::ReadError;
use traject_app::ids::{DossierId, MailingId, PreferenceId, RecipientId};
use traject_app::mailing::preference::{Reached, barred};
use traject_app::mailing::{
    AddressHash, Begun, Creation, Mailing, MailingState, Mailings, Preference, PreferenceFilter, Progress, Reason,
    Recipient, Settled, Subject,
};
use traject_app::model::Request;
use traject_domain::code::Code;
use traject_domain::delivery::DeliveryState;

/// The states in which a mail waits to be sent.
const WAITING: [&str; 2] = [DeliveryState::Created.code(), DeliveryState::TemporaryFailure.code()];

#[async_trait]
impl Mailings for SqlStore {
    async fn create(
        &self,
        mailing: &Mailing,
        recipients: &[Recipient],
        request: &Request,
    ) -> Result<Creation, ReadError> {
        Ok(retried(|| create(&self.db, mailing, recipients, request)).await?)
    }

    async fn mailing(&self, id: MailingId) -> Result<Option<Mailing>, ReadError> {
        Ok(one(&self.db.reader, id).await?)
    }

    async fn mailings(
        &self,
        issuer: Option<&Code>,
        states: &[MailingState],
        after: Option<MailingId>,
        limit: usize,
    ) -> Result<Vec<Mailing>, ReadError> {
        Ok(list(&self.db.reader, issuer, states, after, limit).await?)
    }

    async fn move_mailing(
        &self,
        id: MailingId,
        version: u64,
        to: MailingState,
        now: Timestamp,
    ) -> Result<Option<Mailing>, ReadError> {
        Ok(retried(|| move_mailing(&self.db, id, version, to, now)).await?)
    }

    async fn progress(&self, id: MailingId) -> Result<Progress, ReadError> {
        Ok(progress(&self.db.reader, id).await?)
    }

    async fn recipients(
        &self,
        id: MailingId,
        state: Option<DeliveryState>,
        after: Option<u64>,
        limit: usize,
    ) -> Result<Vec<Recipient>, ReadError> {
        Ok(recipients(&self.db.reader, id, state, after, limit).await?)
    }

    async fn recipient(&self, id: RecipientId) -> Result<Option<Recipient>, ReadError> {
        Ok(recipient(&self.db.reader, id).await?)
    }

    async fn due(&self, id: MailingId, now: Timestamp) -> Result<Option<Recipient>, ReadError> {
        Ok(due(&self.db.reader, id, now).await?)
    }

    async fn begin(&self, id: RecipientId, now: Timestamp) -> Result<Begun, ReadError> {
        Ok(retried(|| begin(&self.db, id, now)).await?)
    }

    async fn settle(&self, id: RecipientId, settled: Settled, now: Timestamp) -> Result<bool, ReadError> {
        Ok(retried(|| settle(&self.db, id, settled, now)).await?)
    }

    async fn interrupted(&self, now: Timestamp) -> Result<u64, ReadError> {
        Ok(retried(|| interrupted(&self.db, now)).await?)
    }

    async fn record_preference(&self, new: &Preference) -> Result<Preference, ReadError> {
        Ok(retried(|| record_preference(&self.db, new)).await?)
    }

    async fn withdraw_preference(&self, id: PreferenceId, now: Timestamp) -> Result<Option<Preference>, ReadError> {
        Ok(retried(|| withdraw_preference(&self.db, id, now)).await?)
    }

    async fn preferences(
        &self,
        filter: &PreferenceFilter,
        after: Option<PreferenceId>,
        limit: usize,
    ) -> Result<Vec<Preference>, ReadError> {
        Ok(preferences(&self.db.reader, filter, after, limit).await?)
    }

    async fn preferences_about(
        &self,
        dossiers: &[DossierId],
        addresses: &[AddressHash],
    ) -> Result<Vec<Preference>, ReadError> {
        Ok(preferences_about(&self.db.reader, dossiers, addresses).await?)
    }

    async fn forget(&self, over_before: Timestamp, now: Timestamp) -> Result<u64, ReadError> {
        Ok(retried(|| forget(&self.db, over_before, now)).await?)
    }
}

async fn create(db: &Db, mailing: &Mailing, recipients: &[Recipient], request: &Request) -> Result<Creation, Failure> {
    let tx = db.begin_write().await?;
    let mut skip = OnConflict::columns([mailing::Column::Caller, mailing::Column::Request]);
    skip.do_nothing();
    let made = insert::<mailing::Entity>(&tx, vec![from_mailing(mailing, request)], Some(&skip)).await?;
    if made == 0 {
        let earlier = mailing::Entity::find()
            .filter(mailing::Column::Caller.eq(&request.caller))
            .filter(mailing::Column::Request.eq(request.id))
            .one(&tx)
            .await?
            .ok_or(Corrupt("request of a mailing"))?;
        let same = earlier.request_hash == request.hash;
        let found = one(&tx, MailingId(earlier.id)).await?.filter(|_| same);
        tx.rollback().await?;
        return Ok(found.map_or(Creation::Reused, |earlier| Creation::Made(Box::new(earlier))));
    }
    let texts = mailing.texts.iter().map(|(language, text)| mailing_text::Model {
        mailing: mailing.id.0,
        language: language.to_string(),
        subject: text.subject.clone(),
        body: text.body.clone(),
    });
    insert::<mailing_text::Entity>(&tx, texts.collect(), None).await?;
    insert::<mailing_recipient::Entity>(&tx, recipients.iter().map(from_recipient).collect(), None).await?;
    let made = one(&tx, mailing.id).await?.ok_or(Corrupt("mailing"))?;
    tx.commit().await?;
    Ok(Creation::Made(Box::new(made)))
}

async fn one(db: &impl ConnectionTrait, id: MailingId) -> Result<Option<Mailing>, Failure> {
    let Some(row) = mailing::Entity::find_by_id(id.0).one(db).await? else { return Ok(None) };
    Ok(with_texts(db, vec![row]).await?.pop())
}

async fn with_texts(db: &impl ConnectionTrait, found: Vec<mailing::Model>) -> Result<Vec<Mailing>, Failure> {
    let ids: Vec<_> = found.iter().map(|row| row.id).collect();
    let mut texts = Vec::new();
    for ids in lists(&ids) {
        texts.extend(mailing_text::Entity::find().filter(mailing_text::Column::Mailing.is_in(ids)).all(db).await?);
    }
    let of = |row: &mailing::Model| texts.iter().filter(|text| text.mailing == row.id).cloned().collect::<Vec<_>>();
    Ok(found.iter().map(|row| to_mailing(row, of(row))).collect::<Result<_, _>>()?)
}

async fn list(
    db: &impl ConnectionTrait,
    issuer: Option<&Code>,
    states: &[MailingState],
    after: Option<MailingId>,
    limit: usize,
) -> Result<Vec<Mailing>, Failure> {
    use mailing::Column;
    let states = states.iter().map(|state| state.code());
    let mut find =
        mailing::Entity::find().filter(Column::State.is_in(states)).order_by_asc(Column::Id).limit(rows(limit));
    if let Some(issuer) = issuer {
        find = find.filter(Column::Issuer.eq(issuer.as_str()));
    }
    if let Some(after) = after {
        find = find.filter(Column::Id.gt(after.0));
    }
    let found = find.all(db).await?;
    with_texts(db, found).await
}

/// A mailing's row, which nobody else changes until the transaction ends.
async fn held(db: &Db, tx: &impl ConnectionTrait, id: uuid::Uuid) -> Result<Option<mailing::Model>, Failure> {
    let find = mailing::Entity::find_by_id(id);
    // On SQLite the transaction itself holds everything.
    let find = if db.is_postgres() { find.lock_exclusive() } else { find };
    Ok(find.one(tx).await?)
}

async fn move_mailing(
    db: &Db,
    id: MailingId,
    version: u64,
    to: MailingState,
    now: Timestamp,
) -> Result<Option<Mailing>, Failure> {
    use mailing::Column;
    let tx = db.begin_write().await?;
    let before = held(db, &tx, id.0).await?.filter(|row| row.version == to_i64(version));
    let Some(before) = before else {
        tx.rollback().await?;
        return Ok(None);
    };
    let now = Micros::from(now);
    let mut change = mailing::Entity::update_many()
        .col_expr(Column::State, Expr::value(to.code()))
        .col_expr(Column::Version, Expr::col(Column::Version).add(1))
        .filter(Column::Id.eq(id.0));
    if to == MailingState::Running && before.started_at.is_none() {
        change = change.col_expr(Column::StartedAt, Expr::value(now.0));
    }
    if to.is_final() {
        change = change.col_expr(Column::FinishedAt, Expr::value(now.0));
    }
    change.exec(&tx).await?;
    if to == MailingState::Cancelled {
        use mailing_recipient::Column;
        mailing_recipient::Entity::update_many()
            .col_expr(Column::State, Expr::value(DeliveryState::Cancelled.code()))
            .col_expr(Column::Reason, Expr::value(Reason::MailingCancelled.code()))
            .col_expr(Column::RetryAt, Expr::value(None::<i64>))
            .col_expr(Column::ChangedAt, Expr::value(now.0))
            .filter(Column::Mailing.eq(id.0))
            .filter(Column::State.is_in(WAITING))
            .exec(&tx)
            .await?;
    }
    let moved = one(&tx, id).await?;
    tx.commit().await?;
    Ok(moved)
}

async fn progress(db: &impl ConnectionTrait, id: MailingId) -> Result<Progress, Failure> {
    use mailing_recipient::Column;
    let counts: Vec<(String, i64)> = mailing_recipient::Entity::find()
        .select_only()
        .column(Column::State)
        .column_as(Column::Id.count(), "recipients")
        .filter(Column::Mailing.eq(id.0))
        .group_by(Column::State)
        .into_tuple()
        .all(db)
        .await?;
    let mut progress = Progress::default();
    for (code, count) in counts {
        progress.0.insert(state(&code)?, to_u64(count)?);
    }
    Ok(progress)
}

async fn recipients(
    db: &impl ConnectionTrait,
    id: MailingId,
    state: Option<DeliveryState>,
    after: Option<u64>,
    limit: usize,
) -> Result<Vec<Recipient>, Failure> {
    use mailing_recipient::Column;
    let mut find = mailing_recipient::Entity::find()
        .filter(Column::Mailing.eq(id.0))
        .order_by_asc(Column::Line)
        .limit(rows(limit));
    if let Some(state) = state {
        find = find.filter(Column::State.eq(state.code()));
    }
    if let Some(after) = after {
        find = find.filter(Column::Line.gt(to_i64(after)));
    }
    Ok(find.all(db).await?.iter().map(to_recipient).collect::<Result<_, _>>()?)
}

async fn recipient(db: &impl ConnectionTrait, id: RecipientId) -> Result<Option<Recipient>, Failure> {
    Ok(mailing_recipient::Entity::find_by_id(id.0).one(db).await?.as_ref().map(to_recipient).transpose()?)
}

async fn due(db: &impl ConnectionTrait, id: MailingId, now: Timestamp) -> Result<Option<Recipient>, Failure> {
    use mailing_recipient::Column;
    let of = || mailing_recipient::Entity::find().filter(Column::Mailing.eq(id.0));
    let again = of()
        .filter(Column::State.eq(DeliveryState::TemporaryFailure.code()))
        .filter(Column::RetryAt.lte(Micros::from(now).0))
        .order_by_asc(Column::RetryAt)
        .order_by_asc(Column::Line);
    if let Some(found) = again.one(db).await? {
        return Ok(Some(to_recipient(&found)?));
    }
    let first = of().filter(Column::State.eq(DeliveryState::Created.code())).order_by_asc(Column::Line);
    Ok(first.one(db).await?.as_ref().map(to_recipient).transpose()?)
}

async fn begin(db: &Db, id: RecipientId, now: Timestamp) -> Result<Begun, Failure> {
    use mailing_recipient::Column;
    let tx = db.begin_write().await?;
    let Some(found) = recipient(&tx, id).await? else {
        tx.rollback().await?;
        return Ok(Begun::Taken);
    };
    let mailing = held(db, &tx, found.mailing.0).await?.ok_or(Corrupt("mailing"))?;
    if mailing.state != MailingState::Running.code() {
        tx.rollback().await?;
        return Ok(Begun::NotRunning);
    }
    let purpose = crate::mailing_row::purpose(&mailing.purpose)?;
    let dossiers: Vec<_> = found.dossier.into_iter().collect();
    let preferences = preferences_about(&tx, &dossiers, &[found.address]).await?;
    let reached = Reached { dossier: found.dossier, address: found.address };
    let why = match found.person {
        None => Some(Reason::Forgotten),
        Some(_) => barred(purpose, &reached, &preferences, now),
    };
    let (to, attempt) = if why.is_some() { (DeliveryState::Cancelled, 0) } else { (DeliveryState::Sending, 1) };
    let change = mailing_recipient::Entity::update_many()
        .col_expr(Column::State, Expr::value(to.code()))
        .col_expr(Column::Reason, Expr::value(why.map(Reason::code)))
        .col_expr(Column::RetryAt, Expr::value(None::<i64>))
        .col_expr(Column::Attempts, Expr::col(Column::Attempts).add(attempt))
        .col_expr(Column::ChangedAt, Expr::value(Micros::from(now).0))
        .filter(Column::Id.eq(id.0))
        .filter(Column::State.is_in(WAITING));
    if change.exec(&tx).await?.rows_affected == 0 {
        tx.rollback().await?;
        return Ok(Begun::Taken);
    }
    tx.commit().await?;
    Ok(why.map_or(Begun::Started, Begun::Barred))
}

/// Whether the mailing of a recipient was cancelled.
async fn is_cancelled(db: &Db, tx: &impl ConnectionTrait, id: RecipientId) -> Result<bool, Failure> {
    let Some(found) = recipient(tx, id).await? else { return Ok(false) };
    let mailing = held(db, tx, found.mailing.0).await?;
    Ok(mailing.is_some_and(|mailing| mailing.state == MailingState::Cancelled.code()))
}

async fn settle(db: &Db, id: RecipientId, settled: Settled, now: Timestamp) -> Result<bool, Failure> {
    use mailing_recipient::Column;
    let tx = db.begin_write().await?;
    let settled = match settled.state {
        DeliveryState::TemporaryFailure if is_cancelled(db, &tx, id).await? => {
            Settled { state: DeliveryState::Cancelled, reason: Some(Reason::MailingCancelled), retry_at: None }
        }
        _ => settled,
    };
    let change = mailing_recipient::Entity::update_many()
        .col_expr(Column::State, Expr::value(settled.state.code()))
        .col_expr(Column::Reason, Expr::value(settled.reason.map(Reason::code)))
        .col_expr(Column::RetryAt, Expr::value(settled.retry_at.map(|at| Micros::from(at).0)))
        .col_expr(Column::ChangedAt, Expr::value(Micros::from(now).0))
        .filter(Column::Id.eq(id.0))
        .filter(Column::State.eq(DeliveryState::Sending.code()));
    let done = change.exec(&tx).await?.rows_affected > 0;
    tx.commit().await?;
    Ok(done)
}

async fn interrupted(db: &Db, now: Timestamp) -> Result<u64, Failure> {
    use mailing_recipient::Column;
    let tx = db.begin_write().await?;
    let change = mailing_recipient::Entity::update_many()
        .col_expr(Column::State, Expr::value(DeliveryState::InDoubt.code()))
        .col_expr(Column::Reason, Expr::value(Reason::Interrupted.code()))
        .col_expr(Column::ChangedAt, Expr::value(Micros::from(now).0))
        .filter(Column::State.eq(DeliveryState::Sending.code()));
    let count = change.exec(&tx).await?.rows_affected;
    tx.commit().await?;
    Ok(count)
}

/// About a subject.
fn about(subject: Subject) -> Condition {
    use mail_preference::Column;
    Condition::all().add(match subject {
        Subject::Dossier(dossier) => Column::Dossier.eq(dossier.0),
        Subject::Address(address) => Column::AddressHash.eq(address.0.to_vec()),
    })
}

async fn record_preference(db: &Db, new: &Preference) -> Result<Preference, Failure> {
    use mail_preference::Column;
    let tx = db.begin_write().await?;
    // Of the two unique keys one is concerned: no target is named.
    let mut skip = OnConflict::new();
    skip.do_nothing();
    insert::<mail_preference::Entity>(&tx, vec![from_preference(new)], Some(&skip)).await?;
    let found = mail_preference::Entity::find()
        .filter(about(new.subject))
        .filter(Column::Kind.eq(new.kind.code()))
        .filter(Column::WithdrawnAt.is_null())
        .one(&tx)
        .await?;
    let found = to_preference(&found.ok_or(Corrupt("preference"))?)?;
    tx.commit().await?;
    Ok(found)
}

async fn withdraw_preference(db: &Db, id: PreferenceId, now: Timestamp) -> Result<Option<Preference>, Failure> {
    use mail_preference::Column;
    let tx = db.begin_write().await?;
    mail_preference::Entity::update_many()
        .col_expr(Column::WithdrawnAt, Expr::value(Micros::from(now).0))
        .filter(Column::Id.eq(id.0))
        .filter(Column::WithdrawnAt.is_null())
        .exec(&tx)
        .await?;
    let found = mail_preference::Entity::find_by_id(id.0).one(&tx).await?;
    tx.commit().await?;
    Ok(found.as_ref().map(to_preference).transpose()?)
}

async fn preferences(
    db: &impl ConnectionTrait,
    filter: &PreferenceFilter,
    after: Option<PreferenceId>,
    limit: usize,
) -> Result<Vec<Preference>, Failure> {
    use mail_preference::Column;
    let mut find = mail_preference::Entity::find().order_by_asc(Column::Id).limit(rows(limit));
    if let Some(subject) = filter.subject {
        find = find.filter(about(subject));
    }
    if let Some(after) = after {
        find = find.filter(Column::Id.gt(after.0));
    }
    Ok(find.all(db).await?.iter().map(to_preference).collect::<Result<_, _>>()?)
}

async fn preferences_about(
    db: &impl ConnectionTrait,
    dossiers: &[DossierId],
    addresses: &[AddressHash],
) -> Result<Vec<Preference>, Failure> {
    use mail_preference::{Column, Entity};
    let mut found = Vec::new();
    let dossiers: Vec<_> = dossiers.iter().map(|dossier| dossier.0).collect();
    let counting = || Entity::find().filter(Column::WithdrawnAt.is_null());
    for ids in lists(&dossiers) {
        found.extend(counting().filter(Column::Dossier.is_in(ids)).all(db).await?);
    }
    let addresses: Vec<_> = addresses.iter().map(|address| address.0.to_vec()).collect();
    for hashes in lists(&addresses) {
        found.extend(counting().filter(Column::AddressHash.is_in(hashes)).all(db).await?);
    }
    found.sort_by_key(|row| row.id);
    Ok(found.iter().map(to_preference).collect::<Result<_, _>>()?)
}

async fn forget(db: &Db, over_before: Timestamp, now: Timestamp) -> Result<u64, Failure> {
    let tx = db.begin_write().await?;
    let over: Vec<uuid::Uuid> = mailing::Entity::find()
        .select_only()
        .column(mailing::Column::Id)
        .filter(mailing::Column::FinishedAt.lt(Micros::from(over_before).0))
        .filter(mailing::Column::ForgottenAt.is_null())
        .into_tuple()
        .all(&tx)
        .await?;
    for id in &over {
        use mailing_recipient::Column;
        let mut change = mailing_recipient::Entity::update_many().filter(Column::Mailing.eq(*id));
        for column in [Column::FullName, Column::FirstNames, Column::LastName, Column::Email] {
            change = change.col_expr(column, Expr::value(None::<String>));
        }
        change.exec(&tx).await?;
        mailing::Entity::update_many()
            .col_expr(mailing::Column::ForgottenAt, Expr::value(Micros::from(now).0))
            .filter(mailing::Column::Id.eq(*id))
            .exec(&tx)
            .await?;
    }
    tx.commit().await?;
    Ok(u64::try_from(over.len()).unwrap_or(u64::MAX))
}
