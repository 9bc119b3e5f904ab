//! The `serve` command: runs the mock server.

use std::io::{self, IsTerminal, Read, Write};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::pin::pin;

use gchat_filter_mock::{Mock, OpenError, SeedError, serve};
use tokio::net::TcpListener;
use tokio::runtime::Runtime;
#[cfg(unix)]
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::oneshot;

use super::log::Log;
use super::{Outcome, print_error};

#[derive(clap::Args)]
pub(super) struct Args {
    /// JSON file with the initial data, instead of the built-in sample; `-` for standard input.
    ///
    /// May be given several times: the files are parts of one seed. A list response of the API is a
    /// valid part.
    #[arg(long, value_name = "FILE")]
    seed: Vec<PathBuf>,
    /// Address to listen on; port 0 selects a free port.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
    /// Keep the data in a file across restarts.
    ///
    /// A new file starts with the data of `--seed`, and later starts continue with the data in the
    /// file. Every change is on disk before its response is sent.
    #[arg(long, value_name = "FILE")]
    save: Option<PathBuf>,
    /// Stop the clock at a time, such as 2026-01-01T00:00:00Z.
    ///
    /// Page tokens then depend on the seed alone, so that two runs answer alike.
    #[arg(long, value_name = "TIME")]
    now: Option<String>,
    /// Serve the control paths (`/__admin/…`) even if the address is not a loopback address.
    ///
    /// Anyone who can reach the address can then change and stop the server.
    #[arg(long)]
    admin: bool,
}

pub(super) fn run(args: &Args) -> io::Result<Outcome> {
    let mock = match mock(args) {
        Ok(mock) => mock,
        Err(message) => {
            print_error(message);
            return Ok(Outcome::Failure);
        }
    };
    let mock = match &args.now {
        None => mock,
        Some(now) => match mock.with_now(now) {
            Ok(mock) => mock,
            Err(error) => {
                print_error(error);
                return Ok(Outcome::Failure);
            }
        },
    };
    let mock = if args.admin { mock.with_admin() } else { mock };
    let log = Log::start()?;
    for warning in mock.warnings() {
        log.line(format_args!("warning: {warning}"));
    }
    let writer = log.clone();
    tracing_subscriber::fmt()
        .with_writer(move || writer.clone())
        .with_ansi(io::stderr().is_terminal())
        .with_target(false)
        .init();
    let runtime = Runtime::new()?;
    let outcome = runtime.block_on(listen(args, mock, &log));
    log.finish();
    // A second signal does not wait for anything.
    runtime.shutdown_background();
    outcome
}

async fn listen(args: &Args, mock: Mock, log: &Log) -> io::Result<Outcome> {
    let listener = match TcpListener::bind(args.listen).await {
        Ok(listener) => listener,
        Err(error) => {
            print_error(format_args!("cannot listen on {}: {error}", args.listen));
            return Ok(Outcome::Failure);
        }
    };
    // Registered before the address is announced: from then on, clients may stop the server.
    let mut signals = Signals::new()?;
    let address = listener.local_addr()?;
    if !address.ip().is_loopback() {
        log.line(format_args!(
            "warning: {address} is not a loopback address; anyone on the network can reach this \
             server, which is meant for tests only"
        ));
    }
    let token = if mock.asks_for_tokens() {
        "TOKEN-OF-A-CALLER"
    } else {
        "any"
    };
    if let Err(error) = announce(address, token, &mut io::stdout().lock()) {
        log.line(format_args!(
            "warning: cannot write to standard output ({error}); listening on http://{address}"
        ));
    }
    let (stop, stopped) = oneshot::channel::<()>();
    let mut serving = pin!(serve(mock, [listener], async { drop(stopped.await) }));
    tokio::select! {
        result = &mut serving => result?,
        () = signals.next() => {
            drop(stop);
            tokio::select! {
                result = &mut serving => result?,
                () = signals.next() => {}
            }
        }
    }
    log.line("stopped");
    Ok(Outcome::Success)
}

/// Creates the server that the arguments describe.
fn mock(args: &Args) -> Result<Mock, String> {
    let seeds = args.seed.iter().map(|path| {
        let text = read_seed(path);
        text.map_err(|error| format!("{}: {error}", path.display()))
    });
    let seeds = seeds.collect::<Result<Vec<_>, _>>()?;
    let in_seed = |error: &SeedError| match args.seed.get(error.seed) {
        Some(path) => format!("{}: {error}", path.display()),
        None => error.to_string(),
    };
    match &args.save {
        Some(path) => Mock::open_seeds(path, &seeds).map_err(|error| match error {
            OpenError::Seed(error) if !seeds.is_empty() => in_seed(&error),
            error => format!("{}: {error}", path.display()),
        }),
        None if seeds.is_empty() => Ok(Mock::sample()),
        None => Mock::from_seeds(&seeds).map_err(|error| in_seed(&error)),
    }
}

