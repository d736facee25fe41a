//! A browser that plays films and tells what it saw: Chromium, on a page that is served here.

use std::{
    process::{Child, Command, Stdio},
    sync::Arc,
    time::Duration,
};

use axum::{
    Router,
    extract::{Path, State},
    http::{StatusCode, header},
    response::{Html, IntoResponse, Response},
    routing::{get, post},
};
use bytes::Bytes;
use serde_json::Value;
use tokio::sync::watch;

/// How the browser is called, here or there.
const NAMES: [&str; 4] = [
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
];

/// Generous: it is only waited for when something is broken.
const LONG: Duration = Duration::from_mins(2);

/// Loads one film after the other, goes to its last picture, and tells how long and how large it is.
const PAGE: &str = r"<!doctype html><script>
const look = (number) => new Promise(async (told) => {
  const film = document.createElement('video');
  film.muted = true;
  film.onerror = () => told({ error: film.error.message, code: film.error.code });
  film.onloadedmetadata = () => { film.currentTime = film.duration - 0.02; };
  film.onseeked = () => told({
    seconds: film.duration, width: film.videoWidth, height: film.videoHeight, ready: film.readyState,
  });
  const whole = await (await fetch('/films/' + number)).blob();
  film.src = URL.createObjectURL(whole);
});
(async () => {
  const all = [];
  for (let number = 0; number < COUNT; number++) all.push(await look(number));
  await fetch('/told', { method: 'POST', body: JSON.stringify(all) });
})();
</script>";

/// How far the browser came.
#[derive(Clone, Debug)]
enum Seen {
    Nothing,
    Page,
    Films(Value),
}

struct Desk {
    films: Vec<Vec<u8>>,
    seen: watch::Sender<Seen>,
}

/// What a browser says of each film; nothing where none is installed.
pub(crate) async fn told(films: Vec<Vec<u8>>) -> Option<Value> {
    let desk = Arc::new(Desk {
        films,
        seen: watch::Sender::new(Seen::Nothing),
    });
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let router = Router::new()
        .route("/", get(page))
        .route("/films/{number}", get(film))
        .route("/told", post(note))
        .with_state(Arc::clone(&desk));
    let server = tokio::spawn(async move { axum::serve(listener, router).await });
    let folder = tempfile::tempdir().unwrap();
    let mut browser = open(&format!("http://{address}/"), folder.path())?;

    let mut seen = desk.seen.subscribe();
    let opened = seen.wait_for(|seen| !matches!(seen, Seen::Nothing));
    let opened = tokio::time::timeout(LONG, opened).await.is_ok();
    let done = seen.wait_for(|seen| matches!(seen, Seen::Films(_)));
    let done = if opened {
        let done = tokio::time::timeout(LONG, done).await;
        done.ok().map(|seen| seen.unwrap().clone())
    } else {
        None
    };

    drop(browser.kill());
    drop(browser.wait());
    server.abort();
    match (opened, done) {
        (false, _) => Some(Value::from("nothing: it does not start here")),
        (true, Some(Seen::Films(told))) => Some(told),
        (true, _) => Some(Value::from("nothing at all")),
    }
}

fn open(address: &str, folder: &std::path::Path) -> Option<Child> {
    let profile = format!("--user-data-dir={}", folder.display());
    NAMES.iter().find_map(|name| {
        Command::new(name)
            .args(["--headless", "--no-sandbox", "--disable-gpu"])
            .args(["--disable-dev-shm-usage", "--no-proxy-server"])
            .args(["--no-first-run", "--mute-audio", &profile, address])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .ok()
    })
}

async fn page(State(desk): State<Arc<Desk>>) -> Html<String> {
    desk.seen.send_replace(Seen::Page);
    Html(PAGE.replace("COUNT", &desk.films.len().to_string()))
}

async fn film(State(desk): State<Arc<Desk>>, Path(number): Path<usize>) -> Response {
    match desk.films.get(number) {
        Some(film) => ([(header::CONTENT_TYPE, "video/mp4")], film.clone()).into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

async fn note(State(desk): State<Arc<Desk>>, body: Bytes) -> StatusCode {
    let told = serde_json::from_slice(&body).unwrap_or_default();
    desk.seen.send_replace(Seen::Films(told));
    StatusCode::NO_CONTENT
}
