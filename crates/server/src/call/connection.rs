//! The connection to a server, for messages that only their descriptors know.

use super::fault::Fault;
use super::options::Options;
use prost_reflect::prost::Message as _;
use prost_reflect::{DynamicMessage, MessageDescriptor, MethodDescriptor};
use std::net::IpAddr;
use tonic::client::Grpc;
use tonic::codec::{Codec, DecodeBuf, Decoder, EncodeBuf, Encoder, Streaming};
use tonic::codegen::http::uri::PathAndQuery;
use tonic::metadata::{Ascii, MetadataValue};
use tonic::transport::{Channel, Endpoint, Uri};
use tonic::{Request, Status};

/// Documents are larger than what a client takes by default.
const LARGEST_ANSWER: usize = 64 << 20;

/// A connection with what goes along with every call.
pub(super) struct Connection {
    grpc: Grpc<Channel>,
    token: Option<MetadataValue<Ascii>>,
    language: MetadataValue<Ascii>,
}

impl Connection {
    /// Connects as the options say.
    pub(super) async fn open(options: &Options<'_>) -> Result<Self, Fault> {
        let uri: Uri = options.server().parse().map_err(|_| Fault::Server)?;
        if uri.scheme_str() != Some("http") || !uri.host().is_some_and(is_loopback) {
            return Err(Fault::Server);
        }
        let token = options.token()?.map(|token| format!("Bearer {token}").parse::<MetadataValue<Ascii>>());
        let mut token = token.transpose().map_err(|_| Fault::Token)?;
        if let Some(token) = &mut token {
            token.set_sensitive(true);
        }
        let language = options.language().parse().map_err(|_| Fault::Descriptors("language".to_owned()))?;
        let endpoint = Endpoint::from(uri).timeout(options.timeout()).connect_timeout(options.timeout());
        let channel = endpoint.connect().await.map_err(Fault::Unreachable)?;
        Ok(Self { grpc: Grpc::new(channel).max_decoding_message_size(LARGEST_ANSWER), token, language })
    }

    /// Calls a method. One answer is a stream of one.
    pub(super) async fn call(
        &mut self,
        method: &MethodDescriptor,
        message: DynamicMessage,
    ) -> Result<Streaming<DynamicMessage>, Status> {
        let path = format!("/{}/{}", method.parent_service().full_name(), method.name());
        let path: PathAndQuery = path.parse().map_err(|_| Status::internal("the method has no path"))?;
        let mut request = Request::new(message);
        if let Some(token) = &self.token {
            request.metadata_mut().insert("authorization", token.clone());
        }
        request.metadata_mut().insert("accept-language", self.language.clone());
        self.grpc.ready().await.map_err(|_| Status::unavailable("the server went away"))?;
        let answer = self.grpc.server_streaming(request, path, Dynamic(method.output())).await?;
        Ok(answer.into_inner())
    }
}

fn is_loopback(host: &str) -> bool {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    bare == "localhost" || bare.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// Writes any message, and reads those of one descriptor.
struct Dynamic(MessageDescriptor);

impl Codec for Dynamic {
    type Encode = DynamicMessage;
    type Decode = DynamicMessage;
    type Encoder = Self;
    type Decoder = Self;

    fn encoder(&mut self) -> Self {
        Self(self.0.clone())
    }

    fn decoder(&mut self) -> Self {
        Self(self.0.clone())
    }
}

impl Encoder for Dynamic {
    type Item = DynamicMessage;
    type Error = Status;

    fn encode(&mut self, message: DynamicMessage, to: &mut EncodeBuf<'_>) -> Result<(), Status> {
        message.encode(to).map_err(|_| Status::internal("the request cannot be written"))
    }
}

impl Decoder for Dynamic {
    type Item = DynamicMessage;
    type Error = Status;

    fn decode(&mut self, from: &mut DecodeBuf<'_>) -> Result<Option<DynamicMessage>, Status> {
        let message = DynamicMessage::decode(self.0.clone(), from);
        message.map(Some).map_err(|_| Status::internal("the answer is not what the descriptors say"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_goes_to_this_machine_only() {
        assert!(["127.0.0.1", "127.1.2.3", "[::1]", "localhost"].into_iter().all(is_loopback));
        assert!(!["10.0.0.1", "traject.example", "localhost.example", "[::2]"].into_iter().any(is_loopback));
    }
}
