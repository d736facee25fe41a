//! The stream of a task at the vendor without a wire, and how it can lie.

use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use futures_core::Stream;
use kling_core::{ProviderError, ReplyNote, TaskEvent, TaskEvents, TaskHandle, TaskStatus};
use tokio::time::{Interval, interval};

use super::Lie;
use super::client::{Client, busy};
use crate::{Call, Fate, Instance};

pub(super) fn events(client: &Client, task: &TaskHandle) -> TaskEvents {
    let client = Client {
        books: Arc::clone(&client.books),
        lie: client.lie,
        models: client.models.clone(),
        instance: Instance::Usual,
        mine: Mutex::default(),
    };
    let id = task.as_str().trim_start_matches("acme.1.").to_owned();
    Box::pin(Follow {
        client,
        id,
        looks: interval(Duration::from_millis(2)),
        told: None,
        is_over: false,
    })
}

struct Follow {
    client: Client,
    id: String,
    looks: Interval,
    told: Option<TaskStatus>,
    is_over: bool,
}

impl Follow {
    /// What is told at this look, where anything changed; an end without a word is told as nothing.
    fn look(&mut self) -> Poll<Option<Result<TaskEvent, ProviderError>>> {
        let lie = self.client.lie;
        let (books, trouble) = self.client.called(Call::Stream);
        if trouble.is_some() {
            self.is_over = true;
            return Poll::Ready((lie != Lie::ForgetsTheEnd).then(|| Err(busy())));
        }
        let fate = books.tasks.get(&self.id).copied().flatten();
        let runs = match fate {
            Some(Fate::TakesAWhile | Fate::ShowsLate) => books.turns < 3,
            Some(_) => true,
            None => false,
        };
        drop(books);
        if runs && fate == Some(Fate::ShowsLate) && lie == Lie::LateEndsStreams {
            self.is_over = true;
            return Poll::Ready(Some(Err(ProviderError::TaskGone {
                note: ReplyNote::default(),
            })));
        }
        let status = match (runs, lie, &self.told) {
            (true, Lie::GoesBack, Some(TaskStatus::Running { .. })) => {
                TaskStatus::Queued { position: None }
            }
            (true, ..) => TaskStatus::Running { percent: None },
            (false, ..) => TaskStatus::Succeeded(self.client.output()),
        };
        if self.told.as_ref() == Some(&status) {
            return Poll::Pending;
        }
        self.is_over = status.is_terminal();
        self.told = Some(status.clone());
        Poll::Ready(Some(Ok(TaskEvent::Status(status))))
    }
}

impl Stream for Follow {
    type Item = Result<TaskEvent, ProviderError>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        loop {
            if self.is_over {
                return Poll::Ready(None);
            }
            ready!(self.looks.poll_tick(context));
            let told = self.look();
            if told.is_ready() {
                return told;
            }
        }
    }
}

impl Drop for Follow {
    fn drop(&mut self) {
        let Self { client, id, .. } = self;
        if client.lie == Lie::StopsWithItsWatcher {
            let mut books = client.books.lock().unwrap();
            books.tasks.insert(id.clone(), Some(Fate::Fails));
        }
    }
}
