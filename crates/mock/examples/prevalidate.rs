//! A client that checks a filter before it sends a request, so that an invalid filter costs no round
//! trip and is explained.
//!
//! ```console
//! $ cargo run -p gchat-filter-mock --example prevalidate -- 'role = "OWNER"'
//! ```
//!
//! Without an argument, it tries an invalid filter and a valid one.

use std::error::Error;

use gchat_filter::list::ListMembershipsRequest;
use gchat_filter::members::Filter;
use gchat_filter::{Checker, Report};
use gchat_filter_mock::Mock;

fn main() -> Result<(), Box<dyn Error>> {
    // Stands in for the real service.
    let server = Mock::sample().serve()?;
    let texts: Vec<String> = std::env::args().skip(1).collect();
    if !texts.is_empty() {
        for text in texts {
            list(&server.url(), &text)?;
        }
        return Ok(());
    }
    assert_eq!(list(&server.url(), r#"role = "OWNER""#)?, None);
    let members = list(&server.url(), r#"member.type = "HUMAN""#)?;
    assert!(members.is_some_and(|members| members.contains("HUMAN")));
    Ok(())
}

/// Lists members; `None` if the filter is invalid, which is reported.
fn list(url: &str, filter: &str) -> Result<Option<String>, Box<dyn Error>> {
    let checked = Filter::check(&Checker::new(), filter);
    if !checked.diagnostics.is_empty() {
        eprint!("{}", Report::from(&checked));
    }
    if !checked.is_valid() {
        return Ok(None);
    }
    let mut request = ListMembershipsRequest::new("spaces/AAAAsample");
    filter.clone_into(&mut request.filter);
    let url = format!("{url}{}", request.check()?.path_and_query());
    let response = ureq::get(url)
        .header("Authorization", "Bearer any")
        .call()?;
    let body = response.into_body().read_to_string()?;
    println!("{body}");
    Ok(Some(body))
}
