//! A target on loopback: the product's own reference server, on request behind a wire that is slow.

use std::error::Error;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use super::Settings;

/// `scimulator serve` as a process of its own; ends with this value.
pub struct Target {
    server: Child,
    /// Its base URL.
    pub base: String,
    /// Its token.
    pub token: String,
}

impl Target {
    /// Starts it on a free port.
    pub fn start(settings: &Settings) -> Result<Self, Box<dyn Error>> {
        let mut command = Command::new(&settings.product);
        let mut server = command.args(["serve", "--port", "0"]).stdout(Stdio::piped()).spawn()?;
        let banner = BufReader::new(server.stdout.take().ok_or("the server prints nothing")?);
        let (mut base, mut token) = (None, None);
        for line in banner.lines() {
            let line = line?;
            let word = |label: &str| line.trim().strip_prefix(label).map(|rest| rest.trim().to_owned());
            base = base.or_else(|| word("base URL "));
            token = token.or_else(|| word("token "));
            if base.is_some() && token.is_some() {
                break;
            }
        }
        let missing = "the server names no base URL and token";
        Ok(Self { server, base: base.ok_or(missing)?, token: token.ok_or(missing)? })
    }

    /// The base URL of the same endpoint, each request `delay` later.
    pub fn slowed(&self, delay: Duration) -> Result<String, Box<dyn Error>> {
        let rest = self.base.strip_prefix("http://").ok_or("the server is not at http://")?;
        let (address, path) = rest.split_once('/').ok_or("the base URL has no path")?;
        let (address, listener) = (address.parse::<SocketAddr>()?, TcpListener::bind("127.0.0.1:0")?);
        let slow = format!("http://{}/{path}", listener.local_addr()?);
        std::thread::spawn(move || {
            for client in listener.incoming().flatten() {
                std::thread::spawn(move || forward(&client, address, delay));
            }
        });
        Ok(slow)
    }
}

impl Drop for Target {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

/// Both directions of one connection. What a client sends in one piece is one request, or the rest of one.
fn forward(client: &TcpStream, address: SocketAddr, delay: Duration) -> std::io::Result<()> {
    let server = TcpStream::connect(address)?;
    for stream in [client, &server] {
        stream.set_nodelay(true)?;
    }
    let (mut from_server, mut to_client) = (server.try_clone()?, client.try_clone()?);
    std::thread::spawn(move || {
        let _ = std::io::copy(&mut from_server, &mut to_client);
        let _ = to_client.shutdown(Shutdown::Write);
    });
    let (mut from_client, mut to_server) = (client, &server);
    let mut buffer = vec![0; 1 << 16];
    loop {
        let length = from_client.read(&mut buffer)?;
        if length == 0 {
            return server.shutdown(Shutdown::Write);
        }
        std::thread::sleep(delay);
        to_server.write_all(&buffer[..length])?;
    }
}
