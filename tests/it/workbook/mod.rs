//! Workbooks: read as other programs mean them, changed in single cells, and refused where they are hostile.

mod commands;
mod edits;
mod foreign;
mod hostile;
pub mod package;
mod reading;
