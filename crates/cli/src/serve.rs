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
use tracing_subscriber::filter::LevelFilter;

use super::listen::{self, Address};
use super::log::{Log, LogFormat};
use super::{Outcome, print_error};

#[derive(clap::Args)]
pub(super) struct Args {
    /// JSON file with the initial data, instead of the built-in sample; `-` for standard input.
    ///
    /// May be given several times: the files are parts of one seed. A list response of the API is a
    /// valid part. The variable has one file.
    #[arg(long, value_name = "FILE", env = "GCHAT_FILTER_SEED")]
    seed: Vec<PathBuf>,
    /// Address to listen on: a host, a port or both, such as `127.0.0.1:8080`, `localhost` or `:8080`.
    ///
    /// May be given several times, or be several addresses separated by commas. Without a host, it is
    /// 127.0.0.1, and without a port 8080; port 0 selects a free port. `localhost` is both loopback
    /// addresses, 127.0.0.1 and `::1`.
    #[arg(
        long,
        value_name = "ADDRESS",
        env = listen::VARIABLE,
        value_delimiter = ',',
        default_value = "127.0.0.1:8080"
    )]
    listen: Vec<Address>,
    /// Port to listen on, in place of the port of each address.
    #[arg(long, value_name = "PORT")]
    port: Option<u16>,
    /// Keep the data in a file across restarts.
    ///
    /// A new file starts with the data of `--seed`, and later starts continue with the data in the
    /// file. Every change is on disk before its response is sent.
    #[arg(long, value_name = "FILE", env = "GCHAT_FILTER_SAVE")]
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
    /// Stop when standard input is closed.
    ///
    /// A test runner that starts the program with a pipe as its standard input need not stop it: the
    /// pipe closes when the runner ends, even if it is killed.
    #[arg(long)]
    exit_on_stdin_close: bool,
    /// Log only warnings and errors.
    #[arg(long)]
    quiet: bool,
    /// Form of the log's lines.
    #[arg(long, value_name = "FORMAT", value_enum, default_value = "text")]
    log_format: LogFormat,
}

pub(super) fn run(args: &Args) -> io::Result<Outcome> {
    let mock = match mock(args) {
        Ok(mock) => mock,
        Err(message) => {
            print_error(message);
            return Ok(Outcome::Failure);
        }
    };
    let log = Log::start(args.log_format)?;
    for warning in mock.warnings() {
        log.warning(warning);
    }
    log_requests(args, &log);
    let runtime = Runtime::new()?;
    let outcome = runtime.block_on(serve_until_stopped(args, mock, &log));
    log.finish();
    // A second signal does not wait for anything.
    runtime.shutdown_background();
    outcome
}

/// Writes what the server logs to the log.
fn log_requests(args: &Args, log: &Log) {
    let writer = log.clone();
    let level = if args.quiet {
        LevelFilter::WARN
    } else {
        LevelFilter::INFO
    };
    let lines = tracing_subscriber::fmt()
        .with_writer(move || writer.clone())
        .with_ansi(args.log_format == LogFormat::Text && io::stderr().is_terminal())
        .with_target(false)
        .with_max_level(level);
    match args.log_format {
        LogFormat::Text => lines.init(),
        LogFormat::Json => lines.json().flatten_event(true).init(),
    }
}

async fn serve_until_stopped(args: &Args, mock: Mock, log: &Log) -> io::Result<Outcome> {
    let listeners = match listen(args).await {
        Ok(listeners) => listeners,
        Err(message) => {
            print_error(message);
            return Ok(Outcome::Failure);
        }
    };
    // Registered before the address is announced: from then on, clients may stop the server.
    let mut signals = Signals::new()?;
    let input = args.exit_on_stdin_close.then(closed_input).transpose()?;
    let mut addresses = Vec::new();
    for listener in &listeners {
        let address = listener.local_addr()?;
        if !address.ip().is_loopback() {
            log.warning(format_args!(
                "{address} is not a loopback address; anyone on the network can reach this server, \
                 which is meant for tests only"
            ));
        }
        addresses.push(listen::reachable(address));
    }
    let token = if mock.asks_for_tokens() {
        "TOKEN-OF-A-CALLER"
    } else {
        "any"
    };
    if let Err(error) = announce(&addresses, token, &mut io::stdout().lock()) {
        let urls: Vec<_> = addresses
            .iter()
            .map(|own| format!("http://{own}"))
            .collect();
        log.warning(format_args!(
            "cannot write to standard output ({error}); listening on {}",
            urls.join(" and ")
        ));
    }
    let (stop, stopped) = oneshot::channel::<()>();
    let mut serving = pin!(serve(mock, listeners, async { drop(stopped.await) }));
    let is_stopped = async {
        tokio::select! {
            () = signals.next() => {}
            Some(()) = async { input?.await.ok() } => {}
        }
    };
    tokio::select! {
        result = &mut serving => result?,
        () = is_stopped => {
            drop(stop);
            tokio::select! {
                result = &mut serving => result?,
                () = signals.next() => {}
            }
        }
    }
    if !args.quiet {
        log.note("stopped");
    }
    Ok(Outcome::Success)
}

