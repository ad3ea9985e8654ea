//! The secret that a browser has to send with each request.

use std::fmt;

use crate::error::ServeError;

/// A secret of 128 bits in hexadecimal. It reaches the page in the fragment of the opened address, which neither logs nor
/// referrers see, and comes back in a header: a cookie would be shared by all ports of the host.
#[derive(Clone, PartialEq, Eq)]
pub struct Token(String);

impl Token {
    /// A token from random bytes.
    pub fn new(bytes: [u8; 16]) -> Self {
        Self(dianjian_base::hex(&bytes))
    }

    /// A token that nobody can guess.
    ///
    /// # Errors
    /// The system has no random numbers.
    pub fn random() -> Result<Self, ServeError> {
        let mut bytes = [0; 16];
        getrandom::fill(&mut bytes).map_err(|error| ServeError::Io { reason: error.to_string() })?;
        Ok(Self::new(bytes))
    }

    /// A token of a program, as it stands in a file.
    ///
    /// # Errors
    /// It is too short to be safe, or has characters that no header has.
    pub fn of_program(text: &str) -> Result<Self, ServeError> {
        const SHORTEST: usize = 24;
        let is_fit = text.len() >= SHORTEST && text.bytes().all(|byte| byte.is_ascii_graphic());
        if is_fit { Ok(Self(text.to_owned())) } else { Err(ServeError::Token { least: SHORTEST }) }
    }

    /// Its text.
    pub fn text(&self) -> &str {
        &self.0
    }

    /// Whether the value of an `Authorization` header carries it. Takes the same time whatever is wrong.
    pub(crate) fn is_carried_by(&self, header: &str) -> bool {
        let Some(given) = header.strip_prefix("Bearer ").map(str::as_bytes) else { return false };
        let own = self.0.as_bytes();
        own.len() == given.len() && own.iter().zip(given).fold(0, |differing, (a, b)| differing | (a ^ b)) == 0
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(…)")
    }
}
