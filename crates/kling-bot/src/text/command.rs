//! Names and descriptions of commands and their fields, short answers, and the labels of buttons.

use kling_engine::{CancelAnswer, Choice, Job};

use super::{Mark, Text};
use crate::MenuField;

impl Text {
    /// The command was not accepted, nothing was charged, try again.
    pub fn not_accepted(&self) -> String {
        Mark::Refused.before(&self.say("not-accepted", &[]))
    }

    /// The command was taken before.
    pub fn duplicate(&self, job: &Job) -> String {
        self.say("duplicate", &[("job", job.id.as_str())])
    }

    /// There is no such job.
    pub fn no_such_job(&self) -> String {
        self.say("no-such-job", &[])
    }

    /// Somebody pressed a button that is not theirs.
    pub fn not_yours(&self) -> String {
        self.say("not-yours", &[])
    }

    /// The label of a button for an unconfirmed job.
    pub fn choice(&self, choice: Choice) -> String {
        let name = match choice {
            Choice::LookAgain => "choice-look-again",
            Choice::TryAgain => "choice-try-again",
            Choice::GiveUp => "choice-give-up",
        };
        self.say(name, &[])
    }

    /// What is answered to a choice that was taken.
    pub fn choice_taken(&self, choice: Choice) -> String {
        self.say("resolve-done", &[("choice", &self.choice(choice))])
    }

    /// What is answered to a choice about a job that is not unconfirmed any more.
    pub fn choice_too_late(&self) -> String {
        self.say("resolve-too-late", &[])
    }

    /// The label of the button that cancels a job.
    pub fn cancel_button(&self) -> String {
        self.say("button-cancel", &[])
    }

    /// What is answered to a wish to cancel.
    pub fn cancel_answer(&self, answer: &CancelAnswer) -> String {
        let charged = match answer {
            CancelAnswer::Cancelled { charged } => match charged {
                Some(true) => "charged-yes",
                Some(false) => "charged-nothing",
                None => "charged-unknown",
            },
            CancelAnswer::Asked => return self.say("cancel-asked", &[]),
            CancelAnswer::GoesOn => return self.say("cancel-goes-on", &[]),
            CancelAnswer::TooLate => return self.say("cancel-too-late", &[]),
        };
        let charged = self.say(charged, &[]);
        self.say("cancel-done", &[("charged", &charged)])
    }

    /// What a command is called in this language.
    pub fn command_name(&self, command: &str) -> String {
        self.try_say(&format!("command-{command}"), None, &[])
            .unwrap_or_else(|| command.to_owned())
    }

    /// What a command does.
    pub fn command_about(&self, command: &str) -> String {
        self.try_say(&format!("command-{command}"), Some("about"), &[])
            .unwrap_or_else(|| command.to_owned())
    }

    /// What a field is called in this language.
    pub fn field_name(&self, field: &MenuField) -> String {
        self.of_field(field, None)
            .unwrap_or_else(|| field.name.clone())
    }

    /// What a field does.
    pub fn field_about(&self, field: &MenuField) -> String {
        let own = field.about.map(str::to_owned);
        own.or_else(|| self.of_field(field, Some("about")))
            .unwrap_or_else(|| field.name.clone())
    }

    fn of_field(&self, field: &MenuField, attribute: Option<&str>) -> Option<String> {
        let number = field.name.strip_prefix("image");
        if let Some(number) = number.filter(|number| number.parse::<u8>().is_ok()) {
            return self.try_say("field-image", attribute, &[("number", number)]);
        }
        self.try_say(&format!("field-{}", field.name), attribute, &[])
    }
}
