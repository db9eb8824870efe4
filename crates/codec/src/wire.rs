//! The messages of `proto/traject/ledger/v1/ledger.proto`; a test holds the two together.

#[derive(Clone, PartialEq, prost::Message)]
pub(crate) struct Skeleton {
    #[prost(bytes = "vec", tag = "1")]
    pub(crate) fact_id: Vec<u8>,
    #[prost(string, tag = "2")]
    pub(crate) reference: String,
    #[prost(string, tag = "3")]
    pub(crate) kind: String,
    #[prost(sint32, tag = "4")]
    pub(crate) occurred_on: i32,
    #[prost(sint32, tag = "5")]
    pub(crate) known_on: i32,
    #[prost(string, tag = "6")]
    pub(crate) agency: String,
    #[prost(message, optional, tag = "7")]
    pub(crate) recorder: Option<Recorder>,
    #[prost(uint32, tag = "8")]
    pub(crate) min_reader: u32,
    #[prost(message, repeated, tag = "9")]
    pub(crate) commitments: Vec<Commitment>,
}

#[derive(Clone, PartialEq, prost::Message)]
pub(crate) struct Recorder {
    #[prost(string, tag = "1")]
    pub(crate) staff: String,
    #[prost(string, tag = "2")]
    pub(crate) agency: String,
    #[prost(string, tag = "3")]
    pub(crate) role: String,
}

#[derive(Clone, PartialEq, prost::Message)]
pub(crate) struct Commitment {
    /// A `PartClass`; kept as a number so that a class of a later version survives.
    #[prost(int32, tag = "1")]
    pub(crate) class: i32,
    #[prost(bytes = "vec", tag = "2")]
    pub(crate) sha256: Vec<u8>,
}

#[derive(Clone, PartialEq, prost::Message)]
pub(crate) struct Plain {
    #[prost(bytes = "vec", tag = "1")]
    pub(crate) number_key: Vec<u8>,
    #[prost(message, optional, tag = "2")]
    pub(crate) extract: Option<Extract>,
    #[prost(string, optional, tag = "3")]
    pub(crate) code: Option<String>,
    #[prost(sint32, optional, tag = "4")]
    pub(crate) until: Option<i32>,
    #[prost(string, optional, tag = "5")]
    pub(crate) organiser: Option<String>,
    #[prost(string, optional, tag = "6")]
    pub(crate) language: Option<String>,
    #[prost(string, optional, tag = "7")]
    pub(crate) spoken: Option<String>,
    #[prost(string, repeated, tag = "8")]
    pub(crate) items: Vec<String>,
    #[prost(string, optional, tag = "9")]
    pub(crate) breach: Option<String>,
    #[prost(string, optional, tag = "10")]
    pub(crate) result: Option<String>,
    #[prost(uint64, optional, tag = "11")]
    pub(crate) cents: Option<u64>,
    #[prost(uint32, optional, tag = "12")]
    pub(crate) municipality: Option<u32>,
    #[prost(string, optional, tag = "13")]
    pub(crate) region: Option<String>,
    #[prost(string, optional, tag = "14")]
    pub(crate) country: Option<String>,
    #[prost(bytes = "vec", optional, tag = "15")]
    pub(crate) replaced_by: Option<Vec<u8>>,
    #[prost(string, optional, tag = "16")]
    pub(crate) retracts: Option<String>,
    #[prost(message, optional, tag = "17")]
    pub(crate) hearing: Option<Hearing>,
    #[prost(string, optional, tag = "18")]
    pub(crate) channel: Option<String>,
    #[prost(message, optional, tag = "19")]
    pub(crate) programme: Option<Programme>,
    #[prost(message, optional, tag = "20")]
    pub(crate) sanction: Option<Sanction>,
}

#[derive(Clone, PartialEq, prost::Message)]
pub(crate) struct Programme {
    #[prost(string, optional, tag = "1")]
    pub(crate) category: Option<String>,
    #[prost(string, repeated, tag = "2")]
    pub(crate) offers: Vec<String>,
    #[prost(string, optional, tag = "3")]
    pub(crate) heard_through: Option<String>,
    #[prost(string, optional, tag = "4")]
    pub(crate) language: Option<String>,
    #[prost(string, optional, tag = "5")]
    pub(crate) level: Option<String>,
    #[prost(string, optional, tag = "6")]
    pub(crate) literacy: Option<String>,
    #[prost(string, optional, tag = "7")]
    pub(crate) component: Option<String>,
    #[prost(uint32, optional, tag = "8")]
    pub(crate) hours: Option<u32>,
    #[prost(string, optional, tag = "9")]
    pub(crate) waiver: Option<String>,
    #[prost(string, optional, tag = "10")]
    pub(crate) reason: Option<String>,
}

