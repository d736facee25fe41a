//! The gate, seen from outside.

use std::collections::BTreeMap;

use kling_core::{AspectRatio, ImageCount, Money, Operation, Resolution, Transport};
use kling_engine::{InputRole, NewJob, Reason};

use super::*;
use crate::fake;

const MAX_INPUT: u64 = 50_000_000;

fn picture(field: &str) -> CommandAttachment {
    CommandAttachment {
        field: field.to_owned(),
        file_name: format!("{field}.png"),
        source: format!("source of {field}"),
        content_type: Some("image/png".to_owned()),
        size_bytes: 1_000_000,
        dimensions: Some(Dimensions {
            width: 800,
            height: 600,
        }),
    }
}

fn command(fields: &[(&str, &str)], attachments: Vec<CommandAttachment>) -> Command {
    let fields = fields.iter();
    Command {
        name: "imagine".to_owned(),
        fields: fields
            .map(|&(name, value)| (name.to_owned(), value.to_owned()))
            .collect::<BTreeMap<_, _>>(),
        attachments,
        requester: fake::requester(),
        reply_address: ReplyAddress::new("address"),
        dedupe_key: "key-1".to_owned(),
        locale: Some("en-GB".to_owned()),
        standing: Standing::default(),
    }
}

fn read(command: &Command) -> Result<NewJob, Refusal> {
    let catalogue = fake::catalogue([fake::strict(), fake::generous()]);
    read::job(command, &catalogue, MAX_INPUT, None, |_| true)
}

fn accepted(command: &Command) -> NewJob {
    read(command).expect("nothing stands in the way")
}

fn reasons(command: &Command) -> Vec<Reason> {
    read(command)
        .expect_err("something stands in the way")
        .reasons
}

fn codes(command: &Command) -> Vec<String> {
    reasons(command)
        .into_iter()
        .map(|reason| reason.code.into_owned())
        .collect()
}

#[test]
fn a_command_becomes_a_job_with_the_cheapest_provider_that_takes_it() {
    let fields = [
        ("prompt", " a boat "),
        ("aspect_ratio", "16:9"),
        ("resolution", "2k"),
        ("count", "2"),
    ];

    let job = accepted(&command(
        &fields,
        vec![picture("image2"), picture("image1")],
    ));

    assert_eq!(job.provider.as_str(), "strict");
    assert_eq!(job.request.operation, Operation::ImageToImage);
    assert_eq!(job.request.prompt.as_str(), "a boat");
    assert_eq!(job.request.aspect_ratio, Some(AspectRatio::of(16, 9)));
    assert_eq!(job.request.resolution, Some(Resolution::K2));
    assert_eq!(job.request.count, ImageCount::new(2).expect("a count"));
    assert_eq!(
        job.estimate.amount(),
        Some(Money::from_microdollars(40_000))
    );
    let sources: Vec<_> = job
        .request
        .inputs
        .iter()
        .map(|input| &*input.source)
        .collect();
    assert_eq!(sources, ["source of image1", "source of image2"]);
    assert!(
        job.request
            .inputs
            .iter()
            .all(|input| input.role == InputRole::Image)
    );
    assert_eq!(job.dedupe_key, "key-1");
}

#[test]
fn the_operation_follows_from_the_inputs_and_the_provider_from_what_takes_them() {
    let job = accepted(&command(&[("prompt", "a boat")], vec![]));

    assert_eq!(job.request.operation, Operation::TextToImage);
    assert_eq!(job.provider.as_str(), "generous");
}

#[test]
fn a_provider_that_is_named_is_the_one_that_is_asked() {
    let fields = [("prompt", "a boat"), ("provider", "Generous")];

    let job = accepted(&command(&fields, vec![picture("image1")]));

    assert_eq!(job.provider.as_str(), "generous");
}

#[test]
fn a_named_provider_that_needs_a_picture_says_so() {
    let fields = [("prompt", "a boat"), ("provider", "strict")];

    let reasons = reasons(&command(&fields, vec![]));

    assert_eq!(reasons[0].code, "violation-missing");
    assert_eq!(reasons[0].args["field"], "images");
    assert_eq!(reasons[0].args["offer"], "at-least");
}

#[test]
fn an_unknown_provider_is_told_the_ones_there_are() {
    let fields = [("prompt", "a boat"), ("provider", "acme")];

    assert_eq!(
        reasons(&command(&fields, vec![])),
        [Reason::new("provider-unknown")
            .with("given", "acme")
            .with("allowed", "strict, generous")]
    );
}

#[test]
fn everything_that_is_wrong_is_told_at_once_with_what_would_work() {
    let fields = [
        ("aspect_ratio", "wide"),
        ("resolution", "8K"),
        ("format", "bmp"),
        ("count", "many"),
        ("provider", "strict"),
        ("speed", "fast"),
        ("prompt", "  "),
    ];
    let mut text = picture("image1");
    text.content_type = Some("text/plain; charset=utf-8".to_owned());
    let mut large = picture("image2");
    large.size_bytes = 60_000_000;

    let reasons = reasons(&command(&fields, vec![text, large]));

    let told: Vec<_> = reasons
        .iter()
        .map(|reason| {
            let arg = |name| reason.args.get(name).map_or("", String::as_str);
            format!(
                "{} {} {} {}",
                reason.code,
                arg("field"),
                arg("file"),
                arg("value")
            )
        })
        .collect();
    assert_eq!(
        told,
        [
            "input-wrong-type  1 ",
            "violation-missing prompt  ",
            "violation-not-one-of aspect_ratio  16:9",
            "violation-not-one-of resolution  1K",
            "violation-not-one-of format  png",
            "field-not-a-number count  ",
            "field-unknown   ",
            "violation-file-too-large images 2 10000000",
        ]
    );
}

