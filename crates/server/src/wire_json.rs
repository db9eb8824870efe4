//! Messages of the wire as JSON, by the descriptors that ship with them: what a command and a call tell cannot differ.

use anyhow::anyhow;
use prost_reflect::{DescriptorPool, DynamicMessage};
use traject_proto::traject::dossier::v1::DESCRIPTORS;

/// A message of the dossier area in the JSON form of protobuf.
macro_rules! dossier_json {
    ($function:ident, $message:ident) => {
        pub(crate) fn $function(message: &traject_proto::traject::dossier::v1::$message) -> anyhow::Result<String> {
            let mut dynamic = empty(concat!("traject.dossier.v1.", stringify!($message)))?;
            dynamic.transcode_from(message)?;
            Ok(format!("{}\n", serde_json::to_string_pretty(&dynamic)?))
        }
    };
}

dossier_json!(explanation_json, Explanation);
dossier_json!(search_json, SearchDossiersResponse);

fn empty(name: &str) -> anyhow::Result<DynamicMessage> {
    let kind = DescriptorPool::decode(DESCRIPTORS)?.get_message_by_name(name);
    Ok(DynamicMessage::new(kind.ok_or_else(|| anyhow!("the descriptors lack {name}"))?))
}
