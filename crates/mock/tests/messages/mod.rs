//! The messages of memberships over gRPC, written by hand: tests, benchmarks and fuzz targets compare the
//! server's generated code with them. Numbers and types are those of
//! [`google/chat/v1`](https://github.com/googleapis/googleapis/tree/master/google/chat/v1).

#![allow(dead_code, reason = "not all users need all of them")]

use prost::Message;

/// The fields of the requests other than update: those with the same number have the same type, or are sent
/// with one method only.
#[derive(Clone, PartialEq, Message)]
pub(crate) struct List {
    #[prost(string, tag = "1")]
    pub(crate) parent: String,
    #[prost(int32, tag = "2")]
    pub(crate) page_size: i32,
    #[prost(string, tag = "3")]
    pub(crate) page_token: String,
    #[prost(string, tag = "5")]
    pub(crate) filter: String,
    #[prost(bool, tag = "6")]
    pub(crate) show_groups: bool,
    #[prost(bool, tag = "7")]
    pub(crate) show_invited: bool,
}

#[derive(Clone, PartialEq, Message)]
pub(crate) struct Create {
    #[prost(string, tag = "1")]
    pub(crate) parent: String,
    #[prost(message, optional, tag = "2")]
    pub(crate) membership: Option<Membership>,
}

#[derive(Clone, PartialEq, Message)]
pub(crate) struct Update {
    #[prost(message, optional, tag = "1")]
    pub(crate) membership: Option<Membership>,
    #[prost(message, optional, tag = "2")]
    pub(crate) update_mask: Option<Strings>,
}

/// A message with a name, or any other message of strings in field 1.
#[derive(Clone, PartialEq, Message)]
pub(crate) struct Strings {
    #[prost(string, repeated, tag = "1")]
    pub(crate) strings: Vec<String>,
}

#[derive(Clone, PartialEq, Message)]
pub(crate) struct Membership {
    #[prost(string, tag = "1")]
    pub(crate) name: String,
    #[prost(int32, tag = "2")]
    pub(crate) state: i32,
    #[prost(message, optional, tag = "3")]
    pub(crate) member: Option<User>,
    #[prost(message, optional, tag = "4")]
    pub(crate) create_time: Option<Time>,
    #[prost(message, optional, tag = "5")]
    pub(crate) group_member: Option<Strings>,
    #[prost(int32, tag = "7")]
    pub(crate) role: i32,
    #[prost(message, optional, tag = "8")]
    pub(crate) delete_time: Option<Time>,
    #[prost(int32, tag = "9")]
    pub(crate) affiliation: i32,
}

#[derive(Clone, PartialEq, Message)]
pub(crate) struct User {
    #[prost(string, tag = "1")]
    pub(crate) name: String,
    #[prost(string, tag = "2")]
    pub(crate) display_name: String,
    #[prost(string, tag = "3")]
    pub(crate) avatar_url: String,
    #[prost(string, tag = "4")]
    pub(crate) email: String,
    #[prost(int32, tag = "5")]
    pub(crate) kind: i32,
    #[prost(string, tag = "6")]
    pub(crate) domain_id: String,
    #[prost(bool, tag = "7")]
    pub(crate) is_anonymous: bool,
}

#[derive(Clone, PartialEq, Message)]
pub(crate) struct Time {
    #[prost(int64, tag = "1")]
    pub(crate) seconds: i64,
    #[prost(int32, tag = "2")]
    pub(crate) nanos: i32,
}

#[derive(Clone, PartialEq, Message)]
pub(crate) struct Page {
    #[prost(message, repeated, tag = "1")]
    pub(crate) memberships: Vec<Membership>,
    #[prost(string, tag = "2")]
    pub(crate) next_page_token: String,
}
