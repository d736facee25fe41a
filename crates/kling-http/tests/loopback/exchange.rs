//! Sent and not sent, deadlines and caps.

use kling_core::{ErrorKind, ProviderError, Secret};
use kling_http::{
    BasePolicy, Call, Client, ClientOptions, Malformed, Request, TransportError, Url, classify,
    decode,
};
use std::time::Duration;
use tokio::io::AsyncWriteExt;

use crate::server::{PATIENCE, Raw, client, nobody, read_request, reply};

async fn both(request: impl Fn() -> Request, client: &Client) -> [ProviderError; 2] {
    let submission = client.send(request(), Call::Submission);
    let read = client.send(request(), Call::Read);
    [submission.await.unwrap_err(), read.await.unwrap_err()]
}

fn names(errors: &[ProviderError; 2]) -> [&'static str; 2] {
    [errors[0].name(), errors[1].name()]
}

#[tokio::test]
async fn a_refused_connection_is_not_sent() {
    let url = nobody().await;

    let errors = both(|| Request::post(url.clone()).json(&1), &client()).await;

    assert_eq!(names(&errors), ["unreachable", "unreachable"]);
    assert!(errors[0].is_retryable());
}

#[tokio::test]
async fn a_connection_lost_after_the_request_was_read_leaves_a_submission_in_doubt() {
    let server = Raw::start(|mut stream| async move {
        read_request(&mut stream).await;
        // Closing without reading on and without lingering resets the connection.
        stream.set_zero_linger().unwrap();
    })
    .await;

    let errors = both(|| Request::post(server.url()).json(&1), &client()).await;

    assert_eq!(names(&errors), ["indeterminate", "unavailable"]);
    assert_eq!(errors[0].kind(), ErrorKind::Unknown);
    assert_eq!(server.connections(), 2, "nothing is sent twice");
}

#[tokio::test]
async fn a_connection_closed_politely_without_an_answer_is_no_answer() {
    let server = Raw::answering("").await;

    let errors = both(|| Request::post(server.url()).json(&1), &client()).await;

    assert_eq!(names(&errors), ["indeterminate", "unavailable"]);
}

#[tokio::test]
async fn garbage_instead_of_http_is_no_answer() {
    let server = Raw::answering("220 smtp.example.com ready\r\n\r\n").await;

    let errors = both(|| Request::post(server.url()).json(&1), &client()).await;

    assert_eq!(names(&errors), ["indeterminate", "unavailable"]);
}

#[tokio::test]
async fn a_server_that_never_answers_is_given_up() {
    let server = Raw::start(|mut stream| async move {
        read_request(&mut stream).await;
        std::future::pending::<()>().await;
    })
    .await;
    let request = || Request::post(server.url()).timeout(Duration::from_millis(300));

    let errors = tokio::time::timeout(PATIENCE, both(request, &client()))
        .await
        .expect("the deadline holds");

    assert_eq!(names(&errors), ["indeterminate", "unavailable"]);
}

#[tokio::test]
async fn a_body_that_drips_does_not_outlast_the_deadline() {
    let server = Raw::start(|mut stream| async move {
        read_request(&mut stream).await;
        let head = b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n";
        stream.write_all(head).await.ok();
        while stream.write_all(b"x").await.is_ok() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    })
    .await;
    let request = || Request::post(server.url()).timeout(Duration::from_millis(300));

    let errors = tokio::time::timeout(PATIENCE, both(request, &client()))
        .await
        .expect("the deadline covers the body");

    assert_eq!(names(&errors), ["indeterminate", "unavailable"]);
}

#[tokio::test]
async fn a_body_that_breaks_off_is_a_lost_answer() {
    let server = Raw::answering("HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{\"data\":").await;

    let errors = both(|| Request::post(server.url()), &client()).await;

    assert_eq!(names(&errors), ["indeterminate", "unavailable"]);
}

#[tokio::test]
async fn a_reply_larger_than_the_cap_is_not_read() {
    let endless = Raw::start(|mut stream| async move {
        read_request(&mut stream).await;
        let head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
        stream.write_all(head).await.ok();
        let mut chunk = b"10000\r\n".to_vec();
        chunk.resize(chunk.len() + 0x10000, b'x');
        chunk.extend_from_slice(b"\r\n");
        while stream.write_all(&chunk).await.is_ok() {}
    })
    .await;
    let announced = Raw::answering("HTTP/1.1 200 OK\r\nContent-Length: 104857600\r\n\r\n").await;
    let client = Client::new(ClientOptions {
        max_body_bytes: 1_000_000,
        ..ClientOptions::default()
    })
    .unwrap();

    for server in [endless, announced] {
        let errors = both(|| Request::post(server.url()), &client).await;
        let raw = client.exchange(Request::get(server.url())).await;

        assert_eq!(names(&errors), ["indeterminate", "protocol"]);
        assert!(matches!(
            raw,
            Err(TransportError::TooLarge {
                limit_bytes: 1_000_000
            })
        ));
    }
}

