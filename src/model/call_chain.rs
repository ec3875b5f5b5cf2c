//! The runs of afed around this one, outermost first, as each tells the programs that it starts: so a run that leads back to
//! itself is found. Whoever sets the variable can bring about a refusal and nothing else; who takes it away may wait.

use std::ffi::OsStr;
use std::fmt;

use sha2::{Digest, Sha256};

use super::hex::lower_hex;
use super::name::ConnectorName;

/// The environment variable that holds the chain.
pub const VARIABLE: &str = "AFED_CHAIN";
/// So many runs inside each other start each other, whatever they look like.
const DEEPEST: usize = 32;

/// The runs around this one.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CallChain(Vec<Link>);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Link {
    /// A command runs with the credentials of these connectors. Commands are told apart by their digests: what stands in a
    /// command is nobody's business further in.
    Run { connectors: Vec<ConnectorName>, command: String },
    /// The connector's credentials are waiting for what a program prints.
    Vending(ConnectorName),
}

/// Why a run would never end.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum RecursionError {
    #[error(
        "credentials of “{connector}” are asked for by a program that was started to get them; nobody would ever have them"
    )]
    Vending { connector: ConnectorName },
    #[error("the command of this afed exec runs the same afed exec again, with {connectors}; that would have no end")]
    Repeated { connectors: String },
    #[error(
        "{DEEPEST} runs of afed exec are inside each other, the last of them with {connectors}; they seem to start each other"
    )]
    TooDeep { connectors: String },
}

impl CallChain {
    /// The chain in the variable's value. What afed can't have written counts as not there.
    pub fn read(value: Option<&str>) -> Self {
        Self(value.unwrap_or_default().split(' ').filter_map(Link::read).take(DEEPEST).collect())
    }

    /// Refuses to vend the connector to a program on whose answer just that is waiting.
    pub fn check_vending(&self, connector: &str) -> Result<(), RecursionError> {
        let waiting = self.0.iter().find_map(|link| match link {
            Link::Vending(waiting) if waiting.as_str() == connector => Some(waiting.clone()),
            _ => None,
        });
        waiting.map_or(Ok(()), |connector| Err(RecursionError::Vending { connector }))
    }

    /// The chain for a program that gives what the vending of this connector is waiting for.
    pub fn with_vending(&self, connector: &ConnectorName) -> Self {
        self.with(Link::Vending(connector.clone()))
    }

    /// The chain for a command that runs with the credentials of these connectors.
    ///
    /// At a terminal the same may be run inside itself: people open a new shell in the old one when its credentials are over.
    pub fn with_run<'a>(
        &self,
        connectors: &[ConnectorName],
        words: impl IntoIterator<Item = &'a OsStr>,
        at_terminal: bool,
    ) -> Result<Self, RecursionError> {
        let link = Link::Run { connectors: connectors.to_vec(), command: digest(words) };
        if !at_terminal && self.0.contains(&link) {
            return Err(RecursionError::Repeated { connectors: quoted(connectors) });
        }
        if self.0.len() >= DEEPEST {
            return Err(RecursionError::TooDeep { connectors: quoted(connectors) });
        }
        Ok(self.with(link))
    }

    /// The connectors of the run right around this one, for people.
    pub fn around(&self) -> Option<String> {
        self.0.iter().rev().find_map(|link| match link {
            Link::Run { connectors, .. } => Some(quoted(connectors)),
            Link::Vending(_) => None,
        })
    }

    fn with(&self, link: Link) -> Self {
        Self(self.0.iter().cloned().chain([link]).collect())
    }
}

/// Names in quotes, with commas between.
pub fn quoted(connectors: &[ConnectorName]) -> String {
    connectors.iter().map(|name| format!("“{name}”")).collect::<Vec<_>>().join(", ")
}

fn digest<'a>(words: impl IntoIterator<Item = &'a OsStr>) -> String {
    let mut digest = Sha256::new();
    for word in words {
        digest.update((word.len() as u64).to_le_bytes());
        digest.update(word.as_encoded_bytes());
    }
    lower_hex(&digest.finalize()[..8])
}

