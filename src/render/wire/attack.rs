//! ATT&CK names of a rule or an incident in, those of the version the reader asked for out.
//!
//! Versions rename, merge and move techniques; reports are read beside those of other tools.

use schemars::JsonSchema;
use serde::Serialize;

use crate::model::attack::Attack;

/// How ATT&CK names are written: the model holds v19, the reader may ask for an older version.
///
/// The table of the other version is no business of the output; whoever has it hands it in.
#[derive(Clone, Copy)]
pub struct AttackNames<'a> {
    /// The version's number.
    pub version: u8,
    /// Renders one technique under its tactic.
    pub technique: &'a (dyn Fn(&Attack) -> Attack + Sync),
    /// Renders a tactic's short name.
    pub tactic: &'a (dyn Fn(&str) -> String + Sync),
}

impl AttackNames<'static> {
    /// Version 19, as the model holds it.
    pub fn current() -> AttackNames<'static> {
        AttackNames {
            version: 19,
            technique: &Attack::clone,
            tactic: &str::to_owned,
        }
    }
}

impl AttackNames<'_> {
    /// The techniques of a rule; two that become one in an older version are printed once.
    pub fn techniques(&self, attack: &[Attack]) -> Vec<AttackOut> {
        let mut out: Vec<AttackOut> = Vec::with_capacity(attack.len());
        for entry in attack {
            let rendered = AttackOut::new((self.technique)(entry));
            if !out.contains(&rendered) {
                out.push(rendered);
            }
        }
        out
    }

    /// The tactics of an incident, in their order, each once.
    pub fn tactics(&self, tactics: &[String]) -> Vec<String> {
        let mut out: Vec<String> = Vec::with_capacity(tactics.len());
        for tactic in tactics {
            let rendered = (self.tactic)(tactic);
            if !out.contains(&rendered) {
                out.push(rendered);
            }
        }
        out
    }
}

/// An ATT&CK technique under one of its tactics.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(rename = "attack")]
pub struct AttackOut {
    /// Short name of the tactic, `defense-impairment`; null where the rule names none.
    pub tactic: Option<&'static str>,
    /// Id of the tactic, `TA0112`.
    pub tactic_id: Option<&'static str>,
    /// Id of the technique, `T1685.002`; null where the rule names a tactic alone.
    pub technique: Option<String>,
}

impl AttackOut {
    fn new(attack: Attack) -> AttackOut {
        let some = |text: &'static str| (!text.is_empty()).then_some(text);
        AttackOut {
            tactic: some(attack.tactic),
            tactic_id: some(attack.tactic_id),
            technique: (!attack.technique.is_empty()).then_some(attack.technique),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_older_version_merges_what_it_had_as_one() {
        let attack = |tactic, technique: &str| Attack {
            tactic,
            tactic_id: "",
            technique: technique.to_owned(),
        };
        let names = AttackNames {
            version: 18,
            technique: &|_| attack("defense-evasion", "T1562.008"),
            tactic: &|_| "defense-evasion".to_owned(),
        };
        let both = [attack("stealth", "T1"), attack("defense-impairment", "T2")];
        assert_eq!(names.techniques(&both).len(), 1);
        let tactics = ["stealth".to_owned(), "defense-impairment".to_owned()];
        assert_eq!(names.tactics(&tactics), ["defense-evasion"]);
        assert_eq!(AttackNames::current().tactics(&tactics), tactics);
    }
}
