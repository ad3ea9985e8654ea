//! What a check says holds: nothing is clean that was not looked at, no verdict is wrong, no claim goes beyond its evidence.

mod blocks;
mod claims;
mod counting;
mod damage;
mod fixes;
mod headings;
mod ledger;
mod near_misses;
mod people;
mod plans;
mod reading;
mod unread;
mod verdicts;
