//! Frames: a `u32` length, little-endian, then that many bytes of one JSON message.

use std::io::{self, ErrorKind, Read, Write};

use flownote_flow::exact;
use flownote_flow::help::Help;
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

/// The longest frame that is written or believed: 64 MiB. Values travel as files.
pub const MAX_FRAME: usize = 64 << 20;

/// Read at first, whatever a header promises: memory is taken as bytes arrive.
const FIRST: usize = 64 << 10;

/// Why the other side can't be understood any more.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A frame is longer than [`MAX_FRAME`].
    #[error("a message of {length} bytes is longer than the {MAX_FRAME} that are allowed")]
    TooLong {
        /// How long it is, or claims to be.
        length: usize,
    },
    /// The connection ended within a frame.
    #[error("the connection ended in the middle of a message")]
    Cut,
    /// A frame isn't a message of the protocol.
    #[error("`{start}` is not a message of the protocol: {why}")]
    Message {
        /// How it begins.
        start: String,
        /// What is wrong with it.
        why: String,
    },
    /// The connection failed.
    #[error("the connection failed: {0}")]
    Io(#[from] io::Error),
}

impl Help for Error {
    fn hint(&self) -> Option<String> {
        match self {
            Self::TooLong { .. } => Some("print less at once, or write it to a file".into()),
            Self::Message { .. } => Some(
                "something wrote to the kernel's own connection, or its two halves are of \
                 different versions; restart the kernel"
                    .into(),
            ),
            Self::Cut | Self::Io(_) => None,
        }
    }
}

/// Makes the frame of a message.
///
/// # Errors
/// When it would be longer than [`MAX_FRAME`].
pub fn encode<T: Serialize>(message: &T) -> Result<Vec<u8>, Error> {
    let mut frame = vec![0; 4];
    serde_json::to_writer(&mut frame, message).map_err(io::Error::from)?;
    let length = frame.len() - 4;
    let header = u32::try_from(length).ok().filter(|_| length <= MAX_FRAME);
    frame[..4].copy_from_slice(&header.ok_or(Error::TooLong { length })?.to_le_bytes());
    Ok(frame)
}

/// Understands the body of a frame.
///
/// # Errors
/// When it isn't a message.
pub fn decode<T: DeserializeOwned>(body: &[u8]) -> Result<T, Error> {
    exact::from_slice(body).map_err(|error| {
        let start = String::from_utf8_lossy(&body[..body.len().min(60)]).into_owned();
        Error::Message { start, why: error.to_string() }
    })
}

/// Writes one message.
///
/// # Errors
/// When it is too long or the connection fails.
pub async fn send<W, T>(writer: &mut W, message: &T) -> Result<(), Error>
where
    W: AsyncWrite + Unpin,
    T: Serialize,
{
    writer.write_all(&encode(message)?).await?;
    Ok(())
}

/// Reads one message; `None` when the other side closed between frames. Not to be dropped
/// halfway: what was read would be lost.
///
/// # Errors
/// When the connection fails, or what comes isn't a message.
pub async fn receive<R, T>(reader: &mut R) -> Result<Option<T>, Error>
where
    R: AsyncRead + Unpin,
    T: DeserializeOwned,
{
    let mut header = [0; 4];
    let mut have = 0;
    while have < 4 {
        match reader.read(&mut header[have..]).await {
            Ok(0) if have == 0 => return Ok(None),
            Ok(0) => return Err(Error::Cut),
            Ok(more) => have += more,
            // A process that was killed resets rather than closes.
            Err(error) if have == 0 && error.kind() == ErrorKind::ConnectionReset => {
                return Ok(None);
            }
            Err(error) => return Err(error.into()),
        }
    }
    let length = length_of(header)?;
    let mut body = Vec::with_capacity(length.min(FIRST));
    let read = reader.take(length as u64).read_to_end(&mut body).await?;
    if read < length { Err(Error::Cut) } else { decode(&body).map(Some) }
}

