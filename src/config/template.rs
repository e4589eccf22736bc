//! The file that `config init` writes.
//!
//! Nothing enters, a configuration leaves in which every setting stands with its meaning and an
//! example, and nothing is set: it may be kept as it is.

use super::key::KEYS;

/// What else may stand under `inputs`.
const LIVE: &str = "\
# A URL is read where the provider keeps the logs, with the credentials of the provider's own tools;
# `ctadel config check` asks each, `ctadel config permissions` prints what they need:
#   - s3://example-trail/AWSLogs
#   - aws-lookup://all
#   - aws-logs:///aws/eks/prod/cluster?region=eu-west-1
#   - gcp-logging://projects/example-project
#   - gs://example-audit/cloudaudit.googleapis.com
#   - azure-activity://SUBSCRIPTION
#   - entra://TENANT
#   - az://exampleaudit/insights-activity-logs
#   - scaleway-audit://ORGANIZATION
#   - ovh-ldp://gra1/example-audit
#   - okta://example.okta.com
";

/// The text.
pub fn template() -> String {
    let mut out = String::from(
        "# Configuration of ctadel. Every line that begins with a name sets something; here all are\n\
         # comments. Flags stand over CTADEL_* variables, those over ./.ctadel.yaml, that over\n\
         # $XDG_CONFIG_HOME/ctadel/config.yaml, that over /etc/ctadel/config.yaml.\n\
         # Paths count from the folder of this file. `ctadel config show` tells what holds.\n",
    );
    for key in &KEYS {
        let default = match key.default {
            "" => String::new(),
            default => format!(" ({default} where nothing is said)"),
        };
        out.push_str(&format!(
            "\n# {}{default}.\n# {}: {}\n",
            key.summary, key.name, key.example
        ));
        if key.name == "inputs" {
            out.push_str(LIVE);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::super::{Layer, Settings, file};
    use super::*;

    #[test]
    fn it_sets_nothing_and_every_example_is_good() {
        let text = template();
        assert_eq!(
            file::parse("c.yaml", &text, Path::new("")),
            Ok(Layer::default())
        );
        let set: Vec<&str> = text
            .lines()
            .filter_map(|line| line.strip_prefix("# "))
            .filter(|line| {
                KEYS.iter()
                    .any(|key| line.starts_with(&format!("{}: ", key.name)))
            })
            .collect();
        assert_eq!(set.len(), KEYS.len());
        let layer = file::parse("c.yaml", &set.join("\n"), Path::new("")).expect("good examples");
        Settings::new(&[layer]).expect("good values");
        assert!(
            text.lines().all(|line| line.len() <= 100),
            "lines fit a terminal"
        );
    }
}
