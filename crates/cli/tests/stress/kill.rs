//! A server that is killed at any moment loses no acknowledged change, and makes none up.

use std::hash::{BuildHasher, RandomState};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use super::clients::{Client, Dice};
use super::history::{History, Tally};
use super::http::Request;
use super::program::{Program, Starting};
use super::spaces::{seed, server_state};

const CLIENTS: usize = 6;

/// Number of kills, from `KILL_ROUNDS`.
fn rounds() -> usize {
    std::env::var("KILL_ROUNDS").map_or(6, |rounds| rounds.parse().unwrap())
}

/// A random number generator, seeded from `KILL_SEED` or at random.
fn dice() -> Dice {
    let random = RandomState::new().hash_one(0);
    let seed = std::env::var("KILL_SEED").map_or(random, |seed| seed.parse().unwrap());
    println!("KILL_SEED={seed}");
    Dice::new(seed)
}

/// Clients contend for the same members until the program is killed: while it starts, while it
/// recovers from the last kill, or while it serves. After a restart, its state must be the result of
/// all acknowledged changes in some order, with or without those whose response was lost.
#[test]
fn kills_lose_no_acknowledged_change() {
    let directory = tempfile::tempdir().unwrap();
    let [seeded, saved] = ["seed.json", "mock.save"].map(|name| directory.path().join(name));
    std::fs::write(&seeded, seed(3).to_string()).unwrap();
    let arguments = [
        "--seed",
        seeded.to_str().unwrap(),
        "--save",
        saved.to_str().unwrap(),
    ];
    let (clock, mut dice) = (AtomicU64::new(0), dice());
    let tick = || clock.fetch_add(1, Ordering::SeqCst);
    let (mut tally, mut history) = (Tally::default(), History::default());
    let (mut early, mut found) = (0, None);
    let mut kills = 0;
    // On a slow machine, more kills may be needed before a change is saved.
    while kills < rounds() || tally.acknowledged == 0 {
        kills += 1;
        let mut program = Starting::new(Program::command(&arguments));
        let stdout = program.stdout();
        let while_it_starts = dice.roll(4) == 0;
        let delay = dice.roll(if while_it_starts { 50_000 } else { 400_000 });
        let (serves, serving) = std::sync::mpsc::channel();
        let numbers: Vec<u64> = (0..CLIENTS).map(|_| dice.roll(usize::MAX) as u64).collect();
        std::thread::scope(|scope| {
            let clients = scope.spawn(|| {
                // Dropped if the program ends before it serves.
                let serves = serves;
                let address = Starting::address(&Starting::introduction(stdout))?;
                serves.send(()).unwrap();
                let clients = std::thread::scope(|scope| {
                    let run = |number: u64| {
                        let mut client = Client::new(address, &clock, Dice::new(number));
                        client.run(u64::MAX).unwrap_err();
                        client
                    };
                    let threads = numbers.into_iter().map(|n| scope.spawn(move || run(n)));
                    let threads: Vec<_> = threads.collect();
                    let clients = threads.into_iter().map(|client| client.join().unwrap());
                    clients.collect::<Vec<_>>()
                });
                Some(clients)
            });
            if !while_it_starts {
                serving.recv().unwrap();
            }
            std::thread::sleep(Duration::from_micros(delay as u64));
            program.kill();
            match clients.join().unwrap() {
                None => early += 1,
                Some(clients) => {
                    for client in clients {
                        tally += client.tally;
                        history.add(client.history);
                    }
                }
            }
        });
        // By now, a lost change has happened or never will.
        history.close(tick());
        let program = Program::start(&arguments);
        let begin = tick();
        let now = server_state(program.address);
        history.look(&now, begin, tick());
        found = Some(now);
    }
    let found = found.unwrap();
    let differences = history.compare(&found);
    println!("{tally}");
    println!(
        "{kills} kills, {early} of them before it served; {} changes acknowledged; {} places, {} \
         of them different",
        tally.acknowledged,
        found.len(),
        differences.len()
    );
    assert!(differences.is_empty(), "{}", differences.join("\n"));
    assert_eq!((tally.repeated, tally.skipped), (0, 0));
}

/// A kill while the file is created does not prevent the next start.
#[test]
fn kills_at_the_first_start_leave_a_usable_file() {
    let mut dice = dice();
    let directory = tempfile::tempdir().unwrap();
    let (mut created, mut unfinished) = (0, 0);
    for round in 0..2 * rounds() {
        let file = directory.path().join(format!("{round}.save"));
        let mut program = Starting::new(Program::command(&["--save", file.to_str().unwrap()]));
        std::thread::sleep(Duration::from_micros(dice.roll(60_000) as u64));
        program.kill();
        created += usize::from(file.exists());
        unfinished += usize::from(file.with_extension("save.new").exists());
        let program = Program::saving(&file);
        let list = Request::get("/v1/spaces/AAAAsample/members?showGroups=true");
        let answer = list.send_to(program.address).json();
        assert_eq!(answer["memberships"].as_array().unwrap().len(), 4);
    }
    println!(
        "{} kills, {unfinished} of them while the file was created, {created} of them later",
        2 * rounds()
    );
}
