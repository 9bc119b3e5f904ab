//! Benchmark of the program's `match` on dumps, compared with alternatives.
//!
//! `cargo bench -p gchat-filter-cli --bench dump` generates a dump of 1,000,000 memberships and one of
//! as many messages, or as many as its argument says, in the target directory or in `DUMP_DIR`. It
//! prints the median times of entire processes, and their ratios to `duckdb`. The peers are `jaq` and `jq`, if they are in the
//! `PATH`, and `duckdb`, if its package is installed for the Python in `PYTHON` (default
//! `python3`). With `memory` after the number, it prints the peak memory of `match` instead.

#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a benchmark, not a library"
)]

#[path = "dump/generate.rs"]
mod generate;

use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, BufWriter};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use gchat_filter::members::{self, Membership};
use gchat_filter::messages::{self, Message};
use serde_json::Value;

/// Number of runs of each program. Slow programs run a third as often.
const ROUNDS: usize = 15;

/// A kind of dump.
struct Dump {
    method: &'static str,
    /// What is in it, in the plural.
    name: &'static str,
    write: fn(u32, &mut BufWriter<File>) -> io::Result<()>,
    /// The types of the columns in `duckdb`.
    columns: &'static str,
    queries: &'static [Query],
    /// Returns the lines that a filter matches, without the reader of the program.
    matching: fn(&str, &Path) -> Vec<String>,
}

/// A filter in the languages of the peers.
struct Query {
    filter: &'static str,
    /// Condition on `duckdb` columns.
    columns: &'static str,
    /// Condition on the `json` text in `duckdb`.
    text: &'static str,
    jq: &'static str,
}

const DUMPS: [Dump; 2] = [
    Dump {
        method: "spaces.members.list",
        name: "memberships",
        write: generate::memberships,
        columns: "{
            name: 'VARCHAR', state: 'VARCHAR', role: 'VARCHAR', createTime: 'VARCHAR',
            deleteTime: 'VARCHAR', affiliation: 'VARCHAR',
            member: 'STRUCT(name VARCHAR, displayName VARCHAR, domainId VARCHAR, type VARCHAR,
                isAnonymous BOOLEAN, email VARCHAR, avatarUrl VARCHAR)',
            groupMember: 'STRUCT(name VARCHAR)'
        }",
        queries: &[
            Query {
                filter: r#"member.type = "HUMAN" AND role = "ROLE_MANAGER""#,
                columns: "member.type = 'HUMAN' AND role = 'ROLE_MANAGER'",
                text: "json->>'$.member.type' = 'HUMAN' AND json->>'$.role' = 'ROLE_MANAGER'",
                jq: r#"select(.member.type == "HUMAN" and .role == "ROLE_MANAGER")"#,
            },
            Query {
                filter: r#"member.type != "BOT""#,
                columns: "member.type IS DISTINCT FROM 'BOT'",
                text: "json->>'$.member.type' IS DISTINCT FROM 'BOT'",
                jq: r#"select(.member.type != "BOT")"#,
            },
        ],
        matching: |filter, dump| {
            let filter: members::Filter = filter.parse().unwrap();
            let matches = |line: &str| {
                let membership: Membership = serde_json::from_str(line).unwrap();
                filter.matches(&membership)
            };
            lines(dump).filter(|line| matches(line)).collect()
        },
    },
    Dump {
        method: "spaces.messages.list",
        name: "messages",
        write: generate::messages,
        columns: "{
            name: 'VARCHAR', sender: 'STRUCT(name VARCHAR, displayName VARCHAR, type VARCHAR)',
            createTime: 'TIMESTAMPTZ', lastUpdateTime: 'TIMESTAMPTZ', text: 'VARCHAR',
            formattedText: 'VARCHAR', argumentText: 'VARCHAR', thread: 'STRUCT(name VARCHAR)',
            space: 'STRUCT(name VARCHAR)', attachment: 'STRUCT(name VARCHAR, contentName VARCHAR)[]',
            threadReply: 'BOOLEAN'
        }",
        queries: &[
            Query {
                filter: r#"create_time > "2024-06-01T00:00:00Z" AND create_time < "2024-07-01T00:00:00Z""#,
                columns: "createTime > TIMESTAMPTZ '2024-06-01 00:00:00+00' \
                          AND createTime < TIMESTAMPTZ '2024-07-01 00:00:00+00'",
                text: "(json->>'$.createTime')::TIMESTAMPTZ > TIMESTAMPTZ '2024-06-01 00:00:00+00' \
                       AND (json->>'$.createTime')::TIMESTAMPTZ < TIMESTAMPTZ '2024-07-01 00:00:00+00'",
                // All times of the dump have the same form, so that texts have their order.
                jq: r#"select(.createTime > "2024-06-01T00:00:00.000000Z" and .createTime < "2024-07-01T00:00:00.000000Z")"#,
            },
            Query {
                filter: r#"create_time > "2022-01-01T00:00:00Z" AND thread.name = spaces/AAAAGENERAL/threads/NEWS"#,
                columns: "createTime > TIMESTAMPTZ '2022-01-01 00:00:00+00' \
                          AND thread.name = 'spaces/AAAAGENERAL/threads/NEWS'",
                text: "json->>'$.thread.name' = 'spaces/AAAAGENERAL/threads/NEWS' \
                       AND (json->>'$.createTime')::TIMESTAMPTZ > TIMESTAMPTZ '2022-01-01 00:00:00+00'",
                jq: r#"select(.createTime > "2022-01-01T00:00:00.000000Z" and .thread.name == "spaces/AAAAGENERAL/threads/NEWS")"#,
            },
        ],
        matching: |filter, dump| {
            let filter: messages::Filter = filter.parse().unwrap();
            let matches = |line: &str| {
                let message: Message = serde_json::from_str(line).unwrap();
                filter.matches(&message)
            };
            lines(dump).filter(|line| matches(line)).collect()
        },
    },
];

