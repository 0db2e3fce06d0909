//! A recording as its users start it: the binary, a target behind it, an IdP in front of it.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::thread::JoinHandle;
use std::time::Duration;

use serde_json::Value;

use crate::binary::{Binary, Said};

/// A recording that runs.
pub struct Recorded {
    pub binary: Binary,
    /// The base URL for the IdP.
    pub base: String,
    child: Running,
    banner: String,
}

/// A process that does not outlive a test that fails.
struct Running(Option<Child>);

impl Drop for Running {
    fn drop(&mut self) {
        if let Some(mut child) = self.0.take() {
            let _ = child.kill(); // it may have ended by itself
            let _ = child.wait();
        }
    }
}

impl Recorded {
    /// Records requests for a target into the folder `out`.
    pub fn start(target: &str, more: &[&str]) -> Self {
        Self::start_in(Binary::new(), target, more)
    }

    pub fn start_in(binary: Binary, target: &str, more: &[&str]) -> Self {
        let arguments = ["record", "--target", target, "--listen", "127.0.0.1:0", "--out", "out"];
        let mut command = binary.command(&[&arguments, more].concat());
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.as_mut().unwrap());
        let mut banner = String::new();
        let base = loop {
            let mut line = String::new();
            assert_ne!(lines.read_line(&mut line).unwrap(), 0, "it ended: {:?}", child.wait_with_output());
            banner.push_str(&line);
            if let Some(base) = line.trim().strip_prefix("base URL for the IdP") {
                break base.trim().to_owned();
            }
        };
        assert!(lines.buffer().is_empty() || lines.buffer() == b"\n", "nothing may be lost with the reader");
        Self { binary, base, child: Running(Some(child)), banner }
    }

    /// Ends it as Ctrl-C does, and gives what it said.
    pub fn stop(mut self) -> (Said, Binary) {
        let child = self.child.0.take().unwrap();
        let interrupted = Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
        assert!(interrupted.success());
        let output = child.wait_with_output().unwrap();
        let mut said = Said::from(output);
        said.stdout.insert_str(0, &std::mem::take(&mut self.banner));
        (said, self.binary)
    }

    /// Ends it as a crash would.
    pub fn kill(mut self) -> Binary {
        let mut child = self.child.0.take().unwrap();
        child.kill().unwrap();
        child.wait().unwrap();
        self.binary
    }
}

/// A file of the recording.
pub fn file(binary: &Binary, name: &str) -> String {
    let path: PathBuf = binary.folder().join("out").join(name);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Lines of the transcript; each of them is whole.
pub fn transcript(binary: &Binary) -> Vec<Value> {
    file(binary, "transcript.jsonl").lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// Host and port of a base URL.
pub fn authority(base: &str) -> &str {
    base.split_once("://").unwrap().1.split('/').next().unwrap()
}

/// Sends bytes, and gives all that comes back until the connection closes.
pub fn exchange(authority: &str, request: &[u8]) -> Vec<u8> {
    let mut stream = TcpStream::connect(authority).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    stream.write_all(request).unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    answer
}

/// A target that gives these bytes to one request and closes; gives what it was sent.
pub fn target(answer: Vec<u8>) -> (String, JoinHandle<Vec<u8>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let base = format!("http://{}/scim/v2", listener.local_addr().unwrap());
    let served = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let request = read_request(&mut stream);
        // Whoever has seen enough may have closed already.
        let _ = stream.write_all(&answer).and_then(|()| stream.shutdown(Shutdown::Both));
        request
    });
    (base, served)
}

/// One request, whole: its header section and as much body as it announces.
fn read_request(stream: &mut TcpStream) -> Vec<u8> {
    let (mut bytes, mut buffer) = (Vec::new(), [0; 4096]);
    loop {
        let read = stream.read(&mut buffer).unwrap();
        bytes.extend_from_slice(&buffer[..read]);
        let Some(head) = bytes.windows(4).position(|window| window == b"\r\n\r\n").map(|at| at + 4) else { continue };
        let text = String::from_utf8_lossy(&bytes[..head]).to_ascii_lowercase();
        let announced = text.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse().ok());
        if read == 0 || bytes.len() >= head + announced.unwrap_or(0) {
            return bytes;
        }
    }
}
