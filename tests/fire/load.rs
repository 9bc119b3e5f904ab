//! Many clients at once, while faults happen and connections break.

use std::sync::atomic::AtomicU64;
use std::time::Instant;

use super::clients::{Client, Dice, History, Tally, everybody, seed};
use super::program::Program;

const CLIENTS: u64 = 200;

/// All of them at once against one server, then what is there is compared with the model.
///
/// With a file, what is there after a restart is compared too.
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
    let there = everybody(address);
    let start = Instant::now();
    let (certain, differences) = history.compare(&there);
    let compared = start.elapsed();
    println!("{tally}");
    println!(
        "{CLIENTS} clients, {took:.1?}; {} places, {certain} of them certain, {} differences, \
         compared in {compared:.1?}; {memory:?} KiB now and at most",
        there.len(),
        differences.len(),
    );
    assert!(differences.is_empty(), "{}", differences.join("\n"));
    assert_eq!((tally.repeated, tally.skipped), (0, 0));
    assert!(tally.is_complete() && tally.lost > 0 && tally.cut > 0);
    assert!(tally.requests >= CLIENTS * requests);
    assert!(program.is_running());
    // What was under way when its client left is done by now.
    let there = everybody(address);
    if saves {
        program.stop("-KILL");
        let program = Program::start(&arguments);
        assert_eq!(everybody(program.address), there);
    }
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
