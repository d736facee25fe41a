//! The book of limits, with time handed in.

use super::*;

fn edit(major: &str) -> Key {
    Key {
        route: "PATCH message",
        major: major.to_owned(),
        counts_globally: true,
    }
}

fn webhook(major: &str) -> Key {
    Key {
        route: "PATCH webhook",
        major: major.to_owned(),
        counts_globally: false,
    }
}

fn told(limit: u32, remaining: u32, reset_after_ms: u64) -> Told {
    Told {
        status: 200,
        bucket: Some("abc".to_owned()),
        limit: Some(limit),
        remaining: Some(remaining),
        reset_after_ms: Some(reset_after_ms),
        ..Told::default()
    }
}

fn refused(retry_after_ms: u64) -> Told {
    Told {
        status: 429,
        retry_after_ms: Some(retry_after_ms),
        ..Told::default()
    }
}

/// Sends one request and takes its answer.
fn exchange(book: &mut Book, now: u64, key: &Key, answer: &Told) {
    let ticket = book.enter(now, key, Priority::Result).unwrap();
    assert_eq!(book.ask(now, ticket), Turn::Go);
    book.told(now, key, ticket, answer);
}

#[test]
fn before_the_first_answer_one_request_goes_at_a_time() {
    let mut book = Book::default();
    let key = edit("1");
    let first = book.enter(0, &key, Priority::Result).unwrap();
    let second = book.enter(0, &key, Priority::Result).unwrap();

    assert_eq!(book.ask(0, first), Turn::Go);
    assert_eq!(book.ask(0, second), Turn::Behind);
    book.told(5, &key, first, &told(5, 4, 5_000));
    assert_eq!(book.ask(5, second), Turn::Go);
}

#[test]
fn an_empty_bucket_waits_for_its_reset_and_others_do_not() {
    let mut book = Book::default();
    exchange(&mut book, 0, &edit("1"), &told(5, 0, 4_000));
    let here = book.enter(10, &edit("1"), Priority::Result).unwrap();
    let there = book.enter(10, &edit("2"), Priority::Result).unwrap();

    assert_eq!(book.ask(10, here), Turn::At(4_000));
    assert_eq!(book.ask(10, there), Turn::Go);
    assert_eq!(book.ask(4_000, here), Turn::Go);
}

#[test]
fn requests_of_a_bucket_go_in_order_and_results_go_first() {
    let mut book = Book::default();
    let key = edit("1");
    exchange(&mut book, 0, &key, &told(5, 0, 1_000));
    let acknowledgement = book.enter(1, &key, Priority::Acknowledgement).unwrap();
    let first = book.enter(2, &key, Priority::Result).unwrap();
    let second = book.enter(3, &key, Priority::Result).unwrap();

    assert_eq!(book.ask(1_000, acknowledgement), Turn::Behind);
    assert_eq!(book.ask(1_000, second), Turn::Behind);
    assert_eq!(book.ask(1_000, first), Turn::Go);
    assert_eq!(book.ask(1_000, second), Turn::Go);
    assert_eq!(book.ask(1_000, acknowledgement), Turn::Go);
}

#[test]
fn progress_is_dropped_when_the_bucket_is_low() {
    let mut book = Book::default();
    exchange(&mut book, 0, &edit("1"), &told(5, 2, 5_000));

    assert_eq!(book.enter(1, &edit("1"), Priority::Progress), None);
    assert!(book.enter(1, &edit("2"), Priority::Progress).is_some());
    assert!(book.enter(5_001, &edit("1"), Priority::Progress).is_some());
}

#[test]
fn a_429_blocks_its_bucket_for_as_long_as_it_says() {
    let mut book = Book::default();
    exchange(&mut book, 0, &edit("1"), &refused(2_500));
    let ticket = book.enter(1, &edit("1"), Priority::Result).unwrap();

    assert_eq!(book.ask(1, ticket), Turn::At(2_500));
    assert_eq!(book.ask(2_500, ticket), Turn::Go);
    assert_eq!(book.invalid(), 1);
}

#[test]
fn a_global_429_stops_everything_but_interactions() {
    let mut book = Book::default();
    exchange(
        &mut book,
        0,
        &edit("1"),
        &Told {
            is_global: true,
            ..refused(3_000)
        },
    );
    let other = book.enter(1, &edit("2"), Priority::Result).unwrap();
    let interaction = book.enter(1, &webhook("t"), Priority::Result).unwrap();

    assert_eq!(book.ask(1, other), Turn::At(3_000));
    assert_eq!(book.ask(1, interaction), Turn::Go);
}

