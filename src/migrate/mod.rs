//! Turning legacy shops into new ones: a plan that is read, applied, resumed and undone.

pub mod plan;
