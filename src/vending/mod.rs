//! What happens when somebody asks for credentials. No input or output of its own: ports do that.
