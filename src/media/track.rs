//! Codes over the frames that show them: one sighting a code, from its first frame to its last.

use std::time::Duration;

use super::{Code, Sighting};

/// Follows codes from frame to frame.
#[derive(Debug, Default)]
pub struct Tracker {
    sightings: Vec<Sighting>,
}

impl Tracker {
    /// Takes a frame's codes; frames come in the order of time.
    pub fn add(&mut self, frame: u32, _at: Duration, _lasts: Duration, codes: Vec<Code>) {
        self.sightings.extend(codes.into_iter().map(|code| Sighting { code, frame, seen: None }));
    }

    /// All codes that were seen, in order of their first frame, then from top to bottom.
    #[must_use]
    pub fn finish(self) -> Vec<Sighting> {
        self.sightings
    }
}
