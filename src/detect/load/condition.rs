//! Conditions: `selection and not 1 of filter_*`.
//!
//! Text and the names it may speak of enter, a `Condition` over their numbers leaves. The same
//! reader serves detections, filters, `ctadel.levels` and correlations.

use std::iter::Peekable;
use std::vec::IntoIter;

use super::error::{Parse, wrong};
use super::scope::Scope;
use super::tokens::{Token, tokens};
use crate::detect::ast::Condition;

/// Deeper brackets than this are no rule that a person wrote.
const DEEPEST: usize = 64;
/// More combinations than this, and "3 of them" is not what the author wants.
const MOST_COMBINATIONS: usize = 2_000;

/// Reads a condition.
pub(super) fn parse(text: &str, scope: &Scope<'_>) -> Parse<Condition> {
    let tokens = tokens(text)?;
    if tokens.is_empty() {
        return wrong("the condition is empty");
    }
    let mut parser = Parser {
        tokens: tokens.into_iter().peekable(),
        scope,
        depth: 0,
    };
    let condition = parser.either()?;
    match parser.tokens.next() {
        None => Ok(condition),
        Some(token) => wrong(format!(
            "and, or, or the end is expected before {}",
            token.show()
        )),
    }
}

struct Parser<'a> {
    tokens: Peekable<IntoIter<Token>>,
    scope: &'a Scope<'a>,
    depth: usize,
}

impl Parser<'_> {
    fn either(&mut self) -> Parse<Condition> {
        let mut parts = vec![self.both()?];
        while self.tokens.next_if(|token| token.is("or")).is_some() {
            parts.push(self.both()?);
        }
        Ok(joined(parts, Condition::Or))
    }

    fn both(&mut self) -> Parse<Condition> {
        let mut parts = vec![self.not()?];
        while self.tokens.next_if(|token| token.is("and")).is_some() {
            parts.push(self.not()?);
        }
        Ok(joined(parts, Condition::And))
    }

    fn not(&mut self) -> Parse<Condition> {
        let mut negated = false;
        let mut any = false;
        while self.tokens.next_if(|token| token.is("not")).is_some() {
            negated = !negated;
            any = true;
        }
        let inner = self.single(any)?;
        Ok(if negated {
            Condition::Not(Box::new(inner))
        } else {
            inner
        })
    }

    fn single(&mut self, after_not: bool) -> Parse<Condition> {
        let place = if after_not {
            "after not"
        } else {
            "in this place"
        };
        match self.tokens.next() {
            None => wrong(format!(
                "a name is expected {place}, but the condition ends"
            )),
            Some(Token::Open) => {
                self.depth += 1;
                if self.depth > DEEPEST {
                    return wrong(format!("brackets nested deeper than {DEEPEST}"));
                }
                let inner = self.either()?;
                self.depth -= 1;
                match self.tokens.next() {
                    Some(Token::Close) => Ok(inner),
                    _ => wrong("a bracket is not closed"),
                }
            }
            Some(Token::Close) => wrong("a closing bracket has no opening one"),
            Some(Token::Quoted(name)) => self.scope.find(&name),
            Some(Token::Word(word)) => {
                if self.tokens.next_if(|token| token.is("of")).is_some() {
                    return self.quantity(&word);
                }
                if ["and", "or", "of"]
                    .iter()
                    .any(|keyword| word.eq_ignore_ascii_case(keyword))
                {
                    return wrong(format!("a name is expected {place}, not {word:?}"));
                }
                self.scope.find(&word)
            }
        }
    }

    /// `1 of x*`, `any of x*`, `all of them`, `2 of x*`: the words up to `of` are read.
    fn quantity(&mut self, quantity: &str) -> Parse<Condition> {
        let pattern = match self.tokens.next() {
            Some(Token::Word(word) | Token::Quoted(word)) => word,
            _ => {
                return wrong(format!(
                    "`{quantity} of` needs a name with * or the word them"
                ));
            }
        };
        let found = self.scope.matching(&pattern)?;
        if quantity.eq_ignore_ascii_case("all") {
            return Ok(joined(found, Condition::And));
        }
        let least = match quantity.parse::<usize>() {
            _ if quantity.eq_ignore_ascii_case("any") => 1,
            Ok(least) if least > 0 => least,
            _ => return wrong(format!("{quantity:?} is no number, any or all before `of`")),
        };
        if least > found.len() {
            let (what, count) = (self.scope.what, found.len());
            return wrong(format!(
                "{quantity} of {pattern}, but only {count} {what}(s) fit"
            ));
        }
        if combinations(found.len(), least) > MOST_COMBINATIONS {
            return wrong(format!(
                "{quantity} of {pattern} makes too many combinations"
            ));
        }
        Ok(at_least(least, &found))
    }
}

