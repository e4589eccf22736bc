//! What is wrong with rule files, and what could be better: `ctadel rules lint`.
//!
//! Paths enter, issues with file, line and a stable code leave. An error is what loading refuses;
//! a warning is a rule that works worse than its author thinks; a note is the house's own custom.

use std::collections::BTreeSet;
use std::fmt;
use std::path::{Path, PathBuf};

use super::ast::{Condition, Detection};
use super::literal;
use super::load::{Surveyed, SurveyedFile, Vars, What, survey};
use crate::model::attack;

/// How bad an issue is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Grade {
    /// The rule does not load.
    Error,
    /// The rule loads, but does less than it looks.
    Warning,
    /// A built-in rule would not be allowed to be so.
    Note,
}

impl Grade {
    /// The word printed.
    pub fn word(self) -> &'static str {
        match self {
            Grade::Error => "error",
            Grade::Warning => "warning",
            Grade::Note => "note",
        }
    }
}

/// One issue.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct LintIssue {
    /// The file.
    pub file: String,
    /// The line, 1 for the first; 0 where the file as a whole is meant.
    pub line: usize,
    /// How bad it is.
    pub grade: Grade,
    /// A stable name of the kind of issue.
    pub code: &'static str,
    /// The rule's id; empty for a whole file.
    pub rule: String,
    /// What is wrong.
    pub text: String,
}

impl fmt::Display for LintIssue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.file)?;
        if self.line > 0 {
            write!(f, ":{}", self.line)?;
        }
        write!(f, ": {}[{}]: {}", self.grade.word(), self.code, self.text)
    }
}

/// Examines the rule files under `paths`; the issues come in the order of files and lines.
pub fn lint(paths: &[PathBuf], vars: &Vars) -> Vec<LintIssue> {
    let (files, errors) = survey(paths, vars);
    let mut issues: Vec<LintIssue> = errors
        .into_iter()
        .map(|error| LintIssue {
            file: error.file,
            line: error.line,
            grade: Grade::Error,
            code: "broken-rule",
            rule: String::new(),
            text: match error.key.as_str() {
                "" => error.reason,
                key => format!("{key}: {}", error.reason),
            },
        })
        .collect();
    for file in &files {
        whole(file, &mut issues);
        for document in &file.documents {
            examine(file, document, &mut issues);
        }
    }
    issues.sort();
    issues.dedup();
    issues
}

fn whole(file: &SurveyedFile, issues: &mut Vec<LintIssue>) {
    let rules: Vec<&Surveyed> = file
        .documents
        .iter()
        .filter(|document| matches!(document.what, What::Rule | What::Correlation))
        .collect();
    let mut issue = |code, text| {
        let file = file.name.clone();
        issues.push(LintIssue {
            file,
            line: 0,
            grade: Grade::Note,
            code,
            rule: String::new(),
            text,
        });
    };
    let named = |document: &Surveyed| document.meta.name.as_deref() == Some(file.stem());
    if !file.documents.is_empty()
        && file
            .documents
            .iter()
            .all(|document| document.what != What::Unread && !named(document))
    {
        issue(
            "name-mismatch",
            format!("no document here has the name {}", file.stem()),
        );
    }
    let events = Path::new(&file.name).with_extension("events.jsonl");
    if !rules.is_empty() && !events.is_file() {
        issue(
            "no-events",
            "no events file beside it to test the rule with".to_owned(),
        );
    }
}

fn examine(file: &SurveyedFile, document: &Surveyed, issues: &mut Vec<LintIssue>) {
    let mut issue = |grade, code, line, text: String| {
        let (file, rule) = (file.name.clone(), document.meta.id.clone());
        issues.push(LintIssue {
            file,
            line,
            grade,
            code,
            rule,
            text,
        });
    };
    let line = document.line;
    if let Some(reason) = &document.left_out {
        let code = if document.replaced {
            "duplicate"
        } else {
            "left-out"
        };
        issue(Grade::Warning, code, line, reason.clone());
    }
    if document.what == What::Unread {
        return;
    }
    if document.meta.prose().description.is_empty() {
        let text = "no description: what it finds and why that matters".to_owned();
        issue(Grade::Warning, "no-description", line, text);
    }
    if let Some(detection) = &document.detection {
        for name in unused(detection, &document.levels) {
            let text = format!("selection {name:?} is in no condition");
            issue(Grade::Warning, "unused-selection", line, text);
        }
    }
    if document.what == What::Filter {
        return;
    }
    // An alert of another tool brings its own, and all of them are wanted.
    let external = document.meta.external;
    if document.meta.attack.is_empty() && !external {
        let text = "no ATT&CK tag such as attack.impact or attack.t1485".to_owned();
        issue(Grade::Warning, "no-tags", line, text);
    }
    if !document.rated {
        issue(
            Grade::Warning,
            "no-level",
            line,
            "no level: medium is assumed".to_owned(),
        );
    }
    for (tag, instead) in attack::unknown_tags(&document.meta.prose().tags) {
        let text = match instead {
            Some(instead) => format!("{tag} is of an older ATT&CK: now {instead}"),
            None => format!("ATT&CK v19 has no {tag}"),
        };
        issue(Grade::Warning, "unknown-attack", document.tags_line, text);
    }
    if document.what == What::Rule
        && let Some(detection) = &document.detection
        && !literal::is_needed(detection)
        && !external
    {
        let text = "no text that must be in a record: the rule is tried on every one".to_owned();
        issue(Grade::Warning, "no-literal", line, text);
    }
    if !document.silent && document.meta.prose().triage.is_empty() {
        let text = "no ctadel.triage: the questions to answer, in order".to_owned();
        issue(Grade::Note, "no-triage", line, text);
    }
}

