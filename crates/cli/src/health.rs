//! The `health` command: whether a mock server answers, for images without a shell.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use super::listen::{self, Address};
use super::{Outcome, print_error};

/// How long the server may take for each step.
const PATIENCE: Duration = Duration::from_secs(5);

/// Maximum length of the first line of the response, in bytes.
const MAX_LINE_LEN: u64 = 1000;

#[derive(clap::Args)]
pub(super) struct Args {
    /// URL or address of the server. In the variable, the first address counts.
    #[arg(
        value_name = "URL",
        env = listen::VARIABLE,
        default_value = "http://127.0.0.1:8080",
        value_parser = first
    )]
    url: Address,
}

fn first(addresses: &str) -> Result<Address, String> {
    let first = addresses.split(',').next();
    first.unwrap_or_default().parse()
}

pub(super) fn run(args: &Args, out: &mut impl Write) -> io::Result<Outcome> {
    match check(&args.url) {
        Ok(()) => {
            writeln!(out, "healthy")?;
            Ok(Outcome::Success)
        }
        Err(error) => {
            print_error(format_args!("{}: {error}", args.url));
            Ok(Outcome::Negative)
        }
    }
}

/// Asks the first address of a host that accepts a connection.
fn check(url: &Address) -> Result<(), String> {
    let addresses = url.resolve().map_err(|error| error.to_string())?;
    let mut failure = "the host has no address".to_owned();
    for address in addresses.into_iter().map(listen::reachable) {
        match TcpStream::connect_timeout(&address, PATIENCE) {
            Ok(stream) => {
                let line = ask(stream, address).map_err(|error| error.to_string())?;
                let status = line.split(' ').nth(1);
                return match status {
                    Some("200") => Ok(()),
                    _ => Err(format!("unexpected response: {}", line.trim())),
                };
            }
            Err(error) => failure = error.to_string(),
        }
    }
    Err(failure)
}

/// Returns the first line of the response.
fn ask(mut stream: TcpStream, address: SocketAddr) -> io::Result<String> {
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    // The address instead of the name of the host, which the server does not know.
    let request =
        format!("GET /__admin/health HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n");
    stream.write_all(request.as_bytes())?;
    let mut line = String::new();
    BufReader::new(stream.take(MAX_LINE_LEN)).read_line(&mut line)?;
    Ok(line)
}
