//! Results behind links: dead, replaced, useless, or only some of them.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use kling_core::TaskStatus;
use kling_engine::{Admission, ArchiveLimits, Job, NewJob, Options, Reason, Stage};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

use crate::acme::{Acme, Act, PRICE};
use crate::chat::Seen;
use crate::house::{House, at_rest, made_of, options, pictures};
use crate::world::{World, inline, linked, one_picture, output, picture};

/// Serves some paths; every other is a 404.
#[derive(Clone, Default)]
struct Shelf {
    files: Arc<Mutex<HashMap<String, Vec<u8>>>>,
    away: Arc<AtomicU32>,
}

impl Shelf {
    fn holding(self, path: &str, bytes: Vec<u8>) -> Self {
        self.files.lock().unwrap().insert(path.to_owned(), bytes);
        self
    }

    /// Answers 503 so many times first.
    fn away_for(self, requests: u32) -> Self {
        self.away.store(requests, Ordering::SeqCst);
        self
    }

    /// The address under which it serves from now on.
    async fn open(self) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move {
            while let Ok((mut socket, _)) = listener.accept().await {
                let mut request = vec![0; 4096];
                let length = socket.read(&mut request).await.unwrap_or(0);
                let head = String::from_utf8_lossy(&request[..length]).into_owned();
                let path = head.split(' ').nth(1).unwrap_or_default().to_owned();
                let found = self.files.lock().unwrap().get(&path).cloned();
                let away = self
                    .away
                    .fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| {
                        left.checked_sub(1)
                    });
                let (status, body) = match found {
                    _ if away.is_ok() => ("503 Service Unavailable", b"away".to_vec()),
                    Some(body) => ("200 OK", body),
                    None => ("404 Not Found", b"gone".to_vec()),
                };
                let head = format!(
                    "HTTP/1.1 {status}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
                    body.len()
                );
                drop(socket.write_all(head.as_bytes()).await);
                drop(socket.write_all(&body).await);
            }
        });
        format!("http://{address}")
    }
}

async fn becomes(acme: Acme, job: NewJob) -> (Job, World) {
    let folder = tempfile::tempdir().unwrap();
    let world = World::of(acme);
    let options = Options {
        result_tries: 4,
        ..options()
    };
    let house = House::with(folder.path(), &world, options).await;
    let job = house.order(job).await;
    let job = house.ended(&job.id).await;
    house.stop().await;
    (job, world)
}

#[tokio::test]
async fn a_result_behind_a_link_is_fetched() {
    let address = Shelf::default().holding("/boat", picture(500)).open().await;
    let finished = Act::Finish(output(vec![linked(&format!("{address}/boat"))]));

    let (_, world) = becomes(Acme::new().acting([finished]), pictures(1)).await;

    assert_eq!(world.chat.posts(), [one_picture()]);
}

#[tokio::test]
async fn a_paid_result_outlasts_many_tries_while_it_may_still_come() {
    let shelf = Shelf::default().holding("/boat", picture(500));
    let address = shelf.away_for(12).open().await;
    let finished = Act::Finish(output(vec![linked(&format!("{address}/boat"))]));

    let (_, world) = becomes(Acme::new().acting([finished]), pictures(1)).await;

    assert_eq!(world.chat.posts(), [one_picture()]);
}

#[tokio::test]
async fn a_result_that_never_comes_is_given_up_in_time() {
    let folder = tempfile::tempdir().unwrap();
    let address = Shelf::default().away_for(u32::MAX).open().await;
    let finished = Act::Finish(output(vec![linked(&format!("{address}/boat"))]));
    let world = World::of(Acme::new().acting([finished]));
    let options = Options {
        result_give_up_after: Duration::from_millis(100),
        ..options()
    };
    let house = House::with(folder.path(), &world, options).await;

    let job = house.order(pictures(1)).await;
    let job = house.ended(&job.id).await;

    assert_eq!((job.stage, job.cost), (Stage::Failed, Some(PRICE)));
    assert_eq!(world.chat.posts(), [Seen::Failed("result-gone".to_owned())]);
    house.stop().await;
}

#[tokio::test]
async fn a_dead_link_fails_and_keeps_what_it_cost() {
    let address = Shelf::default().open().await;
    let finished = Act::Finish(output(vec![linked(&format!("{address}/boat"))]));

    let (job, world) = becomes(Acme::new().acting([finished]), pictures(1)).await;

    assert_eq!(job.stage, Stage::Failed);
    assert_eq!(job.cost, Some(PRICE));
    assert_eq!(world.chat.posts(), [Seen::Failed("result-gone".to_owned())]);
}

