//! Records that know each other, and one merchant on many platforms.

pub mod erp;
mod forms;
mod inventory;
mod moved;
mod platforms;
