//! What the terminal and the environment say in, a width in columns out.
//!
//! A table needs one even where no terminal is: then it is the same on every machine.

use std::env;

/// The width without a terminal and without `COLUMNS`.
pub const DEFAULT: usize = 120;
/// Below this no table makes sense; narrower terminals get this one.
const NARROWEST: usize = 20;
/// Above this a width is a mistake, not a wish.
const WIDEST: usize = 10_000;

/// The width to lay out for: the terminal's, else `COLUMNS`, else 120.
pub fn width(stdout_is_terminal: bool) -> usize {
    let terminal = stdout_is_terminal
        .then(terminal_size::terminal_size)
        .flatten()
        .map(|(width, _)| usize::from(width.0));
    decide(terminal, env::var("COLUMNS").ok().as_deref())
}

/// The decision apart from where its parts come from.
fn decide(terminal: Option<usize>, variable: Option<&str>) -> usize {
    terminal
        .filter(|&width| width > 0)
        .or_else(|| variable.and_then(|text| text.trim().parse().ok()))
        .filter(|&width| width > 0)
        .unwrap_or(DEFAULT)
        .clamp(NARROWEST, WIDEST)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn terminal_then_variable_then_a_fixed_width() {
        assert_eq!(decide(Some(80), Some("200")), 80);
        assert_eq!(decide(Some(0), Some("200")), 200);
        assert_eq!(decide(None, Some(" 100 ")), 100);
        assert_eq!(decide(None, Some("wide")), DEFAULT);
        assert_eq!(decide(None, Some("0")), DEFAULT);
        assert_eq!(decide(None, None), DEFAULT);
        assert_eq!(decide(Some(7), None), NARROWEST);
    }
}
