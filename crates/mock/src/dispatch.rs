//! From a request of a method, whichever transport received it, to the result.

use std::borrow::{Borrow, Cow};
use std::sync::Arc;

use gchat_filter::list::{
    ListMembershipsRequest, MembershipMethod, MembershipName, RpcCode, SpaceName, Status, Violation,
};
use gchat_filter::members::{Membership, MembershipState};
use http::{Response, StatusCode};
use serde_json::Value;

use super::answer::Listed;
use super::call::{Call, Requester, allowed};
use super::fault::Fault;
use super::fault_response;
use super::identifier::identifier;
use super::people::without_details;
use super::shared::Shared;
use super::state::{Change, State};

/// A request of a method, as a transport received it, and the response to it. Until it is sent, a response
/// of any transport has an HTTP status.
///
/// The parts of the request are read in the order in which their errors take precedence.
pub(super) trait ApiRequest: Send + Sync + 'static {
    /// The requested form of the response.
    type Form;
    /// Body of a response.
    type Body: Send + 'static;

    /// Returns the path of the resource, as in names and in faults.
    fn resource(&self) -> Cow<'_, str>;

    /// Returns the name of the space of list and create.
    fn parent(&self) -> &str;

    /// Identifies the requester.
    ///
    /// # Errors
    ///
    /// 401, as in [`Requester::identify`].
    fn identify(&self, state: &State) -> Result<Requester, Status>;

    /// Returns the request of list.
    ///
    /// # Errors
    ///
    /// 400 for invalid parameters.
    fn list_request(&self) -> Result<(ListMembershipsRequest, Self::Form), Status>;

    /// Returns the parameters of a method other than list.
    ///
    /// # Errors
    ///
    /// 400 for invalid parameters.
    fn parameters(&self, method: MembershipMethod) -> Result<Parameters<Self::Form>, Status>;

    /// Returns the membership that create and patch send.
    ///
    /// # Errors
    ///
    /// 400 if it is malformed.
    fn membership(&self) -> Result<Membership, Status>;

    /// Returns the body with a membership.
    fn membership_body(form: &Self::Form, membership: &Membership) -> Self::Body;

    /// Returns the body with a page.
    fn page_body(form: &Self::Form, memberships: &[&Listed], token: Option<&str>) -> Self::Body;

    /// Returns a successful response.
    fn success(body: Self::Body) -> Response<Self::Body>;

    /// Returns the response for an error.
    fn failure(&self, status: &Status) -> Response<Self::Body>;

    /// Returns the response for the error of a fault, with details as in JSON.
    fn fault_error(error: FaultError) -> Response<Self::Body>;

    /// Returns a response with any body, as that of a proxy.
    fn foreign(http: StatusCode, body: String) -> Response<Self::Body>;
}

/// Parameters of a method other than list.
pub(super) struct Parameters<F> {
    pub(super) form: F,
    pub(super) use_admin_access: bool,
    pub(super) update_mask: String,
}

/// The error that a fault answers with.
pub(super) struct FaultError {
    pub(super) http: StatusCode,
    pub(super) code: RpcCode,
    pub(super) message: String,
    pub(super) details: Vec<Value>,
}

/// Answers a request of a method. The delay of a fault ends early when the client is gone.
pub(super) async fn respond<R: ApiRequest>(
    shared: &Arc<Shared>,
    method: MembershipMethod,
    request: R,
    gone: impl Future<Output = ()>,
) -> Response<R::Body> {
    let Some(fault) = shared.take_fault(method, &request) else {
        return call(shared, method, request, None).await;
    };
    let delay = fault.waiting_time();
    if !delay.is_zero() {
        // If the client is gone, its request is carried out at once.
        let _ = tokio::time::timeout(delay, gone).await;
    }
    let called = if fault.calls_method() {
        Some(call(shared, method, request, fault.page_size).await)
    } else {
        None
    };
    let mut response = fault_response::response::<R>(&fault, called);
    response.extensions_mut().insert(Arc::new(fault));
    response
}

/// Calls the method. A page has at most `page_size` members.
async fn call<R: ApiRequest>(
    shared: &Arc<Shared>,
    method: MembershipMethod,
    request: R,
    page_size: Option<usize>,
) -> Response<R::Body> {
    let reads = matches!(method, MembershipMethod::List | MembershipMethod::Get);
    if !shared.saves || reads {
        return shared.respond(method, &request, page_size);
    }
    // Saving a change waits for the disk, which must not block other requests.
    let request = Arc::new(request);
    let (shared, saved) = (Arc::clone(shared), Arc::clone(&request));
    let task = tokio::task::spawn_blocking(move || shared.respond(method, &*saved, page_size));
    task.await.unwrap_or_else(|_| {
        let message = "The server failed to process the request.";
        request.failure(&Status::new(RpcCode::Internal, message))
    })
}

impl Shared {
    /// Returns the first fault that affects a request.
    fn take_fault(&self, method: MembershipMethod, request: &impl ApiRequest) -> Option<Fault> {
        let mut faults = self.faults();
        if faults.is_empty() {
            return None;
        }
        let path = request.resource();
        faults
            .iter_mut()
            .find_map(|fault| fault.take(method, &path).then(|| fault.clone()))
    }

