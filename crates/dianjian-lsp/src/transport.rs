//! Messages over streams: what cannot be understood is answered and passed over, and the next message is read.

use std::io::{self, BufRead, Read as _, Write};

use crossbeam_channel::Sender;
use lsp_server::Message;

/// A longer message is passed over: no editor sends a text of that size.
const MAX_MESSAGE: u64 = 256 << 20;

/// A longer line is no header.
const MAX_HEADER: u64 = 4 << 10;

/// What a client sends.
#[derive(Debug)]
pub(crate) enum Inbound {
    /// A message.
    Message(Message),
    /// Something else, and why it is none.
    Malformed(String),
}

/// Reads messages until the stream ends or nobody wants them any more.
pub(crate) fn read_all(mut from: impl BufRead, to: &Sender<Inbound>) {
    while let Ok(Some(inbound)) = read_one(&mut from) {
        let is_exit = matches!(&inbound, Inbound::Message(Message::Notification(note)) if note.method == "exit");
        if to.send(inbound).is_err() || is_exit {
            return;
        }
    }
}

fn read_one(from: &mut impl BufRead) -> io::Result<Option<Inbound>> {
    let Some(length) = read_headers(from)? else { return Ok(None) };
    let length = match length {
        Ok(length) if length <= MAX_MESSAGE => length,
        Ok(length) => {
            io::copy(&mut from.take(length), &mut io::sink())?;
            return Ok(Some(Inbound::Malformed(format!("a message of {length} bytes is too long"))));
        }
        Err(reason) => return Ok(Some(Inbound::Malformed(reason))),
    };
    let mut body = Vec::new();
    from.take(length).read_to_end(&mut body)?;
    if body.len() as u64 != length {
        return Ok(None);
    }
    Ok(Some(match serde_json::from_slice(&body) {
        Ok(message) => Inbound::Message(message),
        Err(error) => Inbound::Malformed(error.to_string()),
    }))
}

/// The length that headers announce; an error if what stands there are none. `None` at the end of the stream.
fn read_headers(from: &mut impl BufRead) -> io::Result<Option<Result<u64, String>>> {
    let mut length = None;
    loop {
        let mut line = Vec::new();
        from.take(MAX_HEADER).read_until(b'\n', &mut line)?;
        if line.is_empty() {
            return Ok(None);
        }
        let text = String::from_utf8_lossy(&line);
        let text = text.trim();
        if text.is_empty() {
            match length {
                Some(length) => return Ok(Some(Ok(length))),
                None => continue,
            }
        }
        let Some((name, value)) = text.split_once(':') else {
            return Ok(Some(Err("a header has no colon".to_owned())));
        };
        if name.trim().eq_ignore_ascii_case("content-length") {
            match value.trim().parse() {
                Ok(number) => length = Some(number),
                Err(_) => return Ok(Some(Err("Content-Length is no number".to_owned()))),
            }
        }
    }
}

/// Writes messages.
pub(crate) struct Outbox<'w> {
    to: Box<dyn Write + 'w>,
    /// Whether nobody reads any more.
    is_closed: bool,
    /// The number of the last request of the server's own.
    last_request: i32,
}

impl<'w> Outbox<'w> {
    pub fn new(to: impl Write + 'w) -> Self {
        Self { to: Box::new(to), is_closed: false, last_request: 0 }
    }

    /// Sends a message. A client that is gone is noticed by its stream, which ends.
    pub fn send(&mut self, message: impl Into<Message>) {
        self.is_closed |= message.into().write(&mut self.to).is_err();
    }

    /// A notification.
    pub fn notify(&mut self, method: &str, params: impl serde::Serialize) {
        self.send(lsp_server::Notification::new(method.to_owned(), params));
    }

    /// A request of the server's own. Answers tell nothing that is needed.
    pub fn request(&mut self, method: &str, params: impl serde::Serialize) {
        self.last_request += 1;
        let id = format!("dianjian-{}", self.last_request).into();
        self.send(lsp_server::Request::new(id, method.to_owned(), params));
    }

    /// The answer to what is no message: it has no id, which is said so.
    pub fn refuse(&mut self, reason: &str) {
        let error = serde_json::json!({"code": lsp_server::ErrorCode::ParseError as i32, "message": reason});
        let body = serde_json::json!({"jsonrpc": "2.0", "id": null, "error": error}).to_string();
        let written = write!(self.to, "Content-Length: {}\r\n\r\n{body}", body.len());
        self.is_closed |= written.and_then(|()| self.to.flush()).is_err();
    }

    pub const fn is_closed(&self) -> bool {
        self.is_closed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn inbound(bytes: &[u8]) -> Vec<Result<String, String>> {
        let (sender, receiver) = crossbeam_channel::unbounded();
        read_all(bytes, &sender);
        drop(sender);
        let shown = |inbound| match inbound {
            Inbound::Message(Message::Notification(note)) => Ok(note.method),
            Inbound::Message(_) => Ok("?".to_owned()),
            Inbound::Malformed(reason) => Err(reason),
        };
        receiver.iter().map(shown).collect()
    }

    fn framed(body: &str) -> String {
        format!("Content-Length: {}\r\n\r\n{body}", body.len())
    }

    #[test]
    fn what_is_no_message_is_passed_over() {
        let good = framed(r#"{"jsonrpc":"2.0","method":"店"}"#);
        let bad = framed("{\"jsonrpc\": 店");
        let all = inbound(format!("{good}{bad}{good}").as_bytes());
        assert!(matches!(&all[..], [Ok(one), Err(_), Ok(two)] if one == "店" && two == "店"), "{all:?}");
        let all = inbound(format!("hello\r\n{good}Content-Length: x\r\n\r\n{good}").as_bytes());
        assert_eq!(all.iter().filter(|one| one.is_ok()).count(), 2, "{all:?}");
        assert!(inbound(b"Content-Length: 10\r\n\r\n{}").is_empty());
        assert!(inbound(&[0xff; 100]).iter().all(Result::is_err));
        assert_eq!(inbound(framed("[1, 2]").as_bytes()).len(), 1);
    }
}
