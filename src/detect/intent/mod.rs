//! Response intents: what a rule wants done, as an action or as advice.
//!
//! Enter the intent words of a rule and one of its findings; leave suggestions that name an action
//! of the response side and its target, or the step a person takes by hand.

mod action;
mod advice;
mod aws;
mod find;
mod guide;
mod others;
mod suggest;
mod word;

pub use suggest::suggest;
pub use word::{Family, WORDS, is_known};

#[cfg(test)]
mod tests;
