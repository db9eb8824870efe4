//! What Traject does: use cases over ports.
//!
//! May depend on the domain, async-trait, jiff, thiserror and uuid. Must never know SQL, protobuf, files or sockets:
//! those stand behind the ports of this crate.

pub mod error;
pub mod ids;
pub mod model;
pub mod port;
