//! Tokens: each is worth one login. The server keeps their digests only.

use std::sync::{Mutex, PoisonError};

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;

/// So many wait at most; the oldest go.
const MOST: usize = 32;

/// The tokens that nobody used yet.
#[derive(Debug, Default)]
pub struct Tokens {
    /// Short sections: a login, `flownote ui --url`.
    waiting: Mutex<Vec<blake3::Hash>>,
}

impl Tokens {
    /// Makes one: 256 random bits.
    pub fn mint(&self) -> String {
        let token = BASE64_URL_SAFE_NO_PAD.encode(rand::random::<[u8; 32]>());
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        if waiting.len() == MOST {
            waiting.remove(0);
        }
        waiting.push(blake3::hash(token.as_bytes()));
        token
    }

    /// Uses one up. Digests are compared, in a time that doesn't depend on them, and all of
    /// them.
    pub fn take(&self, token: &str) -> bool {
        let given = blake3::hash(token.as_bytes());
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        let before = waiting.len();
        waiting.retain(|known| *known != given);
        waiting.len() < before
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_worth_one_login() {
        let tokens = Tokens::default();
        let (one, other) = (tokens.mint(), tokens.mint());
        assert_ne!(one, other);
        assert!(!tokens.take("") && !tokens.take(&one[1..]));
        assert!(tokens.take(&one) && !tokens.take(&one));
        for _ in 0..MOST {
            tokens.mint();
        }
        assert!(!tokens.take(&other), "it was the oldest of too many");
    }
}
