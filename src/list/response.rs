//! The response to a list request, as a client reads it.

use serde::{Deserialize, Deserializer, Serialize};

use crate::members::Membership;

/// The API's `ListMembershipsResponse`: a page of memberships.
///
/// Absent and `null` fields are empty, and unknown fields are ignored. Empty fields are not written.
///
/// ```
/// use gchat_filter::list::ListMembershipsResponse;
///
/// let page: ListMembershipsResponse = serde_json::from_str(
///     r#"{"memberships": [{"name": "spaces/A/members/1"}], "nextPageToken": "AQ"}"#,
/// )?;
/// assert_eq!(page.memberships[0].name, "spaces/A/members/1");
/// assert_eq!(page.next_page_token, "AQ");
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, expecting = "an object")]
#[non_exhaustive]
pub struct ListMembershipsResponse {
    /// The memberships on this page.
    #[serde(skip_serializing_if = "Vec::is_empty", deserialize_with = "or_default")]
    pub memberships: Vec<Membership>,
    /// The token for the next page; empty on the last page.
    #[serde(
        alias = "next_page_token",
        skip_serializing_if = "String::is_empty",
        deserialize_with = "or_default"
    )]
    pub next_page_token: String,
}

/// Reads `null` as the default.
pub(super) fn or_default<'de, D: Deserializer<'de>, T: Default + Deserialize<'de>>(
    deserializer: D,
) -> Result<T, D::Error> {
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}
