//! What the user wants of redaction beyond the usual: fields that stay, fields of which less stays, times.

use super::key::Key;

/// Fields that go by several names, as they are compared; the first is the one of SCIM.
const ALIASES: [&[&str]; 8] = [
    &["username", "login", "userprincipalname", "upn", "preferredusername"],
    &["email", "emails", "mail", "secondemail"],
    &["givenname", "firstname"],
    &["familyname", "lastname", "surname"],
    &["title", "jobtitle"],
    &["phonenumbers", "phonenumber", "mobilephone", "telephonenumber"],
    &["employeenumber", "employeeid"],
    &["groups", "group"],
];
/// What in a small firm tells who somebody is.
const DROPPED: [&str; 7] = ["department", "division", "costcenter", "organization", "title", "jobtitle", "groups"];
/// Weeks by which times are shifted back, at least and at most.
const WEEKS: (usize, usize) = (4, 104);

/// What becomes of the values of a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fate {
    /// Nothing of them stays but which are equal.
    Dropped,
    /// They stay.
    Kept,
    /// `x` stands for a letter and `0` for a digit: not even which are equal stays.
    ShapeOnly,
}

/// What the user wants.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wishes {
    /// Fields whose values stay.
    pub keep: Vec<String>,
    /// Fields of whose values the shape stays.
    pub shape_only: Vec<String>,
    /// Departments, titles and groups are dropped.
    pub drops: bool,
    /// All times are shifted by the same number of weeks.
    pub shifts_time: bool,
}

impl Wishes {
    /// What becomes of the values of a field; `None` for the usual.
    pub fn fate(&self, field: &str) -> Option<Fate> {
        if self.is_usual() {
            return None;
        }
        let field = name_of(field);
        let is_among = |names: &[String]| names.iter().any(|name| is_same(&name_of(name), &field));
        if is_among(&self.shape_only) {
            Some(Fate::ShapeOnly)
        } else if is_among(&self.keep) {
            Some(Fate::Kept)
        } else {
            (self.drops && DROPPED.contains(&field.as_str())).then_some(Fate::Dropped)
        }
    }

    /// Days by which times are shifted back: whole weeks, which only the key knows.
    pub fn days(&self, key: &Key) -> u16 {
        let weeks = || WEEKS.0 + key.numbers('t', "weeks", 0).below(WEEKS.1 - WEEKS.0 + 1);
        if self.shifts_time { u16::try_from(weeks() * 7).unwrap_or_default() } else { 0 }
    }

    /// Nothing is wanted of single fields.
    pub fn is_usual(&self) -> bool {
        self.keep.is_empty() && self.shape_only.is_empty() && !self.drops
    }
}

/// The name of an attribute or column as it is compared: without its schema and the attribute that it is part of.
pub fn name_of(name: &str) -> String {
    let last = name.rsplit([':', '.']).next().unwrap_or_default();
    last.chars().filter(|character| !matches!(character, '_' | ' ' | '-')).flat_map(char::to_lowercase).collect()
}

fn is_same(one: &str, other: &str) -> bool {
    one == other || ALIASES.iter().any(|names| names.contains(&one) && names.contains(&other))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_goes_by_its_names_and_what_is_asked_for_comes_before_what_is_usual() {
        let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        let wishes = Wishes {
            keep: names(&["name.givenName", "title"]),
            shape_only: names(&["userName"]),
            drops: true,
            ..Wishes::default()
        };
        for (field, fate) in [
            ("first_name", Some(Fate::Kept)),
            ("UserPrincipalName", Some(Fate::ShapeOnly)),
            ("title", Some(Fate::Kept)),
            ("urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department", Some(Fate::Dropped)),
            ("displayName", None),
        ] {
            assert_eq!(wishes.fate(field), fate, "{field}");
        }
    }
}
