//! The check itself: a pure function from a capability and a request to violations.

use super::files;
use super::{
    Capability, Choices, CountRange, Field, Need, Offer, Problem, Returned, Rule, Support,
    Violation,
};
use crate::{AspectRatio, GenerationRequest, Resolution, Seconds};

pub(super) fn violations(capability: &Capability, request: &GenerationRequest) -> Vec<Violation> {
    let mut check = Check {
        capability,
        request,
        found: Vec::new(),
    };
    check.operation();
    check.words();
    check.inputs();
    check.settings();
    check.rules();
    files::check(capability, request, &mut check.found);
    check.found
}

struct Check<'a> {
    capability: &'a Capability,
    request: &'a GenerationRequest,
    found: Vec<Violation>,
}

impl Check<'_> {
    fn add(&mut self, field: Field, problem: Problem, offer: Offer) {
        self.found.push(Violation {
            field,
            problem,
            offer,
        });
    }

    fn operation(&mut self) {
        let able = self.capability.operation;
        let asked = self.request.operation;
        if asked != able {
            let problem = Problem::NotOneOf {
                given: asked.to_string(),
                allowed: vec![able.to_string()],
            };
            self.add(Field::Operation, problem, Offer::Use(able.to_string()));
        }
    }

    fn words(&mut self) {
        let max = self.capability.prompt_chars;
        let too_long = |chars: usize| chars > max as usize;
        let chars = self.request.prompt.chars();
        if too_long(chars) {
            self.add(
                Field::Prompt,
                Problem::TooLong { chars, max },
                Offer::Shorten(max),
            );
        }
        let Some(negative) = &self.request.negative_prompt else {
            return;
        };
        let chars = negative.chars();
        match self.capability.negative_prompt {
            Support::Yes if too_long(chars) => self.add(
                Field::NegativePrompt,
                Problem::TooLong { chars, max },
                Offer::Shorten(max),
            ),
            support => self.supported(Field::NegativePrompt, support),
        }
    }

    fn supported(&mut self, field: Field, support: Support) {
        match support {
            Support::Yes => {}
            Support::Dropped => self.add(field, Problem::Dropped, Offer::LeaveOut),
            Support::No => self.add(field, Problem::NotTaken, Offer::LeaveOut),
        }
    }

    fn inputs(&mut self) {
        self.counted(
            Field::Images,
            self.request.images.len(),
            self.capability.images,
        );
        self.needed(Field::FirstFrame, self.capability.first_frame);
        self.needed(Field::LastFrame, self.capability.last_frame);
        self.needed(Field::Video, self.capability.video);
        self.elements();
    }

    fn counted(&mut self, field: Field, given: usize, range: CountRange) {
        let CountRange { min, max } = range;
        if given > 0 && max == 0 {
            self.add(field, Problem::NotTaken, Offer::LeaveOut);
        } else if given > usize::from(max) {
            self.add(field, Problem::TooMany { given, max }, Offer::AtMost(max));
        } else if given == 0 && min > 0 {
            self.add(field, Problem::Missing, Offer::AtLeast(min));
        } else if given < usize::from(min) {
            self.add(field, Problem::TooFew { given, min }, Offer::AtLeast(min));
        }
    }

    /// As [`Check::counted`], for a field that shares its range with others: the offer is what is left to it.
    fn counted_together(&mut self, field: Field, given: usize, range: CountRange) {
        let CountRange { min, max } = range;
        let others = u8::try_from(given - field.inputs(self.request)).unwrap_or(u8::MAX);
        if given > usize::from(max) {
            let offer = match max.saturating_sub(others) {
                0 => Offer::LeaveOut,
                room => Offer::AtMost(room),
            };
            self.add(field, Problem::TooMany { given, max }, offer);
        } else if given < usize::from(min) {
            let offer = Offer::AtLeast(min.saturating_sub(others));
            let problem = if given == 0 {
                Problem::Missing
            } else {
                Problem::TooFew { given, min }
            };
            self.add(field, problem, offer);
        }
    }

    fn needed(&mut self, field: Field, need: Need) {
        match (need, field.is_given(self.request)) {
            (Need::Required, false) => self.add(field, Problem::Missing, Offer::Give),
            (Need::No, true) => self.add(field, Problem::NotTaken, Offer::LeaveOut),
            (Need::Required | Need::Optional, true) | (Need::Optional | Need::No, false) => {}
        }
    }

    fn elements(&mut self) {
        let given = self.request.elements.len();
        let Some(rule) = self.capability.elements else {
            return self.counted(Field::Elements, given, CountRange::NONE);
        };
        self.counted(
            Field::Elements,
            given,
            CountRange {
                min: 0,
                max: rule.max,
            },
        );
        for element in &self.request.elements {
            let given = element.references.len();
            self.counted(Field::ElementReferences, given, rule.references);
        }
    }

    fn settings(&mut self) {
        let (capability, request) = (self.capability, self.request);
        self.chosen(
            Field::AspectRatio,
            request.aspect_ratio,
            &capability.aspect_ratios,
            nearest_ratio,
        );
        self.chosen(
            Field::Resolution,
            request.resolution,
            &capability.resolutions,
            nearest_resolution,
        );
        self.chosen(
            Field::Format,
            request.format,
            &capability.formats,
            |_, choices| choices.default.or_else(|| choices.values.first().copied()),
        );
        self.chosen(
            Field::Duration,
            request.duration,
            &capability.durations,
            |asked, choices| nearest_seconds(asked, &choices.values),
        );
        self.count();
        if request.keep_audio.is_some() {
            self.supported(Field::KeepAudio, capability.keep_audio);
        }
        self.provider_options();
    }

    fn chosen<T: Copy + PartialEq + std::fmt::Display>(
        &mut self,
        field: Field,
        asked: Option<T>,
        choices: &Choices<T>,
        nearest: impl Fn(T, &Choices<T>) -> Option<T>,
    ) {
        let Some(asked) = asked else { return };
        if choices.values.contains(&asked) {
            return;
        }
        let Some(nearest) = nearest(asked, choices) else {
            return self.add(field, Problem::NotTaken, Offer::LeaveOut);
        };
        let allowed = choices.values.iter().map(ToString::to_string).collect();
        let problem = Problem::NotOneOf {
            given: asked.to_string(),
            allowed,
        };
        self.add(field, problem, Offer::Use(nearest.to_string()));
    }

    fn count(&mut self) {
        let asked = self.request.count.get();
        let CountRange { min, max } = self.capability.count;
        let given = usize::from(asked);
        let useful = match self.capability.returned {
            Returned::All => max,
            Returned::FirstOnly => 1,
        };
        let (problem, nearest) = if asked > max {
            (Problem::TooMany { given, max }, useful)
        } else if asked < min {
            (Problem::TooFew { given, min }, min)
        } else if asked > useful {
            (Problem::OnlyFirstReturned { asked }, useful)
        } else {
            return;
        };
        self.add(Field::Count, problem, Offer::Use(nearest.to_string()));
    }

    fn provider_options(&mut self) {
        for (name, given) in &self.request.provider_options {
            let field = Field::Option(name.clone());
            let Some(option) = self
                .capability
                .options
                .iter()
                .find(|option| option.name == name)
            else {
                self.add(field, Problem::NotTaken, Offer::LeaveOut);
                continue;
            };
            if !option
                .values
                .iter()
                .any(|value| value.eq_ignore_ascii_case(given))
            {
                let allowed = option
                    .values
                    .iter()
                    .map(|&value| value.to_owned())
                    .collect();
                let offer = option
                    .values
                    .first()
                    .map_or(Offer::LeaveOut, |&value| Offer::Use(value.to_owned()));
                self.add(
                    field,
                    Problem::NotOneOf {
                        given: given.clone(),
                        allowed,
                    },
                    offer,
                );
            }
        }
    }

    fn rules(&mut self) {
        for rule in &self.capability.rules {
            self.rule(rule);
        }
    }

    fn rule(&mut self, rule: &Rule) {
        let request = self.request;
        match rule {
            Rule::Together {
                fields,
                min,
                max,
                when,
            } => {
                if when.as_ref().is_some_and(|field| !field.is_given(request)) {
                    return;
                }
                let given: usize = fields.iter().map(|field| field.inputs(request)).sum();
                // The field that brings most; where none brings any, the first that is listed.
                let field = fields
                    .iter()
                    .rev()
                    .max_by_key(|field| field.inputs(request))
                    .cloned()
                    .unwrap_or(Field::Images);
                self.counted_together(
                    field,
                    given,
                    CountRange {
                        min: *min,
                        max: *max,
                    },
                );
            }
            Rule::NotTogether(one, other) => {
                if one.is_given(request) && other.is_given(request) {
                    self.add(
                        one.clone(),
                        Problem::NotWith(other.clone()),
                        Offer::LeaveOut,
                    );
                }
            }
            Rule::Needs(field, other) => {
                if field.is_given(request) && !other.is_given(request) {
                    self.add(
                        field.clone(),
                        Problem::Needs(other.clone()),
                        Offer::LeaveOut,
                    );
                }
            }
            Rule::RequiredUnless(field, other) => {
                if !field.is_given(request) && !other.is_given(request) {
                    self.add(field.clone(), Problem::Missing, Offer::Give);
                }
            }
            Rule::DurationsWhen {
                field,
                given,
                allowed,
            } => {
                if field.is_given(request) == *given {
                    let choices = Choices::new(allowed.clone(), None);
                    self.chosen(
                        Field::Duration,
                        request.duration,
                        &choices,
                        |asked, choices| nearest_seconds(asked, &choices.values),
                    );
                }
            }
        }
    }
}

