//! A run's coverage in, the block of lines that stands on stderr after it out.
//!
//! No record is lost without a line saying so: what was skipped, ignored or cut stands here.

use std::collections::BTreeMap;

use super::escape::terminal;
use super::mask;
use super::number::{bytes, count, counted};
use super::width::{Cut, columns, fit, wrap};
use crate::model::Coverage;

/// Entries of a list that are shown without `-v`.
const SHOWN: usize = 10;

/// The block, one line an entry; `verbose` shows every file, others the first ten and counts.
pub fn lines(report: &Coverage, verbose: bool, width: usize) -> Vec<String> {
    let mut block = Block {
        lines: Vec::new(),
        width,
        shown: if verbose { usize::MAX } else { SHOWN },
    };
    block.head(report);
    block.sources(report);
    block.skipped(report);
    block.ignored(report, verbose);
    block.limits(report);
    block.rules(report);
    block.lines
}

/// One sentence where something is missing, for `-q`.
pub fn shortfall(report: &Coverage) -> Option<String> {
    let skipped: u64 = report.skipped.iter().map(|entry| entry.count).sum();
    if !report.complete {
        Some("the run was interrupted; what is printed is not all".to_owned())
    } else if skipped > 0 {
        Some(format!(
            "{} of the input could not be read; the coverage object lists them",
            counted(skipped, "record")
        ))
    } else if report.capped.is_empty() {
        None
    } else {
        Some("a limit was reached; the coverage object tells what it cut".to_owned())
    }
}

struct Block {
    lines: Vec<String>,
    width: usize,
    shown: usize,
}

impl Block {
    /// Adds a line of text that may hold a log's words; it is cut, never wrapped.
    fn push(&mut self, indent: usize, text: &str) {
        let masked = mask::secrets(text);
        let safe = terminal(&masked);
        // Whoever asks for everything wants whole paths, terminal or not.
        let room = if self.shown == usize::MAX {
            usize::MAX
        } else {
            self.width.saturating_sub(indent)
        };
        let cut = fit(&safe, room, Cut::Middle);
        self.lines.push(format!("{:indent$}{cut}", ""));
    }

    fn head(&mut self, report: &Coverage) {
        let mut head = format!(
            "read {} in {} ({})",
            counted(report.records, "record"),
            counted(report.files, "file"),
            bytes(report.bytes)
        );
        for (value, what) in [
            (report.duplicates, "exact copies"),
            (report.outside_window, "outside the time window"),
        ] {
            if value > 0 {
                head.push_str(&format!(", {} {what}", count(value)));
            }
        }
        self.push(0, &head);
        if !report.complete {
            self.push(0, "interrupted: what is printed is not all");
        }
    }

    fn sources(&mut self, report: &Coverage) {
        for source in &report.sources {
            let mut line = format!("{}: {}", source.source, counted(source.records, "record"));
            if let (Some(first), Some(last)) = (source.first, source.last) {
                line.push_str(&format!(", {first} to {last}"));
            }
            if !source.accounts.is_empty() {
                let accounts = source.accounts.len() as u64;
                line.push_str(&format!(", {}", counted(accounts, "account")));
            }
            self.push(2, &line);
        }
    }

    fn skipped(&mut self, report: &Coverage) {
        if report.skipped.is_empty() {
            return;
        }
        let total = report.skipped.iter().map(|entry| entry.count).sum();
        self.push(0, &format!("skipped {}:", counted(total, "record")));
        for entry in report.skipped.iter().take(self.shown) {
            let place = match (entry.record, entry.offset) {
                (Some(record), _) => format!("#{record}"),
                (None, Some(offset)) => format!(" at byte {offset}"),
                (None, None) => String::new(),
            };
            let times = if entry.count > 1 {
                format!(" ({} times)", count(entry.count))
            } else {
                String::new()
            };
            // The reason is what must stay readable, so the path is cut first.
            let tail = format!("{place}: {}{times}", entry.reason);
            let room = match self.shown {
                usize::MAX => usize::MAX,
                _ => self.width.saturating_sub(2 + columns(&tail)).max(16),
            };
            let file = terminal(&entry.file);
            self.push(2, &format!("{}{tail}", fit(&file, room, Cut::Middle)));
        }
        let rest = report.skipped.get(self.shown.min(report.skipped.len())..);
        self.tally(
            rest.unwrap_or_default()
                .iter()
                .map(|entry| (entry.reason.as_str(), entry.count)),
        );
    }

