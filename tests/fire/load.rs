//! Many clients at once, while faults happen and connections break.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use super::clients::{Client, Dice};
use super::history::{History, Tally};
use super::program::Program;
use super::spaces::{everybody, seed};

const CLIENTS: u64 = 200;

/// Longer than anything takes, so that a server that hangs fails a test.
const GUARD: Duration = Duration::from_secs(60);

/// All of them at once against one server, then what is there is compared with the model.
///
/// With a file, it is killed first, and what is there after a restart is compared.
fn load(requests: u64, saves: bool) {
    let directory = tempfile::tempdir().unwrap();
    let [seeded, saved] = ["seed.json", "mock.redb"].map(|name| directory.path().join(name));
    std::fs::write(&seeded, seed(40).to_string()).unwrap();
    let mut arguments = vec!["--seed", seeded.to_str().unwrap()];
    if saves {
        arguments.extend(["--save", saved.to_str().unwrap()]);
    }
    let mut program = Program::start(&arguments);
    let (address, clock) = (program.address, AtomicU64::new(0));
    let files = program.files();
    let start = Instant::now();
    let (mut tally, mut history) = (Tally::default(), History::default());
    std::thread::scope(|scope| {
        let clients: Vec<_> = (0..CLIENTS)
            .map(|number| {
                let clock = &clock;
                scope.spawn(move || {
                    let mut client = Client::new(address, clock, Dice::new(number));
                    client.ask(requests).unwrap();
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
    let (took, memory) = (start.elapsed(), program.memory());
    let tick = || clock.fetch_add(1, Ordering::SeqCst);
    let begin = tick();
    history.look(&everybody(address), begin, tick());
    assert!(program.is_running());
    // From here on, what was under way when its client left is done, or never will be: no
    // connection is left, or the process is another one.
    let program = if saves {
        program.stop("-KILL");
        Program::start(&arguments)
    } else {
        while cfg!(target_os = "linux") && program.files() > files {
            assert!(start.elapsed() < took + GUARD);
            std::thread::sleep(Duration::from_millis(10));
        }
        program
    };
    if saves || cfg!(target_os = "linux") {
        history.close(tick());
    }
    let there = everybody(program.address);
    let compared = Instant::now();
    let (certain, differences) = history.compare(&there);
    println!("{tally}");
    println!(
        "{CLIENTS} clients, {took:.1?}; {} places, {certain} of them certain, {} differences, \
         compared in {:.1?}; {memory:?} KiB now and at most",
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

/// `LOAD_REQUESTS` says how many for each client.
#[test]
fn what_two_hundred_clients_do_is_explained_by_one_order() {
    load(requests(50), false);
}

#[test]
fn and_so_it_is_if_it_is_saved() {
    load(requests(50) / 5, true);
}
