//! Who moved where, for whoever wants to listen. Gossip: a slow listener misses some; rows are the truth.

use tokio::sync::broadcast;

use crate::job::{Job, JobId, Stage};

/// How many changes a listener may be behind before it misses the oldest.
const BACKLOG: usize = 1024;

#[derive(Debug)]
pub(crate) struct Progress(broadcast::Sender<(JobId, Stage)>);

impl Progress {
    pub(crate) fn new() -> Self {
        Self(broadcast::Sender::new(BACKLOG))
    }

    pub(crate) fn tell(&self, job: &Job) {
        // Nobody listening is no failure.
        drop(self.0.send((job.id.clone(), job.stage)));
    }

    pub(crate) fn listen(&self) -> broadcast::Receiver<(JobId, Stage)> {
        self.0.subscribe()
    }
}
