//! What the benchmarks of the server have in common.

use std::fmt::Write;
use std::time::{Duration, Instant};

/// Returns a seed with a space of this many people, of whom one in a thousand is a manager.
pub(crate) fn seed(members: usize) -> String {
    let mut seed = r#"{"spaces":[{"name":"spaces/AAAAqx7Kt0E"}],"memberships":["#.to_owned();
    for index in 0..members {
        let comma = if index == 0 { "" } else { "," };
        let id = 100_000_000_000_000_000_000_u128 + index as u128 * 7_919;
        let role = if index % 1000 == 500 {
            "ROLE_MANAGER"
        } else {
            "ROLE_MEMBER"
        };
        write!(
            seed,
            r#"{comma}{{"name":"spaces/AAAAqx7Kt0E/members/{id}","state":"JOINED","role":"{role}","createTime":"2024-05-03T09:21:47.318079Z","member":{{"name":"users/{id}","displayName":"Person {index}","domainId":"c07lrwfve","type":"HUMAN"}},"affiliation":"INTERNAL"}}"#
        )
        .unwrap();
    }
    seed + "]}"
}

/// Returns the median in seconds.
pub(crate) fn median(mut times: Vec<Duration>) -> f64 {
    times.sort();
    times[times.len() / 2].as_secs_f64()
}

/// Returns the CPU time of the thread with this name in this process; without `/proc`, wall-clock
/// time.
pub(crate) fn cpu_time(name: &str) -> Duration {
    static START: std::sync::OnceLock<Instant> = std::sync::OnceLock::new();
    let clock = START.get_or_init(Instant::now).elapsed();
    let Ok(threads) = std::fs::read_dir("/proc/self/task") else {
        return clock;
    };
    let time_of = |thread: std::path::PathBuf| {
        let has_name = std::fs::read_to_string(thread.join("comm")).ok()?.trim() == name;
        let time = std::fs::read_to_string(thread.join("schedstat")).ok()?;
        let nanoseconds = time.split(' ').next()?.parse().ok()?;
        has_name.then(|| Duration::from_nanos(nanoseconds))
    };
    threads
        .flatten()
        .find_map(|thread| time_of(thread.path()))
        .unwrap_or(clock)
}
