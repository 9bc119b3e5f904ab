//! The program's `match` on a dump, beside what else one would take, in turns.
//!
//! `cargo bench --bench dump --features cli` makes up a dump of 1,000,000 memberships (or of as
//! many as the argument says) in the target directory, or in `DUMP_DIR`, and prints the medians of
//! the times of whole processes and of their ratios to `duckdb`. The peers are those of `jaq` and
//! `jq` that are in the `PATH`, and `duckdb` if the Python in `PYTHON`, or else `python3`, has its
//! package. With `memory` behind the number, it prints how much memory `match` takes instead.

#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a bench, not a library"
)]

#[path = "dump/generate.rs"]
mod generate;

use std::fs::{self, File};
use std::io::{BufRead, BufReader, BufWriter};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use gchat_filter::{Filter, Membership};

/// How many times each program is run. Those that take seconds are run a third as often.
const ROUNDS: usize = 15;

/// A question in the languages of the peers.
struct Question {
    filter: &'static str,
    /// For `duckdb`, on columns,
    columns: &'static str,
    /// and on the text.
    text: &'static str,
    jq: &'static str,
}

const QUESTIONS: [Question; 2] = [
    Question {
        filter: r#"member.type = "HUMAN" AND role = "ROLE_MANAGER""#,
        columns: "member.type = 'HUMAN' AND role = 'ROLE_MANAGER'",
        text: "json->>'$.member.type' = 'HUMAN' AND json->>'$.role' = 'ROLE_MANAGER'",
        jq: r#"select(.member.type == "HUMAN" and .role == "ROLE_MANAGER")"#,
    },
    Question {
        filter: r#"member.type != "BOT""#,
        columns: "member.type IS DISTINCT FROM 'BOT'",
        text: "json->>'$.member.type' IS DISTINCT FROM 'BOT'",
        jq: r#"select(.member.type != "BOT")"#,
    },
];

/// Where a program writes.
enum Output {
    /// To standard output, and that to a file,
    File,
    /// or nowhere.
    Nowhere,
    /// To a file that it opens itself; it prints how many seconds it took.
    Own(PathBuf),
}

/// A program that answers a question about a dump.
struct Peer {
    name: &'static str,
    command: Command,
    output: Output,
    /// Whether it answers the question, or only shows what it costs to read and write.
    answers: bool,
    /// Whether it takes seconds.
    slow: bool,
}

impl Peer {
    /// The file with the answer.
    fn file<'f>(&'f self, shared: &'f Path) -> &'f Path {
        match &self.output {
            Output::Own(path) => path,
            Output::File | Output::Nowhere => shared,
        }
    }
}

fn main() {
    // Cargo adds `--bench`.
    let args: Vec<String> = std::env::args()
        .skip(1)
        .filter(|a| a != "--bench")
        .collect();
    let count: u32 = args
        .first()
        .map_or(1_000_000, |count| count.parse().unwrap());
    let directory = std::env::var_os("DUMP_DIR");
    let directory = directory.map_or_else(|| env!("CARGO_TARGET_TMPDIR").into(), PathBuf::from);
    let dump = directory.join("dump.ndjson");
    let mut out = BufWriter::new(File::create(&dump).unwrap());
    generate::write(count, &mut out).unwrap();
    drop(out);
    let bytes = fs::metadata(&dump).unwrap().len();
    let cores = thread::available_parallelism().unwrap();
    println!("{count} memberships, {bytes} bytes, {cores} cores");
    if args.get(1).is_some_and(|arg| arg == "memory") {
        memory(&dump, &directory);
    } else {
        for question in &QUESTIONS {
            compare(question, &dump, &directory);
        }
    }
    fs::remove_file(dump).unwrap();
}

/// Prints the most memory that the program takes, for each question.
fn memory(dump: &Path, directory: &Path) {
    for question in &QUESTIONS {
        let output = directory.join("ours.ndjson");
        let mut command = ours(question, dump);
        command.stdout(File::create(&output).unwrap());
        let mut child = command.spawn().unwrap();
        let status = format!("/proc/{}/status", child.id());
        let mut most = 0;
        while child.try_wait().unwrap().is_none() {
            let text = fs::read_to_string(&status).unwrap_or_default();
            let peak = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
            let kilobytes = peak.and_then(|peak| peak.trim().strip_suffix(" kB")?.parse().ok());
            most = most.max(kilobytes.unwrap_or(0_u32));
            thread::sleep(Duration::from_millis(1));
        }
        let megabytes = f64::from(most) / 1024.0;
        println!("{megabytes:8.1} MiB at most  {}", question.filter);
        fs::remove_file(output).unwrap();
    }
}

fn ours(question: &Question, dump: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_gchat-filter"));
    command.args(["match", question.filter]).arg(dump);
    command
}

