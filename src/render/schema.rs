//! The name of an object in, its JSON Schema (2020-12) out.
//!
//! Made of the very structs that are printed, so it cannot tell of fields that are not there.
//! Further keys are allowed: what reads these objects must bear what is added later.

use std::io::{self, Write};
use std::str::FromStr;

use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, Schema};

use super::RenderError;
use super::json_text::write_pretty;
use super::wire::{
    CoverageOut, EventOut, FindingOut, IncidentOut, PlanOut, ResponseOut, SummaryOut,
};

/// An object of the machine output.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SchemaName {
    /// Kind `finding`.
    Finding,
    /// Kind `incident`.
    Incident,
    /// Kind `event`.
    Event,
    /// Kind `summary`.
    Summary,
    /// Kind `coverage`.
    Coverage,
    /// Kind `plan`.
    Plan,
    /// Kind `response`.
    Response,
}

impl SchemaName {
    /// All of them.
    pub const ALL: [SchemaName; 7] = [
        SchemaName::Finding,
        SchemaName::Incident,
        SchemaName::Event,
        SchemaName::Summary,
        SchemaName::Coverage,
        SchemaName::Plan,
        SchemaName::Response,
    ];

    /// The word accepted, which is also the object's `kind`.
    pub fn word(self) -> &'static str {
        match self {
            SchemaName::Finding => "finding",
            SchemaName::Incident => "incident",
            SchemaName::Event => "event",
            SchemaName::Summary => "summary",
            SchemaName::Coverage => "coverage",
            SchemaName::Plan => "plan",
            SchemaName::Response => "response",
        }
    }

    /// The schema itself.
    pub fn schema(self) -> Schema {
        match self {
            SchemaName::Finding => generate::<FindingOut<'static>>(),
            SchemaName::Incident => generate::<IncidentOut<'static>>(),
            SchemaName::Event => generate::<EventOut<'static>>(),
            SchemaName::Summary => generate::<SummaryOut<'static>>(),
            SchemaName::Coverage => generate::<CoverageOut<'static>>(),
            SchemaName::Plan => generate::<PlanOut>(),
            SchemaName::Response => generate::<ResponseOut>(),
        }
    }

    /// Writes the schema.
    pub fn write(self, out: &mut dyn Write) -> io::Result<()> {
        write_pretty(&self.schema(), out)
    }
}

impl FromStr for SchemaName {
    type Err = RenderError;

    fn from_str(s: &str) -> Result<Self, Self::Err> {
        SchemaName::ALL
            .into_iter()
            .find(|name| name.word() == s)
            .ok_or_else(|| RenderError::UnknownSchema {
                name: s.to_owned(),
                known: SchemaName::ALL.map(SchemaName::word).join(", "),
            })
    }
}

/// A schema of what is written, where every key that is always there is required.
fn generate<T: JsonSchema>() -> Schema {
    SchemaSettings::draft2020_12()
        .for_serialize()
        .into_generator()
        .into_root_schema_for::<T>()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unknown_names_list_the_known() {
        let error = "plans".parse::<SchemaName>().expect_err("unknown");
        assert_eq!(
            error.to_string(),
            "unknown schema \"plans\": one of finding, incident, event, summary, coverage, plan, response"
        );
    }

    #[test]
    fn schemas_are_open_and_say_their_kind() {
        for name in SchemaName::ALL {
            let schema = name.schema();
            let value = schema.as_value();
            assert_eq!(value["properties"]["kind"]["const"], name.word());
            assert_eq!(value["properties"]["schema"]["const"], "ctadel/1");
            assert_eq!(
                value["$schema"],
                "https://json-schema.org/draft/2020-12/schema"
            );
            assert!(!value.to_string().contains("additionalProperties"));
            assert!(
                value["required"]
                    .as_array()
                    .is_some_and(|keys| keys.len() > 5)
            );
        }
    }
}
