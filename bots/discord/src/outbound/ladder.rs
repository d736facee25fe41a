//! The delivery ladder, pure: where a last message may go, in which order, and what each no means.

use kling_core::Timestamp;
use kling_engine::DeliveryError;

use crate::address::{Address, Place, Posted};
use crate::limits;
use crate::rest::{RestError, code};

/// A way to put a message where the requester sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Rung {
    /// Edit the first answer with the interaction's token. Needs no permission.
    Original,
    /// Edit the status message through its channel.
    Edit(Posted),
    /// Post in the channel, as a reply to the status message where there is one. Looked for first.
    Post {
        /// The message replied to.
        reply_to: Option<Posted>,
    },
    /// Post to the requester directly. Looked for first.
    Direct,
}

/// What to do after a rung did not hold.
#[derive(Debug)]
pub(crate) enum Verdict {
    /// Try the next rung.
    Next,
    /// Try this rung again without the largest file.
    Lighter,
    /// Try this rung again without replying to anything.
    NoReply,
    /// Stop here; the engine decides whether to try again.
    Stop(DeliveryError),
}

impl Rung {
    /// The most bytes of one file on this rung: the invoker's own limit counts only with the token.
    pub(crate) fn file_bytes(&self, address: &Address) -> u64 {
        match self {
            Self::Original => address.file_bytes,
            Self::Edit(_) | Self::Post { .. } | Self::Direct => {
                address.file_bytes.min(limits::FILE_BYTES)
            }
        }
    }

    /// The name in logs.
    pub(crate) const fn name(&self) -> &'static str {
        match self {
            Self::Original => "original",
            Self::Edit(_) => "edit",
            Self::Post { .. } => "post",
            Self::Direct => "direct",
        }
    }
}

/// The rungs that are worth trying, in order.
pub(crate) fn rungs(address: &Address, status: Option<&Posted>, now: Timestamp) -> Vec<Rung> {
    let mut rungs = Vec::with_capacity(4);
    if address.token_lives(now) {
        rungs.push(Rung::Original);
    }
    if address.place == Place::Member {
        rungs.extend(status.cloned().map(Rung::Edit));
        rungs.push(Rung::Post {
            reply_to: status.cloned(),
        });
    }
    rungs.push(Rung::Direct);
    rungs
}