/// The programs that are there, ours first.
fn peers(question: &Question, dump: &Path, directory: &Path) -> Vec<Peer> {
    let peer = |name, command| Peer {
        name,
        command,
        output: Output::File,
        answers: true,
        slow: false,
    };
    let mut peers = vec![peer("gchat-filter", ours(question, dump))];
    for (name, output) in [
        ("reading alone", Output::Nowhere),
        ("a copy of the file", Output::File),
    ] {
        let mut command = Command::new("cat");
        command.arg(dump);
        peers.push(Peer {
            output,
            answers: false,
            ..peer(name, command)
        });
    }

    let python = std::env::var_os("PYTHON").unwrap_or_else(|| "python3".into());
    let mut probe = Command::new(&python);
    if succeeds(probe.args(["-c", "import duckdb"])) {
        for (name, script, condition) in [
            ("duckdb", "duckdb_match.py", question.columns),
            ("duckdb, text", "duckdb_text.py", question.text),
        ] {
            let output = directory.join(script).with_extension("ndjson");
            let mut command = Command::new(&python);
            command
                .arg(
                    Path::new(env!("CARGO_MANIFEST_DIR"))
                        .join("benches/dump")
                        .join(script),
                )
                .args([dump.as_os_str(), condition.as_ref(), output.as_os_str()]);
            peers.push(Peer {
                output: Output::Own(output),
                ..peer(name, command)
            });
        }
    }
    for name in ["jaq", "jq"] {
        if succeeds(Command::new(name).arg("--version")) {
            let mut command = Command::new(name);
            command.args(["-c", question.jq]).arg(dump);
            peers.push(Peer {
                slow: true,
                ..peer(name, command)
            });
        }
    }
    peers
}

fn succeeds(command: &mut Command) -> bool {
    let command = command.stdout(Stdio::null()).stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}

/// Checks and measures the programs on one question.
fn compare(question: &Question, dump: &Path, directory: &Path) {
    println!("\n{}", question.filter);
    let mut peers = peers(question, dump, directory);
    let shared = directory.join("output.ndjson");
    for peer in &mut peers {
        run(peer, &shared);
        if peer.answers {
            check(peer, question, dump, peer.file(&shared));
        }
    }

    let mut times: Vec<Vec<(f64, f64)>> = vec![Vec::new(); peers.len()];
    for round in 0..ROUNDS {
        for (peer, times) in peers.iter_mut().zip(&mut times) {
            if !peer.slow || round % 3 == 0 {
                times.push(run(peer, &shared));
            }
        }
    }
    println!(
        "{:>9} {:>9} {:>9}  program",
        "process s", "query s", "to duckdb"
    );
    let duckdb = peers.iter().position(|peer| peer.name == "duckdb");
    for (peer, own) in peers.iter().zip(&times) {
        let process = median(own.iter().map(|time| time.0));
        let query = median(own.iter().map(|time| time.1));
        // To the query alone: neither Python nor the start of the database counts against it.
        let ratio = duckdb.map(|duckdb| {
            let step = ROUNDS / own.len();
            let duckdb = times[duckdb].iter().step_by(step);
            median(own.iter().zip(duckdb).map(|(own, duckdb)| own.1 / duckdb.1))
        });
        let ratio = ratio.map_or_else(String::new, |ratio| format!("{ratio:.2}"));
        println!("{process:9.3} {query:9.3} {ratio:>9}  {}", peer.name);
    }
    for peer in &peers {
        let _ = fs::remove_file(peer.file(&shared));
    }
}

/// How many seconds the process takes, and how many of these the query, if that is told.
fn run(peer: &mut Peer, shared: &Path) -> (f64, f64) {
    // No program pays for throwing away what the one before has written.
    let _ = fs::remove_file(peer.file(shared));
    let output = match peer.output {
        Output::File => File::create(shared).unwrap().into(),
        Output::Nowhere => Stdio::null(),
        Output::Own(_) => Stdio::piped(),
    };
    let start = Instant::now();
    let output = peer.command.stdout(output).spawn().unwrap();
    let output = output.wait_with_output().unwrap();
    let process = start.elapsed().as_secs_f64();
    assert!(output.status.success(), "{}", peer.name);
    let told = String::from_utf8(output.stdout).unwrap();
    (process, told.trim().parse().unwrap_or(process))
}

/// The answer must be the lines that the filter admits, in their order and, except for the peer
/// that writes columns, byte for byte.
fn check(peer: &Peer, question: &Question, dump: &Path, output: &Path) {
    let filter: Filter = question.filter.parse().unwrap();
    let lines = |path| BufReader::new(File::open(path).unwrap()).lines();
    let membership = |line: &str| serde_json::from_str::<Membership>(line).unwrap();
    let mut answers = lines(output).map(Result::unwrap);
    let mut count = 0;
    for line in lines(dump).map(Result::unwrap) {
        let expected = membership(&line);
        if filter.matches(&expected) {
            let answer = answers.next().unwrap();
            let same = answer == line || peer.name == "duckdb" && membership(&answer) == expected;
            assert!(same, "{}: {answer} {line}", peer.name);
            count += 1;
        }
    }
    assert_eq!(answers.next(), None, "{}", peer.name);
    println!("{count} matches, the same from {}", peer.name);
}

fn median(times: impl Iterator<Item = f64>) -> f64 {
    let mut times: Vec<f64> = times.collect();
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}