#[tokio::test]
async fn a_web_page_with_502_is_an_answer_that_says_little() {
    let page = reply(
        "502 Bad Gateway",
        "Content-Type: text/html\r\n",
        "<html>oops</html>",
    );
    let server = Raw::answering(page).await;

    let answer = client()
        .send(Request::post(server.url()), Call::Submission)
        .await
        .unwrap();

    let submitted = classify::refusal(&answer, Call::Submission);
    let read = classify::refusal(&answer, Call::Read);
    let decoded = decode::json::<u32>(&answer).unwrap_err();
    assert_eq!(submitted.name(), "indeterminate");
    assert_eq!(read.name(), "unavailable");
    assert_eq!(answer.content_type(), Some("text/html"));
    assert!(!format!("{answer:?} {submitted:?} {decoded:?}").contains("oops"));
}

#[tokio::test]
async fn a_429_carries_its_wait() {
    let server = Raw::answering(reply("429 Slow Down", "Retry-After: 12\r\n", "")).await;

    let answer = client()
        .send(Request::get(server.url()), Call::Submission)
        .await
        .unwrap();

    let error = classify::refusal(&answer, Call::Submission);
    assert_eq!(error.retry_after(), Some(Duration::from_secs(12)));
}

#[tokio::test]
async fn a_redirect_of_a_call_is_an_answer_and_is_not_followed() {
    let target = Raw::answering(reply("200 OK", "", "")).await;
    let location = format!("Location: {}\r\n", target.url());
    let server = Raw::answering(reply("307 Temporary Redirect", &location, "")).await;

    let answer = client()
        .send(Request::post(server.url()).json(&1), Call::Submission)
        .await
        .unwrap();

    assert_eq!(answer.status, 307);
    assert_eq!(target.connections(), 0);
}

#[tokio::test]
async fn a_submission_has_a_connection_of_its_own() {
    let server = Raw::start(|mut stream| async move {
        while read_request(&mut stream).await.is_some() {
            stream.write_all(&reply("200 OK", "", "{}")).await.ok();
        }
    })
    .await;
    let client = client();

    for _ in 0..3 {
        client
            .send(Request::get(server.url()), Call::Read)
            .await
            .unwrap();
    }
    let after_reads = server.connections();
    for _ in 0..3 {
        client
            .send(Request::post(server.url()), Call::Submission)
            .await
            .unwrap();
    }

    assert_eq!(after_reads, 1);
    assert_eq!(server.connections(), 4);
}

#[tokio::test]
async fn what_cannot_be_sent_is_not_tried() {
    let server = Raw::answering(reply("200 OK", "", "")).await;
    let key = Secret::new("two\nlines").unwrap();
    let elsewhere = Url::parse("http://192.0.2.1/").unwrap();
    let malformed = |request| async {
        match client().exchange(request).await {
            Err(TransportError::Malformed(why)) => why,
            other => panic!("{other:?}"),
        }
    };

    let bad_key = malformed(Request::get(server.url()).bearer(&key)).await;
    let bad_header = malformed(Request::get(server.url()).header("x-id", "a\r\nb")).await;
    let bad_address = malformed(Request::get(elsewhere)).await;

    assert_eq!(bad_key, Malformed::Key);
    assert_eq!(bad_header, Malformed::Header);
    assert_eq!(bad_address, Malformed::Address);
    assert_eq!(server.connections(), 0);
}

#[tokio::test]
async fn a_request_arrives_as_it_was_described() {
    let (sender, mut heads) = tokio::sync::mpsc::unbounded_channel();
    let server = Raw::start(move |mut stream| {
        let sender = sender.clone();
        async move {
            let head = read_request(&mut stream).await.unwrap();
            sender.send(head).ok();
            stream
                .write_all(&reply("200 OK", "X-Cost: 7\r\n", "[1,2]"))
                .await
                .ok();
        }
    })
    .await;
    let client = Client::new(ClientOptions {
        base_policy: BasePolicy::AllowInsecure,
        user_agent: "kling-test/1".to_owned(),
        ..ClientOptions::default()
    })
    .unwrap();
    let request = Request::post(server.url())
        .authorization("Bot", &Secret::new("k3y").unwrap())
        .header("X-Client-Request-Id", "job-1")
        .json(&vec![1]);

    let answer = client.send(request, Call::Submission).await.unwrap();

    let head = heads.recv().await.unwrap();
    for line in [
        "post /v1/path-words?signature=query-words http/1.1",
        "authorization: bot k3y",
        "x-client-request-id: job-1",
        "content-type: application/json",
        "content-length: 3",
        "user-agent: kling-test/1",
    ] {
        assert!(head.lines().any(|found| found == line), "{line} in {head}");
    }
    assert_eq!(answer.header("x-cost"), Some("7"));
    assert_eq!(decode::json::<Vec<u8>>(&answer).unwrap(), [1, 2]);
}