impl Link {
    fn read(text: &str) -> Option<Self> {
        if let Some(connector) = text.strip_prefix("vend:") {
            return connector.parse().ok().map(Self::Vending);
        }
        let (connectors, command) = text.strip_prefix("run:")?.rsplit_once(':')?;
        let connectors = connectors.split(',').map(|name| name.parse().ok()).collect::<Option<_>>()?;
        let is_digest = command.len() == 16 && command.bytes().all(|byte| byte.is_ascii_hexdigit());
        is_digest.then(|| Self::Run { connectors, command: command.to_owned() })
    }
}

impl fmt::Display for CallChain {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, link) in self.0.iter().enumerate() {
            let space = if position == 0 { "" } else { " " };
            match link {
                Link::Vending(connector) => write!(formatter, "{space}vend:{connector}")?,
                Link::Run { connectors, command } => {
                    let names: Vec<&str> = connectors.iter().map(ConnectorName::as_str).collect();
                    write!(formatter, "{space}run:{}:{command}", names.join(","))?;
                }
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn name(text: &str) -> ConnectorName {
        text.parse().unwrap()
    }

    fn run(chain: &CallChain, connector: &str, words: &[&str], at_terminal: bool) -> Result<CallChain, RecursionError> {
        chain.with_run(&[name(connector)], words.iter().map(OsStr::new), at_terminal)
    }

    #[test]
    fn the_same_run_inside_itself_is_refused_and_any_other_is_not() {
        let empty = CallChain::default();
        let outer = run(&empty, "deploy", &["make", "all"], false).unwrap();
        let refused = Err(RecursionError::Repeated { connectors: "“deploy”".to_owned() });
        assert_eq!(run(&outer, "deploy", &["make", "all"], false), refused);
        let further = run(&outer, "stage", &["make", "all"], false).unwrap();
        assert_eq!(run(&further, "deploy", &["make", "all"], false), refused);
        assert_eq!(further.around().unwrap(), "“stage”");
        for words in [&["make"][..], &["makeall"], &["make", "all", ""], &["mak", "eall"]] {
            assert!(run(&outer, "deploy", words, false).is_ok(), "{words:?}");
        }
        assert!(run(&outer, "deploy", &["make", "all"], true).is_ok(), "a person may");
        assert!(outer.check_vending("deploy").is_ok(), "a command may ask for its own connector");
    }

    #[test]
    fn what_is_being_vended_is_not_vended_inside() {
        let chain = CallChain::default().with_vending(&name("deploy"));
        assert_eq!(chain.check_vending("deploy"), Err(RecursionError::Vending { connector: name("deploy") }));
        assert!(chain.check_vending("deploy2").is_ok());
        assert_eq!(chain.around(), None);
    }

    #[test]
    fn runs_that_differ_each_time_end_too() {
        let mut chain = CallChain::default();
        let depth = (0..100).take_while(|depth| match run(&chain, "deploy", &[&depth.to_string()], true) {
            Ok(longer) => {
                chain = CallChain::read(Some(&longer.to_string()));
                true
            }
            Err(error) => {
                assert_eq!(error, RecursionError::TooDeep { connectors: "“deploy”".to_owned() });
                false
            }
        });
        assert_eq!(depth.count(), DEEPEST);
    }

    #[test]
    fn what_afed_did_not_write_counts_as_not_there() {
        for text in [
            "",
            " ",
            "deploy",
            "run:deploy",
            "run:deploy:xyz",
            "run:deploy:0123456789abcdeg",
            "run:deploy:0123",
            "run:a b:0123456789abcdef",
            "vend:",
            "vend:\u{1b}",
        ] {
            assert_eq!(CallChain::read(Some(text)), CallChain::default(), "{text}");
        }
        assert_eq!(CallChain::read(None), CallChain::default());
    }

    proptest! {
        #[test]
        fn a_chain_is_read_as_it_was_written(
            links in proptest::collection::vec((proptest::collection::vec("[A-Za-z0-9][A-Za-z0-9._-]{0,8}", 1..3), ".{0,8}", any::<bool>()), 0..8),
        ) {
            let mut chain = CallChain::default();
            for (connectors, word, vending) in links {
                let connectors: Vec<ConnectorName> = connectors.iter().map(|text| name(text)).collect();
                chain = match vending {
                    true => chain.with_vending(&connectors[0]),
                    false => chain.with_run(&connectors, [OsStr::new(&word)], true).unwrap(),
                };
            }
            prop_assert_eq!(CallChain::read(Some(&chain.to_string())), chain);
        }
    }
}