/// The selections that neither the condition nor a level asks for.
fn unused<'a>(detection: &'a Detection, levels: &[Condition]) -> Vec<&'a str> {
    let mut used = BTreeSet::new();
    collect(&detection.condition, &mut used);
    levels.iter().for_each(|level| collect(level, &mut used));
    let names = detection.selections.iter().enumerate();
    names
        .filter(|(number, _)| !used.contains(number))
        .map(|(_, (name, _))| name.as_str())
        .collect()
}

fn collect(condition: &Condition, used: &mut BTreeSet<usize>) {
    match condition {
        Condition::And(parts) | Condition::Or(parts) => {
            parts.iter().for_each(|part| collect(part, used));
        }
        Condition::Not(inner) => collect(inner, used),
        Condition::Selection(number) => {
            used.insert(*number);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn codes(files: &[(&str, &str)]) -> Vec<String> {
        let root = tempfile::tempdir().unwrap();
        for (name, text) in files {
            std::fs::write(root.path().join(name), text).unwrap();
        }
        lint(&[root.path().to_owned()], &Vars::new())
            .iter()
            .map(|issue| {
                let file = Path::new(&issue.file)
                    .file_name()
                    .unwrap()
                    .to_string_lossy();
                format!(
                    "{file}:{} {} {}",
                    issue.line,
                    issue.grade.word(),
                    issue.code
                )
            })
            .collect()
    }

    const GOOD: &str = "\
title: Good
name: good
description: Finds it.
logsource: { product: aws, service: cloudtrail }
detection:
    all: { eventName: [A, B*], ctadel.outcome: success }
    worse: { x: y }
    condition: all
level: high
tags: [attack.impact, attack.t1485]
ctadel:
    triage: [Who?]
    levels: [{ if: worse, level: critical }]
";

    #[test]
    fn a_house_rule_has_nothing_to_mend() {
        assert_eq!(
            codes(&[("good.yml", GOOD), ("good.events.jsonl", "")]),
            [""; 0]
        );
    }

    #[test]
    fn a_foreign_rule_loads_with_advice() {
        let text = "\
title: Foreign
logsource: { product: aws, service: cloudtrail }
detection:
    one: { ctadel.outcome: success }
    two: { a|re: x }
    condition: one
tags: [attack.t1562.008, attack.t9999]
";
        assert_eq!(
            codes(&[("x.yml", text)]),
            [
                "x.yml:0 note name-mismatch",
                "x.yml:0 note no-events",
                "x.yml:1 warning no-description",
                "x.yml:1 warning no-level",
                "x.yml:1 warning no-literal",
                "x.yml:1 warning unused-selection",
                "x.yml:1 note no-triage",
                "x.yml:7 warning unknown-attack",
                "x.yml:7 warning unknown-attack",
            ]
        );
    }

    #[test]
    fn mistakes_and_what_is_left_out_are_listed() {
        let broken = GOOD.replace("condition: all", "condition: al");
        assert_eq!(
            codes(&[("good.yml", &broken), ("good.events.jsonl", "")]),
            ["good.yml:8 error broken-rule"]
        );
        let waiting = GOOD.replace("eventName: [A, B*]", "eventName|expand: '%nobody%'");
        assert_eq!(
            codes(&[("good.yml", &waiting), ("good.events.jsonl", "")]),
            ["good.yml:1 warning left-out"]
        );
        let events = ("good.events.jsonl", "");
        assert_eq!(
            codes(&[("good.yml", GOOD), events, ("good.yaml", GOOD)]),
            ["good.yaml:1 warning duplicate"]
        );
    }
}
