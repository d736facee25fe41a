//! What rules do at the gate: what is usual, who may use which provider, and what would fit a budget.

use kling_core::Estimate;
use kling_engine::{Policy, Rules, Setting};
use kling_providers::Catalogue;

use super::*;

fn rules(settings: &[(&str, &str, &str)]) -> Rules {
    let setting = |(place, key, value): &(&str, &str, &str)| Setting {
        place: place.parse().expect("a place"),
        key: key.parse().expect("a setting"),
        value: (*value).to_owned(),
    };
    Rules::read(&Policy {
        version: 1,
        settings: settings.iter().map(setting).collect(),
    })
}

fn both() -> Catalogue {
    fake::catalogue([fake::strict(), fake::generous()])
}

fn read_by(settings: &[(&str, &str, &str)], command: &Command) -> Result<NewJob, Refusal> {
    let (rules, catalogue) = (rules(settings), both());
    usual::read(command, &rules, |command, model| {
        read::job(command, &catalogue, MAX_INPUT, model, |_| true)
    })
}

#[test]
fn what_is_usual_in_a_place_is_taken_for_what_was_left_out() {
    let settings = [
        ("workspace:test:w1", "default.provider", "generous"),
        ("channel:test:w1:c1", "default.resolution", "4K"),
        ("deployment", "default.count", "2"),
    ];
    let wish = command(
        &[("prompt", "a boat"), ("count", "1")],
        vec![picture("image1")],
    );

    let job = read_by(&settings, &wish).expect("nothing stands in the way");

    assert_eq!(job.provider.as_str(), "generous");
    assert_eq!(job.request.resolution, Some(Resolution::K4));
    assert_eq!(job.request.count, ImageCount::ONE);
}

#[test]
fn what_is_usual_never_stands_in_the_way_of_what_was_typed() {
    let settings = [
        ("deployment", "default.provider", "strict"),
        ("deployment", "default.resolution", "4K"),
    ];
    let typed = command(
        &[("prompt", "a boat"), ("provider", "strict")],
        vec![picture("image1")],
    );
    let words_alone = command(&[("prompt", "a boat")], vec![]);
    let wrong = command(&[("prompt", "a boat"), ("count", "many")], vec![]);

    let job = read_by(&settings, &typed).expect("nothing stands in the way");
    assert_eq!(job.request.resolution, None);
    let job = read_by(&settings, &words_alone).expect("nothing stands in the way");
    assert_eq!(job.provider.as_str(), "generous");
    let refused = read_by(&settings, &wrong).expect_err("no number");
    assert_eq!(refused.reasons.len(), 1, "{refused:?}");
    assert_eq!(refused.reasons[0].code, "field-not-a-number");
}

#[test]
fn a_model_is_preferred_where_it_takes_the_request() {
    let read_with = |model| {
        let wish = command(&[("prompt", "a boat")], vec![picture("image1")]);
        read::job(&wish, &both(), MAX_INPUT, Some(model), |_| true).expect("a job")
    };

    // The cheapest of that name is the one that was chosen anyway.
    assert_eq!(read_with("fake/model").model.as_str(), "fake/model");
    assert_eq!(read_with("fake/other").model.as_str(), "fake/model");
}

#[test]
fn a_provider_that_somebody_may_not_use_is_not_chosen_for_them() {
    let denied = rules(&[("workspace:test:w1", "access.provider.strict", "deny")]);
    let wish = command(&[("prompt", "a boat")], vec![picture("image1")]);

    let left = usual::permitted(&wish, &denied, &both()).expect("one is left");

    let ids: Vec<_> = left
        .providers()
        .iter()
        .map(|one| one.id().as_str())
        .collect();
    assert_eq!(ids, ["generous"]);
    let named = command(&[("prompt", "a boat"), ("provider", "Strict")], vec![]);
    assert!(usual::permitted(&named, &denied, &both()).is_none());
    assert!(usual::permitted(&wish, &rules(&[]), &both()).is_none());
}

#[test]
fn a_budget_that_is_nearly_used_up_says_what_would_fit_now() {
    let of = |left: &str| {
        let fields = [
            ("prompt", "a boat"),
            ("count", "4"),
            ("provider", "generous"),
        ];
        let job = accepted(&command(&fields, vec![picture("image1")]));
        assert_eq!(
            job.estimate,
            Estimate::Exact(Money::from_microdollars(200_000))
        );
        let budget = |code: &'static str, left: &str| Reason::new(code).with("left", left);
        let mut refusal = Refusal {
            reasons: vec![
                budget("budget-workspace", "$5.00"),
                budget("budget-requester", left),
            ],
        };
        offers::add(&mut refusal, &job, &both(), |_| true);
        let offers = refusal.reasons.split_off(2).into_iter();
        let figures = |reason: Reason| {
            let args: Vec<_> = reason.args.into_values().collect();
            format!("{} {}", reason.code, args.join(" "))
        };
        offers.map(figures).collect::<Vec<_>>()
    };

    assert_eq!(
        of("$0.16"),
        ["fits-count 3 $0.15", "fits-provider $0.08 strict"]
    );
    assert_eq!(of("$0.07"), ["fits-count 1 $0.05"]);
    assert_eq!(of("$0.04"), [""; 0]);
    assert_eq!(of("$0.00"), [""; 0]);
}
