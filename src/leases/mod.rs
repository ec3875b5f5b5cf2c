//! Leases at rest: one sealed file each, bound to its key.
