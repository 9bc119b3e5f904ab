//! Encoding and decoding of messages.

use std::marker::PhantomData;

use bytes::{BufMut, Bytes, BytesMut};
use gchat_filter::list::FieldMask;
use gchat_filter::members::Membership as Resource;
use prost::Message;
use tonic::Status;
use tonic::codec::{BufferSettings, DecodeBuf, Decoder, EncodeBuf, Encoder};

use super::convert;
use super::generated::Membership;
use crate::answer::Listed;

/// Key of `ListMembershipsResponse.memberships`: field 1, with a length.
const MEMBERSHIPS: u8 = (1 << 3) | 2;

/// Key of `ListMembershipsResponse.next_page_token`: field 2, with a length.
const NEXT_PAGE_TOKEN: u8 = (2 << 3) | 2;

/// The codec of a method: as tonic's own, except that pages are already encoded.
pub(crate) struct Codec<E, D>(PhantomData<(E, D)>);

impl<E, D> Default for Codec<E, D> {
    fn default() -> Self {
        Self(PhantomData)
    }
}

/// A response message.
pub(crate) trait Encode {
    fn encode_to(self, buffer: &mut EncodeBuf<'_>);
}

impl Encode for Membership {
    fn encode_to(self, buffer: &mut EncodeBuf<'_>) {
        self.encode(buffer).expect("the buffer grows");
    }
}

/// An encoded `ListMembershipsResponse`.
#[derive(Clone, Debug)]
pub(crate) struct Page(Bytes);

impl Encode for Page {
    fn encode_to(self, buffer: &mut EncodeBuf<'_>) {
        buffer.reserve(self.0.len());
        buffer.put(self.0);
    }
}

impl Page {
    /// Encodes a page, of which the mask selects the fields. Each membership is encoded only once, except
    /// with a mask.
    pub(super) fn new(
        memberships: &[&Listed],
        token: Option<&str>,
        mask: Option<&FieldMask>,
    ) -> Self {
        let mut page = BytesMut::new();
        let selected = |name| mask.is_none_or(|mask| mask.field(name).is_some());
        if selected("memberships") {
            let below = mask.and_then(|mask| mask.field("memberships"));
            let below = below.filter(|below| !below.is_all());
            if let Some(below) = below {
                for listed in memberships {
                    let resource: &Resource = std::borrow::Borrow::borrow(*listed);
                    page.put_slice(&entry(&convert::selected(resource, below)));
                }
            } else {
                let parts = memberships.iter();
                let parts = parts.map(|listed| listed.encoded(|resource| entry(&resource.into())));
                let parts: Vec<&[u8]> = parts.collect();
                page.reserve(parts.iter().map(|part| part.len()).sum::<usize>() + 256);
                for part in parts {
                    page.put_slice(part);
                }
            }
        }
        if let Some(token) = token.filter(|_| selected("nextPageToken")) {
            page.put_u8(NEXT_PAGE_TOKEN);
            prost::encode_length_delimiter(token.len(), &mut page).expect("the buffer grows");
            page.put_slice(token.as_bytes());
        }
        Self(page.freeze())
    }
}

/// Encodes a membership as an element of a page.
fn entry(membership: &Membership) -> Box<[u8]> {
    let mut entry = vec![MEMBERSHIPS];
    membership
        .encode_length_delimited(&mut entry)
        .expect("the buffer grows");
    entry.into_boxed_slice()
}

impl<E, D> tonic::codec::Codec for Codec<E, D>
where
    E: Encode + Send + 'static,
    D: Message + Default + Send + 'static,
{
    type Encode = E;
    type Decode = D;
    type Encoder = Self;
    type Decoder = Self;

    fn encoder(&mut self) -> Self {
        Self::default()
    }

    fn decoder(&mut self) -> Self {
        Self::default()
    }
}

impl<E: Encode, D> Encoder for Codec<E, D> {
    type Item = E;
    type Error = Status;

    fn encode(&mut self, item: E, buffer: &mut EncodeBuf<'_>) -> Result<(), Status> {
        item.encode_to(buffer);
        Ok(())
    }
}

impl<E, D: Message + Default> Decoder for Codec<E, D> {
    type Item = D;
    type Error = Status;

    fn decode(&mut self, buffer: &mut DecodeBuf<'_>) -> Result<Option<D>, Status> {
        let message = D::decode(buffer);
        // As in other implementations of gRPC.
        message
            .map(Some)
            .map_err(|error| Status::internal(error.to_string()))
    }

    fn buffer_settings(&self) -> BufferSettings {
        BufferSettings::default()
    }
}
