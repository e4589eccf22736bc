//! A query as tokens.

use super::parse::QueryError;

/// A piece of a query and where it begins.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Token {
    /// Characters before it.
    pub at: usize,
    /// What it is.
    pub kind: Kind,
}

/// The kinds of token.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Kind {
    /// `(`
    Open,
    /// `)`
    Close,
    /// A word; an operator such as `AND` is one too.
    Word(String),
    /// Text in double quotes.
    Quoted(String),
    /// `/…/`
    Regex(String),
    /// `:`, `>`, `>=`, `<`, `<=` or `!=` behind a field.
    Relation(&'static str),
}

/// Longest first: the first one that fits stands.
const RELATIONS: [&str; 12] = [
    ":>=", ":<=", ":>", ":<", ":!=", ">=", "<=", "!=", ":", ">", "<", "=",
];

/// Takes a query apart.
pub(super) fn tokens(text: &str) -> Result<Vec<Token>, QueryError> {
    let chars: Vec<char> = text.chars().collect();
    let mut out: Vec<Token> = Vec::new();
    let mut at = 0;
    // Between the brackets behind a field stand values and no fields.
    let mut values = false;
    while at < chars.len() {
        let start = at;
        let rest = |at: usize, text: &str| {
            text.chars()
                .enumerate()
                .all(|(i, c)| chars.get(at + i) == Some(&c))
        };
        let after_field = matches!(out.last(), Some(Token { kind: Kind::Word(_), at: from })
            if from + word_length(&chars, *from) == at);
        let after_relation = matches!(
            out.last(),
            Some(Token {
                kind: Kind::Relation(_),
                ..
            })
        );
        let kind = match chars[at] {
            c if c.is_whitespace() => {
                at += 1;
                continue;
            }
            '(' => {
                at += 1;
                values |= after_relation;
                Kind::Open
            }
            ')' => {
                at += 1;
                values = false;
                Kind::Close
            }
            '"' => Kind::Quoted(enclosed(&chars, &mut at, '"')?),
            '/' if after_relation || values => Kind::Regex(enclosed(&chars, &mut at, '/')?),
            _ => match RELATIONS.iter().find(|relation| rest(at, relation)) {
                Some(relation) if after_field && !values => {
                    at += relation.len();
                    Kind::Relation(match *relation {
                        ":" | "=" => ":",
                        other => other.trim_start_matches(':'),
                    })
                }
                _ => {
                    // A value may hold what would end a field: `arn:aws:…`, `13:05`.
                    let length = match after_relation || values {
                        true => value_length(&chars, at),
                        false => word_length(&chars, at),
                    };
                    let length = length.max(1);
                    at += length;
                    Kind::Word(chars[start..at].iter().collect())
                }
            },
        };
        out.push(Token { at: start, kind });
    }
    Ok(out)
}

/// Up to what may end a field.
fn word_length(chars: &[char], at: usize) -> usize {
    let ends = |c: &char| c.is_whitespace() || "()\":<>=".contains(*c);
    let word = &chars[at..];
    let length = word.iter().position(ends).unwrap_or(word.len());
    // `a!=b`
    match word.get(length) {
        Some('=') if length > 0 && word[length - 1] == '!' => length - 1,
        _ => length,
    }
}

fn value_length(chars: &[char], at: usize) -> usize {
    let ends = |c: &char| c.is_whitespace() || "()\"".contains(*c);
    let word = &chars[at..];
    word.iter().position(ends).unwrap_or(word.len())
}

/// The text up to the same sign; a backslash before it takes it for text.
fn enclosed(chars: &[char], at: &mut usize, sign: char) -> Result<String, QueryError> {
    let start = *at;
    let mut out = String::new();
    *at += 1;
    while let Some(c) = chars.get(*at) {
        *at += 1;
        match c {
            '\\' if chars.get(*at) == Some(&sign) => {
                out.push(sign);
                *at += 1;
            }
            c if *c == sign => return Ok(out),
            c => out.push(*c),
        }
    }
    Err(QueryError::new(start, format!("{sign} is never closed")))
}
