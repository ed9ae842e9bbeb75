//! One output stream of a worker, read from its pipe into a [`Capture`].

use std::os::fd::OwnedFd;
use std::time::Instant;

use bytes::Bytes;
use flownote_flow::id::AttemptKey;
use flownote_flow::manifest::StreamLog;
use tokio::io::AsyncReadExt;
use tokio::net::unix::pipe;
use tokio::sync::watch;
use tokio::time::{sleep, timeout};

use crate::capture::{Capture, Masks};
use crate::context::Context;

/// A worker's output stream.
pub struct Stream<'a> {
    /// Who reads it.
    pub context: &'a Context,
    /// Whose it is.
    pub attempt: &'a AttemptKey,
    /// Which of its two.
    pub kind: flownote_store::Stream,
    /// When the attempt began.
    pub began: Instant,
    /// What to hide.
    pub masks: Masks,
    /// Becomes true when the worker has ended. A descendant may hold the pipe open: the
    /// stream then ends after a short while without its end.
    pub ended: watch::Receiver<bool>,
}

impl Stream<'_> {
    /// Reads the pipe to its end and stores what doesn't fit into the `done` object.
    /// Trouble is told as a notice; what was read stays.
    pub async fn collect(mut self, pipe: OwnedFd) -> StreamLog {
        let mut capture = Capture::new(self.began, self.context.log_cap, self.masks.clone());
        match pipe::Receiver::from_owned_fd(pipe) {
            Ok(mut pipe) => self.read(&mut pipe, &mut capture).await,
            Err(error) => self.trouble(&error),
        }
        let (segments, log) = capture.finish(|text| self.show(text));
        for (number, bytes) in segments {
            self.store(number, bytes).await;
        }
        log
    }

    async fn read(&mut self, pipe: &mut pipe::Receiver, capture: &mut Capture) {
        let mut buffer = vec![0; 64 * 1024];
        let mut ended = self.ended.clone();
        let drained = async {
            let _ = ended.wait_for(|ended| *ended).await;
            sleep(self.context.patience.drain).await;
        };
        tokio::pin!(drained);
        loop {
            let read = tokio::select! {
                biased;
                // First, or a descendant that floods the pipe would hold the attempt for ever.
                () = &mut drained => return,
                read = timeout(self.context.pace.flush, pipe.read(&mut buffer)) => read,
            };
            match read {
                Ok(Ok(0)) => return,
                Ok(Ok(length)) => capture.push(&buffer[..length], |text| self.show(text)),
                Ok(Err(error)) => return self.trouble(&error),
                Err(_nothing_came) => {}
            }
            if let Some((number, bytes)) = capture.due_segment() {
                self.store(number, bytes).await;
            }
        }
    }

    fn show(&self, text: &str) {
        self.context.report_log(self.attempt, self.kind, text);
    }

    async fn store(&self, number: u32, bytes: Bytes) {
        let Context { store, run, .. } = self.context;
        let put = store.put_log_segment(run, self.attempt, self.kind, number, bytes).await;
        if let Err(error) = put {
            self.trouble(&error);
        }
    }

    fn trouble(&self, error: &dyn std::fmt::Display) {
        self.context.notice(format!("{} of {} is incomplete: {error}", self.kind, self.attempt));
    }
}
