//! Who may do what, what prompts must not contain, what is usual, and what no setting can say.

use super::*;

/// What is set where, who asks, and the codes of what they are told.
type Case<'a> = (
    &'a [(&'a str, &'a str, &'a str)],
    &'a Standing,
    &'a [&'a str],
);

#[test]
fn whoever_is_denied_is_refused_and_lists_of_those_allowed_leave_the_others_out() {
    let nobody = Standing::default();
    let artist = with_roles(&["artist"]);
    let said = |place: &'static str, value: &'static str| [(place, "access", value)];
    let table: [Case<'_>; 14] = [
        (&[], &nobody, &[]),
        (
            &said("requester:chat:ann", "deny"),
            &nobody,
            &["access-requester"],
        ),
        (&said("requester:talk:ann", "deny"), &nobody, &[]),
        (
            &said("workspace:chat:guild", "deny"),
            &nobody,
            &["access-workspace"],
        ),
        (
            &said("workspace:chat:other", "allow"),
            &nobody,
            &["access-workspace"],
        ),
        (&said("workspace:chat:guild", "allow"), &nobody, &[]),
        (
            &said("channel:chat:guild:art", "allow"),
            &artist,
            &["access-channel"],
        ),
        (&said("channel:chat:other:art", "allow"), &nobody, &[]),
        (
            &said("role:chat:guild:artist", "allow"),
            &nobody,
            &["access-role"],
        ),
        (&said("role:chat:guild:artist", "allow"), &artist, &[]),
        (
            &said("role:chat:guild:artist", "deny"),
            &artist,
            &["access-role"],
        ),
        (&said("deployment", "deny"), &artist, &["access-deployment"]),
        (
            &[
                ("role:chat:guild:artist", "access", "allow"),
                ("requester:chat:ann", "access", "allow"),
            ],
            &nobody,
            &[],
        ),
        (
            &[
                (
                    "role:chat:guild:artist",
                    "access.operation.text-to-image",
                    "allow",
                ),
                ("workspace:chat:guild", "access.provider.acme", "deny"),
                ("deployment", "access.provider.other", "deny"),
            ],
            &nobody,
            &["access-operation", "access-provider"],
        ),
    ];

    for (settings, standing, codes) in table {
        assert_eq!(
            against(settings, standing),
            codes,
            "{settings:?} {standing:?}"
        );
    }
}

#[test]
fn words_are_refused_where_they_are_listed_and_some_only_outside_of_places_for_adults() {
    let adults = Standing {
        age_restricted: true,
        ..Standing::default()
    };
    let nobody = Standing::default();
    let here = [("workspace:chat:guild", "words", r#"["boat"]"#)];
    let elsewhere = [("channel:chat:guild:art", "words", r#"["boat"]"#)];
    let outside = [(
        "deployment",
        "patterns-outside-age-restricted",
        r#"["pap[a-z]+"]"#,
    )];

    assert_eq!(against(&here, &adults), ["content-refused"]);
    assert_eq!(against(&elsewhere, &nobody), [""; 0]);
    assert_eq!(against(&outside, &nobody), ["content-age-restricted"]);
    assert_eq!(against(&outside, &adults), [""; 0]);
}

#[test]
fn a_refusal_names_what_it_found_only_where_a_setting_says_so() {
    let told = |settings: &[(&str, &str, &str)]| {
        let limits = rules(settings).limits(&Limits::default(), &ann(), &Standing::default());
        limits.against[0].args.get("given").cloned()
    };
    let words = ("deployment", "words", r#"["Boat"]"#);

    assert_eq!(told(&[words]), None);
    assert_eq!(
        told(&[words, ("deployment", "name-matches", "yes")]).as_deref(),
        Some("boat")
    );
    let nearer = ("workspace:chat:guild", "name-matches", "no");
    assert_eq!(
        told(&[words, ("deployment", "name-matches", "yes"), nearer]),
        None
    );
}

#[test]
fn what_is_usual_is_said_by_the_nearest_place() {
    let set = rules(&[
        ("deployment", "default.provider", "acme"),
        ("workspace:chat:guild", "default.provider", "other"),
        ("channel:chat:guild:general", "default.resolution", "2K"),
    ]);
    let requester = ann().requester;

    assert_eq!(set.usual(&requester, Usual::Provider), Some("other"));
    assert_eq!(set.usual(&requester, Usual::Resolution), Some("2K"));
    assert_eq!(set.usual(&requester, Usual::Count), None);
}

#[test]
fn an_administrator_is_one_by_name_or_by_role() {
    let set = rules(&[
        ("requester:chat:ann", "admin", "yes"),
        ("role:chat:guild:staff", "admin", "yes"),
    ]);
    let mut bob = ann().requester;
    bob.user = "bob".to_owned();

    assert!(set.administers(&ann().requester, &Standing::default()));
    assert!(set.administers(&bob, &with_roles(&["staff"])));
    assert!(!set.administers(&bob, &with_roles(&["artist"])));
}

#[test]
fn a_setting_that_means_nothing_is_not_taken() {
    let check = |place: &str, key: &str, value: &str| {
        let edit = Edit {
            place: place.parse().unwrap(),
            key: key.parse().unwrap(),
            value: Some(value.to_owned()),
        };
        edit.check()
    };

    for (key, value) in [
        ("open-jobs", "-1"),
        ("spend-per-day", "1,50"),
        ("spend-per-day", "-1"),
        ("access", "maybe"),
        ("words", "boat"),
        ("unknown-price", "0"),
    ] {
        let refused = check("deployment", key, value);
        assert!(
            matches!(refused, Err(PolicyError::BadValue { .. })),
            "{key}"
        );
    }
    assert!(matches!(
        check("channels", "access", "deny"),
        Err(PolicyError::NotHere { .. })
    ));
    assert!(matches!(
        "planet:x".parse::<Place>(),
        Err(PolicyError::NoSuchPlace { .. })
    ));
    assert!(matches!(
        "access.operation.dance".parse::<Key>(),
        Err(PolicyError::NoSuchKey { .. })
    ));
    for key in key::NAMES
        .replace(" and ", ", ")
        .split(", ")
        .filter(|name| !name.contains("NAME"))
    {
        let parsed: Key = key.trim().parse().unwrap();
        assert_eq!(parsed.to_string(), key.trim());
    }
}