/// The ratio whose shape differs least; ratios are compared as factors, so 1:2 is as far from 1:1
/// as 2:1 is.
fn nearest_ratio(asked: AspectRatio, choices: &Choices<AspectRatio>) -> Option<AspectRatio> {
    let Some(asked) = asked.value() else {
        return choices.default.or_else(|| choices.values.first().copied());
    };
    let distance = |ratio: &AspectRatio| ratio.value().map(|value| (value / asked).ln().abs());
    choices
        .values
        .iter()
        .filter(|ratio| ratio.value().is_some())
        .min_by(|one, other| {
            distance(one)
                .partial_cmp(&distance(other))
                .unwrap_or(std::cmp::Ordering::Equal)
        })
        .or(choices.values.first())
        .copied()
}

/// The finest that is no finer than asked for, else the coarsest.
fn nearest_resolution(asked: Resolution, choices: &Choices<Resolution>) -> Option<Resolution> {
    let below = choices
        .values
        .iter()
        .filter(|&&resolution| resolution < asked)
        .max();
    below.or_else(|| choices.values.iter().min()).copied()
}

fn nearest_seconds(asked: Seconds, allowed: &[Seconds]) -> Option<Seconds> {
    allowed
        .iter()
        .min_by_key(|seconds| seconds.get().abs_diff(asked.get()))
        .copied()
}

#[cfg(test)]
mod tests;
