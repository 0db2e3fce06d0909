//! People of an organisation that does not exist, the same ones from the same seed.

use fastrand::Rng;

/// One person, as an IdP and an endpoint know them.
pub struct Person {
    /// Given and family name.
    pub name: String,
    /// Address and user name.
    pub login: String,
    /// Ids at Okta: of the person, and of the assignment.
    pub okta: [String; 2],
    /// Id at Entra, or at the endpoint.
    pub guid: String,
}

const GIVEN: [&str; 16] = [
    "Niamh",
    "Zoë",
    "María",
    "Ayşe",
    "Jörg",
    "Ann",
    "Oluwaseun",
    "Tomasz",
    "Lucía",
    "Hanako",
    "Bríd",
    "Ines",
    "Chloé",
    "Dmitri",
    "Priya",
    "Søren",
];
const SYLLABLES: [&str; 24] = [
    "ba", "con", "del", "fer", "gal", "hol", "jan", "kor", "lin", "mar", "nor", "pel", "quin", "ros", "sal", "tor",
    "ur", "vel", "wes", "yor", "zan", "mó", "é", "ñi",
];

impl Person {
    /// The person of this number.
    pub fn number(index: usize) -> Self {
        let rng = &mut Rng::with_seed(index as u64 + 1);
        let given = GIVEN[rng.usize(..GIVEN.len())];
        let family: String = (0..rng.usize(2..4)).map(|_| SYLLABLES[rng.usize(..SYLLABLES.len())]).collect();
        let mut letters = family.chars();
        let capital = letters.next().into_iter().flat_map(char::to_uppercase);
        let prefix = if rng.u8(..12) == 0 { "O’" } else { "" };
        let family: String = prefix.chars().chain(capital).chain(letters).collect();
        let plain = |text: &str| text.chars().filter(char::is_ascii_alphabetic).collect::<String>().to_lowercase();
        Self {
            login: format!("{}.{}{index}@harbourlane.example.org", plain(given), plain(&family)),
            name: format!("{given} {family}"),
            okta: [okta_id("00u1k", rng), okta_id("0ua1k", rng)],
            guid: guid(rng),
        }
    }
}

/// An id as Okta makes them.
pub fn okta_id(prefix: &str, rng: &mut Rng) -> String {
    format!("{prefix}{}5d7", (0..12).map(|_| rng.alphanumeric()).collect::<String>())
}

/// A random GUID.
pub fn guid(rng: &mut Rng) -> String {
    let digits = format!("{:032x}", rng.u128(..));
    [&digits[..8], &digits[8..12], &digits[12..16], &digits[16..20], &digits[20..]].join("-")
}

/// A moment, so many milliseconds after the first.
pub fn moment(milliseconds: u64) -> String {
    let begin = time::macros::datetime!(2026-11-02 0:00 UTC);
    let at = begin + time::Duration::milliseconds(i64::try_from(milliseconds).unwrap_or_default());
    let (date, time) = (at.date(), at.time());
    let (hour, minute, second, part) = time.as_hms_milli();
    format!("{date}T{hour:02}:{minute:02}:{second:02}.{part:03}Z")
}
