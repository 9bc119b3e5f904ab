//! Requests, encoded in letters.

use percent_encoding::percent_decode_str;
use serde_json::{Map, Value, json};

use super::seed::{Caller, EncodedFilter, FILTERS, MemberRef};
use crate::raw_request::{RawRequest, encode};
use oracle::rules::{Method, Role};

/// A request encoded in letters.
#[derive(Debug)]
pub struct Operation {
    /// `c`, `d`, `g`, `l` or `p`.
    pub method: u8,
    /// The space.
    pub space: &'static str,
    /// The member; unused for `l`.
    pub member: &'static MemberRef,
    /// The letters of the method's options.
    pub options: [u8; 3],
    /// The letter of the variant.
    pub variant: u8,
    /// The caller.
    pub caller: &'static Caller,
}

impl Operation {
    /// Returns the maximum number of memberships on a page.
    #[must_use]
    pub fn page_size(&self) -> usize {
        match self.options[2] {
            digit @ b'1'..=b'9' => usize::from(digit - b'0'),
            _ => 100,
        }
    }

    pub(super) fn is_admin(&self) -> bool {
        self.variant == b'm'
    }

    /// Returns whether a list includes groups.
    #[must_use]
    pub fn shows_groups(&self) -> bool {
        matches!(self.options[1], b'g' | b'e')
    }

    /// Returns whether a list includes invited members.
    #[must_use]
    pub fn shows_invited(&self) -> bool {
        matches!(self.options[1], b'i' | b'e')
    }

    pub(super) fn filter(&self) -> EncodedFilter {
        let filter = FILTERS
            .iter()
            .find(|(letter, ..)| *letter == self.options[0]);
        filter.copied().unwrap_or(FILTERS[0])
    }

    /// Returns the filter of a list.
    #[must_use]
    pub fn filter_text(&self) -> String {
        let spaces = self.filter().1.replace('+', " ");
        let filter = percent_decode_str(&spaces).decode_utf8_lossy();
        filter.into_owned()
    }

    /// Returns the HTTP request.
    #[must_use]
    pub fn request(&self) -> RawRequest {
        let mut path = vec!["spaces", self.space, "members"];
        if matches!(self.method, b'd' | b'g' | b'p') {
            path.push(self.member.path);
        }
        let path: Vec<String> = match self.variant {
            b'%' => path.into_iter().map(encode).collect(),
            _ => path
                .into_iter()
                .map(|segment| segment.replace(' ', "%20"))
                .collect(),
        };
        let slashes = if self.variant == b'/' { "//" } else { "/" };
        let mut query: Vec<String> = Vec::new();
        let mut body = Vec::new();
        let method = match self.method {
            b'c' => {
                body = self.create_body();
                "POST"
            }
            b'd' => "DELETE",
            b'p' => {
                let mask = match self.options[1] {
                    b'*' => "updateMask=*",
                    b'R' => "update_mask=role,*",
                    b's' => "updateMask=state",
                    b'-' => "",
                    _ => "updateMask=role",
                };
                query.push(mask.to_owned());
                body = self.patch_body();
                "PATCH"
            }
            b'l' => {
                query.push(format!("filter={}", self.filter().1));
                let size = self.options[2] - b'0';
                query.push(format!("pageSize={size}"));
                query.extend(self.shows_groups().then(|| "showGroups=true".to_owned()));
                query.extend(self.shows_invited().then(|| "show_invited=true".to_owned()));
                "GET"
            }
            _ => "GET",
        };
        match self.variant {
            b'm' => query.push("useAdminAccess=true".to_owned()),
            b'i' => query.push("$alt=json;enum-encoding=int".to_owned()),
            b'p' => query.push("prettyPrint=false".to_owned()),
            b'f' if self.method == b'l' => {
                query.push("fields=memberships(name,member/type),nextPageToken".to_owned());
            }
            b'f' => query.push("fields=name,member.type".to_owned()),
            b't' if !self.caller.token.is_empty() => {
                query.push(format!("access_token={}", self.caller.token));
            }
            _ => {}
        }
        let query = query.join("&");
        let target = format!("{slashes}v1/{}", path.join("/"));
        let mut request = if self.variant == b'h' {
            let mut request = RawRequest::new("POST", target);
            let header = ("x-http-method-override".to_owned(), method.to_lowercase());
            request.headers.push(header);
            if method == "GET" {
                body = query.into_bytes();
            } else if !query.is_empty() {
                request.target = format!("{}?{query}", request.target);
            }
            request
        } else {
            let mark = if query.is_empty() { "" } else { "?" };
            RawRequest::new(method, format!("{target}{mark}{query}"))
        };
        request.body = body;
        if self.variant == b't' {
            request
        } else {
            request.of(self.caller)
        }
    }

    fn create_body(&self) -> Vec<u8> {
        let mut body = Map::new();
        if self.member.name.starts_with("groups/") {
            body.insert("group_member".to_owned(), json!({"name": self.member.name}));
        } else {
            let mut member = json!({"name": self.member.name});
            match self.options[0] {
                b'H' | b'+' | b'x' => member["type"] = json!("HUMAN"),
                b'B' => member["type"] = json!("BOT"),
                b'1' => member["type"] = json!(1),
                b'2' => member["type"] = json!(2),
                _ => {}
            }
            body.insert("member".to_owned(), member);
        }
        match self.options[0] {
            b'+' => {
                body.insert("role".to_owned(), json!("ROLE_MANAGER"));
                body.insert("state".to_owned(), json!(2));
                body.insert("createTime".to_owned(), json!("2020-01-01T01:00:00+01:00"));
            }
            b'x' => drop(body.insert("create_time".to_owned(), json!("yesterday"))),
            b'?' => drop(body.insert("unknown".to_owned(), json!({}))),
            _ => {}
        }
        Value::Object(body).to_string().into_bytes()
    }

    /// Returns the type in the body of a create request.
    pub(super) fn given_type(&self) -> Option<&'static str> {
        match self.options[0] {
            b'H' | b'+' | b'x' | b'1' => Some("HUMAN"),
            b'B' | b'2' => Some("BOT"),
            _ => None,
        }
    }

    fn patch_body(&self) -> Vec<u8> {
        let role = match self.options[0] {
            b'G' => json!("ROLE_MANAGER"),
            b'A' => json!("ROLE_ASSISTANT_MANAGER"),
            b'2' => json!(2),
            b'0' => json!(0),
            b'3' => json!(3),
            b'?' => json!("OWNER"),
            _ => json!("ROLE_MEMBER"),
        };
        json!({ "role": role }).to_string().into_bytes()
    }

    /// Returns the role in the body of a patch request, if it is valid.
    pub(super) fn role(&self) -> Option<Role> {
        match self.options[0] {
            b'M' | b'-' => Some(Role::Member),
            b'G' | b'2' => Some(Role::Manager),
            b'A' => Some(Role::AssistantManager),
            _ => None,
        }
    }

    pub(super) fn method(&self) -> Method {
        match self.method {
            b'c' => Method::Create,
            b'd' => Method::Delete,
            b'p' => Method::Patch,
            b'l' => Method::List,
            _ => Method::Get,
        }
    }
}
