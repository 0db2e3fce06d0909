//! Attribute definitions (RFC 7643 §7): what a value may be, and who may see and change it.

use std::sync::LazyLock;

use serde_json::{Map, Value, json};

use super::schema::SchemaError;

/// The type of one value (RFC 7643 §2.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Type {
    /// Text.
    String,
    /// `true` or `false`.
    Boolean,
    /// A number.
    Decimal,
    /// A whole number.
    Integer,
    /// xsd:dateTime.
    DateTime,
    /// A URI.
    Reference,
    /// base64.
    Binary,
    /// An object of sub-attributes.
    Complex,
}

/// Whether and when a client may change a value (RFC 7643 §7).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Mutability {
    /// Never.
    ReadOnly,
    /// At any time.
    ReadWrite,
    /// Once, when it has no value yet.
    Immutable,
    /// At any time, and no answer shows it.
    WriteOnly,
}

/// Which answers show a value (RFC 7643 §7).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Returned {
    /// All, whatever was asked for.
    Always,
    /// None.
    Never,
    /// All that do not exclude it.
    Default,
    /// Those that ask for it, and answers to a write of it.
    Request,
}

/// How far a value is the only one of its kind (RFC 7643 §7).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Uniqueness {
    /// Not at all.
    None,
    /// Within the service provider (tenant).
    Server,
    /// Everywhere.
    Global,
}

macro_rules! words {
    ($kind:ident { $($variant:ident = $word:literal),+ $(,)? }) => {
        impl $kind {
            /// The keyword in schema documents.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }

            /// Every keyword.
            const WORDS: &'static [&'static str] = &[$($word),+];

            /// By its keyword, spelled exactly so.
            pub fn from_name(word: &str) -> Option<Self> {
                match word { $($word => Some(Self::$variant),)+ _ => None }
            }
        }
    };
}

words!(Type {
    String = "string", Boolean = "boolean", Decimal = "decimal", Integer = "integer",
    DateTime = "dateTime", Reference = "reference", Binary = "binary", Complex = "complex",
});
words!(Mutability {
    ReadOnly = "readOnly", ReadWrite = "readWrite", Immutable = "immutable", WriteOnly = "writeOnly",
});
words!(Returned { Always = "always", Never = "never", Default = "default", Request = "request" });
words!(Uniqueness { None = "none", Server = "server", Global = "global" });

/// One attribute or sub-attribute.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attribute {
    /// Its name in the schema's spelling.
    pub name: String,
    /// The type of one value.
    pub kind: Type,
    /// Whether it has several values.
    pub multi_valued: bool,
    /// Whether a resource must have it.
    pub required: bool,
    /// Whether texts that differ in case differ. See [`Self::compares_exactly`].
    pub case_exact: bool,
    /// Who may change it.
    pub mutability: Mutability,
    /// When it is shown.
    pub returned: Returned,
    /// How far it is unique.
    pub uniqueness: Uniqueness,
    /// Values the schema suggests.
    pub canonical_values: Vec<String>,
    /// For a reference: resource types, `external` or `uri`.
    pub reference_types: Vec<String>,
    /// For people.
    pub description: String,
    /// For a complex attribute: its parts.
    pub sub_attributes: Vec<Attribute>,
}

impl Attribute {
    /// An attribute with the characteristics that RFC 7643 §2.2 gives to one that says nothing.
    pub fn new(name: &str, kind: Type) -> Self {
        Self {
            name: name.to_owned(),
            kind,
            multi_valued: false,
            required: false,
            case_exact: false,
            mutability: Mutability::ReadWrite,
            returned: Returned::Default,
            uniqueness: Uniqueness::None,
            canonical_values: Vec::new(),
            reference_types: Vec::new(),
            description: String::new(),
            sub_attributes: Vec::new(),
        }
    }

    /// The sub-attribute of this name, without regard to case.
    ///
    /// A multi-valued complex attribute has the sub-attributes `type`, `primary`, `display`,
    /// `value` and `$ref` whether or not its schema lists them (RFC 7643 §2.4).
    pub fn sub(&self, name: &str) -> Option<&Self> {
        let implied = || (self.multi_valued && self.kind == Type::Complex).then(|| find(&IMPLIED, name))?;
        find(&self.sub_attributes, name).or_else(implied)
    }

    /// Whether texts are compared with regard to case: as `caseExact` says; references and
    /// binary values always (RFC 7643 §2.3.6, §2.3.7).
    pub fn compares_exactly(&self) -> bool {
        self.case_exact || matches!(self.kind, Type::Reference | Type::Binary)
    }

