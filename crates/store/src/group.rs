//! Statements of few sizes: each size is prepared once and stays in the statement cache.

use sea_orm::sea_query::OnConflict;
use sea_orm::{ConnectionTrait, DbErr, EntityTrait, IntoActiveModel};

/// Most rows of one INSERT, and of one transaction's commands.
pub(crate) const MOST: usize = 64;

/// Most values of one IN list.
const MOST_VALUES: usize = 256;

/// Inserts rows in groups of 64, 32, … 1, and gives how many were inserted or updated.
pub(crate) async fn insert<E>(
    tx: &impl ConnectionTrait,
    rows: Vec<E::Model>,
    on_conflict: Option<&OnConflict>,
) -> Result<u64, DbErr>
where
    E: EntityTrait,
    E::Model: IntoActiveModel<E::ActiveModel>,
{
    let mut inserted = 0;
    let mut rows = rows.into_iter();
    while rows.len() > 0 {
        let size = largest_group(rows.len(), MOST);
        let group = rows.by_ref().take(size).map(IntoActiveModel::into_active_model);
        let mut insert = E::insert_many(group);
        if let Some(on_conflict) = on_conflict {
            insert = insert.on_conflict(on_conflict.clone());
        }
        inserted += insert.exec_without_returning(tx).await?;
    }
    Ok(inserted)
}

/// The values of IN lists: each list's length is a power of two, filled up with its last value.
pub(crate) fn lists<T: Clone>(values: &[T]) -> impl Iterator<Item = Vec<T>> {
    values.chunks(MOST_VALUES).map(|chunk| {
        let mut list = chunk.to_vec();
        if let Some(last) = chunk.last() {
            list.resize(chunk.len().next_power_of_two(), last.clone());
        }
        list
    })
}

/// The largest power of two that is at most `length` and `most`.
fn largest_group(length: usize, most: usize) -> usize {
    1 << length.min(most).ilog2()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_have_seven_sizes_and_lists_nine() {
        let sizes: std::collections::BTreeSet<_> = (1..500).map(|length| largest_group(length, MOST)).collect();
        assert_eq!(sizes.len(), 7);
        let sizes: std::collections::BTreeSet<_> =
            (1..500).flat_map(|length| lists(&vec![0; length]).map(|list| list.len()).collect::<Vec<_>>()).collect();
        assert_eq!(sizes.len(), 9);
    }
}
