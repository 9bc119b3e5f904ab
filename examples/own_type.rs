//! Filters matched against a type of one's own, here a row of a database.
//!
//! ```console
//! $ cargo run --example own_type
//! ```

use gchat_filter::Error;
use gchat_filter::members::{Filter, Matchable, MemberType, Role};

struct Row {
    email: &'static str,
    is_owner: bool,
    is_app: bool,
}

impl Matchable for Row {
    fn role(&self) -> Role {
        if self.is_owner {
            Role::Manager
        } else {
            Role::Member
        }
    }

    fn member_type(&self) -> MemberType {
        if self.is_app {
            MemberType::Bot
        } else {
            MemberType::Human
        }
    }
}

const ROWS: [Row; 3] = [
    Row {
        email: "ada@example.com",
        is_owner: true,
        is_app: false,
    },
    Row {
        email: "grace@example.com",
        is_owner: false,
        is_app: false,
    },
    Row {
        email: "app@example.com",
        is_owner: false,
        is_app: true,
    },
];

fn main() -> Result<(), Error> {
    let filter: Filter = r#"role = "ROLE_MANAGER" OR member.type = "BOT""#.parse()?;
    let emails: Vec<&str> = ROWS
        .iter()
        .filter(|row| filter.matches(row))
        .map(|row| row.email)
        .collect();
    println!("{filter}: {}", emails.join(", "));
    assert_eq!(emails, ["ada@example.com", "app@example.com"]);

    // What a filter leaves out is a filter, too.
    let rest = filter.complement().map(|rest| rest.to_string());
    println!("others: {}", rest.as_deref().unwrap_or("none"));
    assert_eq!(
        rest.as_deref(),
        Some(r#"role != "ROLE_MANAGER" AND member.type != "BOT""#)
    );
    Ok(())
}
