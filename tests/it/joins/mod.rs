//! Records that know each other, and one merchant on many platforms.

mod ahead;
pub mod erp;
mod forms;
mod inventory;
mod moved;
mod platforms;
mod referred;
mod units;
mod warehouses;
