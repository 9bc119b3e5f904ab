//! Killed at any moment, it loses nothing that it acknowledged, and makes nothing up.

use std::hash::{BuildHasher, RandomState};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use super::clients::{Client, Dice};
use super::history::{History, Tally};
use super::http::Request;
use super::program::{Program, Starting};
use super::spaces::{everybody, seed};

const CLIENTS: usize = 6;

/// How often to kill; `KILL_ROUNDS` says it.
fn rounds() -> usize {
    std::env::var("KILL_ROUNDS").map_or(6, |rounds| rounds.parse().unwrap())
}

/// Another one each time, unless `KILL_SEED` says it.
fn dice() -> Dice {
    let random = RandomState::new().hash_one(0);
    let seed = std::env::var("KILL_SEED").map_or(random, |seed| seed.parse().unwrap());
    println!("KILL_SEED={seed}");
    Dice::new(seed)
}

/// Clients who contend for the same members ask until the program is killed: while it starts, while
/// it goes on from the last kill, or while it answers. What is there after a restart must be what
/// an order of all acknowledged changes makes, with those whose answer was lost or without.
#[test]
fn a_kill_loses_nothing_acknowledged() {
    let directory = tempfile::tempdir().unwrap();
    let [seeded, saved] = ["seed.json", "mock.redb"].map(|name| directory.path().join(name));
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
    let (mut early, mut there) = (0, None);
    let mut kills = 0;
    // On a slow machine it may take more of them until something was written.
    while kills < rounds() || tally.acknowledged == 0 {
        kills += 1;
        let mut program = Starting::new(Program::command(&arguments));
        let stdout = program.stdout();
        let while_it_starts = dice.roll(4) == 0;
        let moment = dice.roll(if while_it_starts { 50_000 } else { 400_000 });
        let (serves, serving) = std::sync::mpsc::channel();
        let numbers: Vec<u64> = (0..CLIENTS).map(|_| dice.roll(usize::MAX) as u64).collect();
        std::thread::scope(|scope| {
            let clients = scope.spawn(|| {
                // Dropped when the program ends without a word.
                let serves = serves;
                let address = Starting::address(&Starting::introduction(stdout))?;
                serves.send(()).unwrap();
                let asked = std::thread::scope(|scope| {
                    let ask = |number: u64| {
                        let mut client = Client::new(address, &clock, Dice::new(number));
                        client.ask(u64::MAX).unwrap_err();
                        client
                    };
                    let asking = numbers.into_iter().map(|n| scope.spawn(move || ask(n)));
                    let asking: Vec<_> = asking.collect();
                    let asked = asking.into_iter().map(|client| client.join().unwrap());
                    asked.collect::<Vec<_>>()
                });
                Some(asked)
            });
            if !while_it_starts {
                serving.recv().unwrap();
            }
            std::thread::sleep(Duration::from_micros(moment as u64));
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
        // What was lost had happened by then, or never will.
        history.close(tick());
        let program = Program::start(&arguments);
        let begin = tick();
        let now = everybody(program.address);
        history.look(&now, begin, tick());
        there = Some(now);
    }
    let there = there.unwrap();
    let differences = history.compare(&there);
    println!("{tally}");
    println!(
        "{kills} kills, {early} of them before it served; {} changes acknowledged, {} places, {} \
         of them not as acknowledged",
        tally.acknowledged,
        there.len(),
        differences.len()
    );
    assert!(differences.is_empty(), "{}", differences.join("\n"));
    assert_eq!((tally.repeated, tally.skipped), (0, 0));
}

/// Killed while it begins its file, it begins it the next time.
#[test]
fn a_kill_at_the_first_start_leaves_a_file_that_can_be_used() {
    let mut dice = dice();
    let directory = tempfile::tempdir().unwrap();
    let (mut begun, mut unfinished) = (0, 0);
    for round in 0..2 * rounds() {
        let file = directory.path().join(format!("{round}.redb"));
        let mut program = Starting::new(Program::command(&["--save", file.to_str().unwrap()]));
        std::thread::sleep(Duration::from_micros(dice.roll(60_000) as u64));
        program.kill();
        begun += usize::from(file.exists());
        unfinished += usize::from(file.with_extension("redb.new").exists());
        let program = Program::saving(&file);
        let list = Request::get("/v1/spaces/AAAAsample/members?showGroups=true");
        let answer = list.send_to(program.address).json();
        assert_eq!(answer["memberships"].as_array().unwrap().len(), 4);
    }
    println!(
        "{} kills, {unfinished} of them while the file was made, {begun} of them later",
        2 * rounds()
    );
}
