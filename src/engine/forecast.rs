//! What changes next.