/// Listens on all addresses.
async fn listen(args: &Args) -> Result<Vec<TcpListener>, String> {
    let mut listeners = Vec::new();
    for address in &args.listen {
        let mut address = address.clone();
        address.port = args.port.unwrap_or(address.port);
        match address.listen().await {
            Ok(own) => listeners.extend(own),
            Err(error) => return Err(format!("cannot listen on {address}: {error}")),
        }
    }
    Ok(listeners)
}

/// Returns what is received when standard input closes.
fn closed_input() -> io::Result<oneshot::Receiver<()>> {
    let (closed, input) = oneshot::channel();
    // The end of the program does not wait for this thread.
    std::thread::Builder::new()
        .name("stdin".to_owned())
        .spawn(move || {
            // What cannot be read is closed, too.
            let _ = io::copy(&mut io::stdin().lock(), &mut io::sink());
            let _ = closed.send(());
        })?;
    Ok(input)
}

/// Creates the server that the arguments describe.
fn mock(args: &Args) -> Result<Mock, String> {
    let reads_seed = args.seed.iter().any(|path| path.as_os_str() == "-");
    if reads_seed && args.exit_on_stdin_close {
        return Err("standard input cannot be both the seed and open until the end".to_owned());
    }
    let seeds = args.seed.iter().map(|path| {
        let text = read_seed(path);
        text.map_err(|error| format!("{}: {error}", path.display()))
    });
    let seeds = seeds.collect::<Result<Vec<_>, _>>()?;
    let in_seed = |error: &SeedError| match args.seed.get(error.seed) {
        Some(path) => format!("{}: {error}", path.display()),
        None => error.to_string(),
    };
    let mut mock = match &args.save {
        Some(path) => Mock::open_seeds(path, &seeds).map_err(|error| match error {
            OpenError::Seed(error) if !seeds.is_empty() => in_seed(&error),
            error => format!("{}: {error}", path.display()),
        }),
        None if seeds.is_empty() => Ok(Mock::sample()),
        None => Mock::from_seeds(&seeds).map_err(|error| in_seed(&error)),
    }?;
    if let Some(now) = &args.now {
        mock = mock.with_now(now).map_err(|error| error.to_string())?;
    }
    Ok(if args.admin { mock.with_admin() } else { mock })
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

/// Prints the base URLs, and setup code for Google's client libraries with the first one.
fn announce(addresses: &[SocketAddr], token: &str, out: &mut impl Write) -> io::Result<()> {
    let Some(host) = addresses.first() else {
        return Ok(());
    };
    let urls: Vec<_> = addresses
        .iter()
        .map(|own| format!("http://{own}"))
        .collect();
    let urls = urls.join("\n");
    let port = host.port();
    let name = match host {
        SocketAddr::V4(host) => host.ip().to_string(),
        SocketAddr::V6(host) => format!("[{}]", host.ip()),
    };
    let text = format!(
        "{urls}

Python, google-api-python-client:
  from google.oauth2.credentials import Credentials
  from googleapiclient.discovery import build
  chat = build('chat', 'v1', credentials=Credentials('{token}'), client_options={{'api_endpoint': 'http://{host}'}})

Python, google-apps-chat over REST:
  from google.apps import chat_v1
  from google.oauth2.credentials import Credentials
  chat = chat_v1.ChatServiceClient(transport='rest', credentials=Credentials('{token}'), client_options={{'api_endpoint': 'http://{host}'}})

Python, google-apps-chat over gRPC, with metadata=[('authorization', 'Bearer {token}')] in each call:
  import grpc
  from google.apps import chat_v1
  from google.apps.chat_v1.services.chat_service.transports import ChatServiceGrpcTransport
  chat = chat_v1.ChatServiceClient(transport=ChatServiceGrpcTransport(channel=grpc.insecure_channel('{host}')))

Node, @googleapis/chat:
  const {{auth, chat}} = require('@googleapis/chat');
  const client = new auth.OAuth2();
  client.setCredentials({{access_token: '{token}'}});
  const api = chat({{version: 'v1', auth: client, rootUrl: 'http://{host}/'}});

Node, @google-apps/chat over REST, run with METADATA_SERVER_DETECTION=none:
  const {{ChatServiceClient}} = require('@google-apps/chat').v1;
  const {{OAuth2Client}} = require('google-auth-library');
  const authClient = new OAuth2Client();
  authClient.setCredentials({{access_token: '{token}'}});
  const api = new ChatServiceClient({{fallback: 'rest', protocol: 'http', apiEndpoint: '{name}', port: {port}, authClient}});

Node, @google-apps/chat over gRPC, with {{otherArgs: {{headers: {{authorization: 'Bearer {token}'}}}}}} in each call:
  const {{ChatServiceClient}} = require('@google-apps/chat').v1;
  const {{credentials}} = require('@grpc/grpc-js');
  const api = new ChatServiceClient({{apiEndpoint: '{name}', port: {port}, sslCreds: credentials.createInsecure()}});

"
    );
    // In one piece, so that nothing is left in the buffer if it fails.
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
