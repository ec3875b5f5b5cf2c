//! The terminal: payload on stdout, all else on stderr, questions on the terminal itself.
