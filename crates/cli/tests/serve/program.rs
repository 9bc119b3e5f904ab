//! `gchat-filter serve` as a child process.

use std::fs::File;
use std::io::{BufRead, BufReader, Read, Seek, SeekFrom};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};

/// The program while it serves. It is killed when this is dropped.
pub(crate) struct Program {
    child: Child,
    log: File,
    pub(crate) address: SocketAddr,
    pub(crate) introduction: String,
}

/// The program before it has printed its introduction. It is killed when this is dropped.
pub(crate) struct Starting {
    child: Option<Child>,
    log: Option<File>,
}

/// Number of lines of the introduction.
const INTRODUCTION: usize = 35;

impl Starting {
    pub(crate) fn new(mut command: Command) -> Self {
        // A full pipe without a reader would block the server.
        let log = tempfile::tempfile().unwrap();
        let child = command
            .stdout(Stdio::piped())
            .stderr(log.try_clone().unwrap())
            .spawn()
            .unwrap();
        Self {
            child: Some(child),
            log: Some(log),
        }
    }

    /// Reads the introduction, or a part of it if the program ends early.
    pub(crate) fn introduction(stdout: impl Read) -> Vec<String> {
        let lines = BufReader::new(stdout).lines().take(INTRODUCTION);
        lines.map_while(Result::ok).collect()
    }

    pub(crate) fn address(introduction: &[String]) -> Option<SocketAddr> {
        if introduction.len() < INTRODUCTION {
            return None;
        }
        introduction.first()?.strip_prefix("http://")?.parse().ok()
    }

    pub(crate) fn stdout(&mut self) -> ChildStdout {
        self.child.as_mut().unwrap().stdout.take().unwrap()
    }

    pub(crate) fn kill(&mut self) {
        let child = self.child.as_mut().unwrap();
        child.kill().unwrap();
        child.wait().unwrap();
    }

    pub(crate) fn serving(mut self) -> Program {
        let introduction = Self::introduction(self.stdout());
        let (mut child, mut log) = (self.child.take().unwrap(), self.log.take().unwrap());
        let Some(address) = Self::address(&introduction) else {
            child.wait().unwrap();
            panic!("the program does not serve: {}", read_all(&mut log));
        };
        Program {
            child,
            log,
            address,
            introduction: introduction.join("\n"),
        }
    }
}

impl Drop for Starting {
    fn drop(&mut self) {
        if let Some(child) = &mut self.child {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

impl Program {
    pub(crate) fn command(arguments: &[&str]) -> Command {
        Self::command_listening("127.0.0.1:0", arguments)
    }

    fn command_listening(address: &str, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_gchat-filter"));
        command.args(["serve", "--listen", address]).args(arguments);
        command
    }

    pub(crate) fn start(arguments: &[&str]) -> Self {
        Self::listening("127.0.0.1:0", arguments)
    }

    pub(crate) fn listening(address: &str, arguments: &[&str]) -> Self {
        Starting::new(Self::command_listening(address, arguments)).serving()
    }

    /// Starts it with a limit of open files.
    pub(crate) fn limited(files: usize, arguments: &[&str]) -> Self {
        let mut command = Command::new("sh");
        command
            .args(["-c", r#"ulimit -n "$0" && exec "$@""#, &files.to_string()])
            .args([env!("CARGO_BIN_EXE_gchat-filter"), "serve"])
            .args(["--listen", "127.0.0.1:0"])
            .args(arguments);
        Starting::new(command).serving()
    }

    pub(crate) fn saving(file: &Path) -> Self {
        Self::start(&["--save", file.to_str().unwrap()])
    }

    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Returns whether it is still running.
    pub(crate) fn is_running(&mut self) -> bool {
        self.child.try_wait().unwrap().is_none()
    }

    /// Returns the log so far.
    pub(crate) fn log(&mut self) -> String {
        read_all(&mut self.log)
    }

    /// Returns the number of its open files, including connections (0 if not on Linux).
    pub(crate) fn files(&self) -> usize {
        let directory = format!("/proc/{}/fd", self.id());
        std::fs::read_dir(directory).map_or(0, Iterator::count)
    }

    /// Returns its current and its peak resident memory, in KiB (0 if not on Linux).
    pub(crate) fn memory(&self) -> (u64, u64) {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.id()));
        let Ok(status) = status else {
            return (0, 0);
        };
        let field = |name: &str| {
            let line = status.lines().find_map(|line| line.strip_prefix(name));
            let number = line.unwrap().trim().trim_end_matches(" kB");
            number.parse().unwrap()
        };
        (field("VmRSS:"), field("VmHWM:"))
    }

    /// Sends it a signal and waits; returns the exit status and the log.
    pub(crate) fn stop(mut self, signal: &str) -> (Option<i32>, String) {
        let id = self.id().to_string();
        Command::new("kill").args([signal, &id]).status().unwrap();
        let code = self.child.wait().unwrap().code();
        (code, self.log())
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn read_all(log: &mut File) -> String {
    let mut text = String::new();
    log.seek(SeekFrom::Start(0)).unwrap();
    log.read_to_string(&mut text).unwrap();
    text
}