/// Reads a seed from a file or, for `-`, from standard input.
fn read_seed(path: &Path) -> Result<String, String> {
    let bytes = if path.as_os_str() == "-" {
        let mut bytes = Vec::new();
        io::stdin().read_to_end(&mut bytes).map(|_| bytes)
    } else {
        std::fs::read(path)
    };
    decode_seed(bytes.map_err(|error| error.to_string())?)
}

/// Decodes UTF-8, with or without a byte order mark, and names other common encodings.
fn decode_seed(bytes: Vec<u8>) -> Result<String, String> {
    match *bytes.as_slice() {
        [0x1f, 0x8b, ..] => return Err("compressed with gzip, decompress it first".to_owned()),
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] | [0, _, ..] | [_, 0, ..] => {
            return Err("encoded as UTF-16, expected UTF-8".to_owned());
        }
        _ => {}
    }
    let text = String::from_utf8(bytes)
        .map_err(|error| format!("not UTF-8 at byte {}", error.utf8_error().valid_up_to()))?;
    match text.strip_prefix('\u{feff}') {
        Some(text) => Ok(text.to_owned()),
        None => Ok(text),
    }
}

/// Prints the base URL and setup code for Google's client libraries.
fn announce(address: SocketAddr, token: &str, out: &mut impl Write) -> io::Result<()> {
    let (ip, port) = (address.ip(), address.port());
    // Clients cannot connect to an unspecified address; on this machine, loopback works.
    let host = match ip {
        _ if !ip.is_unspecified() => SocketAddr::new(ip, port).to_string(),
        std::net::IpAddr::V4(_) => format!("127.0.0.1:{port}"),
        std::net::IpAddr::V6(_) => format!("[::1]:{port}"),
    };
    let name = host.rsplit_once(':').map_or(&*host, |(name, _)| name);
    let text = format!(
        "http://{host}

Python, google-api-python-client:
  from google.oauth2.credentials import Credentials
  from googleapiclient.discovery import build
  chat = build('chat', 'v1', credentials=Credentials('{token}'), client_options={{'api_endpoint': 'http://{host}'}})

Python, google-apps-chat:
  from google.apps import chat_v1
  from google.oauth2.credentials import Credentials
  chat = chat_v1.ChatServiceClient(transport='rest', credentials=Credentials('{token}'), client_options={{'api_endpoint': 'http://{host}'}})

Node, @googleapis/chat:
  const {{auth, chat}} = require('@googleapis/chat');
  const client = new auth.OAuth2();
  client.setCredentials({{access_token: '{token}'}});
  const api = chat({{version: 'v1', auth: client, rootUrl: 'http://{host}/'}});

Node, @google-apps/chat, run with METADATA_SERVER_DETECTION=none:
  const {{ChatServiceClient}} = require('@google-apps/chat').v1;
  const {{OAuth2Client}} = require('google-auth-library');
  const authClient = new OAuth2Client();
  authClient.setCredentials({{access_token: '{token}'}});
  const api = new ChatServiceClient({{fallback: 'rest', protocol: 'http', apiEndpoint: '{name}', port: {port}, authClient}});

"
    );
    out.write_all(text.as_bytes())?;
    out.flush()
}

/// The signals that stop the server: Ctrl-C and SIGTERM.
struct Signals {
    #[cfg(unix)]
    interrupt: Signal,
    #[cfg(unix)]
    terminate: Signal,
}

impl Signals {
    #[cfg(unix)]
    fn new() -> io::Result<Self> {
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
        })
    }

    #[cfg(unix)]
    async fn next(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }

    #[cfg(not(unix))]
    #[allow(clippy::unnecessary_wraps, reason = "it can fail on Unix")]
    fn new() -> io::Result<Self> {
        Ok(Self {})
    }

    #[cfg(not(unix))]
    #[allow(clippy::unused_self, reason = "it has state on Unix")]
    async fn next(&mut self) {
        // Without a handler, nothing stops the server but the end of its process.
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending().await
        }
    }
}
