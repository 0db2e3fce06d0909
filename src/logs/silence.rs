//! Answers that never came, in the words of whoever waited for them.

/// Words for an answer that never came, in small letters: of curl, of Node, Java and Go, of proxies.
const NO_ANSWER: [&str; 12] = [
    "timed out",
    "timeout",
    "etimedout",
    "connection reset",
    "econnreset",
    "econnaborted",
    "socket hang up",
    "empty reply from server",
    "broken pipe",
    "unexpected eof",
    "connection aborted",
    "closed the connection",
];

/// Whether a sentence says that no answer came.
pub fn says_no_answer(words: &str) -> bool {
    let words = words.to_ascii_lowercase();
    NO_ANSWER.iter().any(|known| words.contains(known))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_waited_says_so_in_his_own_words() {
        for words in [
            "* Operation timed out after 60001 milliseconds with 0 bytes received",
            "curl: (52) Empty reply from server",
            "java.net.SocketTimeoutException: Read timed out",
            "Error: socket hang up (ECONNRESET)",
        ] {
            assert!(says_no_answer(words), "{words}");
        }
        assert!(!says_no_answer("Could not resolve host: api.example.com") && !says_no_answer("Bad Gateway"));
    }
}
