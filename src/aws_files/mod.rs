//! Reading and editing `~/.aws/config` without changing a byte that was not asked for. Text in, text out.
