//! Session policies as people write them: what AWS would refuse, what surely is a mistake, and examples to start from.
//! Pure: text in, findings with their places out. Every fault is told, not only the first. That a policy in use keeps
//! AWS's characters and size is held by `model::session_policy`, whatever is said here.

mod action;
mod condition;
mod document;
pub mod examples;
mod fault;
mod finding;
#[cfg(test)]
mod fuzz;
mod mistake;
mod resource;
mod s3;
mod statement;
#[cfg(test)]
mod tests;

pub use finding::{Finding, Severity};

/// A policy that AWS would refuse: the first fault, and how many more there are.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("line {}, column {}: {}{}", .first.place.line, .first.place.column, .first.flaw, and_more(*.more))]
pub struct Refused {
    pub first: Box<Finding>,
    pub more: usize,
}

fn and_more(more: usize) -> String {
    if more == 0 { String::new() } else { format!(" (and {more} more)") }
}

/// Everything that is to be said of a session policy, in the order of its text.
pub fn check(text: &str) -> Vec<Finding> {
    document::check(text)
}

/// The warnings about a session policy that AWS would take.
pub fn accept(text: &str) -> Result<Vec<Finding>, Refused> {
    let (faults, warnings): (Vec<Finding>, Vec<Finding>) =
        check(text).into_iter().partition(|finding| finding.severity() == Severity::Fault);
    let more = faults.len().saturating_sub(1);
    match faults.into_iter().next() {
        None => Ok(warnings),
        Some(first) => Err(Refused { first: Box::new(first), more }),
    }
}
