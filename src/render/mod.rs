//! Leases and listings as bytes, for shells, SDKs and people. Pure.
