//! Several images from a model that hands over only the first of them: one request for each.

use super::{Capability, Returned, Violations};
use crate::{GenerationRequest, ImageCount};

impl Capability {
    /// The requests that together bring as many images as this one asks for.
    ///
    /// That is the request itself, unless the model hands over only the first of several
    /// ([`Returned::FirstOnly`]): then one request for each image. [`Capability::check`] refuses such a request
    /// as it stands; whoever would rather have it split calls this first. Each of the parts is a submission with a key
    /// of its own, and is charged on its own.
    pub fn split(&self, request: &GenerationRequest) -> Vec<GenerationRequest> {
        let count = usize::from(request.count.get());
        match self.returned {
            Returned::FirstOnly if count > 1 => {
                let part = GenerationRequest {
                    count: ImageCount::ONE,
                    ..request.clone()
                };
                vec![part; count]
            }
            Returned::FirstOnly | Returned::All => vec![request.clone()],
        }
    }

    /// Splits a request and checks every part of it.
    ///
    /// # Errors
    ///
    /// All violations, when the parts do not fit either. They are the same for each, and told once.
    pub fn check_split(
        &self,
        request: &GenerationRequest,
    ) -> Result<Vec<GenerationRequest>, Violations> {
        let parts = self.split(request);
        parts.iter().try_for_each(|part| self.check(part))?;
        Ok(parts)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{CountRange, ModelId, Operation, Prompt};

    fn three() -> GenerationRequest {
        let prompt = Prompt::new("a paper boat").expect("words");
        let model = ModelId::literal("m");
        let mut request = GenerationRequest::new(model, Operation::TextToImage, prompt);
        request.count = ImageCount::new(3).expect("a count");
        request
    }

    #[test]
    fn what_would_be_refused_as_a_whole_fits_in_parts() {
        let mut capability = Capability::new(Operation::TextToImage);
        capability.prompt_chars = 100;
        capability.count = CountRange { min: 1, max: 9 };
        capability.returned = Returned::FirstOnly;

        let parts = capability.split(&three());

        assert!(capability.check(&three()).is_err());
        assert_eq!(parts.len(), 3);
        for part in &parts {
            assert_eq!(part.count.get(), 1);
            assert_eq!(part.prompt, three().prompt);
            assert!(capability.check(part).is_ok());
        }
        assert_eq!(capability.check_split(&three()).expect("parts").len(), 3);
    }

    #[test]
    fn the_refusal_of_the_whole_offers_both_ways_out() {
        let mut capability = Capability::new(Operation::TextToImage);
        capability.count = CountRange { min: 1, max: 9 };
        capability.returned = Returned::FirstOnly;

        let refusal = capability.check(&three()).expect_err("one comes back");

        assert_eq!(
            refusal.to_string(),
            "count: of 3 images only the first would come back (use 1, or split it into 3 requests)"
        );
    }

    #[test]
    fn what_splitting_does_not_mend_is_still_refused_and_told_once() {
        let mut capability = Capability::new(Operation::TextToImage);
        capability.prompt_chars = 3;
        capability.count = CountRange { min: 1, max: 9 };
        capability.returned = Returned::FirstOnly;

        let refusal = capability.check_split(&three()).expect_err("too long");

        assert_eq!(refusal.0.len(), 1);
        assert_eq!(refusal.0[0].field, crate::Field::Prompt);
    }

    #[test]
    fn a_model_that_hands_over_all_is_asked_once() {
        let capability = Capability::new(Operation::TextToImage);

        assert_eq!(capability.split(&three()).len(), 1);
        assert_eq!(capability.split(&three())[0].count.get(), 3);
    }
}
