//! What the operator reads: one line for a job, at its end, and one for what needs somebody now. The other files look at
//! the line of each ending that they bring about.

use kling_emulator::{discord::ChannelEvent, script::Effect};
use kling_engine::{Stage, failpoint};
use kling_tests::{House, PATIENCE};

const SUBMISSION: &str = "POST /v1/images/generations";

fn refuses(status: u16) -> Effect {
    Effect::Status {
        status,
        headers: [].into(),
        body: "{}".to_owned(),
        content_type: String::new(),
    }
}

#[tokio::test]
async fn a_job_that_waited_too_long_is_one_line_and_so_is_the_one_it_waited_for() {
    let mut house = House::with(|emulator, settings| {
        settings.set("KLING__JOBS__SUBMISSIONS_PER_PROVIDER", "1");
        settings.set("KLING__JOBS__EXPIRE_AFTER", "1s");
        let aimlapi = &emulator.world().aimlapi;
        aimlapi.change(|settings| settings.latency_ms = 4_000);
    })
    .await;
    let first = house.imagine();
    house
        .discord()
        .wait_for_answer(first, PATIENCE)
        .await
        .unwrap();

    house.imagine();
    house.until_told(2).await;

    house.stop_bot().await;
    let jobs = house.jobs().await;
    assert_eq!(
        (jobs[0].stage, jobs[1].stage),
        (Stage::Expired, Stage::Delivered)
    );
    let told = house.told_about_jobs();
    assert_eq!(told.len(), 2, "{told:#?}");
    for job in jobs {
        let line = told.iter().find(|line| line.contains(job.id.as_str()));
        let line = line.expect("each job has its line");
        assert!(line.contains(&format!("stage={}", job.stage)), "{line}");
    }
}

#[tokio::test]
async fn a_job_that_nobody_was_promised_is_one_line() {
    let mut house = House::with(|_, settings| {
        // Longer than an acceptance may take.
        settings.set(failpoint::VARIABLE, "commit.accepted.after=pause:2500");
    })
    .await;

    house.imagine();
    house.until_told(1).await;
    house.until_settled().await;
    house.stop_bot().await;

    let told = house.told_about_jobs();
    assert_eq!(told.len(), 1, "{told:#?}");
    assert!(told[0].contains("taken back"), "{told:#?}");
    assert_eq!(house.charged(), 0);
}

#[tokio::test]
async fn a_key_that_is_refused_again_and_again_alarms_once_and_once_it_is_taken_that_is_told() {
    let mut house = House::start().await;
    house.always("aimlapi", SUBMISSION, refuses(401));
    house.imagine();
    house.until_told(1).await;
    house.imagine();
    house.until_told(2).await;

    house.emulator().world().script.clear();
    house.imagine();
    house.until_told(3).await;

    house.stop_bot().await;
    let told = house.told();
    let alarms = told
        .iter()
        .filter(|line| line.contains("nothing can be made"));
    let over = told.iter().filter(|line| line.contains("works again"));
    assert_eq!((alarms.count(), over.count()), (1, 1), "{told:#?}");
}

#[tokio::test]
async fn a_full_archive_alarms_once_however_many_commands_it_turns_away() {
    let mut house = House::with(|_, settings| {
        settings.set("KLING__ARCHIVE__MAX_SIZE", "1kB");
    })
    .await;

    house.imagine();
    house.until_told(1).await;
    let late = house.imagine();
    let of_it = |event: &ChannelEvent| event.interaction_id == Some(late);
    let answer = house.discord().wait_for_event(of_it, PATIENCE).await;
    let answer = answer.unwrap();

    house.stop_bot().await;
    assert!(answer.ephemeral, "only the person sees it: {answer:#?}");
    assert!(answer.content.contains("no room"), "{}", answer.content);
    let told = house.told();
    let alarms = told
        .iter()
        .filter(|line| line.contains("the archive is full"));
    assert_eq!(alarms.count(), 1, "{told:#?}");
    let jobs = house.told_about_jobs();
    let refusals = house.told_about_refusals();
    assert_eq!((jobs.len(), refusals.len()), (1, 1), "{told:#?}");
    assert!(jobs[0].contains("archive-full"), "{}", jobs[0]);
    assert!(refusals[0].contains("archive-full"), "{}", refusals[0]);
}
