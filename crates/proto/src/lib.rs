//! The wire of Traject: messages, services and descriptors, generated from `proto/` by `cargo xtask codegen`.
//!
//! May depend on prost and tonic. Must never know the domain: whoever speaks the wire converts by hand.
#![expect(clippy::allow_attributes, reason = "the generated services carry their own")]

/// Shapes of the public Google APIs.
pub mod google {
    /// Common types.
    pub mod r#type {
        include!("gen/google.r#type.rs");
    }
    /// Errors as messages.
    pub mod rpc {
        include!("gen/google.rpc.rs");
    }
    /// Work that outlives the call that began it.
    pub mod longrunning {
        include!("gen/google.longrunning.rs");
    }
}

/// What the protobuf files say of each service, method, field and value: a line each, in order of full names, with a
/// tab between name and comment.
pub const COMMENTS: &str = include_str!("gen/comments.tsv");

/// Traject's own packages.
pub mod traject {
    /// What the areas share.
    pub mod r#type {
        /// Version 1.
        pub mod v1 {
            include!("gen/traject.r#type.v1.rs");
        }
    }

    macro_rules! areas {
        ($($(#[$meta:meta])* $area:ident: $code:literal, $descriptors:literal;)+) => {$(
            $(#[$meta])*
            pub mod $area {
                /// Version 1.
                pub mod v1 {
                    include!($code);

                    /// The area's descriptor set with all it imports, for reflection.
                    pub const DESCRIPTORS: &[u8] = include_bytes!($descriptors);
                }
            }
        )+

            /// Every area by name, with its descriptor set.
            pub const AREAS: &[(&str, &[u8])] = &[$((stringify!($area), $area::v1::DESCRIPTORS)),+];
        };
    }

    areas! {
        /// Acts: one call per thing a person does.
        act: "gen/traject.act.v1.rs", "gen/traject.act.v1.binpb";
        /// The check at the municipality.
        check: "gen/traject.check.v1.rs", "gen/traject.check.v1.binpb";
        /// Decisions, and what follows when they are made again.
        decision: "gen/traject.decision.v1.rs", "gen/traject.decision.v1.binpb";
        /// Letters and mails on their way.
        delivery: "gen/traject.delivery.v1.rs", "gen/traject.delivery.v1.binpb";
        /// Documents: how one would read, and what proves that one was sent.
        document: "gen/traject.document.v1.rs", "gen/traject.document.v1.binpb";
        /// Dossiers.
        dossier: "gen/traject.dossier.v1.rs", "gen/traject.dossier.v1.binpb";
        /// Whole files and histories.
        file: "gen/traject.file.v1.rs", "gen/traject.file.v1.binpb";
        /// The law, what another would change, and which decisions would be others.
        law: "gen/traject.law.v1.rs", "gen/traject.law.v1.binpb";
        /// Mass mailings.
        mailing: "gen/traject.mailing.v1.rs", "gen/traject.mailing.v1.binpb";
        /// The reception office.
        office: "gen/traject.office.v1.rs", "gen/traject.office.v1.binpb";
        /// Figures.
        report: "gen/traject.report.v1.rs", "gen/traject.report.v1.binpb";
        /// The GGC.
        sanction: "gen/traject.sanction.v1.rs", "gen/traject.sanction.v1.binpb";
        /// The work list.
        work: "gen/traject.work.v1.rs", "gen/traject.work.v1.binpb";
    }
}
