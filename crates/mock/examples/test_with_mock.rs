//! A client with retries, tested against the faults of the mock server.
//!
//! ```console
//! $ cargo run -p gchat-filter-mock --example test_with_mock
//! ```

use std::error::Error;
use std::thread::sleep;
use std::time::Duration;

use gchat_filter::list::{ListMembershipsResponse, MembershipMethod, RpcCode, Status};
use gchat_filter::members::{Membership, MembershipRole};
use gchat_filter_mock::{ConnectionFault, Fault, SeedBuilder, Server};
use ureq::http::{Method, Request};

const SPACE: &str = "spaces/AAAA";

/// Maximum number of attempts at a request.
const ATTEMPTS: u32 = 4;

/// A client of the members of one space.
struct Client {
    agent: ureq::Agent,
    url: String,
}

impl Client {
    fn new(base: &str) -> Self {
        // Errors have a body, which says more than the status.
        let config = ureq::Agent::config_builder().http_status_as_error(false);
        Self {
            agent: config.build().into(),
            url: format!("{base}/v1/{SPACE}/members"),
        }
    }

    /// Returns all members, from all pages.
    fn members(&self) -> Result<Vec<Membership>, Box<dyn Error>> {
        let (mut members, mut token) = (Vec::new(), String::new());
        loop {
            let query = format!("?pageSize=2&pageToken={token}");
            let body = self.send(&Method::GET, &query, "")?;
            let page: ListMembershipsResponse = serde_json::from_str(&body)?;
            members.extend(page.memberships);
            if page.next_page_token.is_empty() {
                return Ok(members);
            }
            token = page.next_page_token;
        }
    }

    /// Adds a person, unless they are a member already: an earlier attempt may have added them, although
    /// its response was lost.
    fn add(&self, user: &str) -> Result<(), Box<dyn Error>> {
        let body = serde_json::json!({"member": {"name": user, "type": "HUMAN"}});
        match self.send(&Method::POST, "", &body.to_string()) {
            Err(error) if code(&*error) == Some(RpcCode::AlreadyExists) => Ok(()),
            result => result.map(drop),
        }
    }

    /// Sends a request, and tries again what may succeed the next time.
    fn send(&self, method: &Method, query: &str, body: &str) -> Result<String, Box<dyn Error>> {
        let url = format!("{}{query}", self.url);
        let mut attempt = 1;
        loop {
            let request = Request::builder().method(method).uri(&*url);
            let request = request.header("authorization", "Bearer any");
            let mut wait = Duration::from_millis(10 << attempt);
            let failure: Box<dyn Error> = match self.agent.run(request.body(body.to_owned())?) {
                Ok(response) => {
                    let is_success = response.status().is_success();
                    let after = response.headers().get("retry-after");
                    if let Some(seconds) = after.and_then(|after| after.to_str().ok()?.parse().ok())
                    {
                        wait = Duration::from_secs(seconds);
                    }
                    let body = response.into_body().read_to_string()?;
                    if is_success {
                        return Ok(body);
                    }
                    serde_json::from_str::<Status>(&body)?.into()
                }
                Err(error) => error.into(),
            };
            let is_temporary = matches!(
                code(&*failure),
                // Without a code, the connection failed.
                None | Some(RpcCode::ResourceExhausted | RpcCode::Unavailable)
            );
            if !is_temporary || attempt == ATTEMPTS {
                return Err(failure);
            }
            sleep(wait);
            attempt += 1;
        }
    }
}

/// Returns the code of an error of the API.
fn code(error: &(dyn Error + 'static)) -> Option<RpcCode> {
    error.downcast_ref::<Status>().map(|status| status.code)
}

fn start() -> Result<(Server, Client), Box<dyn Error>> {
    let server = SeedBuilder::new()
        .space(SPACE)
        .person(SPACE, "users/1", MembershipRole::Manager)
        .person(SPACE, "users/2", MembershipRole::Member)
        .person(SPACE, "users/3", MembershipRole::Member)
        .mock()?
        .serve()?;
    let client = Client::new(&server.url());
    Ok((server, client))
}

/// Returns the statuses of all responses; `None` where there was none.
fn statuses(server: &Server) -> Vec<Option<u16>> {
    let requests = server.requests().into_iter();
    requests.map(|request| request.status).collect()
}

fn retries_when_the_quota_is_exhausted() -> Result<(), Box<dyn Error>> {
    let (server, client) = start()?;
    let exhausted = Fault::new("*").status(RpcCode::ResourceExhausted).times(2);
    server.add_fault(exhausted.header("Retry-After", "0"))?;
    assert_eq!(client.members()?.len(), 3);
    assert_eq!(
        statuses(&server),
        [Some(429), Some(429), Some(200), Some(200)]
    );
    Ok(())
}

fn gives_up_in_the_end() -> Result<(), Box<dyn Error>> {
    let (server, client) = start()?;
    server.add_fault(Fault::new("*").status(RpcCode::Unavailable))?;
    let error = client.members().err().ok_or("the service is unavailable")?;
    assert_eq!(code(&*error), Some(RpcCode::Unavailable));
    assert_eq!(statuses(&server).len(), 4);
    // An error that is not temporary.
    server.remove_faults("*");
    server.clear_requests();
    server.add_fault(Fault::new("*").status(RpcCode::PermissionDenied))?;
    assert!(client.members().is_err());
    assert_eq!(statuses(&server), [Some(403)]);
    Ok(())
}

fn retries_after_a_reset_connection() -> Result<(), Box<dyn Error>> {
    let (server, client) = start()?;
    // The first page succeeds.
    let reset = Fault::new("*").connection(ConnectionFault::Reset);
    server.add_fault(reset.skip(1).times(1))?;
    assert_eq!(client.members()?.len(), 3);
    assert_eq!(statuses(&server), [Some(200), None, Some(200)]);
    Ok(())
}

fn survives_a_lost_answer() -> Result<(), Box<dyn Error>> {
    let (server, client) = start()?;
    // The member is added, but the client does not learn of it.
    let lost = Fault::new("*")
        .methods([MembershipMethod::Create])
        .applied();
    server.add_fault(lost.connection(ConnectionFault::Reset).times(1))?;
    client.add("users/4")?;
    assert_eq!(statuses(&server), [None, Some(409)]);
    assert_eq!(client.members()?.len(), 4);
    // Somebody else removes them between two requests.
    assert!(server.remove_membership("spaces/AAAA/members/4")?);
    client.add("users/4")?;
    assert_eq!(client.members()?.len(), 4);
    Ok(())
}

fn main() -> Result<(), Box<dyn Error>> {
    retries_when_the_quota_is_exhausted()?;
    gives_up_in_the_end()?;
    retries_after_a_reset_connection()?;
    survives_a_lost_answer()
}