#[test]
fn what_another_provider_would_take_as_it_is_is_offered() {
    let long = "a boat ".repeat(20);
    let fields = [("prompt", long.as_str()), ("provider", "strict")];

    let reasons = reasons(&command(&fields, vec![picture("image1")]));

    assert_eq!(reasons[0].code, "violation-too-long");
    assert_eq!(
        reasons[1],
        Reason::new("taken-elsewhere").with("allowed", "generous")
    );
}

#[test]
fn eleven_pictures_and_pictures_that_are_too_small_are_refused_before_they_are_fetched() {
    let eleven = (1..=11).map(|n| picture(&format!("image{n}"))).collect();
    let mut small = picture("image1");
    small.dimensions = Some(Dimensions {
        width: 100,
        height: 100,
    });
    let fields = [("prompt", "a boat")];
    let strict = [("prompt", "a boat"), ("provider", "strict")];

    assert_eq!(codes(&command(&fields, eleven)), ["violation-too-many"]);
    assert_eq!(
        codes(&command(&strict, vec![small])),
        ["violation-too-small", "taken-elsewhere"]
    );
}

#[test]
fn counts_that_are_none_are_told_the_range() {
    let told = |count: &str| {
        let fields = [
            ("prompt", "a boat"),
            ("count", count),
            ("provider", "strict"),
        ];
        codes(&command(&fields, vec![picture("image1")]))
    };

    assert_eq!(told("0"), ["violation-too-few"]);
    assert_eq!(told("-3"), ["violation-too-few"]);
    assert_eq!(told("11"), ["violation-too-many"]);
    assert_eq!(told("7"), ["violation-too-many", "taken-elsewhere"]);
    assert_eq!(told("two"), ["field-not-a-number"]);
}

#[test]
fn a_prompt_that_no_provider_could_take_is_told_how_long_it_may_be() {
    let endless = "x".repeat(7000);
    let hidden = "a\u{7}boat";

    let long = reasons(&command(&[("prompt", &endless)], vec![]));
    let odd = codes(&command(&[("prompt", hidden)], vec![]));

    assert_eq!(long[0].code, "violation-too-long");
    assert_eq!(long[0].args["value"], "4000");
    assert_eq!(odd, ["field-characters"]);
}

#[test]
fn a_setting_that_one_provider_has_chooses_that_provider() {
    let pictures = || vec![picture("image1")];
    let fields = [("prompt", "a boat"), ("strict_route", "slow")];
    let job = accepted(&command(&fields, pictures()));

    assert_eq!(job.provider.as_str(), "strict");
    assert_eq!(job.request.provider_options["route"], "slow");
    let elsewhere = [
        ("prompt", "x"),
        ("strict_route", "slow"),
        ("provider", "generous"),
    ];
    assert_eq!(
        codes(&command(&elsewhere, pictures())),
        ["option-elsewhere"]
    );
}

#[test]
fn a_file_of_no_announced_kind_is_looked_at_later_and_one_of_a_wrong_kind_is_not() {
    let fields = [("prompt", "a boat")];
    let announced = |kind: Option<&str>, name: &str| {
        let mut file = picture("image1");
        file.content_type = kind.map(str::to_owned);
        name.clone_into(&mut file.file_name);
        read(&command(&fields, vec![file])).map(|job| job.request.inputs[0].info.media_type)
    };

    assert!(announced(None, "boat").is_ok());
    assert!(announced(Some("application/octet-stream"), "boat.JPG").is_ok());
    for wrong in ["text/plain", "image/heic", "image/svg+xml", "video/mp4"] {
        assert!(announced(Some(wrong), "boat.png").is_err(), "{wrong}");
    }
}

/// A provider that takes addresses only.
fn by_address_only() -> fake::Fake {
    fake::taking("by-address", vec![Transport::Url])
}

#[test]
fn who_takes_addresses_only_is_not_asked_where_files_have_none() {
    let in_the_request = fake::taking("in-the-request", vec![Transport::DataUri]);
    let catalogue = fake::catalogue([by_address_only(), in_the_request]);
    let command = command(&[("prompt", "a boat")], vec![picture("image1")]);
    let provider_where = |is_public: bool| {
        let job = read::job(&command, &catalogue, MAX_INPUT, None, |_| is_public);
        job.expect("somebody does it").provider.to_string()
    };

    assert_eq!(provider_where(true), "by-address");
    assert_eq!(provider_where(false), "in-the-request");
}

#[test]
fn where_nobody_else_is_there_it_is_said_that_files_have_no_address() {
    let catalogue = fake::catalogue([by_address_only()]);
    let command = command(&[("prompt", "a boat")], vec![picture("image1")]);

    let refusal =
        read::job(&command, &catalogue, MAX_INPUT, None, |_| false).expect_err("no way to travel");

    let codes: Vec<_> = refusal.reasons.iter().map(|reason| &*reason.code).collect();
    assert_eq!(codes, ["violation-transport"]);
}

#[test]
fn without_a_provider_nothing_can_be_asked() {
    let nobody = fake::catalogue([]);
    let command = command(&[("prompt", "a boat")], vec![]);

    let refusal = read::job(&command, &nobody, MAX_INPUT, None, |_| true).expect_err("nobody");

    assert_eq!(refusal.reasons, [Reason::new("provider-none")]);
}

#[test]
fn neither_prompts_nor_addresses_are_in_debug_output() {
    let command = command(&[("prompt", "my secret garden")], vec![picture("image1")]);

    let shown = format!("{command:?}");

    assert!(
        !shown.contains("secret garden") && !shown.contains("source of"),
        "{shown}"
    );
}

mod rules;
