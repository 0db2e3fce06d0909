//! The key of a run: without it nobody can tell whose pseudonym is whose, and it is never written.

use ring::hmac;
use ring::rand::{SecureRandom, SystemRandom};

/// 256 random bits.
#[derive(Clone, Debug)]
pub struct Key(hmac::Key);

/// A stream of numbers that follow from the key and a text.
#[derive(Debug)]
pub struct Numbers<'k> {
    key: &'k Key,
    seed: Vec<u8>,
    block: hmac::Tag,
    used: usize,
    count: u32,
}

impl Key {
    /// A new key, from the system's randomness.
    ///
    /// # Errors
    /// When the system has none.
    pub fn random() -> std::io::Result<Self> {
        Ok(Self::from_bytes(&Self::random_bytes()?))
    }

    /// What a new key is made of.
    ///
    /// # Errors
    /// When the system gives no random numbers.
    pub(super) fn random_bytes() -> std::io::Result<[u8; 32]> {
        let mut bytes = [0; 32];
        let filled = SystemRandom::new().fill(&mut bytes);
        filled.map_err(|_| std::io::Error::other("the system gives no random numbers"))?;
        Ok(bytes)
    }

    /// The key of these bytes.
    pub fn from_bytes(bytes: &[u8; 32]) -> Self {
        Self(hmac::Key::new(hmac::HMAC_SHA256, bytes))
    }

    /// Numbers that follow from a text of one kind; `round` gives others for the same text.
    pub(super) fn numbers(&self, kind: char, text: &str, round: u32) -> Numbers<'_> {
        let seed = format!("{kind}\0{round}\0{text}\0").into_bytes();
        let block = hmac::sign(&self.0, &seed);
        Numbers { key: self, seed, block, used: 0, count: 0 }
    }

    /// Eight hexadecimal digits by which the same secret can be recognised.
    pub(super) fn fingerprint(&self, secret: &str) -> String {
        let tag = hmac::sign(&self.0, format!("secret\0{secret}").as_bytes());
        let bytes = tag.as_ref();
        let number = u32::from_be_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]);
        format!("{number:08x}")
    }

    /// Sixteen hexadecimal digits by which a text is known in the file of a session.
    pub(super) fn name(&self, text: &str) -> String {
        let tag = hmac::sign(&self.0, format!("session\0{text}").as_bytes());
        let bytes = tag.as_ref().first_chunk().map_or(0, |bytes| u64::from_be_bytes(*bytes));
        format!("{bytes:016x}")
    }
}

impl Numbers<'_> {
    /// The next number below `limit`, which is not 0.
    pub fn below(&mut self, limit: usize) -> usize {
        usize::from(u16::from_be_bytes([self.byte(), self.byte()])) % limit
    }

    /// The next hexadecimal digit.
    pub fn digit(&mut self) -> char {
        char::from_digit((self.byte() % 16).into(), 16).unwrap_or('0')
    }

    fn byte(&mut self) -> u8 {
        if self.used == self.block.as_ref().len() {
            self.count += 1;
            let mut text = self.seed.clone();
            text.extend(self.count.to_be_bytes());
            (self.block, self.used) = (hmac::sign(&self.key.0, &text), 0);
        }
        self.used += 1;
        self.block.as_ref()[self.used - 1]
    }
}