fn lines(path: &Path) -> impl Iterator<Item = String> {
    let file = BufReader::new(File::open(path).unwrap());
    file.lines().map(Result::unwrap)
}

/// Output of a program.
enum Output {
    /// Standard output, redirected to a file.
    File,
    /// Standard output, discarded.
    Discarded,
    /// A file that the program opens itself. It prints the seconds that the query took.
    Own(PathBuf),
}

/// A program to measure.
struct Peer {
    name: &'static str,
    command: Command,
    output: Output,
    /// Whether it outputs the matches, or only shows the cost of reading and writing.
    is_filter: bool,
    /// Whether it takes seconds.
    slow: bool,
}

impl Peer {
    /// Returns the file with the output.
    fn file<'f>(&'f self, shared: &'f Path) -> &'f Path {
        match &self.output {
            Output::Own(path) => path,
            Output::File | Output::Discarded => shared,
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
    let cores = thread::available_parallelism().unwrap();
    for dump in &DUMPS {
        let path = directory.join(dump.name).with_extension("ndjson");
        let mut out = BufWriter::new(File::create(&path).unwrap());
        (dump.write)(count, &mut out).unwrap();
        drop(out);
        let bytes = fs::metadata(&path).unwrap().len();
        println!("\n{count} {}, {bytes} bytes, {cores} cores", dump.name);
        for query in dump.queries {
            if args.get(1).is_some_and(|arg| arg == "memory") {
                memory(dump, query, &path, &directory);
            } else {
                compare(dump, query, &path, &directory);
            }
        }
        fs::remove_file(path).unwrap();
    }
}

/// Prints the peak memory of the program for a query.
fn memory(dump: &Dump, query: &Query, path: &Path, directory: &Path) {
    let output = directory.join("matches.ndjson");
    let mut command = match_command(dump, query, path);
    command.stdout(File::create(&output).unwrap());
    let mut child = command.spawn().unwrap();
    let status = format!("/proc/{}/status", child.id());
    let mut max = 0;
    while child.try_wait().unwrap().is_none() {
        let text = fs::read_to_string(&status).unwrap_or_default();
        let peak = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let kilobytes = peak.and_then(|peak| peak.trim().strip_suffix(" kB")?.parse().ok());
        max = max.max(kilobytes.unwrap_or(0_u32));
        thread::sleep(Duration::from_millis(1));
    }
    let mebibytes = f64::from(max) / 1024.0;
    println!("{mebibytes:8.1} MiB peak  {}", query.filter);
    fs::remove_file(output).unwrap();
}

fn match_command(dump: &Dump, query: &Query, path: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_gchat-filter"));
    command.args(["match", "--method", dump.method, query.filter]);
    command.arg(path);
    command
}

/// Returns the installed programs, `gchat-filter` first.
fn peers(dump: &Dump, query: &Query, path: &Path, directory: &Path) -> Vec<Peer> {
    let peer = |name, command| Peer {
        name,
        command,
        output: Output::File,
        is_filter: true,
        slow: false,
    };
    let mut peers = vec![peer("gchat-filter", match_command(dump, query, path))];
    for (name, output) in [
        ("reading only", Output::Discarded),
        ("copying the file", Output::File),
    ] {
        let mut command = Command::new("cat");
        command.arg(path);
        peers.push(Peer {
            output,
            is_filter: false,
            ..peer(name, command)
        });
    }

    let python = std::env::var_os("PYTHON").unwrap_or_else(|| "python3".into());
    let mut probe = Command::new(&python);
    if succeeds(probe.args(["-c", "import duckdb"])) {
        for (name, script, condition) in [
            ("duckdb", "duckdb_match.py", query.columns),
            ("duckdb, text", "duckdb_text.py", query.text),
        ] {
            let output = directory.join(script).with_extension("ndjson");
            let mut command = Command::new(&python);
            command
                .arg(
                    Path::new(env!("CARGO_MANIFEST_DIR"))
                        .join("benches/dump")
                        .join(script),
                )
                .args([path.as_os_str(), condition.as_ref(), output.as_os_str()])
                .arg(dump.columns);
            peers.push(Peer {
                output: Output::Own(output),
                ..peer(name, command)
            });
        }
    }
    for name in ["jaq", "jq"] {
        if succeeds(Command::new(name).arg("--version")) {
            let mut command = Command::new(name);
            command.args(["-c", query.jq]).arg(path);
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

/// Checks and measures the programs on a query.
fn compare(dump: &Dump, query: &Query, path: &Path, directory: &Path) {
    println!("\n{}", query.filter);
    let mut peers = peers(dump, query, path, directory);
    let expected = (dump.matching)(query.filter, path);
    let shared = directory.join("output.ndjson");
    for peer in &mut peers {
        run(peer, &shared);
        if peer.is_filter {
            check(peer, &expected, peer.file(&shared));
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
        // The ratio is to the query alone, without starting Python and the database.
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

/// Runs a program. Returns the seconds that the process took, and those of the query, if the
/// program prints them.
fn run(peer: &mut Peer, shared: &Path) -> (f64, f64) {
    // Excludes the time to delete the previous output.
    let _ = fs::remove_file(peer.file(shared));
    let output = match peer.output {
        Output::File => File::create(shared).unwrap().into(),
        Output::Discarded => Stdio::null(),
        Output::Own(_) => Stdio::piped(),
    };
    let start = Instant::now();
    let output = peer.command.stdout(output).spawn().unwrap();
    let output = output.wait_with_output().unwrap();
    let process = start.elapsed().as_secs_f64();
    assert!(output.status.success(), "{}", peer.name);
    let printed = String::from_utf8(output.stdout).unwrap();
    (process, printed.trim().parse().unwrap_or(process))
}

/// Asserts that the output is the lines that the filter matches, in order and, except for the peer
/// that writes columns, byte for byte.
fn check(peer: &Peer, expected: &[String], output: &Path) {
    let name = |line: &str| {
        let resource: Value = serde_json::from_str(line).unwrap();
        resource["name"].as_str().map(str::to_owned)
    };
    let mut matches = lines(output);
    for line in expected {
        let found = matches.next().unwrap();
        let same = found == *line || peer.name == "duckdb" && name(&found) == name(line);
        assert!(same, "{}: {found} {line}", peer.name);
    }
    assert_eq!(matches.next(), None, "{}", peer.name);
    println!("{} matches, the same from {}", expected.len(), peer.name);
}

fn median(times: impl Iterator<Item = f64>) -> f64 {
    let mut times: Vec<f64> = times.collect();
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}