    /// What is not listed, by reason, and how to see it.
    fn tally<'a>(&mut self, rest: impl Iterator<Item = (&'a str, u64)>) {
        let mut reasons: BTreeMap<&str, (u64, u64)> = BTreeMap::new();
        for (reason, records) in rest {
            let entry = reasons.entry(reason).or_default();
            entry.0 += records;
            entry.1 += 1;
        }
        if reasons.is_empty() {
            return;
        }
        for (reason, (records, places)) in reasons {
            self.push(
                2,
                &format!(
                    "and {} in {}: {reason}",
                    count(records),
                    counted(places, "further place")
                ),
            );
        }
        self.push(2, "-v lists every one");
    }

    fn ignored(&mut self, report: &Coverage, verbose: bool) {
        if report.ignored.is_empty() {
            return;
        }
        let total = report.ignored.iter().map(|entry| entry.count).sum();
        self.push(0, &format!("no audit records: {}", count(total)));
        if verbose {
            for entry in &report.ignored {
                let line = format!("{}: {} ({})", entry.file, entry.reason, count(entry.count));
                self.push(2, &line);
            }
            return;
        }
        let mut reasons: BTreeMap<&str, u64> = BTreeMap::new();
        for entry in &report.ignored {
            *reasons.entry(&entry.reason).or_default() += entry.count;
        }
        for (reason, records) in reasons {
            self.push(2, &format!("{reason}: {}", count(records)));
        }
    }

    fn limits(&mut self, report: &Coverage) {
        for entry in &report.capped {
            self.push(
                0,
                &format!(
                    "limit of {} {} reached: {}",
                    count(entry.limit),
                    entry.what,
                    entry.effect
                ),
            );
        }
        for gap in report.gaps.iter().take(self.shown) {
            let place: String = [&gap.account, &gap.region]
                .into_iter()
                .flatten()
                .map(|part| format!(" {part}"))
                .collect();
            self.push(
                0,
                &format!(
                    "no records of {}{place} from {} to {}",
                    gap.source, gap.from, gap.to
                ),
            );
        }
        if let Some(more @ 1..) = report.gaps.len().checked_sub(self.shown) {
            let more = counted(more as u64, "further gap");
            self.push(0, &format!("{more}; -v lists every one"));
        }
    }

    fn rules(&mut self, report: &Coverage) {
        let rules = &report.rules;
        self.push(
            0,
            &format!(
                "{} loaded, {} fired",
                counted(rules.loaded, "rule"),
                count(rules.fired)
            ),
        );
        self.wants(report);
        let mut reasons: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for (rule, reason) in &rules.skipped {
            reasons.entry(reason).or_default().push(rule);
        }
        for (reason, names) in reasons {
            let number = counted(names.len() as u64, "rule");
            self.push(2, &format!("{number} not run: {reason}"));
            self.names(&names);
        }
    }

    /// What logs the rules had to do without: a sentence, since a set for every cloud lacks most.
    fn wants(&mut self, report: &Coverage) {
        let rules = &report.rules;
        let wants = rules.wants();
        let number = counted(rules.could_not_fire.len() as u64, "rule");
        if self.shown == usize::MAX {
            for (want, rules) in wants {
                let number = counted(rules, "rule");
                self.push(2, &format!("{number} could not fire for want of {want}"));
                let of = |(_, need): &&(String, String)| need == want;
                let lacking = report.rules.could_not_fire.iter().filter(of);
                let names: Vec<&str> = lacking.map(|(rule, _)| rule.as_str()).collect();
                self.names(&names);
            }
        } else if !wants.is_empty() {
            let wants: Vec<String> = wants
                .into_iter()
                .map(|(want, rules)| format!("{want} ({})", count(rules)))
                .collect();
            let text = format!("{number} could not fire for want of: {}", wants.join(", "));
            for (index, line) in wrap(&text, self.width.saturating_sub(4)).iter().enumerate() {
                self.push(if index == 0 { 2 } else { 4 }, line);
            }
        }
    }

    /// Rules by name, where they are few or asked for.
    fn names(&mut self, names: &[&str]) {
        if self.shown == usize::MAX {
            for name in names {
                self.push(4, name);
            }
        } else if names.len() <= 3 {
            self.push(4, &names.join(", "));
        }
    }
}

#[cfg(test)]
mod tests;
