//! Sentences for chat people stand in message files, and one file looks them up.

use std::path::Path;

use proc_macro2::{TokenStream, TokenTree};
use syn::visit::{self, Visit};

use crate::house::{House, code_lines};

/// The rooms of a platform in which people in a chat are spoken to. Elsewhere a sentence is for an operator or a
/// programmer.
const SPEAKING_IN_A_BOT: &[&str] = &["acknowledging", "inbound", "outbound", "menu", "modal"];

/// The rooms of `kling-bot` in which they are.
const SPEAKING_FOR_ALL: &[&str] = &["intake", "menu"];

/// Speaks to whoever tries it out, at a terminal.
const NO_PLATFORM: &str = "demo";

/// What says something to an operator: log lines, errors, broken invariants.
const FOR_OPERATORS: &[&str] = &[
    "trace",
    "debug",
    "info",
    "warn",
    "error",
    "event",
    "span",
    "info_span",
    "debug_span",
    "bail",
    "anyhow",
    "ensure",
    "assert",
    "assert_eq",
    "debug_assert",
    "unreachable",
    "panic",
    "matches",
];
const FOR_OPERATORS_TOO: &[&str] = &[
    "context",
    "with_context",
    "expect",
    "expect_err",
    "note",
    "missing",
    "good",
];

/// This many words, the first with a capital, make a sentence: what is for operators starts small.
const WORDS: usize = 3;

/// No message file but in `kling-bot/text`, no look-up but in `text`, no sentence where people are spoken to.
pub(crate) fn sentences_stay_in_text(house: &House) -> Vec<String> {
    let mut complaints: Vec<String> = house
        .files
        .keys()
        .filter(|path| Path::new(path).extension().is_some_and(|end| end == "ftl"))
        .filter(|path| !path.starts_with("crates/kling-bot/text/"))
        .map(|path| format!("{path} is a message file outside of kling-bot/text"))
        .collect();
    for folder in ["bots/", "crates/kling-bot/", "crates/kling-engine/"] {
        for (path, text) in house.sources(folder) {
            if path.starts_with("crates/kling-bot/src/text") {
                continue;
            }
            let looked_up = code_lines(text).filter(|(_, line)| line.contains("fluent"));
            complaints.extend(
                looked_up.map(|(number, _)| format!("{path}:{number} looks a sentence up")),
            );
        }
    }
    for folder in ["bots/", "crates/kling-bot/"] {
        for (path, text) in house.sources(folder).filter(|(path, _)| speaks(path)) {
            let Ok(file) = syn::parse_file(text) else {
                complaints.push(format!("{path} cannot be parsed"));
                continue;
            };
            let mut search = Search::default();
            search.visit_file(&file);
            let lines: Vec<usize> = code_lines(text).map(|(number, _)| number).collect();
            complaints.extend(
                search
                    .found
                    .into_iter()
                    .filter(|(line, _)| lines.contains(line))
                    .map(|(line, words)| format!("{path}:{line} says `{words}`")),
            );
        }
    }
    complaints
}

/// Whether people in a chat are spoken to in this file, by the room it stands in.
fn speaks(path: &str) -> bool {
    let steps: Vec<&str> = path.split('/').collect();
    let (rooms, room) = match steps.as_slice() {
        ["bots", bot, "src", room, ..] if *bot != NO_PLATFORM => (SPEAKING_IN_A_BOT, room),
        ["crates", "kling-bot", "src", room, ..] => (SPEAKING_FOR_ALL, room),
        _ => return false,
    };
    rooms.iter().any(|speaking| room.starts_with(speaking))
}

#[derive(Default)]
struct Search {
    found: Vec<(usize, String)>,
}

impl Search {
    fn look(&mut self, line: usize, words: &str) {
        let starts = words.chars().find(|letter| letter.is_alphabetic());
        let is_sentence = starts.is_some_and(char::is_uppercase)
            && words
                .split_whitespace()
                .filter(|word| word.chars().all(is_prose))
                .count()
                >= WORDS;
        if is_sentence {
            self.found.push((line, words.to_owned()));
        }
    }

    fn look_into(&mut self, tokens: TokenStream) {
        for token in tokens {
            match token {
                TokenTree::Group(group) => self.look_into(group.stream()),
                TokenTree::Literal(literal) => {
                    let line = literal.span().start().line;
                    if let Ok(text) = syn::parse_str::<syn::LitStr>(&literal.to_string()) {
                        self.look(line, &text.value());
                    }
                }
                TokenTree::Ident(_) | TokenTree::Punct(_) => {}
            }
        }
    }
}

fn is_prose(letter: char) -> bool {
    letter.is_alphabetic() || matches!(letter, ',' | '.' | '!' | '?' | '\'')
}

impl<'a> Visit<'a> for Search {
    fn visit_attribute(&mut self, _: &'a syn::Attribute) {}

    fn visit_lit_str(&mut self, literal: &'a syn::LitStr) {
        self.look(literal.span().start().line, &literal.value());
    }

    fn visit_macro(&mut self, called: &'a syn::Macro) {
        let name = called
            .path
            .segments
            .last()
            .map(|part| part.ident.to_string());
        if !name.is_some_and(|name| FOR_OPERATORS.contains(&name.as_str())) {
            self.look_into(called.tokens.clone());
        }
    }

    fn visit_expr_method_call(&mut self, call: &'a syn::ExprMethodCall) {
        if FOR_OPERATORS_TOO.contains(&call.method.to_string().as_str()) {
            self.visit_expr(&call.receiver);
        } else {
            visit::visit_expr_method_call(self, call);
        }
    }
}
