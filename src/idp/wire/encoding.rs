//! Percent-encoding as the IdPs do it: the same filter, different bytes.

use serde_json::Value;

/// How a space goes out in a query.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Space {
    /// `%20`
    #[default]
    Percent20,
    /// `+`
    Plus,
}

/// Case of the letters in `%3A`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Hex {
    /// `%3A`
    #[default]
    Upper,
    /// `%3a`
    Lower,
}

/// How one IdP encodes the values of query parameters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct QueryEncoding {
    /// The space.
    pub space: Space,
    /// The hexadecimal digits.
    pub hex: Hex,
    /// What stays as it is besides ASCII letters and digits.
    pub kept: &'static str,
}

impl QueryEncoding {
    /// One value, encoded.
    pub fn value(&self, text: &str) -> String {
        let mut out = String::with_capacity(text.len() * 2);
        for byte in text.bytes() {
            match byte {
                b' ' if self.space == Space::Plus => out.push('+'),
                _ if byte.is_ascii_alphanumeric() || self.kept.as_bytes().contains(&byte) => out.push(char::from(byte)),
                _ => push_escape(&mut out, byte, self.hex),
            }
        }
        out
    }

    /// A query of these parameters, in this order; names go out as they are.
    pub fn query(&self, parameters: &[(&str, &str)]) -> String {
        let encoded: Vec<String> =
            parameters.iter().map(|(name, value)| format!("{name}={}", self.value(value))).collect();
        encoded.join("&")
    }
}

/// `path eq "value"`, the value quoted as JSON (RFC 7644 §3.4.2.2).
pub fn equals(path: impl std::fmt::Display, value: &str) -> String {
    format!("{path} eq {}", Value::from(value))
}

fn push_escape(out: &mut String, byte: u8, hex: Hex) {
    let digits = if hex == Hex::Upper { b"0123456789ABCDEF" } else { b"0123456789abcdef" };
    out.push('%');
    out.push(char::from(digits[usize::from(byte >> 4)]));
    out.push(char::from(digits[usize::from(byte & 15)]));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_filter_in_two_encodings() {
        let filter = equals(r#"emails[type eq "work"].value"#, "o'brien+test@contoso.com");
        let okta = QueryEncoding { space: Space::Percent20, hex: Hex::Upper, kept: "-_.*" };
        let entra = QueryEncoding { space: Space::Plus, hex: Hex::Lower, kept: "-_.!*()" };
        assert_eq!(
            okta.query(&[("filter", &filter), ("count", "100")]),
            "filter=emails%5Btype%20eq%20%22work%22%5D.value%20eq%20%22o%27brien%2Btest%40contoso.com%22&count=100"
        );
        assert_eq!(
            entra.value(&filter),
            "emails%5btype+eq+%22work%22%5d.value+eq+%22o%27brien%2btest%40contoso.com%22"
        );
    }

    #[test]
    fn quotes_and_letters_beyond_ascii_survive() {
        let okta = QueryEncoding { space: Space::Percent20, hex: Hex::Upper, kept: "-_.*" };
        assert_eq!(okta.value(&equals("displayName", r#"M"ü\"#)), "displayName%20eq%20%22M%5C%22%C3%BC%5C%5C%22");
    }
}
