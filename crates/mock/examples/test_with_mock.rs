//! A client with retries, tested against the faults of the mock server.
//!
//! ```console
//! $ cargo run -p gchat-filter-mock --example test_with_mock
//! ```

use std::error::Error;
use std::thread::sleep;
use std::time::Duration;

use gchat_filter_mock::Mock;

/// The first two requests of a list are answered with errors that a client should retry.
const SEED: &str = r#"{
    "spaces": [{"name": "spaces/AAAA"}],
    "memberships": [
        {"name": "spaces/AAAA/members/1", "role": "ROLE_MANAGER", "member": {"name": "users/1", "type": "HUMAN"}}
    ],
    "faults": [
        {"path": "spaces/AAAA/members", "status": 429, "times": 1},
        {"path": "spaces/AAAA/members", "status": 503, "times": 1}
    ]
}"#;

fn main() -> Result<(), Box<dyn Error>> {
    let server = Mock::from_json(SEED)?.serve()?;
    let url = format!("{}/v1/spaces/AAAA/members", server.url());
    let (body, attempts) = get_with_retries(&url, 5)?;
    println!("after {attempts} attempts: {body}");
    assert_eq!(attempts, 3);
    assert!(body.contains("spaces/AAAA/members/1"));

    // An error that is not worth a retry.
    let url = format!("{}/v1/spaces/NONE/members", server.url());
    let Err(error) = get_with_retries(&url, 5) else {
        return Err("a missing space is an error".into());
    };
    println!("{error}");
    assert!(matches!(
        error.downcast_ref::<ureq::Error>(),
        Some(ureq::Error::StatusCode(404))
    ));
    Ok(())
}

/// Gets a URL, and retries what the service may do better the next time. Returns the body and the
/// number of attempts.
fn get_with_retries(url: &str, limit: u32) -> Result<(String, u32), Box<dyn Error>> {
    for attempt in 1.. {
        match ureq::get(url).header("Authorization", "Bearer any").call() {
            Ok(response) => return Ok((response.into_body().read_to_string()?, attempt)),
            Err(ureq::Error::StatusCode(429 | 500 | 503)) if attempt < limit => {
                sleep(Duration::from_millis(10 << attempt));
            }
            Err(error) => return Err(error.into()),
        }
    }
    unreachable!("the loop ends at the limit")
}