#[derive(Clone, PartialEq, prost::Message)]
pub(crate) struct Sanction {
    #[prost(string, repeated, tag = "1")]
    pub(crate) gaps: Vec<String>,
    #[prost(string, repeated, tag = "2")]
    pub(crate) reasons: Vec<String>,
    #[prost(string, repeated, tag = "3")]
    pub(crate) weighed: Vec<String>,
    #[prost(string, optional, tag = "4")]
    pub(crate) appeal: Option<String>,
}

#[derive(Clone, PartialEq, prost::Message)]
pub(crate) struct Hearing {
    #[prost(sint32, tag = "1")]
    pub(crate) on: i32,
    #[prost(uint32, tag = "2")]
    pub(crate) minute_of_day: u32,
    #[prost(string, tag = "3")]
    pub(crate) place: String,
    #[prost(string, optional, tag = "4")]
    pub(crate) interpreter: Option<String>,
}

#[derive(Clone, PartialEq, prost::Message)]
pub(crate) struct Extract {
    #[prost(uint32, tag = "1")]
    pub(crate) municipality: u32,
    #[prost(string, tag = "2")]
    pub(crate) register: String,
    #[prost(string, optional, tag = "3")]
    pub(crate) nationality: Option<String>,
    #[prost(sint32, optional, tag = "4")]
    pub(crate) registered_on: Option<i32>,
    #[prost(string, optional, tag = "5")]
    pub(crate) permit_kind: Option<String>,
    #[prost(string, optional, tag = "6")]
    pub(crate) permit_ground: Option<String>,
    #[prost(sint32, optional, tag = "7")]
    pub(crate) permit_valid_from: Option<i32>,
    #[prost(sint32, optional, tag = "8")]
    pub(crate) permit_valid_until: Option<i32>,
    #[prost(sint32, optional, tag = "9")]
    pub(crate) lawful_stay_since: Option<i32>,
    #[prost(string, optional, tag = "10")]
    pub(crate) family_of: Option<String>,
    #[prost(string, optional, tag = "11")]
    pub(crate) family_tie: Option<String>,
    #[prost(string, optional, tag = "12")]
    pub(crate) long_term_resident_of: Option<String>,
    #[prost(string, optional, tag = "13")]
    pub(crate) letter_language: Option<String>,
    #[prost(string, optional, tag = "14")]
    pub(crate) sex: Option<String>,
    #[prost(string, optional, tag = "15")]
    pub(crate) contact_language: Option<String>,
}

#[derive(Clone, PartialEq, prost::Message)]
pub(crate) struct Identifying {
    #[prost(string, optional, tag = "1")]
    pub(crate) birth_date: Option<String>,
    #[prost(message, optional, tag = "2")]
    pub(crate) identity: Option<Identity>,
    #[prost(message, repeated, tag = "3")]
    pub(crate) numbers: Vec<Number>,
}

#[derive(Clone, PartialEq, prost::Message)]
pub(crate) struct Identity {
    #[prost(string, optional, tag = "1")]
    pub(crate) last_name: Option<String>,
    #[prost(string, optional, tag = "2")]
    pub(crate) first_names: Option<String>,
    #[prost(string, optional, tag = "3")]
    pub(crate) street: Option<String>,
    #[prost(string, optional, tag = "4")]
    pub(crate) house_number: Option<String>,
    #[prost(string, optional, tag = "5")]
    pub(crate) box_number: Option<String>,
    #[prost(string, optional, tag = "6")]
    pub(crate) postal_code: Option<String>,
    #[prost(string, optional, tag = "7")]
    pub(crate) city: Option<String>,
    #[prost(string, optional, tag = "8")]
    pub(crate) email: Option<String>,
    #[prost(string, optional, tag = "9")]
    pub(crate) phone: Option<String>,
}

#[derive(Clone, PartialEq, prost::Message)]
pub(crate) struct Number {
    #[prost(bytes = "vec", tag = "1")]
    pub(crate) number_key: Vec<u8>,
    #[prost(string, tag = "2")]
    pub(crate) digits: String,
}

#[derive(Clone, PartialEq, prost::Message)]
pub(crate) struct Medical {
    #[prost(string, optional, tag = "1")]
    pub(crate) code: Option<String>,
    #[prost(string, optional, tag = "2")]
    pub(crate) minutes: Option<String>,
}
