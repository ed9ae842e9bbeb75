//! Frames that arrive in pieces, cut, oversized, mixed up or made of nonsense: a reader
//! gets each message as it was sent, or one error that says what is wrong.

use std::fs;
use std::pin::Pin;
use std::task::{Context, Poll};

use flownote_kernel::protocol::{
    Answer, Error, MAX_FRAME, Output, Request, Stream, encode, receive, receive_blocking,
};
use proptest::collection::vec;
use proptest::prelude::*;
use tokio::io::{AsyncRead, ReadBuf};

/// A connection that gives its bytes in pieces of these sizes, over and over.
struct Pieces {
    bytes: Vec<u8>,
    at: usize,
    sizes: Vec<usize>,
    turn: usize,
}

impl AsyncRead for Pieces {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<std::io::Result<()>> {
        self.turn += 1;
        let size = self.sizes[self.turn % self.sizes.len()];
        if size == 0 {
            // Nothing is there yet.
            context.waker().wake_by_ref();
            return Poll::Pending;
        }
        let end = (self.at + size.min(buffer.remaining())).min(self.bytes.len());
        buffer.put_slice(&self.bytes[self.at..end]);
        self.at = end;
        Poll::Ready(Ok(()))
    }
}

/// All that a reader gets, and the error that ended it.
fn read(bytes: &[u8], mut sizes: Vec<usize>) -> (Vec<Answer>, Option<Error>) {
    // A connection that never gives anything isn't one.
    sizes.push(1);
    let mut pieces = Pieces { bytes: bytes.to_vec(), at: 0, sizes, turn: 0 };
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    runtime.block_on(async {
        let mut answers = Vec::new();
        loop {
            match receive(&mut pieces).await {
                Ok(Some(answer)) => answers.push(answer),
                Ok(None) => return (answers, None),
                Err(error) => return (answers, Some(error)),
            }
        }
    })
}

/// The same from a connection that blocks.
fn read_blocking(mut bytes: &[u8]) -> (Vec<Answer>, Option<Error>) {
    let mut answers = Vec::new();
    loop {
        match receive_blocking(&mut bytes) {
            Ok(Some(answer)) => answers.push(answer),
            Ok(None) => return (answers, None),
            Err(error) => return (answers, Some(error)),
        }
    }
}

fn frame(body: &[u8]) -> Vec<u8> {
    let length = u32::try_from(body.len()).expect("a short body");
    [&length.to_le_bytes(), body].concat()
}

fn answers() -> impl Strategy<Value = Answer> {
    prop_oneof![
        any::<u64>().prop_map(|execution| Answer::Started { execution }),
        (any::<Option<u64>>(), "\\PC*").prop_map(|(execution, text)| Answer::Output {
            execution,
            output: Output::Stream { name: Stream::Stdout, text },
        }),
        ("\\PC*", ".*").prop_map(|(level, text)| Answer::Log { level, text }),
    ]
}

fn stream(answers: &[Answer]) -> Vec<u8> {
    answers.iter().flat_map(|answer| encode(answer).expect("a frame")).collect()
}