#[test]
fn a_429_from_in_front_of_discord_stops_everything() {
    let mut book = Book::default();
    exchange(
        &mut book,
        0,
        &webhook("s"),
        &Told {
            is_wall: true,
            ..refused(3_000)
        },
    );
    let other = book.enter(1, &edit("2"), Priority::Result).unwrap();
    let interaction = book.enter(1, &webhook("t"), Priority::Result).unwrap();

    assert_eq!(book.ask(1, other), Turn::At(3_000));
    assert_eq!(book.ask(1, interaction), Turn::At(3_000));
    assert_eq!(book.enter(1, &webhook("u"), Priority::Progress), None);
    assert_eq!(book.ask(3_000, interaction), Turn::Go);
}

#[test]
fn a_shared_429_does_not_count_as_invalid() {
    let mut book = Book::default();

    exchange(
        &mut book,
        0,
        &edit("1"),
        &Told {
            is_shared: true,
            ..refused(1_000)
        },
    );

    assert_eq!(book.invalid(), 0);
}

#[test]
fn no_more_requests_leave_in_a_second_than_the_bot_may_send() {
    let mut book = Book::default();
    let mut sent = 0;
    for channel in 0..60 {
        let key = edit(&channel.to_string());
        let ticket = book.enter(500, &key, Priority::Result).unwrap();
        if book.ask(500, ticket) == Turn::Go {
            sent += 1;
        }
    }

    assert_eq!(sent, limits::GLOBAL_PER_SECOND);
    let late = book.enter(600, &edit("late"), Priority::Result).unwrap();
    assert_eq!(book.ask(600, late), Turn::At(1_500));
    assert_eq!(book.enter(600, &edit("later"), Priority::Progress), None);
    assert!(book.enter(600, &webhook("t"), Priority::Progress).is_some());
}

#[test]
fn before_the_ban_comes_nothing_is_sent() {
    let mut book = Book::default();
    let forbidden = Told {
        status: 403,
        ..told(50, 49, 1)
    };
    for n in 0..limits::INVALID_STOP {
        exchange(&mut book, u64::from(n) * 30, &webhook("t"), &forbidden);
    }
    let now = u64::from(limits::INVALID_STOP) * 30;
    let ticket = book.enter(now, &webhook("t"), Priority::Result).unwrap();

    assert_eq!(book.ask(now, ticket), Turn::At(610_000));
    assert_eq!(book.enter(now, &webhook("u"), Priority::Progress), None);
    assert_eq!(book.ask(610_000, ticket), Turn::Go);
}

#[test]
fn routes_that_share_a_bucket_share_its_limits() {
    let mut book = Book::default();
    let post = Key {
        route: "POST webhook",
        ..webhook("t")
    };
    exchange(&mut book, 0, &webhook("other"), &told(5, 4, 2_000));
    exchange(&mut book, 0, &post, &told(5, 0, 2_000));

    let ticket = book.enter(1, &webhook("t"), Priority::Result).unwrap();

    assert_eq!(book.ask(1, ticket), Turn::At(2_000));
}

#[test]
fn memory_is_bounded_whatever_comes() {
    let mut book = Book::default();
    for n in 0..20_000_u64 {
        exchange(&mut book, n, &webhook(&n.to_string()), &told(5, 4, 60_000));
    }

    assert!(book.buckets() <= limits::BUCKETS);
    assert!(book.tickets.is_empty());
}

#[test]
fn a_request_that_was_given_up_holds_nothing() {
    let mut book = Book::default();
    let key = edit("1");
    let first = book.enter(0, &key, Priority::Result).unwrap();
    let second = book.enter(0, &key, Priority::Result).unwrap();
    assert_eq!(book.ask(0, first), Turn::Go);

    book.leave(first);

    assert_eq!(book.ask(0, second), Turn::Go);
}

#[test]
fn a_full_queue_takes_no_more() {
    let mut book = Book::default();
    for _ in 0..limits::WAITING_PER_BUCKET {
        book.enter(0, &edit("1"), Priority::Result).unwrap();
    }

    assert_eq!(book.enter(0, &edit("1"), Priority::Result), None);
}
