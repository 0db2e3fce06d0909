//! The few words around a diagnosis, in both languages.

use crate::logs::diagnosis::Language;

/// Headings and phrases.
pub struct Labels {
    /// Heading of the list of files.
    pub files: &'static str,
    /// Heading of the likely cause.
    pub cause: &'static str,
    /// Heading of the evidence.
    pub evidence: &'static str,
    /// Heading of the requests.
    pub requests: &'static str,
    /// Heading of the advice.
    pub advice: &'static str,
    /// Heading of what was tried already.
    pub tried: &'static str,
    /// Heading of the questions.
    pub questions: &'static str,
    /// Heading of the assumptions.
    pub assumptions: &'static str,
    /// Nothing failed.
    pub nothing: &'static str,
    /// No file is a log.
    pub unusable: &'static str,
    /// Names are made up.
    pub pseudonyms: &'static str,
    /// Everybody.
    pub everybody: &'static str,
    /// Somebody of whom the log does not say who it is.
    pub unnamed: &'static str,
    /// A record, and several.
    pub records: [&'static str; 2],
    /// Nothing to do.
    pub no_advice: &'static str,
    /// An attempt, and several.
    pub attempts: [&'static str; 2],
    /// Files in which nothing was recognised.
    pub unknown: &'static str,
}

impl Labels {
    /// The words of a language.
    pub const fn of(language: Language) -> &'static Self {
        match language {
            Language::English => &ENGLISH,
            Language::Spanish => &SPANISH,
        }
    }
}

/// `1 record`, `2 records`.
pub fn counted(count: u64, [one, several]: [&str; 2]) -> String {
    format!("{count} {}", if count == 1 { one } else { several })
}

const ENGLISH: Labels = Labels {
    files: "files",
    cause: "likely cause",
    evidence: "what the logs show",
    requests: "the requests behind it",
    advice: "what to do",
    tried: "was tried already, without success",
    questions: "what to ask the customer",
    assumptions: "taken for granted",
    nothing: "No failure was found in these logs.",
    unusable: "None of these files could be read as a log. --format NAME names the format (har, app.text, app.jsonl, \
               access.combined, okta.syslog.json, …; --format ? lists all); --map PART=NAME says where a log in JSON \
               lines has method, path and status.",
    pseudonyms: "Names and addresses are pseudonyms; --redact off shows the real ones.",
    everybody: "everybody",
    unnamed: "person not named",
    records: ["record", "records"],
    no_advice: "Nothing needs to be done.",
    attempts: ["attempt", "attempts"],
    unknown: "no known log format",
};

const SPANISH: Labels = Labels {
    files: "archivos",
    cause: "causa probable",
    evidence: "lo que muestran los registros",
    requests: "las peticiones correspondientes",
    advice: "qué hacer",
    tried: "ya se intentó, sin éxito",
    questions: "qué preguntar al cliente",
    assumptions: "se da por supuesto",
    nothing: "No se encontró ningún error en estos registros.",
    unusable: "Ninguno de estos archivos se pudo leer como registro. --format NAME indica el formato (har, app.text, \
               app.jsonl, access.combined, okta.syslog.json, …; --format ? los muestra todos); --map PART=NAME dice \
               dónde tiene un registro en líneas JSON el método, la ruta y el estado.",
    pseudonyms: "Los nombres y direcciones son seudónimos; --redact off muestra los reales.",
    everybody: "todos",
    unnamed: "persona no indicada",
    records: ["entrada", "entradas"],
    no_advice: "No hace falta hacer nada.",
    attempts: ["intento", "intentos"],
    unknown: "formato de registro desconocido",
};
