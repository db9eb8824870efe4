//! Conditions of the partial indexes, spelt as the indexes spell them: a bound value would hide them from the planners.

use sea_orm::sea_query::Expr;

/// A work item that is not closed.
pub(crate) fn is_open() -> Expr {
    Expr::cust("\"is_open\" = TRUE")
}

/// A dossier whose standing is stale.
pub(crate) fn is_stale() -> Expr {
    Expr::cust("\"standing_stale\" = TRUE")
}
