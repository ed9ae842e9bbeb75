//! Who may ask what: everything is refused but what is listed here.
//!
//! A [`token`] in the printed URL is worth one login; a login is a signed cookie
//! ([`session`]). The [`gate`] stands before every route, those that don't exist included:
//! it looks at the host that was asked for ([`host`]), at the origin and the form of what
//! changes something, and at the cookie. [`login`] alone is behind no cookie.

pub mod gate;
pub mod host;
pub mod key;
pub mod login;
pub mod session;
pub mod token;
