//! Every output over the same hand-made results, so that one change shows in all of them.

mod machine;
mod people;
mod promises;

use super::fixture::{Fixture, options};
use super::{Format, Options, Report, ViewKind};

/// One output of one view.
fn render(view: ViewKind, format: Format, options: &Options<'_>) -> String {
    let mut text = None;
    Fixture::new().each(&mut |report| {
        if report.view.kind() == view {
            text = Some(print(&report, format, options));
        }
    });
    text.expect("the fixture has every view")
}

fn print(report: &Report<'_>, format: Format, options: &Options<'_>) -> String {
    let mut out = Vec::new();
    let output = format.output();
    output
        .write(report, options, &mut out)
        .expect("a vector takes all");
    String::from_utf8(out).expect("outputs are UTF-8")
}
