//! Words of a command line, as three shells would cut it. Nothing is expanded and nothing is run.

/// Whose rules of quoting hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shell {
    /// bash, zsh and other POSIX shells.
    Posix,
    /// cmd.exe.
    Cmd,
    /// PowerShell.
    Pwsh,
}

/// A word, or what PowerShell calls a hash table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Word {
    /// A word without its quotes.
    Text(String),
    /// `@{ "name" = "value" }`.
    Table(Vec<(String, String)>),
}

/// The words of the command that a text begins with, and how many bytes of the text it takes. A quote that never ends
/// takes the rest.
pub fn words(text: &str, shell: Shell) -> (Vec<Word>, usize) {
    let mut reader = Reader { text, at: 0, words: Vec::new(), word: None };
    match shell {
        Shell::Posix => reader.posix(),
        Shell::Cmd => reader.cmd(),
        Shell::Pwsh => reader.pwsh(),
    }
    reader.end_word();
    (reader.words, reader.at)
}

struct Reader<'t> {
    text: &'t str,
    /// Bytes read.
    at: usize,
    words: Vec<Word>,
    word: Option<String>,
}

impl Reader<'_> {
    fn peek(&self, ahead: usize) -> Option<char> {
        self.text[self.at..].chars().nth(ahead)
    }

    fn next(&mut self) -> Option<char> {
        let next = self.peek(0)?;
        self.at += next.len_utf8();
        Some(next)
    }

    fn push(&mut self, character: char) {
        self.word.get_or_insert_default().push(character);
    }

    fn end_word(&mut self) {
        self.words.extend(self.word.take().map(Word::Text));
    }

    /// Passes over a line end; whether there was one.
    fn line_end(&mut self) -> bool {
        let length = match (self.peek(0), self.peek(1)) {
            (Some('\r'), Some('\n')) => 2,
            (Some('\n' | '\r'), _) => 1,
            _ => return false,
        };
        self.at += length;
        true
    }

    fn posix(&mut self) {
        while let Some(character) = self.peek(0) {
            match character {
                // What follows belongs to other commands. `&` within a word is a URL that somebody forgot to quote.
                '\n' | '\r' | '|' | ';' => return,
                '&' if self.word.is_none() || self.peek(1).is_none_or(|next| next == '&' || next.is_whitespace()) => {
                    return;
                }
                '#' if self.word.is_none() => {
                    while self.peek(0).is_some_and(|next| next != '\n') {
                        self.next();
                    }
                    return;
                }
                _ => self.next(),
            };
            match character {
                ' ' | '\t' => self.end_word(),
                '\\' => {
                    if !self.line_end()
                        && let Some(next) = self.next()
                    {
                        self.push(next);
                    }
                }
                '\'' => self.until('\''),
                '$' if self.peek(0) == Some('\'') => {
                    self.at += 1;
                    self.ansi_c();
                }
                '"' => self.posix_double(),
                '$' if self.peek(0) == Some('"') => {}
                other => self.push(other),
            }
        }
    }

    /// Everything up to a quote, as it stands there.
    fn until(&mut self, quote: char) {
        self.word.get_or_insert_default();
        while let Some(character) = self.next().filter(|character| *character != quote) {
            self.push(character);
        }
    }

    fn posix_double(&mut self) {
        self.word.get_or_insert_default();
        while let Some(character) = self.next().filter(|character| *character != '"') {
            if character != '\\' {
                self.push(character);
            } else if !self.line_end() {
                match self.peek(0) {
                    Some(next @ ('"' | '\\' | '$' | '`')) => {
                        self.at += 1;
                        self.push(next);
                    }
                    _ => self.push('\\'),
                }
            }
        }
    }

    /// `$'…'`.
    fn ansi_c(&mut self) {
        self.word.get_or_insert_default();
        while let Some(character) = self.next().filter(|character| *character != '\'') {
            if character != '\\' {
                self.push(character);
                continue;
            }
            let Some(escape) = self.next() else { return };
            match escape {
                'n' => self.push('\n'),
                'r' => self.push('\r'),
                't' => self.push('\t'),
                'a' => self.push('\u{7}'),
                'b' => self.push('\u{8}'),
                'e' | 'E' => self.push('\u{1b}'),
                'f' => self.push('\u{c}'),
                'v' => self.push('\u{b}'),
                'u' => self.utf_16(),
                'U' => self.code(8),
                'x' => self.bytes(),
                '0'..='7' => {
                    self.at -= 1;
                    let code = self.digits(3, 8).unwrap_or_default();
                    self.extend(char::from_u32(code));
                }
                other => self.push(other),
            }
        }
    }

    fn extend(&mut self, character: Option<char>) {
        self.push(character.unwrap_or(char::REPLACEMENT_CHARACTER));
    }

    /// Up to so many digits.
    fn digits(&mut self, most: usize, radix: u32) -> Option<u32> {
        let mut code = None;
        for _ in 0..most {
            let Some(digit) = self.peek(0).and_then(|digit| digit.to_digit(radix)) else { break };
            self.at += 1;
            code = Some(code.unwrap_or(0_u32).wrapping_mul(radix) + digit);
        }
        code
    }

    fn code(&mut self, most: usize) {
        let code = self.digits(most, 16);
        self.extend(code.and_then(char::from_u32));
    }

    /// `\uXXXX`; browsers write characters beyond U+FFFF as two of them.
    fn utf_16(&mut self) {
        let Some(high) = self.digits(4, 16) else { return self.push('u') };
        if (0xD800..0xDC00).contains(&high) && self.peek(0) == Some('\\') && self.peek(1) == Some('u') {
            self.at += 2;
            let low = self.digits(4, 16).unwrap_or_default();
            let code = 0x10000 + ((high - 0xD800) << 10) + (low.wrapping_sub(0xDC00) & 0x3FF);
            return self.extend(char::from_u32(code));
        }
        self.extend(char::from_u32(high));
    }

    /// `\xHH`, several of which may make one character.
    fn bytes(&mut self) {
        let mut bytes = Vec::new();
        loop {
            let byte = self.digits(2, 16).and_then(|code| u8::try_from(code).ok());
            bytes.extend(byte);
            if byte.is_none() || self.peek(0) != Some('\\') || self.peek(1) != Some('x') {
                break;
            }
            self.at += 2;
        }
        for character in String::from_utf8_lossy(&bytes).chars() {
            self.push(character);
        }
    }

    /// cmd.exe first takes its carets away; then the program cuts its line into words itself.
    fn cmd(&mut self) {
        let mut is_quoted = false;
        let mut line: Vec<char> = Vec::new();
        while let Some(character) = self.peek(0) {
            match character {
                '\n' | '\r' => break,
                '&' | '|' if !is_quoted => break,
                _ => self.next(),
            };
            match character {
                '^' if !is_quoted => {
                    // A caret at the end joins the next line, whose first character it protects.
                    self.line_end();
                    match (self.peek(0), self.peek(1)) {
                        (Some('\r'), Some('\n')) => {
                            line.push('\n');
                            self.at += 2;
                        }
                        (Some(next), _) => {
                            line.push(next);
                            self.next();
                        }
                        (None, _) => {}
                    }
                }
                '"' => {
                    is_quoted = !is_quoted;
                    line.push('"');
                }
                other => line.push(other),
            }
        }
        self.c_runtime(&line);
    }

    /// The rules of Microsoft's C runtime for backslashes and quotes.
    fn c_runtime(&mut self, line: &[char]) {
        let (mut at, mut is_quoted) = (0, false);
        while let Some(&character) = line.get(at) {
            at += 1;
            match character {
                '\\' => {
                    let more = line[at..].iter().take_while(|next| **next == '\\').count();
                    let backslashes = more + 1;
                    at += more;
                    let is_before_quote = line.get(at) == Some(&'"');
                    (0..if is_before_quote { backslashes / 2 } else { backslashes }).for_each(|_| self.push('\\'));
                    if is_before_quote && backslashes % 2 == 1 {
                        self.push('"');
                        at += 1;
                    }
                }
                '"' if is_quoted && line.get(at) == Some(&'"') => {
                    self.push('"');
                    at += 1;
                }
                '"' => {
                    is_quoted = !is_quoted;
                    self.word.get_or_insert_default();
                }
                ' ' | '\t' if !is_quoted => self.end_word(),
                other => self.push(other),
            }
        }
    }

    fn pwsh(&mut self) {
        while let Some(character) = self.peek(0) {
            match character {
                '\n' | '\r' | '|' | ';' => return,
                '@' if self.word.is_none() && self.peek(1) == Some('{') => {
                    self.at += 2;
                    let table = self.table();
                    self.words.push(Word::Table(table));
                }
                '@' if self.word.is_none() && matches!(self.peek(1), Some('\'' | '"')) => self.here_string(),
                ' ' | '\t' => {
                    self.at += 1;
                    self.end_word();
                }
                _ => self.pwsh_part(),
            }
        }
    }

    /// One quoted text or character.
    fn pwsh_part(&mut self) {
        let Some(character) = self.next() else { return };
        match character {
            '\'' => loop {
                self.until('\'');
                if self.peek(0) != Some('\'') {
                    break;
                }
                self.at += 1;
                self.push('\'');
            },
            '"' => {
                self.word.get_or_insert_default();
                while let Some(character) = self.next() {
                    match (character, self.peek(0)) {
                        ('"', Some('"')) => {
                            self.at += 1;
                            self.push('"');
                        }
                        ('"', _) => break,
                        ('`', _) => self.backtick(),
                        _ => self.push(character),
                    }
                }
            }
            '`' => self.backtick(),
            other => self.push(other),
        }
    }

    fn backtick(&mut self) {
        if self.line_end() {
            return;
        }
        match self.next() {
            Some('n') => self.push('\n'),
            Some('r') => self.push('\r'),
            Some('t') => self.push('\t'),
            Some('0') => self.push('\0'),
            Some(other) => self.push(other),
            None => {}
        }
    }

    /// `@'` … `'@` over several lines.
    fn here_string(&mut self) {
        let quote = self.peek(1).unwrap_or('\'');
        self.at += 2;
        self.line_end();
        let mut text = String::new();
        while let Some(character) = self.next() {
            if character == '\n' && self.peek(0) == Some(quote) && self.peek(1) == Some('@') {
                self.at += 2;
                break;
            }
            text.push(character);
        }
        self.word.get_or_insert_default().push_str(text.trim_end_matches('\r'));
    }

    /// Names and values up to the brace that ends them.
    fn table(&mut self) -> Vec<(String, String)> {
        let (mut pairs, mut name): (Vec<(String, String)>, Option<String>) = (Vec::new(), None);
        loop {
            let stop = self.peek(0);
            match stop {
                Some('}' | ';' | '\n' | '\r' | '=') | None
                    if self.word.is_some() || name.is_some() || stop.is_none() || stop == Some('}') =>
                {
                    let word = self.word.take();
                    if stop == Some('=') {
                        name = word;
                    } else if let (Some(name), Some(value)) = (name.take(), word) {
                        pairs.push((name, value));
                    }
                    self.at += usize::from(stop.is_some());
                    if matches!(stop, Some('}') | None) {
                        return pairs;
                    }
                }
                Some(' ' | '\t' | ';' | '\n' | '\r' | '=') => self.at += 1,
                _ => self.pwsh_part(),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(text: &str, shell: Shell) -> Vec<String> {
        let texts = words(text, shell).0.into_iter().map(|word| match word {
            Word::Text(text) => text,
            Word::Table(pairs) => format!("{pairs:?}"),
        });
        texts.collect()
    }

    #[test]
    fn posix_quoting() {
        let text =
            "curl -d 'it'\\''s' \"a\\\"b\\n\" $'\\u2019\\xc3\\xa9\\'\\n\\ud83d\\ude00' \\\n  x?a=1&b=2 | jq .\nnext";
        assert_eq!(texts(text, Shell::Posix), ["curl", "-d", "it's", "a\"b\\n", "’é'\n😀", "x?a=1&b=2"]);
        assert_eq!(texts("curl '' # why", Shell::Posix), ["curl", ""]);
        assert_eq!(texts("curl 'open", Shell::Posix), ["curl", "open"]);
    }

    #[test]
    fn cmd_quoting() {
        let text = "curl -d \"{\\\"a\\\":\\\"b \"\"c\"\"\\\"}\" ^\r\n  ^\"x^%^20y^\" \"^\" C:\\d\r\nnext";
        assert_eq!(texts(text, Shell::Cmd), ["curl", "-d", "{\"a\":\"b \"c\"\"}", "x%20y", "^", "C:\\d"]);
        assert_eq!(texts("curl ^\"^{^\\^\"a^\\^\":1^}^\"", Shell::Cmd), ["curl", "{\"a\":1}"]);
    }

    #[test]
    fn pwsh_quoting() {
        let text = "irm -Uri \"a`\"b\" -Headers @{ \"Accept\"=\"x\"\n 'B' = 'it''s'; c=d } `\n -Body @'\n{\"a\":\n1}\n'@\nnext";
        let table = format!("{:?}", vec![("Accept", "x"), ("B", "it's"), ("c", "d")]);
        assert_eq!(texts(text, Shell::Pwsh), ["irm", "-Uri", "a\"b", "-Headers", &table, "-Body", "{\"a\":\n1}"]);
    }

    #[test]
    fn no_text_makes_it_stumble() {
        for text in ["$'\\", "@{", "@{a", "@{=", "@{a=", "^", "\\", "`", "@'", "\"", "$'\\u", "$'\\x", "$'\\u12"] {
            for shell in [Shell::Posix, Shell::Cmd, Shell::Pwsh] {
                assert!(words(text, shell).1 <= text.len(), "{text}");
            }
        }
    }
}
