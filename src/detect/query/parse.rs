//! The grammar of a query.
//!
//! Text enters, terms joined by `and`, `or` and `not` leave. Words behind each other are joined by
//! `and`, which binds closer than `or`.

use std::net::IpAddr;

use super::token::{Kind, Token, tokens};

/// Deeper than anybody writes.
const DEEPEST: usize = 64;

/// What is asked.
#[derive(Clone, Debug, PartialEq)]
pub enum Query {
    /// All hold.
    And(Vec<Query>),
    /// One holds.
    Or(Vec<Query>),
    /// Does not hold.
    Not(Box<Query>),
    /// A field and its value.
    Field(String, Value),
    /// Text anywhere.
    Text(Value),
}

/// What a field is to be.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// This, with wildcards.
    Word(String),
    /// This, as it stands.
    Quoted(String),
    /// What the expression finds.
    Regex(String),
    /// More or less than a number.
    Compare(&'static str, f64),
}

/// Why a query cannot be understood.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("character {}: {reason}", at + 1)]
pub struct QueryError {
    at: usize,
    reason: String,
}

impl QueryError {
    pub(super) fn new(at: usize, reason: impl Into<String>) -> QueryError {
        QueryError {
            at,
            reason: reason.into(),
        }
    }
}

impl Query {
    /// Reads a query.
    pub fn parse(text: &str) -> Result<Query, QueryError> {
        let tokens = tokens(text)?;
        let mut parser = Parser {
            tokens: &tokens,
            at: 0,
            end: text.chars().count(),
            depth: 0,
        };
        let query = parser.any()?;
        match parser.peek() {
            None => Ok(query),
            Some(token) => Err(QueryError::new(token.at, ") without (")),
        }
    }
}

struct Parser<'t> {
    tokens: &'t [Token],
    at: usize,
    end: usize,
    depth: usize,
}

