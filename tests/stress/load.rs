//! Many clients at once, while faults happen and connections break.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use super::clients::{Client, Dice};
use super::history::{History, Tally};
use super::program::Program;
use super::spaces::{everybody, seed};

const CLIENTS: u64 = 200;

/// Longer than anything takes, so that a server that hangs fails a test.
const GUARD: Duration = Duration::from_secs(60);

/// How many requests each of them makes before all wait until nothing is under way any more.
const ROUND: u64 = 50;

/// All of them at once against one server, then what is there is compared with the model.
///
/// After each round every connection is closed; what was under way when its client left is done
/// then, or never will be. A server that saves may still be at it: it is killed, and goes on with
/// what is in its file.
fn load(requests: u64, saves: bool) {
    let directory = tempfile::tempdir().unwrap();
    let [seeded, saved] = ["seed.json", "mock.redb"].map(|name| directory.path().join(name));
    std::fs::write(&seeded, seed(40).to_string()).unwrap();
    let mut arguments = vec!["--seed", seeded.to_str().unwrap()];
    if saves {
        arguments.extend(["--save", saved.to_str().unwrap()]);
    }
    let mut program = Program::start(&arguments);
    let (clock, start) = (AtomicU64::new(0), Instant::now());
    let tick = || clock.fetch_add(1, Ordering::SeqCst);
    let (mut tally, mut history) = (Tally::default(), History::default());
    let (mut there, mut memory) = (HashMap::new(), 0);
    for round in 0..requests.div_ceil(ROUND) {
        let files = program.files();
        let address = program.address;
        std::thread::scope(|scope| {
            let clients: Vec<_> = (0..CLIENTS)
                .map(|number| {
                    let (clock, dice) = (&clock, Dice::new(round * CLIENTS + number));
                    scope.spawn(move || {
                        let mut client = Client::new(address, clock, dice);
                        client.ask(requests.min(ROUND)).unwrap();
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
            history.look(&everybody(address), begin, tick());
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
        there = everybody(program.address);
        history.look(&there, begin, tick());
    }
    let took = start.elapsed();
    let compared = Instant::now();
    let differences = history.compare(&there);
    println!("{tally}");
    println!(
        "{CLIENTS} clients, {took:.1?}; {} places, {} differences, \
         compared in {:.1?}; at most {memory} KiB",
        there.len(),
        differences.len(),
        compared.elapsed(),
    );
    assert!(differences.is_empty(), "{}", differences.join("\n"));
    assert_eq!((tally.repeated, tally.skipped), (0, 0));
    assert!(tally.is_complete() && tally.lost > 0 && tally.cut > 0);
    assert!(tally.requests >= CLIENTS * requests);
}

fn requests(usual: u64) -> u64 {
    std::env::var("LOAD_REQUESTS").map_or(usual, |requests| requests.parse().unwrap())
}

/// `LOAD_REQUESTS` says how many for each client, in whole rounds.
#[test]
fn what_two_hundred_clients_do_is_explained_by_one_order() {
    load(requests(50), false);
}

#[test]
fn and_so_it_is_if_it_is_saved() {
    load(requests(50) / 5, true);
}
