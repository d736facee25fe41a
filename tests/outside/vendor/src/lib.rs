//! Acme Pictures on loopback, with books that can be read and troubles on request.
#![doc = include_str!("../README.md")]

mod answer;
mod books;
mod picture;

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::Router;
use axum::extract::{DefaultBodyLimit, Extension, Path, Query, Request, State};
use axum::http::{Method, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use crate::answer::problem;
use crate::books::{Books, Step};

/// The one key that is good here.
pub const KEY: &str = "acme-emulated-key-0815";

/// What one picture costs, in thousandths of a dollar.
pub const PICTURE_MILLS: u32 = 40;

/// Which calls a trouble waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Route {
    /// `POST /drawings`
    Order,
    /// `GET /drawings/{ticket}`
    Look,
    /// `DELETE /drawings/{ticket}`
    Stop,
    /// `GET /drawings`
    Search,
    /// `GET /purse`
    Purse,
}

impl Route {
    /// The route of a call below `/v3`.
    fn of(method: &Method, path: &str) -> Self {
        match (method, path) {
            (_, "/purse") => Self::Purse,
            (&Method::POST, _) => Self::Order,
            (_, "/drawings") => Self::Search,
            (&Method::DELETE, _) => Self::Stop,
            _ => Self::Look,
        }
    }
}

/// What happens to the next call of a route.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Mishap {
    /// Nothing is done, and the connection is dropped.
    DropBefore,
    /// The work is done, and the connection is dropped.
    DropAfter,
    /// No answer, ever.
    Hang,
    /// This answer instead of the work.
    Instead {
        /// The status.
        status: u16,
        /// `Retry-After`, where it is told.
        retry_after: Option<u64>,
        /// The type of the body.
        content_type: String,
        /// The body.
        body: String,
    },
    /// The work is done; behind the answer stands so much white space.
    Padded(usize),
    /// The work is done; half of the answer, and the connection is dropped.
    Half,
    /// The drawing is in this state, for this one look.
    Strange(String),
}

/// What becomes of the next order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// Acme breaks; nothing is charged.
    Broken,
    /// Its rules do not allow it; nothing is charged.
    NotAllowed,
    /// It is ready, and there are no pictures.
    Empty,
    /// It is never ready.
    Never,
}

/// A running Acme. It ends when it is dropped.
#[derive(Debug)]
pub struct Acme {
    address: SocketAddr,
    shop: Arc<Shop>,
    server: JoinHandle<()>,
}

#[derive(Debug)]
struct Shop {
    address: SocketAddr,
    books: Mutex<Books>,
}

impl Shop {
    fn books(&self) -> MutexGuard<'_, Books> {
        self.books.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Acme {
    /// Opens on a free port of loopback.
    ///
    /// # Errors
    ///
    /// When no port is free.
    pub async fn open() -> std::io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let address = listener.local_addr()?;
        let shop = Arc::new(Shop {
            address,
            books: Mutex::default(),
        });
        let api = Router::new()
            .route("/drawings", get(search).post(order))
            .route("/drawings/{ticket}", get(look).delete(stop))
            .route("/purse", get(purse))
            .layer(middleware::from_fn_with_state(Arc::clone(&shop), counted))
            .layer(DefaultBodyLimit::max(64 * 1024 * 1024));
        let router = Router::new()
            .nest("/v3", api)
            .route("/pictures/{name}", get(picture))
            .with_state(Arc::clone(&shop));
        let server = tokio::spawn(async move {
            // It ends by being aborted.
            drop(axum::serve(listener, router).await);
        });
        Ok(Self {
            address,
            shop,
            server,
        })
    }

    /// What `providers.acme.base_url` has to be.
    pub fn base_url(&self) -> String {
        format!("http://{}/v3", self.address)
    }

    /// Has this happen to the next call of that route; of several, one after the other.
    pub fn have(&self, route: Route, mishap: Mishap) {
        self.shop.books().mishaps.push((route, mishap));
    }

    /// Decides how the next order ends.
    pub fn destine(&self, ending: Ending) {
        self.shop.books().ending = Some(ending);
    }

    /// How many calls there were, of any kind.
    pub fn calls(&self) -> usize {
        self.shop.books().calls
    }

    /// How many orders came, answered or not.
    pub fn orders(&self) -> usize {
        self.shop.books().orders
    }

    /// Every charge, in thousandths of a dollar.
    pub fn charges(&self) -> Vec<u32> {
        self.shop.books().charges.clone()
    }
}

impl Drop for Acme {
    fn drop(&mut self) {
        self.server.abort();
    }
}

/// Counts every call, lets none through without the key, and has mishaps happen.
async fn counted(State(shop): State<Arc<Shop>>, mut request: Request, next: Next) -> Response {
    let route = Route::of(request.method(), request.uri().path());
    let mishap = shop.books().called(route);
    let key = request.headers().get(header::AUTHORIZATION);
    if key.is_none_or(|key| key.as_bytes() != format!("Bearer {KEY}").as_bytes()) {
        return problem(StatusCode::UNAUTHORIZED, "no-such-key");
    }
    if let Some(answer) = answer::instead(mishap.as_ref()).await {
        return answer;
    }
    request.extensions_mut().insert(mishap);
    next.run(request).await
}

/// What happens to a call whose work is done.
type Happens = Extension<Option<Mishap>>;

async fn order(
    State(shop): State<Arc<Shop>>,
    Extension(mishap): Happens,
    body: axum::body::Bytes,
) -> Response {
    let body = serde_json::from_slice(&body).unwrap_or(Value::Null);
    let accepted = shop.books().accept(&body);
    match accepted {
        Ok(drawing) => answer::spoilt(mishap.as_ref(), StatusCode::ACCEPTED, &drawing),
        Err(code) => problem(StatusCode::BAD_REQUEST, code),
    }
}

async fn look(
    State(shop): State<Arc<Shop>>,
    Extension(mishap): Happens,
    Path(ticket): Path<String>,
) -> Response {
    let origin = format!("http://{}", shop.address);
    let told = shop.books().look(&ticket, &origin);
    match (told, mishap) {
        (None, _) => problem(StatusCode::NOT_FOUND, "no-such-drawing"),
        (Some(_), Some(Mishap::Strange(state))) => {
            axum::Json(json!({"ticket": ticket, "state": state})).into_response()
        }
        (Some(told), mishap) => answer::spoilt(mishap.as_ref(), StatusCode::OK, &told),
    }
}

async fn stop(State(shop): State<Arc<Shop>>, Path(ticket): Path<String>) -> Response {
    match shop.books().stop(&ticket) {
        None => problem(StatusCode::NOT_FOUND, "no-such-drawing"),
        Some(Step::Over) => problem(StatusCode::CONFLICT, "over"),
        Some(Step::Stopped) => {
            let told = json!({"ticket": ticket, "state": "stopped", "charged_mills": 0});
            axum::Json(told).into_response()
        }
    }
}

#[derive(serde::Deserialize)]
struct Wanted {
    memo: String,
}

async fn search(State(shop): State<Arc<Shop>>, Query(wanted): Query<Wanted>) -> Response {
    let drawings = shop.books().with_memo(&wanted.memo);
    axum::Json(json!({ "drawings": drawings })).into_response()
}

async fn purse(State(shop): State<Arc<Shop>>) -> Response {
    let spent: u32 = shop.books().charges.iter().sum();
    axum::Json(json!({"mills": 100_000 - i64::from(spent)})).into_response()
}

async fn picture(Path(name): Path<String>) -> Response {
    match picture::png(&name) {
        Some(bytes) => ([(header::CONTENT_TYPE, "image/png")], bytes).into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}
