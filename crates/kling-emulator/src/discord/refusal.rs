//! How Discord says no: `{message, code, errors}`.

use serde_json::{Map, Value, json};

/// An error answer of the REST API.
#[derive(Clone, Debug)]
pub(crate) struct Refusal {
    /// The HTTP status.
    pub(crate) status: u16,
    /// Discord's own number.
    pub(crate) code: u32,
    /// Discord's sentence.
    pub(crate) message: String,
    /// The tree of field errors of code 50035.
    pub(crate) errors: Option<Value>,
}

macro_rules! refusals {
    ($($(#[$doc:meta])* $name:ident = $status:literal $code:literal $message:literal;)*) => {
        impl Refusal {
            $($(#[$doc])* pub(crate) fn $name() -> Self {
                Self { status: $status, code: $code, message: $message.to_owned(), errors: None }
            })*
        }
    };
}

refusals! {
    /// The token is not known.
    unauthorized = 401 0 "401: Unauthorized";
    /// No such route.
    not_found = 404 0 "404: Not Found";
    /// The route exists, but not for this method.
    method_not_allowed = 405 0 "405: Method Not Allowed";
    /// No such channel.
    unknown_channel = 404 10003 "Unknown Channel";
    /// No such guild.
    unknown_guild = 404 10004 "Unknown Guild";
    /// No such message, or one that this route cannot reach.
    unknown_message = 404 10008 "Unknown Message";
    /// No such user.
    unknown_user = 404 10013 "Unknown User";
    /// No such webhook, or an interaction that was never answered.
    unknown_webhook = 404 10015 "Unknown Webhook";
    /// Too late, or never existed.
    unknown_interaction = 404 10062 "Unknown interaction";
    /// No such command.
    unknown_command = 404 10063 "Unknown application command";
    /// The token belongs to another application.
    not_your_application = 403 20012 "You are not authorized to perform this action on this application";
    /// Too many new commands today.
    too_many_creates = 400 30034 "Max number of daily application command creates has been reached (200)";
    /// A file or a request above its limit.
    too_large = 413 40005 "Request entity too large";
    /// The interaction has its first answer already.
    already_acknowledged = 400 40060 "Interaction has already been acknowledged.";
    /// A user-installed app has used up its five follow-ups.
    too_many_follow_ups = 400 40094 "This interaction has reached the maximum number of follow-up messages";
    /// The bot may not see the channel.
    missing_access = 403 50001 "Missing Access";
    /// Only the author may edit.
    not_the_author = 403 50005 "Cannot edit a message authored by another user";
    /// Nothing to show.
    empty_message = 400 50006 "Cannot send an empty message";
    /// The person cannot be written to.
    cannot_message = 403 50007 "Cannot send messages to this user";
    /// A permission is missing.
    missing_permissions = 403 50013 "Missing Permissions";
    /// The interaction's token has died.
    invalid_webhook_token = 401 50027 "Invalid Webhook Token";
    /// The body is not JSON.
    invalid_json = 400 50109 "The request body contains invalid JSON.";
    /// A reply needs READ_MESSAGE_HISTORY.
    no_history = 400 160_002 "Cannot reply without permission to read message history";
}

impl Refusal {
    /// The body of the answer.
    pub(crate) fn body(&self) -> Value {
        match &self.errors {
            Some(errors) => json!({"message": self.message, "code": self.code, "errors": errors}),
            None => json!({"message": self.message, "code": self.code}),
        }
    }

    /// A 50035 with one error at one path.
    pub(crate) fn field(path: &str, code: &str, message: impl Into<String>) -> Self {
        let mut complaints = Complaints::default();
        complaints.add(path, code, message);
        complaints.refusal()
    }
}

/// Field errors as they are found; paths are written with dots (`options.0.name`).
#[derive(Clone, Debug, Default)]
pub(crate) struct Complaints(Vec<(String, String, String)>);

impl Complaints {
    /// Notes one error.
    pub(crate) fn add(&mut self, path: &str, code: &str, message: impl Into<String>) {
        self.0
            .push((path.to_owned(), code.to_owned(), message.into()));
    }

    /// A required field that is not there.
    pub(crate) fn required(&mut self, path: &str) {
        self.add(path, "BASE_TYPE_REQUIRED", "This field is required");
    }

    /// A value outside the allowed set.
    pub(crate) fn choice(&mut self, path: &str, allowed: &str) {
        self.add(
            path,
            "BASE_TYPE_CHOICES",
            format!("Value must be one of {{{allowed}}}."),
        );
    }

    /// Checks a count of characters or members.
    pub(crate) fn length(&mut self, path: &str, length: usize, least: usize, most: usize) {
        if (least..=most).contains(&length) {
            return;
        }
        if least > 0 {
            let message = format!("Must be between {least} and {most} in length.");
            self.add(path, "BASE_TYPE_BAD_LENGTH", message);
        } else {
            let message = format!("Must be {most} or fewer in length.");
            self.add(path, "BASE_TYPE_MAX_LENGTH", message);
        }
    }

    /// Takes over the errors of a part, below its path.
    pub(crate) fn below(&mut self, path: &str, other: Self) {
        for (inner, code, message) in other.0 {
            self.0.push((join(path, &inner), code, message));
        }
    }

    /// Whether nothing was wrong.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// `Err` with everything found, if anything was.
    pub(crate) fn verdict(self) -> Result<(), Refusal> {
        if self.is_empty() {
            Ok(())
        } else {
            Err(self.refusal())
        }
    }

    /// The answer that names every error by its path.
    pub(crate) fn refusal(&self) -> Refusal {
        let mut tree = Value::Object(Map::new());
        for (path, code, message) in &self.0 {
            let mut node = &mut tree;
            for step in path.split('.').filter(|step| !step.is_empty()) {
                node = &mut node[step];
            }
            let error = json!({"code": code, "message": message});
            match node.get_mut("_errors").and_then(Value::as_array_mut) {
                Some(errors) => errors.push(error),
                None => node["_errors"] = json!([error]),
            }
        }
        Refusal {
            status: 400,
            code: 50035,
            message: "Invalid Form Body".to_owned(),
            errors: Some(tree),
        }
    }
}

/// One path below another.
pub(crate) fn join(path: &str, inner: &str) -> String {
    match (path.is_empty(), inner.is_empty()) {
        (true, _) => inner.to_owned(),
        (_, true) => path.to_owned(),
        (false, false) => format!("{path}.{inner}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn field_errors_form_a_tree() {
        let mut complaints = Complaints::default();
        complaints.length("options.0.name", 33, 1, 32);
        complaints.required("options.0.description");
        complaints.length("content", 2000, 0, 2000);

        let body = complaints.refusal().body();

        assert_eq!(body["code"], 50035);
        let option = &body["errors"]["options"]["0"];
        assert_eq!(option["name"]["_errors"][0]["code"], "BASE_TYPE_BAD_LENGTH");
        assert_eq!(
            option["description"]["_errors"][0]["code"],
            "BASE_TYPE_REQUIRED"
        );
        assert!(body["errors"].get("content").is_none());
    }
}