proptest! {
    #[test]
    fn messages_arrive_whole_whatever_the_pieces(
        sent in vec(answers(), 0..8),
        sizes in vec(0_usize..40, 0..6),
    ) {
        let bytes = stream(&sent);
        let (found, error) = read(&bytes, sizes);
        prop_assert!(error.is_none(), "{:?}", error);
        prop_assert_eq!(&found, &sent);
        prop_assert_eq!(read_blocking(&bytes).0, sent);
    }

    #[test]
    fn what_came_before_a_cut_is_kept_and_the_cut_is_an_error(
        sent in vec(answers(), 1..6),
        end in any::<prop::sample::Index>(),
        sizes in vec(0_usize..40, 0..6),
    ) {
        let bytes = stream(&sent);
        let end = end.index(bytes.len());
        let (found, error) = read(&bytes[..end], sizes);
        let mut whole = 0;
        let mut at = 0;
        for answer in &sent {
            at += encode(answer).expect("a frame").len();
            whole += usize::from(at <= end);
        }
        prop_assert_eq!(&found, &sent[..whole]);
        let between = stream(&sent[..whole]).len() == end;
        prop_assert_eq!(matches!(error, Some(Error::Cut)), !between);
    }

    #[test]
    fn damage_is_an_error_or_a_message_never_both_readers_differently(
        sent in vec(answers(), 1..6),
        damage in vec((any::<prop::sample::Index>(), any::<u8>()), 1..5),
    ) {
        let mut bytes = stream(&sent);
        for (at, byte) in damage {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        let (found, error) = read(&bytes, vec![7]);
        let (blocking, other) = read_blocking(&bytes);
        prop_assert_eq!(found, blocking);
        prop_assert_eq!(error.map(|e| e.to_string()), other.map(|e| e.to_string()));
    }

    #[test]
    fn nothing_is_believed_after_an_error(
        before in vec(answers(), 0..4),
        nonsense in "[^{].{0,40}",
        after in vec(answers(), 1..4),
    ) {
        let bytes = [stream(&before), frame(nonsense.as_bytes()), stream(&after)].concat();
        let (found, error) = read(&bytes, vec![64]);
        prop_assert_eq!(found, before);
        let refused = matches!(error, Some(Error::Message { .. }));
        prop_assert!(refused);
    }
}

#[test]
fn bodies_that_are_no_message_are_refused_with_how_they_begin() {
    let deep = format!(
        r#"{{"type":"output","execution":1,"output":{{"kind":"result","metadata":{{}},"data":{{"x":{}1{}}}}}}}"#,
        "[".repeat(100_000),
        "]".repeat(100_000),
    );
    for (body, start) in [
        (&b""[..], ""),
        (b"\xff\xfe{}", "\u{fffd}\u{fffd}{}"),
        (b"{\"type\":\"started\",\"execution\":1}}", "{\"type\":\"started\""),
        (b"{\"type\":\"started\",\"execution\":-1}", "{\"type\""),
        (b"{\"type\":\"started\",\"execution\":1.5}", "{\"type\""),
        (b"{\"type\":\"started\",\"execution\":18446744073709551616}", "{\"type\""),
        (b"{\"type\":\"started\",\"execution\":NaN}", "{\"type\""),
        (b"{\"type\":\"log\",\"level\":\"info\",\"text\":\"\xed\xa0\x80\"}", "{\"type\":\"log\""),
        (b"{\"type\":\"log\",\"level\":\"info\",\"text\":\"\\ud800\"}", "{\"type\":\"log\""),
        (b"{\"execution\":1}", "{\"execution\":1}"),
        (b"[{\"type\":\"started\",\"execution\":1}]", "[{"),
        (b"\"started\"", "\"started\""),
        (deep.as_bytes(), "{\"type\":\"output\""),
    ] {
        match read(&frame(body), vec![4096]) {
            (found, Some(Error::Message { start: said, why })) => {
                assert_eq!(found, []);
                assert!(said.starts_with(start), "{said}");
                assert!(said.len() < 300 && !why.is_empty());
            }
            other => panic!("{other:?} for {}", String::from_utf8_lossy(body)),
        }
    }
}

#[test]
fn a_length_that_is_only_promised_takes_no_memory() {
    let resident = || {
        let pages = fs::read_to_string("/proc/self/statm").expect("statm");
        pages.split(' ').nth(1).expect("a field").parse::<usize>().expect("pages") * 4096
    };
    let promise =
        [&u32::try_from(MAX_FRAME).expect("small").to_le_bytes()[..], b"{\"type\""].concat();
    let before = resident();
    // All at once: each has only what arrived.
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    runtime.block_on(async {
        let mut waiting = Vec::new();
        for _ in 0..64 {
            let (one, other) = tokio::io::duplex(64);
            let mut one = one;
            tokio::io::AsyncWriteExt::write_all(&mut one, &promise).await.expect("written");
            waiting.push((one, other));
        }
        for (one, mut other) in waiting {
            drop(one);
            assert!(matches!(receive::<_, Answer>(&mut other).await, Err(Error::Cut)));
        }
    });
    assert!(resident().saturating_sub(before) < 32 << 20);
    let over = u32::try_from(MAX_FRAME + 1).expect("small").to_le_bytes();
    assert!(
        matches!(read(&over, vec![4]).1, Some(Error::TooLong { length }) if length == MAX_FRAME + 1)
    );
}

#[test]
fn a_message_of_the_greatest_length_arrives() {
    let empty = encode(&Answer::Log { level: "info".into(), text: String::new() }).expect("one");
    let text = "x".repeat(MAX_FRAME - (empty.len() - 4));
    let answer = Answer::Log { level: "info".into(), text };
    let bytes = encode(&answer).expect("a frame");
    assert_eq!(bytes.len() - 4, MAX_FRAME);
    let (found, error) = read(&bytes, vec![1 << 20]);
    assert!(error.is_none() && found == [answer]);
}

#[test]
fn one_side_does_not_take_the_others_messages() {
    let request = Request::Shutdown {};
    let (_, error) = read_blocking(&encode(&request).expect("a frame"));
    assert!(matches!(error, Some(Error::Message { .. })));
}