    /// Whether no answer shows it.
    pub fn is_hidden(&self) -> bool {
        self.returned == Returned::Never || self.mutability == Mutability::WriteOnly
    }

    /// Reads a definition; what it does not say is as RFC 7643 §2.2 has it.
    pub fn from_json(value: &Value) -> Result<Self, SchemaError> {
        Self::read(value, 0)
    }

    fn read(value: &Value, depth: u8) -> Result<Self, SchemaError> {
        let members = value.as_object().ok_or(SchemaError::NotAnObject)?;
        let text = |key: &str| members.get(key).and_then(Value::as_str);
        let flag = |key: &str| members.get(key).and_then(Value::as_bool).unwrap_or(false);
        let texts = |key: &str| {
            let listed = members.get(key).and_then(Value::as_array).into_iter().flatten();
            listed.filter_map(Value::as_str).map(str::to_owned).collect()
        };
        let name = text("name").filter(|name| !name.is_empty()).ok_or(SchemaError::Missing { what: "name" })?;
        let attribute = Self {
            kind: keyword(name, "type", text("type"), Type::from_name, Type::WORDS, None)?,
            multi_valued: flag("multiValued"),
            required: flag("required"),
            case_exact: flag("caseExact"),
            mutability: keyword(
                name,
                "mutability",
                text("mutability"),
                Mutability::from_name,
                Mutability::WORDS,
                Some(Mutability::ReadWrite),
            )?,
            returned: keyword(
                name,
                "returned",
                text("returned"),
                Returned::from_name,
                Returned::WORDS,
                Some(Returned::Default),
            )?,
            uniqueness: keyword(
                name,
                "uniqueness",
                text("uniqueness"),
                Uniqueness::from_name,
                Uniqueness::WORDS,
                Some(Uniqueness::None),
            )?,
            canonical_values: texts("canonicalValues"),
            reference_types: texts("referenceTypes"),
            description: text("description").unwrap_or_default().to_owned(),
            sub_attributes: Vec::new(),
            name: name.to_owned(),
        };
        let subs = members.get("subAttributes").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        if subs.is_empty() {
            return Ok(attribute);
        }
        if depth > 0 || attribute.kind != Type::Complex {
            return Err(SchemaError::Nested { attribute: attribute.name });
        }
        let sub_attributes = subs.iter().map(|sub| Self::read(sub, depth + 1)).collect::<Result<_, _>>()?;
        Ok(Self { sub_attributes, ..attribute })
    }

    /// The definition as a schema document has it. Characteristics without meaning for the type are left out.
    pub fn to_json(&self) -> Value {
        let mut members = Map::new();
        let mut put = |key: &str, value: Value| members.insert(key.to_owned(), value);
        put("name", self.name.as_str().into());
        put("type", self.kind.name().into());
        put("multiValued", self.multi_valued.into());
        put("description", self.description.as_str().into());
        put("required", self.required.into());
        if !self.canonical_values.is_empty() {
            put("canonicalValues", json!(self.canonical_values));
        }
        if !matches!(self.kind, Type::Boolean | Type::Complex) {
            put("caseExact", self.case_exact.into());
        }
        put("mutability", self.mutability.name().into());
        put("returned", self.returned.name().into());
        put("uniqueness", self.uniqueness.name().into());
        if !self.reference_types.is_empty() {
            put("referenceTypes", json!(self.reference_types));
        }
        if !self.sub_attributes.is_empty() {
            put("subAttributes", self.sub_attributes.iter().map(Self::to_json).collect());
        }
        members.into()
    }
}

/// What RFC 7643 §2.4 says every multi-valued attribute may have.
static IMPLIED: LazyLock<Vec<Attribute>> = LazyLock::new(|| {
    let text = |name: &str| Attribute::new(name, Type::String);
    vec![
        text("value"),
        text("display"),
        text("type"),
        Attribute::new("primary", Type::Boolean),
        Attribute::new("$ref", Type::Reference),
    ]
});

/// An attribute by name, without regard to case.
pub(super) fn find<'a>(attributes: &'a [Attribute], name: &str) -> Option<&'a Attribute> {
    attributes.iter().find(|attribute| attribute.name.eq_ignore_ascii_case(name))
}

fn keyword<T>(
    attribute: &str,
    what: &'static str,
    word: Option<&str>,
    of: fn(&str) -> Option<T>,
    accepted: &'static [&'static str],
    default: Option<T>,
) -> Result<T, SchemaError> {
    let Some(word) = word else { return default.ok_or(SchemaError::Missing { what }) };
    of(word).ok_or_else(|| SchemaError::Keyword {
        attribute: attribute.to_owned(),
        what,
        word: word.to_owned(),
        accepted,
    })
}
