//! One file per verb: its arguments with their help, and what it does.
