//! Messages that wait for their turn.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, RecvTimeoutError};
use lsp_server::{Message, RequestId};
use serde_json::Value;

use crate::transport::Inbound;

/// What comes next.
#[derive(Debug)]
pub(crate) enum Next {
    /// Something that a client sent.
    Inbound(Inbound),
    /// Nothing within the time.
    Quiet,
    /// Nothing any more.
    End,
}

/// The messages of a client, in their order.
#[derive(Debug)]
pub(crate) struct Inbox {
    from: Receiver<Inbound>,
    waiting: VecDeque<Inbound>,
}

impl Inbox {
    pub const fn new(from: Receiver<Inbound>) -> Self {
        Self { from, waiting: VecDeque::new() }
    }

    /// The next message; `patience`: how long one is waited for, `None`: as long as it takes.
    pub fn next(&mut self, patience: Option<Instant>) -> Next {
        self.waiting.extend(self.from.try_iter());
        if let Some(inbound) = self.waiting.pop_front() {
            return Next::Inbound(inbound);
        }
        match patience {
            None => self.from.recv().map_or(Next::End, Next::Inbound),
            Some(until) => {
                let left = until.checked_duration_since(Instant::now()).unwrap_or(Duration::ZERO);
                match self.from.recv_timeout(left) {
                    Ok(inbound) => Next::Inbound(inbound),
                    Err(RecvTimeoutError::Timeout) => Next::Quiet,
                    Err(RecvTimeoutError::Disconnected) => Next::End,
                }
            }
        }
    }

    /// Whether nothing waits for its turn.
    pub fn is_empty(&mut self) -> bool {
        self.waiting.extend(self.from.try_iter());
        self.waiting.is_empty()
    }

    /// Whether a request has been cancelled by a message behind it.
    pub fn is_cancelled(&mut self, id: &RequestId) -> bool {
        self.waiting.extend(self.from.try_iter());
        self.waiting.iter().any(|inbound| {
            let Inbound::Message(Message::Notification(note)) = inbound else { return false };
            let meant = note.params.get("id").cloned().unwrap_or(Value::Null);
            note.method == "$/cancelRequest"
                && serde_json::from_value::<RequestId>(meant).is_ok_and(|meant| meant == *id)
        })
    }
}
