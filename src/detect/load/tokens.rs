//! The words of a condition.
//!
//! Text enters, words, quoted names and brackets leave. The pipe of old Sigma ends the reading
//! here, with what to write instead.

use super::error::{Parse, wrong};

/// A word of a condition.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Token {
    Open,
    Close,
    Word(String),
    /// In quotes: a name, whatever it looks like.
    Quoted(String),
}

impl Token {
    /// True for this keyword, in any case.
    pub fn is(&self, keyword: &str) -> bool {
        matches!(self, Token::Word(word) if word.eq_ignore_ascii_case(keyword))
    }

    /// The token as messages name it.
    pub fn show(&self) -> String {
        match self {
            Token::Open => "(".to_owned(),
            Token::Close => ")".to_owned(),
            Token::Word(word) | Token::Quoted(word) => format!("{word:?}"),
        }
    }
}

/// Cuts a condition into tokens.
pub(super) fn tokens(text: &str) -> Parse<Vec<Token>> {
    let mut tokens = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let length = match first {
            '(' | ')' => {
                tokens.push(if first == '(' {
                    Token::Open
                } else {
                    Token::Close
                });
                1
            }
            '\'' | '"' => {
                let Some(length) = rest[1..].find(first) else {
                    return wrong(format!("the quote {first} is not closed"));
                };
                tokens.push(Token::Quoted(rest[1..=length].to_owned()));
                length + 2
            }
            '|' => {
                return wrong(
                    "aggregations such as `| count() by x > 5` left Sigma: write a second document \
                     with `correlation:` (type event_count, value_count or temporal) instead",
                );
            }
            _ => {
                let end = rest.find(|c: char| c.is_whitespace() || matches!(c, '(' | ')' | '|'));
                let length = end.unwrap_or(rest.len());
                tokens.push(Token::Word(rest[..length].to_owned()));
                length
            }
        };
        rest = rest[length..].trim_start();
    }
    Ok(tokens)
}
