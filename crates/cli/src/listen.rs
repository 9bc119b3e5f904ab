//! Addresses of servers: where `serve` listens, and which one `health` asks.

use std::fmt;
use std::io::{self, ErrorKind};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, ToSocketAddrs};
use std::str::FromStr;

use tokio::net::TcpListener;

/// The environment variable with the addresses, separated by commas.
pub(super) const VARIABLE: &str = "GCHAT_FILTER_LISTEN";

/// The default port.
const PORT: u16 = 8080;

/// How often a port is tried that is free on one address of a host but not on another.
const ATTEMPTS: usize = 10;

/// A host and a port. In text, either is optional: `localhost:8080`, `:8080`, `8080`, `[::1]:8080`, `::1`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Address {
    host: String,
    pub(super) port: u16,
}

impl FromStr for Address {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let invalid = || {
            "expected a host and a port, such as `127.0.0.1:8080`, `localhost:8080` or `8080`"
                .to_owned()
        };
        let text = text.trim();
        let text = text.strip_prefix("http://").unwrap_or(text);
        let text = text.strip_suffix('/').unwrap_or(text);
        let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        let (host, port) = if is_number {
            ("", Some(text))
        } else if text.parse::<Ipv6Addr>().is_ok() {
            (text, None)
        } else if let Some(rest) = text.strip_prefix('[') {
            let (ip, port) = rest.split_once(']').ok_or_else(invalid)?;
            ip.parse::<Ipv6Addr>().map_err(|_| invalid())?;
            let port = match port {
                "" => None,
                port => Some(port.strip_prefix(':').ok_or_else(invalid)?),
            };
            (ip, port)
        } else {
            text.split_once(':')
                .map_or((text, None), |(host, port)| (host, Some(port)))
        };
        let is_name = |c: char| c.is_alphanumeric() || "-._".contains(c);
        let is_valid = host.parse::<Ipv6Addr>().is_ok() || host.chars().all(is_name);
        if text.is_empty() || text.contains('/') || !is_valid {
            return Err(invalid());
        }
        let port = match port {
            None => PORT,
            Some(port) => port.parse().map_err(|_| {
                let port = gchat_filter::diagnostic::quoted(port);
                format!("expected a port from 0 to 65535, found {port}")
            })?,
        };
        // Without a host, only this machine can reach it.
        let host = if host.is_empty() { "127.0.0.1" } else { host };
        Ok(Self {
            host: host.to_owned(),
            port,
        })
    }
}

/// Prints the URL.
impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { host, port } = self;
        if host.contains(':') {
            write!(f, "http://[{host}]:{port}")
        } else {
            write!(f, "http://{host}:{port}")
        }
    }
}

impl Address {
    /// Returns the addresses of the host. Those of `localhost` are both loopback addresses.
    pub(super) fn resolve(&self) -> io::Result<Vec<SocketAddr>> {
        if self.host.eq_ignore_ascii_case("localhost") {
            let both = [
                IpAddr::from(Ipv4Addr::LOCALHOST),
                Ipv6Addr::LOCALHOST.into(),
            ];
            return Ok(both.map(|ip| SocketAddr::new(ip, self.port)).into());
        }
        let mut addresses: Vec<_> = (&*self.host, self.port).to_socket_addrs()?.collect();
        addresses.dedup();
        Ok(addresses)
    }

    /// Listens on all addresses of the host that this machine has, on the same port.
    pub(super) async fn listen(&self) -> io::Result<Vec<TcpListener>> {
        let addresses = self.resolve()?;
        for _ in 1..ATTEMPTS {
            match bind(&addresses).await {
                Err(error) if self.port == 0 && error.kind() == ErrorKind::AddrInUse => {}
                bound => return bound,
            }
        }
        bind(&addresses).await
    }
}

async fn bind(addresses: &[SocketAddr]) -> io::Result<Vec<TcpListener>> {
    let mut listeners: Vec<TcpListener> = Vec::new();
    let mut missing = None;
    for mut address in addresses.iter().copied() {
        if let Some(first) = listeners.first() {
            address.set_port(first.local_addr()?.port());
        }
        match TcpListener::bind(address).await {
            Ok(listener) => listeners.push(listener),
            // Without IPv6, for example.
            Err(error)
                if matches!(
                    error.kind(),
                    ErrorKind::AddrNotAvailable | ErrorKind::Unsupported
                ) =>
            {
                missing = Some(error);
            }
            Err(error) => return Err(error),
        }
    }
    match missing {
        Some(error) if listeners.is_empty() => Err(error),
        _ => Ok(listeners),
    }
}

/// Returns the address at which clients on this machine reach a listener: they cannot connect to an
/// unspecified address.
pub(super) fn reachable(mut address: SocketAddr) -> SocketAddr {
    match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => address.set_ip(Ipv4Addr::LOCALHOST.into()),
        IpAddr::V6(ip) if ip.is_unspecified() => address.set_ip(Ipv6Addr::LOCALHOST.into()),
        _ => {}
    }
    address
}

#[cfg(test)]
mod tests {
    use super::Address;

    #[test]
    fn host_and_port_are_optional() {
        for (text, expected) in [
            ("127.0.0.1:80", "http://127.0.0.1:80"),
            ("localhost:8081", "http://localhost:8081"),
            ("localhost", "http://localhost:8080"),
            ("0.0.0.0", "http://0.0.0.0:8080"),
            ("8081", "http://127.0.0.1:8081"),
            (":8081", "http://127.0.0.1:8081"),
            ("0", "http://127.0.0.1:0"),
            ("[::1]:80", "http://[::1]:80"),
            ("[::1]", "http://[::1]:8080"),
            ("::1", "http://[::1]:8080"),
            ("http://my-host:1/", "http://my-host:1"),
        ] {
            let address = text.parse::<Address>().map(|address| address.to_string());
            assert_eq!(address.as_deref(), Ok(expected), "{text}");
        }
    }

    #[test]
    fn invalid_addresses_are_explained() {
        let expected = "expected a host and a port, such as ";
        for text in [
            "",
            "a b",
            "a/b:1",
            "https://a:1",
            "[::1",
            "[a]:1",
            "[::1]1",
            "u@a",
        ] {
            let error = text.parse::<Address>().err();
            assert!(
                error.is_some_and(|error| error.starts_with(expected)),
                "{text}"
            );
        }
        for text in ["65536", ":x", "localhost:-1", "localhost:"] {
            let error = text.parse::<Address>().err();
            let expected = "expected a port from 0 to 65535, found ";
            assert!(
                error.is_some_and(|error| error.starts_with(expected)),
                "{text}"
            );
        }
    }
}
