//! What the evidence lacks, as questions to the customer.

use super::Language;
use crate::logs::format::Format;
use crate::logs::incidents::Incident;
use crate::logs::observation::{Idp, Observation};
use crate::logs::readers::Summary;

/// Something to ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Question {
    /// The System Log as JSON: a CSV has no old values.
    SyslogAsJson,
    /// The Entra log with steps and properties: the grid has none.
    EntraDetails,
    /// The pages of an export that were not sent.
    OtherPages,
    /// An export that PowerShell did not cut.
    DeeperExport,
    /// The endpoint's own log: IdPs keep no bodies.
    EndpointLog,
    /// A log with bodies: this one is of the wire, and has none.
    Bodies,
    /// Whether the Okta app comes from the wizard or the catalogue.
    KindOfApp,
}

impl Question {
    /// Its words.
    pub const fn words(self, language: Language) -> &'static str {
        match (self, language) {
            (Self::SyslogAsJson, Language::English) => {
                "Export the Okta System Log as JSON instead of CSV, for the transactions named above: only JSON holds the old values."
            }
            (Self::SyslogAsJson, Language::Spanish) => {
                "Exporta el System Log de Okta como JSON en lugar de CSV, para las transacciones indicadas: solo el JSON contiene los valores anteriores."
            }
            (Self::EntraDetails, Language::English) => {
                "Send the provisioning log as JSON, or the files ProvisioningLogs_ProvisioningSteps and ProvisioningLogs_ModifiedProperties too: the grid does not show what was sent."
            }
            (Self::EntraDetails, Language::Spanish) => {
                "Envía el registro de aprovisionamiento como JSON, o también los archivos ProvisioningLogs_ProvisioningSteps y ProvisioningLogs_ModifiedProperties: la tabla no muestra lo que se envió."
            }
            (Self::OtherPages, Language::English) => {
                "The export has further pages (@odata.nextLink). Send them as well."
            }
            (Self::OtherPages, Language::Spanish) => {
                "La exportación tiene más páginas (@odata.nextLink). Envíalas también."
            }
            (Self::DeeperExport, Language::English) => {
                "PowerShell cut the export. Repeat it with `ConvertTo-Json -Depth 20`."
            }
            (Self::DeeperExport, Language::Spanish) => {
                "PowerShell recortó la exportación. Repítela con `ConvertTo-Json -Depth 20`."
            }
            (Self::EndpointLog, Language::English) => {
                "Send the SCIM endpoint's own log for this time: the identity provider keeps neither requests nor answers."
            }
            (Self::EndpointLog, Language::Spanish) => {
                "Envía el registro del propio servicio SCIM de ese momento: el proveedor de identidad no guarda ni peticiones ni respuestas."
            }
            (Self::Bodies, Language::English) => {
                "This log shows no bodies. Send one of this time that does: the application's own, or what `scimulator record` or a proxy wrote."
            }
            (Self::Bodies, Language::Spanish) => {
                "Este registro no muestra los cuerpos. Envía uno de ese momento que los tenga: el de la propia aplicación, o lo que escribió `scimulator record` o un proxy."
            }
            (Self::KindOfApp, Language::English) => {
                "Was the Okta app built with the App Integration Wizard, or does it come from the catalogue? The two send different requests."
            }
            (Self::KindOfApp, Language::Spanish) => {
                "¿La aplicación de Okta se creó con el App Integration Wizard o viene del catálogo? Cada una envía peticiones distintas."
            }
        }
    }
}

/// What to ask for, given what was read.
pub fn questions(incident: &Incident, summaries: &[Summary]) -> Vec<Question> {
    let files: Vec<&Summary> =
        summaries.iter().filter(|file| incident.observations.iter().any(|seen| seen.place.file == file.file)).collect();
    let is_warned = |name: &str| files.iter().any(|file| file.warnings.iter().any(|warning| warning.name == name));
    let has = |format: Format| files.iter().any(|file| file.format == format);
    let is_okta = incident.observations.iter().any(|seen| seen.idp == Idp::Okta);
    let shows_dialect =
        |seen: &Observation| seen.app_template.is_some() || incident.fidelity() == 3 && seen.http.is_some();
    let is_request = |seen: &Observation| seen.http.as_ref().is_some_and(|http| http.method.is_some());
    let is_of_wire = incident.observations.iter().any(is_request);
    let all = [
        (Question::SyslogAsJson, has(Format::OktaSyslogCsv)),
        (Question::EntraDetails, has(Format::EntraPortalGridCsv)),
        (Question::OtherPages, is_warned("next-link-not-followed")),
        (Question::DeeperExport, is_warned("depth-truncated")),
        (Question::EndpointLog, incident.fidelity() < 2 && !is_of_wire),
        (Question::Bodies, incident.fidelity() < 2 && is_of_wire),
        (Question::KindOfApp, is_okta && !incident.observations.iter().any(shows_dialect)),
    ];
    all.into_iter().filter(|(_, is_open)| *is_open).map(|(question, _)| question).collect()
}
