//! Videos that go in: looked at before anything is spent, and handed on with what was found.

use std::time::Duration;

use kling_core::{Dimensions, MediaType, Money, Operation};
use kling_emulator::media::video::sample;
use kling_engine::{InputRole, NewJob, Stage};

use crate::acme::Acme;
use crate::chat::Seen;
use crate::house::{House, made_of};
use crate::world::{World, one_picture};

/// A wish for a changed video.
fn edit_of(source: &str) -> NewJob {
    let mut job = made_of(&[source]);
    job.request.operation = Operation::VideoEdit;
    for input in &mut job.request.inputs {
        input.role = InputRole::Video;
        input.info.media_type = MediaType::Mp4;
    }
    job
}

fn film(seconds: u32) -> Vec<u8> {
    sample("a film", seconds, (320, 180)).unwrap()
}

/// The same film with its description behind the pictures.
fn backwards(film: &[u8]) -> Vec<u8> {
    let place = |name: &[u8]| film.windows(4).position(|at| at == name).unwrap() - 4;
    let (movie, media) = (place(b"moov"), place(b"mdat"));
    [&film[..movie], &film[media..], &film[movie..media]].concat()
}

/// The same film with every other picture left out of the count of them.
fn slow(mut film: Vec<u8>) -> Vec<u8> {
    let place = film.windows(4).position(|at| at == b"stsz").unwrap() + 12;
    let count = film[place..].first_chunk::<4>().copied().unwrap();
    let half = u32::from_be_bytes(count) / 2;
    film[place..place + 4].copy_from_slice(&half.to_be_bytes());
    film
}

#[tokio::test]
async fn a_clip_goes_out_with_the_length_and_the_size_that_its_bytes_tell() {
    for film in [film(4), backwards(&film(4))] {
        let folder = tempfile::tempdir().unwrap();
        let world = World::of(Acme::new());
        world.chat.holds("film", film);
        let house = House::open(folder.path(), &world).await;

        let job = house.order(edit_of("film")).await;
        house.ended(&job.id).await;

        assert_eq!(world.chat.posts(), [one_picture()]);
        let clips = world.acme.clips();
        assert_eq!(clips.len(), 1);
        assert_eq!(clips[0].media_type, MediaType::Mp4);
        assert_eq!(clips[0].duration, Some(Duration::from_secs(4)));
        let (width, height) = (320, 180);
        assert_eq!(clips[0].dimensions, Some(Dimensions { width, height }));
        house.stop().await;
    }
}

#[tokio::test]
async fn a_clip_that_cannot_be_used_is_refused_before_anything_is_spent() {
    let whole = film(4);
    for (bytes, code) in [
        (b"dear diary".to_vec(), "input-not-media"),
        (whole[..whole.len() / 2].to_vec(), "input-corrupt"),
        (film(2), "violation-playing-time"),
        (film(11), "violation-playing-time"),
        (slow(film(4)), "violation-pace"),
        (webm(), "violation-file-type"),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let world = World::of(Acme::new());
        world.chat.holds("film", bytes);
        let house = House::open(folder.path(), &world).await;

        let job = house.order(edit_of("film")).await;
        let job = house.ended(&job.id).await;
        house.stop().await;

        assert_eq!((job.stage, job.cost), (Stage::Failed, Some(Money::ZERO)));
        assert_eq!(world.chat.posts(), [Seen::Refused(vec![code.to_owned()])]);
        assert_eq!(world.acme.submissions(), 0);
    }
}

fn webm() -> Vec<u8> {
    let mut webm = b"\x1a\x45\xdf\xa3\x9f\x42\x86\x81\x01\x42\x82\x84webm".to_vec();
    webm.resize(100, 0);
    webm
}
