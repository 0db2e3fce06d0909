//! Text in base64 (RFC 4648 §4), also in the alphabet of URLs (§5) and without padding.

use base64::Engine as _;
use base64::engine::GeneralPurpose;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD};

/// What is packed in a text, where that can be read.
pub fn unpacked(packed: &str) -> Option<String> {
    let bytes = engine(packed).decode(packed).ok()?;
    String::from_utf8(bytes).ok().filter(|text| is_readable(text))
}

/// A text packed as another one is.
pub fn packed_like(packed: &str, text: &str) -> String {
    engine(packed).encode(text)
}

fn engine(packed: &str) -> &'static GeneralPurpose {
    let is_padded = packed.len().is_multiple_of(4);
    match (packed.contains(['-', '_']), is_padded) {
        (false, true) => &STANDARD,
        (false, false) => &STANDARD_NO_PAD,
        (true, true) => &URL_SAFE,
        (true, false) => &URL_SAFE_NO_PAD,
    }
}

fn is_readable(text: &str) -> bool {
    text.chars().all(|character| !character.is_control() || character.is_whitespace())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_packed_again_as_it_was() {
        for packed in [
            "Wm/Dqz9RdWlubn4+PkBhLmRldg==",
            "Wm_Dqz9RdWlubn4-PkBhLmRldg==",
            "Wm_Dqz9RdWlubn4-PkBhLmRldg",
            "Wm/Dqz9RdWlubn4+PkBhLmRldg",
        ] {
            let text = unpacked(packed).expect(packed);
            assert_eq!(text, "Zoë?Quinn~>>@a.dev", "{packed}");
            assert_eq!(packed_like(packed, &text), packed);
        }
        assert_eq!(unpacked("5f3c9a10-1111-4222-8333-444455556666"), None);
    }
}