/// A condition that holds where at least `least` of `parts` do.
fn at_least(least: usize, parts: &[Condition]) -> Condition {
    if least == 1 {
        return joined(parts.to_vec(), Condition::Or);
    }
    if least == parts.len() {
        return joined(parts.to_vec(), Condition::And);
    }
    let with = Condition::And(vec![parts[0].clone(), at_least(least - 1, &parts[1..])]);
    Condition::Or(vec![with, at_least(least, &parts[1..])])
}

fn combinations(n: usize, k: usize) -> usize {
    let k = k.min(n - k);
    (0..k).fold(1usize, |count, i| count.saturating_mul(n - i) / (i + 1))
}

/// One part stands for itself.
pub(super) fn joined(
    mut parts: Vec<Condition>,
    join: fn(Vec<Condition>) -> Condition,
) -> Condition {
    if parts.len() == 1 {
        parts.swap_remove(0)
    } else {
        parts.shrink_to_fit();
        join(parts)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Condition::{And, Not, Or, Selection as S};

    const NAMES: [&str; 6] = [
        "selection",
        "filter_a",
        "filter_b",
        "filter_c",
        "_x",
        "and_more",
    ];

    fn read(text: &str) -> Parse<Condition> {
        parse(text, &Scope::numbered("selection", NAMES))
    }

    fn not(inner: Condition) -> Condition {
        Not(Box::new(inner))
    }

    #[test]
    fn precedence_quantities_and_names() {
        let filters = || vec![S(1), S(2), S(3)];
        for (text, expected) in [
            ("selection", S(0)),
            ("selection and not filter_a", And(vec![S(0), not(S(1))])),
            (
                "selection OR filter_a And filter_b",
                Or(vec![S(0), And(vec![S(1), S(2)])]),
            ),
            ("not selection or filter_a", Or(vec![not(S(0)), S(1)])),
            ("not (selection or filter_a)", not(Or(vec![S(0), S(1)]))),
            ("not not selection", S(0)),
            ("(((selection)))", S(0)),
            ("1 of filter_*", Or(filters())),
            ("any of filter_*", Or(filters())),
            ("ALL OF filter_*", And(filters())),
            ("1 of filter_a", S(1)),
            ("1 of *_a", S(1)),
            ("all of f*_*b", S(2)),
            ("1 of them", Or(vec![S(0), S(1), S(2), S(3), S(5)])),
            ("all of _*", S(4)),
            ("_x and and_more", And(vec![S(4), S(5)])),
            ("'selection' and \"_x\"", And(vec![S(0), S(4)])),
            (
                "2 of filter_*",
                Or(vec![
                    And(vec![S(1), Or(vec![S(2), S(3)])]),
                    And(vec![S(2), S(3)]),
                ]),
            ),
            ("3 of filter_*", And(filters())),
        ] {
            assert_eq!(read(text).unwrap(), expected, "{text}");
        }
    }

    #[test]
    fn mistakes_are_named() {
        for (text, message) in [
            ("", "empty"),
            (
                "selektion",
                "there is no selection \"selektion\", did you mean selection?",
            ),
            ("1 of nothing*", "that \"nothing*\" could mean"),
            ("selection filter_a", "before \"filter_a\""),
            ("selection and", "the condition ends"),
            ("and selection", "not \"and\""),
            ("(selection", "not closed"),
            ("selection)", "the end is expected before )"),
            (")", "no opening one"),
            ("'selection", "quote"),
            ("5 of filter_*", "only 3"),
            ("0 of filter_*", "no number"),
            ("1 of", "needs a name"),
            ("selection | count() by user > 5", "correlation"),
            ("selection|near x", "correlation"),
            (&"(".repeat(500), "nested deeper"),
        ] {
            let Err(crate::detect::load::error::Stop::Fault(fault)) = read(text) else {
                panic!("{text} was read");
            };
            assert!(fault.reason.contains(message), "{text}: {}", fault.reason);
        }
    }
}
