//! Many concurrent clients, with faults and broken connections.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use super::clients::{Client, Dice};
use super::history::{History, Tally};
use super::hostile::MEMORY;
use super::spaces::{seed, server_state};
use crate::http::Request;
use crate::program::Program;

const CLIENTS: u64 = 200;

/// Longer than any step takes, so that a server that hangs fails the test.
const GUARD: Duration = Duration::from_mins(1);

/// Number of requests of each client, before all wait until no request is in progress.
const ROUND: u64 = 50;

/// Runs all clients against one server, then compares its state with the model.
///
/// After each round every connection is closed, so that a request in progress is done by then or
/// never will be. A server that saves may still be working on one: it is killed, and continues with
/// what is in its file.
fn load(requests: u64, saves: bool) {
    let directory = tempfile::tempdir().unwrap();
    let [seeded, saved] = ["seed.json", "mock.journal"].map(|name| directory.path().join(name));
    std::fs::write(&seeded, seed(40).to_string()).unwrap();
    let mut arguments = vec!["--seed", seeded.to_str().unwrap()];
    if saves {
        arguments.extend(["--save", saved.to_str().unwrap()]);
    }
    let mut program = Program::start(&arguments);
    let (clock, start) = (AtomicU64::new(0), Instant::now());
    let tick = || clock.fetch_add(1, Ordering::SeqCst);
    let (mut tally, mut history) = (Tally::default(), History::default());
    let (mut found, mut memory) = (HashMap::new(), 0);
    for round in 0..requests.div_ceil(ROUND) {
        let files = program.files();
        let address = program.address;
        std::thread::scope(|scope| {
            let clients: Vec<_> = (0..CLIENTS)
                .map(|number| {
                    let (clock, dice) = (&clock, Dice::new(round * CLIENTS + number));
                    scope.spawn(move || {
                        let mut client = Client::new(address, clock, dice);
                        client.run(requests.min(ROUND)).unwrap();
                        client
                    })
                })
                .collect();
            for client in clients {
                let client = client.join().unwrap();
                tally += client.tally;
                history.add(client.history);
            }
        });
        memory = memory.max(program.memory().1);
        assert!(program.is_running());
        if saves {
            let begin = tick();
            history.look(&server_state(address), begin, tick());
            program.stop("-KILL");
            program = Program::start(&arguments);
        } else {
            let end = Instant::now();
            while cfg!(target_os = "linux") && program.files() > files {
                assert!(end.elapsed() < GUARD);
                std::thread::sleep(Duration::from_millis(10));
            }
        }
        if saves || cfg!(target_os = "linux") {
            history.close(tick());
        }
        let begin = tick();
        found = server_state(program.address);
        history.look(&found, begin, tick());
    }
    let took = start.elapsed();
    let comparing = Instant::now();
    let differences = history.compare(&found);
    println!("{tally}");
    println!(
        "{CLIENTS} clients, {took:.1?}; {} places, {} differences, \
         compared in {:.1?}; memory: at most {memory} KiB",
        found.len(),
        differences.len(),
        comparing.elapsed(),
    );
    assert!(differences.is_empty(), "{}", differences.join("\n"));
    // The requests were recorded, in bounded memory.
    assert!(memory < MEMORY, "{memory} KiB");
    let host = program.address.to_string();
    let record = Request::with_host("GET", "/__admin/requests", &host).send_to(program.address);
    let recorded = record.json()["requests"].as_array().unwrap().len();
    assert!(saves || recorded == 1000, "{recorded}");
    assert_eq!((tally.repeated, tally.skipped), (0, 0));
    assert!(tally.is_complete() && tally.lost > 0 && tally.cut > 0);
    assert!(tally.requests >= CLIENTS * requests);
}

/// Number of requests for each client, from `LOAD_REQUESTS`. It is rounded up to full rounds.
fn requests(default: u64) -> u64 {
    std::env::var("LOAD_REQUESTS").map_or(default, |requests| requests.parse().unwrap())
}

#[test]
fn two_hundred_clients_see_one_order_of_changes() {
    load(requests(50), false);
}

#[test]
fn two_hundred_clients_see_one_order_of_saved_changes() {
    load(requests(50) / 5, true);
}