    fn respond<R: ApiRequest>(
        &self,
        method: MembershipMethod,
        request: &R,
        page_size: Option<usize>,
    ) -> Response<R::Body> {
        let body = match method {
            MembershipMethod::List => self.list(request, page_size),
            MembershipMethod::Create => self.create(request),
            method => self.one(request, method),
        };
        match body {
            Ok(body) => R::success(body),
            Err(status) => {
                let status = self.read().callers.redact(status);
                request.failure(&status)
            }
        }
    }

    fn list<R: ApiRequest>(
        &self,
        request: &R,
        page_size: Option<usize>,
    ) -> Result<R::Body, Status> {
        let state = self.read();
        let who = request.identify(&state)?;
        let (request, form) = request.list_request()?;
        let call = Call::new(
            &state,
            &who,
            MembershipMethod::List,
            request.use_admin_access,
        )?;
        let request = request.check_on_server(&state.tokens)?;
        request.authorize(&who.caller)?;
        let space = call.space(request.parent(), false)?;
        if !call.has_permission(space, space.view_members) {
            // An app gets an empty list, a user an error (documented).
            allowed(who.is_app())?;
            return Ok(R::page_body(&form, &[], None));
        }
        let selects = |member: &_| request.selects(member, who.caller.authentication);
        let mut page = request.page_of(space.members.after(request.start_after(), selects));
        if let Some(size) = page_size
            && size < page.memberships.len()
        {
            page.memberships.truncate(size);
            let last = page.memberships.last().map(|listed| {
                let membership: &Membership = (**listed).borrow();
                identifier(&membership.name)
            });
            let last = last.or(request.start_after()).unwrap_or_default();
            page.next_page_token = Some(request.next_page_token(last));
        }
        let token = page.next_page_token.as_deref();
        if call.misses_details() {
            let memberships = page.memberships.iter().map(|listed| (**listed).borrow());
            let memberships: Vec<Listed> =
                memberships.map(without_details).map(Listed::from).collect();
            let memberships: Vec<&Listed> = memberships.iter().collect();
            return Ok(R::page_body(&form, &memberships, token));
        }
        Ok(R::page_body(&form, &page.memberships, token))
    }

    fn create<R: ApiRequest>(&self, request: &R) -> Result<R::Body, Status> {
        self.change(request, MembershipMethod::Create, |call, _| {
            let body = request.membership()?;
            let parent = SpaceName::parse(request.parent())
                .map_err(|error| Violation::new("parent", error))?;
            let now = format!("{:.6}", self.clock.now());
            call.create(&parent, &body, now)
        })
    }

    /// Handles the methods of one membership.
    fn one<R: ApiRequest>(&self, request: &R, method: MembershipMethod) -> Result<R::Body, Status> {
        let name = || {
            MembershipName::parse(&request.resource())
                .map_err(|error| Status::from(Violation::new("name", error)))
        };
        match method {
            MembershipMethod::Delete => {
                self.change(request, method, |call, _| call.delete(&name()?))
            }
            MembershipMethod::Patch => self.change(request, method, |call, update_mask| {
                let body = request.membership()?;
                call.patch(&name()?, update_mask, &body)
            }),
            _ => {
                let state = self.read();
                let who = request.identify(&state)?;
                let parameters = request.parameters(method)?;
                let call = Call::new(&state, &who, method, parameters.use_admin_access)?;
                let mut membership = call.get(&name()?)?;
                if call.misses_details() {
                    membership = without_details(&membership);
                }
                Ok(R::membership_body(&parameters.form, &membership))
            }
        }
    }

    /// Checks a change, saves it, applies it, and returns the body with the new membership.
    fn change<R: ApiRequest>(
        &self,
        request: &R,
        method: MembershipMethod,
        check: impl FnOnce(&Call<'_>, &str) -> Result<Change, Status>,
    ) -> Result<R::Body, Status> {
        let mut store = self.lock();
        let (form, change, misses_details) = {
            let state = self.read();
            let who = request.identify(&state)?;
            let parameters = request.parameters(method)?;
            let call = Call::new(&state, &who, method, parameters.use_admin_access)?;
            let change = check(&call, &parameters.update_mask)?;
            (parameters.form, change, call.misses_details())
        };
        if let Some(store) = &mut *store {
            store.save(&change).map_err(|error| {
                tracing::error!(%error, "failed to save a change");
                Status::new(
                    RpcCode::Internal,
                    format!("The change could not be saved: {error}"),
                )
            })?;
        }
        let membership = match &change {
            Change::Put(membership) if misses_details => without_details(membership),
            Change::Put(membership) => (**membership).clone(),
            Change::Remove(name) => Membership {
                name: name.clone(),
                state: MembershipState::NotAMember,
                ..Membership::default()
            },
        };
        self.write().apply(change);
        Ok(R::membership_body(&form, &membership))
    }
}