#[tokio::test]
async fn a_dead_link_of_a_task_is_asked_for_anew() {
    let address = Shelf::default().holding("/new", picture(500)).open().await;
    let succeeded = |path| {
        let asset = linked(&format!("{address}/{path}"));
        Ok(TaskStatus::Succeeded(output(vec![asset])))
    };
    let acme = Acme::new()
        .acting([Act::Start])
        .telling([succeeded("old"), succeeded("new")]);

    let (_, world) = becomes(acme, pictures(1)).await;

    assert_eq!(world.chat.posts(), [one_picture()]);
    assert_eq!(world.acme.billed(), 1);
}

#[tokio::test]
async fn what_came_is_delivered_and_what_is_missing_is_counted() {
    let address = Shelf::default().open().await;
    let some = vec![linked(&format!("{address}/boat")), inline(500)];
    let acme = Acme::new().acting([Act::Finish(output(some))]);

    let (job, world) = becomes(acme, pictures(3)).await;

    let files = vec![picture(500)];
    assert_eq!(job.stage, Stage::Delivered);
    assert_eq!(world.chat.posts(), [Seen::Result { files, missing: 2 }]);
}

#[tokio::test]
async fn a_web_page_in_place_of_a_picture_is_no_result() {
    let page = b"<!doctype html><html>sorry</html>".to_vec();
    let address = Shelf::default().holding("/boat", page).open().await;
    let finished = Act::Finish(output(vec![linked(&format!("{address}/boat"))]));

    let (job, world) = becomes(Acme::new().acting([finished]), pictures(1)).await;

    assert_eq!(job.cost, Some(PRICE));
    let seen = Seen::Failed("result-not-media".to_owned());
    assert_eq!(world.chat.posts(), [seen]);
}

#[tokio::test]
async fn a_link_into_our_own_network_is_not_followed() {
    let inside = linked("https://10.0.0.7/boat.png");
    let acme = Acme::new().acting([Act::Finish(output(vec![inside]))]);

    let (_, world) = becomes(acme, pictures(1)).await;

    assert_eq!(world.chat.posts(), [Seen::Failed("result-gone".to_owned())]);
}

#[tokio::test]
async fn a_paid_result_waits_until_the_archive_has_room() {
    let folder = tempfile::tempdir().unwrap();
    let world = World::of(Acme::new());
    let full = ArchiveLimits {
        total_bytes: Some(100),
        ..ArchiveLimits::default()
    };
    let engine = at_rest(folder.path(), &world, options(), full).await;
    let house = House::running(engine, &world);
    let job = house.order(pictures(1)).await;
    house.until(&job.id, |job| job.tries >= 2).await;
    assert!(house.engine.health().await.archive_full);
    house.stop().await;

    let house = House::open(folder.path(), &world).await;
    house.ended(&job.id).await;

    assert_eq!(world.chat.posts(), [one_picture()]);
    assert_eq!(world.acme.billed(), 1);
    house.stop().await;
}

#[tokio::test]
async fn nothing_more_is_paid_for_while_the_archive_is_full() {
    let folder = tempfile::tempdir().unwrap();
    let world = World::of(Acme::new());
    let full = ArchiveLimits {
        total_bytes: Some(100),
        ..ArchiveLimits::default()
    };
    let engine = at_rest(folder.path(), &world, options(), full).await;
    let house = House::running(engine, &world);
    let first = house.order(pictures(1)).await;
    house
        .until(&first.id, |job| job.output.is_some() && job.tries >= 2)
        .await;
    assert!(house.engine.health().await.archive_full);

    let another = NewJob {
        dedupe_key: "command-2".to_owned(),
        ..pictures(1)
    };
    let Admission::Refused(refusal) = house.engine.accept(another).await.unwrap() else {
        panic!("it was accepted");
    };

    assert_eq!(refusal.reasons, [Reason::new("archive-full")]);
    assert!(world.chat.posts().is_empty());
    assert_eq!(world.acme.billed(), 1);
    house.stop().await;
}

#[tokio::test]
async fn an_input_is_refused_when_the_archive_has_no_room() {
    let folder = tempfile::tempdir().unwrap();
    let world = World::of(Acme::new());
    world.chat.holds("cat", picture(400));
    let full = ArchiveLimits {
        total_bytes: Some(100),
        ..ArchiveLimits::default()
    };
    let engine = at_rest(folder.path(), &world, options(), full).await;
    let house = House::running(engine, &world);

    let job = house.order(made_of(&["cat"])).await;
    house.ended(&job.id).await;

    let seen = Seen::Refused(vec!["archive-full".to_owned()]);
    assert_eq!(world.chat.posts(), [seen]);
    house.stop().await;
}