/// What an error on a rung means for the rest of the ladder.
///
/// | Discord says | so |
/// |---|---|
/// | 413, 40005: too large | the same rung without the largest file |
/// | 160002, or a malformed form while replying | the same rung without the reply |
/// | 401, and 403 without a code, on a rung with the bot's token | wait: an operator must look |
/// | 30046: edited too often | the next rung |
/// | any other 401, 403, 404 (deleted, dead token, no permission, closed) | the next rung |
/// | 400: malformed | stop: it would be as malformed on every rung |
/// | 429, not reached | wait |
/// | 5xx, lost | the same message again, later |
pub(crate) fn judge(rung: &Rung, error: RestError) -> Verdict {
    let with_token = matches!(rung, Rung::Original);
    match error {
        RestError::Refused { status: 413, .. }
        | RestError::Refused {
            code: code::TOO_LARGE,
            ..
        } => Verdict::Lighter,
        RestError::Refused {
            code: code::NO_HISTORY,
            ..
        } => Verdict::NoReply,
        // The message replied to may be of a kind that takes no replies.
        RestError::Refused {
            code: code::INVALID_FORM,
            ..
        } if matches!(rung, Rung::Post { reply_to: Some(_) }) => Verdict::NoReply,
        // Not a word about the channel: the token was changed, or somebody in front of Discord shuts us out.
        RestError::Refused { status: 401, .. }
        | RestError::Refused {
            status: 403,
            code: code::NONE,
        } if !with_token => Verdict::Stop(DeliveryError::Busy { retry_after: None }),
        RestError::Refused {
            code: code::TOO_MANY_EDITS,
            ..
        } => Verdict::Next,
        RestError::Refused {
            status: 401 | 403 | 404,
            ..
        } => Verdict::Next,
        // Archived threads, blocks by AutoMod and the like come as 400 with a code of their own; a malformed
        // form is 50035, and 0 is no answer of Discord's.
        RestError::Refused { status: 400, code }
            if !matches!(
                code,
                code::NONE | code::EMPTY_MESSAGE | code::INVALID_FORM | code::INVALID_JSON
            ) =>
        {
            Verdict::Next
        }
        error @ (RestError::Refused { .. }
        | RestError::Busy { .. }
        | RestError::NotSent(_)
        | RestError::Lost(_)
        | RestError::Unreadable(_)
        | RestError::Malformed(_)) => Verdict::Stop(error.into()),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use kling_core::Secret;

    use super::*;

    fn address(place: Place) -> Address {
        Address {
            application: "1".to_owned(),
            token: Secret::new("t").expect("a token"),
            channel: "2".to_owned(),
            user: "3".to_owned(),
            place,
            created_at: Timestamp::from_millis(0),
            file_bytes: 50 * 1024 * 1024,
        }
    }

    fn posted() -> Posted {
        Posted {
            channel: "2".to_owned(),
            message: "4".to_owned(),
        }
    }

    fn names(place: Place, status: Option<&Posted>, minutes: u64) -> Vec<&'static str> {
        let now = Timestamp::from_millis(0) + Duration::from_secs(minutes * 60);
        rungs(&address(place), status, now)
            .iter()
            .map(Rung::name)
            .collect()
    }

    #[test]
    fn the_ladder_begins_with_whatever_still_holds() {
        let status = posted();

        assert_eq!(
            names(Place::Member, Some(&status), 1),
            ["original", "edit", "post", "direct"]
        );
        assert_eq!(
            names(Place::Member, Some(&status), 15),
            ["edit", "post", "direct"]
        );
        assert_eq!(names(Place::Member, None, 15), ["post", "direct"]);
        assert_eq!(
            names(Place::Guest, Some(&status), 1),
            ["original", "direct"]
        );
    }

    #[test]
    fn without_the_token_only_the_ordinary_file_size_counts() {
        let address = address(Place::Member);

        assert_eq!(Rung::Original.file_bytes(&address), 50 * 1024 * 1024);
        assert_eq!(
            Rung::Edit(posted()).file_bytes(&address),
            limits::FILE_BYTES
        );
    }

    #[test]
    fn each_no_has_its_road() {
        let judge = |rung: &Rung, status, code| judge(rung, RestError::Refused { status, code });
        let post = Rung::Post { reply_to: None };

        for (status, code) in [(404, 10_008), (404, 10_015), (401, 50_027), (404, 10_003)] {
            assert!(
                matches!(judge(&Rung::Original, status, code), Verdict::Next),
                "{code}"
            );
        }
        for (status, code) in [(403, 50_001), (403, 50_013), (400, 50_083), (400, 200_000)] {
            assert!(
                matches!(judge(&post, status, code), Verdict::Next),
                "{code}"
            );
        }
        assert!(matches!(
            judge(&Rung::Original, 413, 40_005),
            Verdict::Lighter
        ));
        assert!(matches!(judge(&post, 400, 160_002), Verdict::NoReply));
        let reply = Rung::Post {
            reply_to: Some(posted()),
        };
        assert!(matches!(judge(&reply, 400, 50_035), Verdict::NoReply));
        let edit = Rung::Edit(posted());
        assert!(matches!(judge(&edit, 429, 30_046), Verdict::Next));
        assert!(matches!(
            judge(&post, 401, 0),
            Verdict::Stop(DeliveryError::Busy { .. })
        ));
        assert!(matches!(
            judge(&Rung::Original, 400, 50_035),
            Verdict::Stop(DeliveryError::Broken { .. })
        ));
        assert!(matches!(
            judge(&post, 400, 50_035),
            Verdict::Stop(DeliveryError::Broken { .. })
        ));
    }

    #[test]
    fn a_code_nobody_heard_of_leads_to_the_next_rung() {
        let judge = |rung: &Rung, status, code| judge(rung, RestError::Refused { status, code });
        let post = Rung::Post { reply_to: None };

        for status in [400, 403, 404] {
            assert!(
                matches!(judge(&post, status, 987_654), Verdict::Next),
                "{status}"
            );
        }
    }

    #[test]
    fn a_wall_in_front_of_discord_is_waited_for() {
        let judge = |rung: &Rung, status, code| judge(rung, RestError::Refused { status, code });
        let post = Rung::Post { reply_to: None };

        assert!(matches!(
            judge(&post, 403, 0),
            Verdict::Stop(DeliveryError::Busy { .. })
        ));
        assert!(matches!(judge(&Rung::Original, 403, 0), Verdict::Next));
    }

    #[test]
    fn an_unclear_answer_is_asked_again_and_never_goes_down_the_ladder() {
        let lost = judge(&Rung::Original, RestError::Lost("reset".into()));
        let refused = judge(&Rung::Original, RestError::NotSent("refused".into()));

        assert!(matches!(lost, Verdict::Stop(DeliveryError::Unknown(_))));
        assert!(matches!(refused, Verdict::Stop(DeliveryError::Busy { .. })));
    }
}