impl<'t> Parser<'t> {
    fn peek(&self) -> Option<&'t Token> {
        self.tokens.get(self.at)
    }

    fn next(&mut self) -> Option<&'t Token> {
        let token = self.peek();
        self.at += 1;
        token
    }

    fn is_word(&self, word: &str) -> bool {
        matches!(self.peek(), Some(Token { kind: Kind::Word(text), .. })
            if text.eq_ignore_ascii_case(word) && !self.is_field())
    }

    /// Whether a relation stands behind the next token.
    fn is_field(&self) -> bool {
        let next = self.tokens.get(self.at + 1);
        matches!(
            next,
            Some(Token {
                kind: Kind::Relation(_),
                ..
            })
        )
    }

    fn any(&mut self) -> Result<Query, QueryError> {
        let mut parts = vec![self.all()?];
        while self.is_word("or") {
            self.at += 1;
            parts.push(self.all()?);
        }
        Ok(match parts.len() {
            1 => parts.remove(0),
            _ => Query::Or(parts),
        })
    }

    fn all(&mut self) -> Result<Query, QueryError> {
        let mut parts = vec![self.one()?];
        loop {
            if self.is_word("and") {
                self.at += 1;
            } else if self.is_word("or")
                || matches!(
                    self.peek(),
                    None | Some(Token {
                        kind: Kind::Close,
                        ..
                    })
                )
            {
                break;
            }
            parts.push(self.one()?);
        }
        Ok(match parts.len() {
            1 => parts.remove(0),
            _ => Query::And(parts),
        })
    }

    fn one(&mut self) -> Result<Query, QueryError> {
        self.depth += 1;
        if self.depth > DEEPEST {
            let at = self.peek().map_or(self.end, |token| token.at);
            return Err(QueryError::new(at, "nested too deeply"));
        }
        let query = self.primary();
        self.depth -= 1;
        query
    }

    fn primary(&mut self) -> Result<Query, QueryError> {
        if self.is_word("not") {
            self.at += 1;
            return Ok(Query::Not(Box::new(self.one()?)));
        }
        let field = self.is_field();
        let end = self.end;
        let Some(token) = self.next() else {
            return Err(QueryError::new(end, "something is missing at the end"));
        };
        match &token.kind {
            Kind::Open => {
                let query = self.any()?;
                self.close(token.at)?;
                Ok(query)
            }
            Kind::Word(name) if field => self.field(name),
            Kind::Word(word) if ["and", "or"].iter().any(|o| word.eq_ignore_ascii_case(o)) => {
                Err(QueryError::new(token.at, format!("{word} joins nothing")))
            }
            Kind::Word(word) => Ok(Query::Text(Value::Word(word.clone()))),
            Kind::Quoted(text) if text.is_empty() => Err(QueryError::new(
                token.at,
                "nothing stands between the quotes",
            )),
            Kind::Quoted(text) => Ok(Query::Text(Value::Quoted(text.clone()))),
            Kind::Regex(text) => Ok(Query::Text(Value::Regex(text.clone()))),
            Kind::Close => Err(QueryError::new(token.at, "something is missing before )")),
            Kind::Relation(sign) => Err(QueryError::new(
                token.at,
                format!("{sign} without a field before it"),
            )),
        }
    }

    fn close(&mut self, opened: usize) -> Result<(), QueryError> {
        match self.next() {
            Some(Token {
                kind: Kind::Close, ..
            }) => Ok(()),
            _ => Err(QueryError::new(opened, "( is never closed")),
        }
    }

    fn field(&mut self, name: &str) -> Result<Query, QueryError> {
        let Some(Token {
            kind: Kind::Relation(sign),
            ..
        }) = self.next()
        else {
            return Err(QueryError::new(self.end, "a field without a value"));
        };
        if *sign == ":"
            && let Some(Token {
                kind: Kind::Open,
                at,
            }) = self.peek()
        {
            self.at += 1;
            let mut values = vec![self.value(name, sign)?];
            while !matches!(
                self.peek(),
                None | Some(Token {
                    kind: Kind::Close,
                    ..
                })
            ) {
                if self.is_word("or") {
                    self.at += 1;
                }
                values.push(self.value(name, sign)?);
            }
            self.close(*at)?;
            return Ok(Query::Or(values));
        }
        // What is pasted as it stands in a log is no field: an ARN, an IPv6 address.
        if let Some(Token {
            kind: Kind::Word(word),
            ..
        }) = self.peek()
        {
            let whole = format!("{name}:{word}");
            if *sign == ":" && (name == "arn" || whole.parse::<IpAddr>().is_ok()) {
                self.at += 1;
                return Ok(Query::Text(Value::Word(whole)));
            }
        }
        let value = self.value(name, sign)?;
        Ok(match *sign {
            "!=" => Query::Not(Box::new(value)),
            _ => value,
        })
    }

    fn value(&mut self, name: &str, sign: &'static str) -> Result<Query, QueryError> {
        let end = self.end;
        let Some(token) = self.next() else {
            return Err(QueryError::new(end, format!("{name} has no value")));
        };
        let value = match &token.kind {
            Kind::Word(word) if matches!(sign, ":" | "!=") => Value::Word(word.clone()),
            Kind::Quoted(text) if matches!(sign, ":" | "!=") => Value::Quoted(text.clone()),
            Kind::Regex(text) if matches!(sign, ":" | "!=") => {
                let built = regex::bytes::RegexBuilder::new(text)
                    .size_limit(1 << 22)
                    .build();
                built.map_err(|_| QueryError::new(token.at, "a malformed expression"))?;
                Value::Regex(text.clone())
            }
            Kind::Word(word) => match word.parse() {
                Ok(number) => Value::Compare(sign, number),
                Err(_) => {
                    let reason = format!("{sign} compares with a number, not with {word:?}");
                    return Err(QueryError::new(token.at, reason));
                }
            },
            _ => return Err(QueryError::new(token.at, format!("{name} has no value"))),
        };
        Ok(Query::Field(name.to_owned(), value))
    }
}
