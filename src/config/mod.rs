//! The configuration: the file as written, the settings as resolved, and edits that keep what people wrote.
