//! Somebody who may want to know what takes so long. Adapters tell what they wait for; whether and how it is shown is not
//! theirs to know, and nothing depends on it.

use std::any::Any;
use std::fmt::Display;

/// Is told what is waited for.
pub trait Onlooker {
    /// From now on until the [`Wait`] is dropped, this is waited for, such as `AWS STS in eu-west-1`. Nothing is asked of
    /// anybody and nothing else is written meanwhile.
    fn waiting_for(&self, what: &dyn Display) -> Wait;
}

/// Something is waited for while this lives.
pub struct Wait {
    _shown: Option<Box<dyn Any>>,
}

impl Wait {
    /// What shows it, and ends with it.
    pub fn shown(by: impl Any) -> Self {
        Self { _shown: Some(Box::new(by)) }
    }

    pub const fn unseen() -> Self {
        Self { _shown: None }
    }
}

/// Nobody looks on.
#[derive(Debug, Clone, Copy)]
pub struct Nobody;

impl Onlooker for Nobody {
    fn waiting_for(&self, _what: &dyn Display) -> Wait {
        Wait::unseen()
    }
}