/// Writes one message to a blocking connection: for interpreters.
///
/// # Errors
/// As [`send`].
pub fn send_blocking<T: Serialize>(writer: &mut impl Write, message: &T) -> Result<(), Error> {
    writer.write_all(&encode(message)?)?;
    Ok(())
}

/// Reads one message from a blocking connection: for interpreters.
///
/// # Errors
/// As [`receive`].
pub fn receive_blocking<T: DeserializeOwned>(reader: &mut impl Read) -> Result<Option<T>, Error> {
    let mut header = [0; 4];
    let mut have = 0;
    while have < 4 {
        match reader.read(&mut header[have..]) {
            Ok(0) if have == 0 => return Ok(None),
            Ok(0) => return Err(Error::Cut),
            Ok(more) => have += more,
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) if have == 0 && error.kind() == ErrorKind::ConnectionReset => {
                return Ok(None);
            }
            Err(error) => return Err(error.into()),
        }
    }
    let length = length_of(header)?;
    let mut body = Vec::with_capacity(length.min(FIRST));
    let read = reader.take(length as u64).read_to_end(&mut body)?;
    if read < length { Err(Error::Cut) } else { decode(&body).map(Some) }
}

fn length_of(header: [u8; 4]) -> Result<usize, Error> {
    let length = u32::from_le_bytes(header) as usize;
    if length > MAX_FRAME { Err(Error::TooLong { length }) } else { Ok(length) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::protocol::{Answer, Request};

    fn read(mut bytes: &[u8]) -> Result<Vec<Answer>, Error> {
        let mut answers = Vec::new();
        while let Some(answer) = receive_blocking(&mut bytes)? {
            answers.push(answer);
        }
        Ok(answers)
    }

    #[tokio::test]
    async fn a_message_arrives_as_it_was_sent() {
        let (mut one, mut other) = tokio::net::UnixStream::pair().expect("a pair");
        let sent = Request::InputReply { text: "x".repeat(1 << 20) };
        let (written, read) = tokio::join!(send(&mut one, &sent), receive(&mut other));
        written.expect("sent");
        assert_eq!(read.expect("received"), Some(sent));
        drop(one);
        assert_eq!(receive::<_, Request>(&mut other).await.expect("an end"), None);
    }

    #[test]
    fn cut_and_oversized_frames_are_errors_and_not_messages() {
        let whole = encode(&Answer::Started { execution: 7 }).expect("a frame");
        assert_eq!(read(&whole).expect("read").len(), 1);
        for end in 1..whole.len() {
            assert!(matches!(read(&whole[..end]), Err(Error::Cut)), "cut at {end}");
        }
        assert!(matches!(read(&[255; 8]), Err(Error::TooLong { .. })));
        let long = Answer::Log { level: "info".into(), text: "x".repeat(MAX_FRAME) };
        assert!(matches!(encode(&long), Err(Error::TooLong { .. })));
    }

    #[test]
    fn an_unknown_type_is_an_error_and_an_unknown_field_is_not() {
        let error = decode::<Answer>(br#"{"type":"surprise"}"#).expect_err("unknown");
        assert!(error.to_string().contains("surprise"), "{error}");
        let known = decode::<Answer>(br#"{"type":"started","execution":1,"mood":"good"}"#);
        assert_eq!(known.expect("known"), Answer::Started { execution: 1 });
    }

    proptest! {
        #[test]
        fn whatever_comes_is_a_message_or_an_error(bytes: Vec<u8>) {
            let _ = read(&bytes);
        }

        #[test]
        fn frames_of_nonsense_are_errors(body in "\\PC*") {
            let mut frame = u32::try_from(body.len()).expect("short").to_le_bytes().to_vec();
            frame.extend_from_slice(body.as_bytes());
            let is_message = matches!(read(&frame), Err(Error::Message { .. }));
            prop_assert!(is_message);
        }
    }
}
