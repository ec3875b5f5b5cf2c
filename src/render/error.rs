//! Why a lease can't be written in a format. The value is never told.

/// Why there is no answer in this format; another format may do.
#[derive(Debug, thiserror::Error)]
pub enum RenderError {
    /// The format has no way to write the value so that every reader gets it back.
    #[error("{name} holds {what}, which {format} can't carry")]
    Value { name: &'static str, what: &'static str, format: &'static str },
    /// It describes credentials; what reads it has no variables that could be cleared.
    #[error("the format {format} clears no variables; the shells' do")]
    ClearsNothing { format: String },
    #[error("the document can't be put together")]
    Document(#[source] serde_json::Error),
}
