//! Requests of the methods over gRPC.

use std::borrow::Cow;

use gchat_filter::list::{
    FieldMask, ListMembershipsRequest, MembershipMethod, Status, SystemParameters, Violation,
};
use gchat_filter::members::Membership;
use http::{HeaderMap, Response, StatusCode};
use serde_json::{Value, json};

use super::codec::Page;
use super::convert;
use super::errors::{detail, status};
use super::generated as proto;
use crate::answer::{self, Listed, check_membership_fields, check_page_fields};
use crate::call::Requester;
use crate::dispatch::{ApiRequest, FaultError, Parameters};
use crate::incoming::token;
use crate::state::State;

/// A request message.
pub(super) enum Message {
    List(proto::ListMembershipsRequest),
    Get(proto::GetMembershipRequest),
    Create(proto::CreateMembershipRequest),
    Update(proto::UpdateMembershipRequest),
    Delete(proto::DeleteMembershipRequest),
}

/// A request, with its metadata.
pub(super) struct GrpcRequest {
    pub(super) message: Message,
    pub(super) metadata: HeaderMap,
}

/// What a response consists of.
pub(super) enum Body {
    Membership(proto::Membership),
    Page(Page),
    Error(tonic::Status),
    /// An HTTP response that is not of gRPC.
    Foreign(String),
}

impl Message {
    pub(super) fn method(&self) -> MembershipMethod {
        match self {
            Self::List(_) => MembershipMethod::List,
            Self::Get(_) => MembershipMethod::Get,
            Self::Create(_) => MembershipMethod::Create,
            Self::Update(_) => MembershipMethod::Patch,
            Self::Delete(_) => MembershipMethod::Delete,
        }
    }

    /// Returns the message as JSON, for the record of requests.
    pub(super) fn to_json(&self) -> Value {
        let membership = |message: Option<&proto::Membership>| message.map(Membership::from);
        let mut json = match self {
            Self::List(list) => json!({
                "parent": list.parent,
                "pageSize": list.page_size,
                "pageToken": list.page_token,
                "filter": list.filter,
                "showGroups": list.show_groups,
                "showInvited": list.show_invited,
                "useAdminAccess": list.use_admin_access,
            }),
            Self::Get(get) => json!({
                "name": get.name, "useAdminAccess": get.use_admin_access,
            }),
            Self::Create(create) => json!({
                "parent": create.parent,
                "membership": membership(create.membership.as_ref()),
                "useAdminAccess": create.use_admin_access,
            }),
            Self::Update(update) => json!({
                "membership": membership(update.membership.as_ref()),
                "updateMask": update.update_mask.as_ref().map(|mask| mask.paths.join(",")),
                "useAdminAccess": update.use_admin_access,
            }),
            Self::Delete(delete) => json!({
                "name": delete.name, "useAdminAccess": delete.use_admin_access,
            }),
        };
        if let Some(fields) = json.as_object_mut() {
            // As in protobuf's JSON, without defaults.
            let is_default =
                |value: &Value| [Value::Null, "".into(), 0.into(), false.into()].contains(value);
            fields.retain(|_, value| !is_default(value));
        }
        json
    }
}

impl GrpcRequest {
    /// Returns the field mask of the response.
    fn mask(&self) -> Result<Option<FieldMask>, Status> {
        let Some(value) = self.metadata.get("x-goog-fieldmask") else {
            return Ok(None);
        };
        let mask = String::from_utf8_lossy(value.as_bytes());
        let mask = FieldMask::parse(&mask);
        Ok(mask.map_err(|error| Violation::new("fields", error))?)
    }
}

impl ApiRequest for GrpcRequest {
    type Form = Option<FieldMask>;
    type Body = Body;

    fn resource(&self) -> Cow<'_, str> {
        match &self.message {
            Message::List(list) => format!("{}/members", list.parent).into(),
            Message::Create(create) => format!("{}/members", create.parent).into(),
            Message::Get(get) => get.name.as_str().into(),
            Message::Delete(delete) => delete.name.as_str().into(),
            Message::Update(update) => {
                let membership = update.membership.as_ref();
                let name = membership.map(|membership| membership.name.as_str());
                name.unwrap_or_default().into()
            }
        }
    }

    fn parent(&self) -> &str {
        match &self.message {
            Message::List(list) => &list.parent,
            Message::Create(create) => &create.parent,
            _ => "",
        }
    }

    fn identify(&self, state: &State) -> Result<Requester, Status> {
        let token = token(&self.metadata);
        Requester::identify(state, token.as_deref(), SystemParameters::default)
    }

    fn list_request(&self) -> Result<(ListMembershipsRequest, Self::Form), Status> {
        let mut request = ListMembershipsRequest::new(self.parent());
        if let Message::List(list) = &self.message {
            request.page_size = list.page_size;
            request.page_token.clone_from(&list.page_token);
            request.filter.clone_from(&list.filter);
            request.show_groups = list.show_groups;
            request.show_invited = list.show_invited;
            request.use_admin_access = list.use_admin_access;
        }
        let mask = self.mask()?;
        check_page_fields(mask.as_ref())?;
        Ok((request, mask))
    }

    fn parameters(&self, _: MembershipMethod) -> Result<Parameters<Self::Form>, Status> {
        let (use_admin_access, update_mask) = match &self.message {
            Message::List(list) => (list.use_admin_access, None),
            Message::Get(get) => (get.use_admin_access, None),
            Message::Create(create) => (create.use_admin_access, None),
            Message::Update(update) => (update.use_admin_access, update.update_mask.as_ref()),
            Message::Delete(delete) => (delete.use_admin_access, None),
        };
        let form = self.mask()?;
        check_membership_fields(form.as_ref())?;
        Ok(Parameters {
            form,
            use_admin_access,
            update_mask: update_mask.map_or_else(String::new, |mask| mask.paths.join(",")),
        })
    }

    fn membership(&self) -> Result<Membership, Status> {
        let message = match &self.message {
            Message::Create(create) => create.membership.as_ref(),
            Message::Update(update) => update.membership.as_ref(),
            _ => None,
        };
        Ok(message.map(Membership::from).unwrap_or_default())
    }

    fn membership_body(form: &Self::Form, membership: &Membership) -> Body {
        Body::Membership(match form {
            Some(mask) => convert::selected(membership, mask),
            None => membership.into(),
        })
    }

    fn page_body(form: &Self::Form, memberships: &[&Listed], token: Option<&str>) -> Body {
        Body::Page(Page::new(memberships, token, form.as_ref()))
    }

    fn success(body: Body) -> Response<Body> {
        Response::new(body)
    }

    fn failure(&self, error: &Status) -> Response<Body> {
        let mut response = Response::new(Body::Error(status(error)));
        *response.status_mut() = answer::http_status(error.code);
        response
    }

    fn fault_error(error: FaultError) -> Response<Body> {
        let details = error.details.iter().filter_map(detail).collect();
        let body = Body::Error(super::errors::with_details(
            error.code,
            &error.message,
            details,
        ));
        let mut response = Response::new(body);
        *response.status_mut() = error.http;
        response
    }

    fn foreign(http: StatusCode, body: String) -> Response<Body> {
        let mut response = Response::new(Body::Foreign(body));
        *response.status_mut() = http;
        response
    }
}
